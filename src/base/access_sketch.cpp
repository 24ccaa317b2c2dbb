#include "base/access_sketch.hpp"

#include <fmt/core.h>

#include "base/json_object.hpp"

namespace orrery::base {
namespace {

std::string no_atom(std::size_t at) {
  return fmt::format("`%` at column {} begins no atom; write %(x)s for an atom and %% for a percent sign", at + 1);
}

}  // namespace

Result<AccessSketch> AccessSketch::of(std::string_view format) {
  AccessSketch sketch;
  for (std::size_t at = 0; at < format.size();) {
    if (format[at] != '%' || format.substr(at, 2) == "%%") {
      sketch.add_character(format, at);
      at += format[at] == '%' ? std::size_t{2} : std::size_t{1};
      continue;
    }
    const auto close = format.find(")s", at);
    if (format.substr(at, 2) != "%(" || close == std::string_view::npos || close == at + 2) return fail(no_atom(at));
    sketch.add_atom(format.substr(at + 2, close - at - 2), at);
    at = close + 2;
  }
  return sketch;
}

bool AccessSketch::is_json() const { return !control_ && !find_json_fault(model_); }

std::string AccessSketch::json_fault() const {
  const auto first = model_.find_first_not_of(" \t");
  if (first == std::string::npos || model_[first] != '{' || is_json()) return "";
  const auto fault = find_json_fault(model_);
  if (!fault) return "it holds a control character";
  if (*fault >= columns_.size()) return "its end is missing";
  return fmt::format("look at column {}", columns_[*fault] + 1);
}

void AccessSketch::add_character(std::string_view format, std::size_t at) {
  const char c = format[at];
  parts_.push_back({format.substr(at, 1), {}, at, false});
  note(c, at);
  control_ = control_ || (static_cast<unsigned char>(c) < 0x20 && c != '\t');
  if (c == '"' && !escaped_) in_string_ = !in_string_;
  escaped_ = in_string_ && c == '\\' && !escaped_;
}

void AccessSketch::add_atom(std::string_view name, std::size_t at) {
  parts_.push_back({{}, name, at, !in_string_});
  note(in_string_ ? kStringHole : kValueHole, at);
  escaped_ = false;
}

void AccessSketch::note(char c, std::size_t at) {
  model_ += c;
  columns_.push_back(at);
}

}  // namespace orrery::base
