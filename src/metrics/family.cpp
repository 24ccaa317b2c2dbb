#include "metrics/family.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/core.h>
#include <stdexcept>
#include <utility>

namespace orrery::metrics {

namespace {

bool is_name(std::string_view text, bool colons) {
  const auto letter = [colons](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
  };
  const auto any = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), any);
}

[[noreturn]] void refuse(std::string_view name, std::string_view why) {
  throw std::invalid_argument(fmt::format("the metric `{}` {}", name, why));
}

}  // namespace

Family::Family(Kind kind, std::string name, std::string help, std::vector<std::string> labels)
    : kind_(kind), name_(std::move(name)), help_(std::move(help)), labels_(std::move(labels)) {
  if (!is_name(name_, true)) refuse(name_, "needs a name of letters, digits, `_` and `:` that begins with no digit");
  if (name_.starts_with("orrery_")) refuse(name_, "has the prefix of the server's own metrics; choose another one");
  if (kind_ == Kind::kCounter && !name_.ends_with("_total")) refuse(name_, "is a counter: its name ends in `_total`");
  std::replace(help_.begin(), help_.end(), '\n', ' ');
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const std::string& label = labels_[i];
    if (!is_name(label, false) || label.starts_with("__") || label == "le")
      refuse(name_, fmt::format("cannot have a label `{}`", label));
    if (std::count(labels_.begin(), labels_.end(), label) > 1) refuse(name_, fmt::format("has `{}` twice", label));
  }
}

bool Family::share(const Family& older) {
  return kind_ == older.kind_ && name_ == older.name_ && labels_ == older.labels_ && take_memory(older);
}

std::string Family::ledger_name() const {
  std::string name = name_;
  for (const std::string& label : labels_) name += "\x1f" + label;
  return name + "\x1f=";
}

}  // namespace orrery::metrics
