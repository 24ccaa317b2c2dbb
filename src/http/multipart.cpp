#include "orrery/multipart.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/characters.hpp"

namespace orrery {

namespace {

using Kind = MultipartEvent::Kind;

constexpr std::size_t kMostBoundary = 70;
/// Spaces that may stand behind a delimiter.
constexpr std::size_t kMostPadding = 64;

bool is_boundary_byte(char c) {
  const bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || http::is_digit(c);
  return letter || std::string_view{"'()+_,-./:=? "}.find(c) != std::string_view::npos;
}

/// One `name=value` of a field, taken off it. The value may be quoted; a `\"` in it is a quote, and any other `\`
/// itself, since browsers send paths so.
struct Parameter {
  std::string_view name;
  std::string value;
};

std::string take_quoted(std::string_view& text, bool& closed) {
  std::string value;
  closed = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      closed = true;
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
    value += text[i];
  }
  return value;
}

/// Nothing at the end of the field, and where what follows is no parameter; `text` is empty only at the end.
std::optional<Parameter> take_parameter(std::string_view& text) {
  text = http::trimmed(text);
  if (!text.starts_with(';')) return {};
  text = http::trimmed(text.substr(1));
  Parameter parameter;
  parameter.name = text.substr(0, http::token_length(text));
  std::string_view rest = http::trimmed(text.substr(parameter.name.size()));
  if (parameter.name.empty() || !rest.starts_with('=')) return {};
  rest = http::trimmed(rest.substr(1));
  if (rest.starts_with('"')) {
    bool closed = false;
    parameter.value = take_quoted(rest, closed);
    if (!closed) return {};
  } else {
    const std::size_t length = std::min(rest.find_first_of("; \t"), rest.size());
    parameter.value = rest.substr(0, length);
    rest.remove_prefix(length);
  }
  text = rest;
  return parameter;
}

/// What HTML makes of the three bytes that a quoted name cannot have.
std::string without_form_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view escape = text.substr(i, 3);
    const char byte = escape == "%22" ? '"' : escape == "%0D" ? '\r' : escape == "%0A" ? '\n' : '\0';
    out += byte == '\0' ? text[i] : byte;
    if (byte != '\0') i += 2;
  }
  return out;
}

std::string last_segment(const std::string& path) { return path.substr(path.find_last_of("/\\") + 1); }

Result<void> read_disposition(std::string_view value, MultipartHead& head) {
  std::string_view rest = value;
  const std::string_view type = rest.substr(0, http::token_length(rest));
  if (!http::equals_ignoring_case(type, "form-data")) return fail("the Content-Disposition of a part is not form-data");
  rest.remove_prefix(type.size());
  bool named = false;
  while (const auto parameter = take_parameter(rest)) {
    if (http::equals_ignoring_case(parameter->name, "name")) {
      if (std::exchange(named, true)) return fail("a part has two names");
      head.name = without_form_escapes(parameter->value);
    } else if (http::equals_ignoring_case(parameter->name, "filename")) {
      if (head.filename) return fail("a part has two file names");
      head.filename = last_segment(without_form_escapes(parameter->value));
    }
  }
  if (!http::trimmed(rest).empty()) return fail("the Content-Disposition of a part is malformed");
  if (!named) return fail("a part has no name");
  return {};
}

bool is_identity_encoding(std::string_view value) {
  return http::equals_ignoring_case(value, "7bit") || http::equals_ignoring_case(value, "8bit") ||
         http::equals_ignoring_case(value, "binary");
}

Result<bool> read_field(std::string_view line, MultipartHead& head) {
  const std::size_t length = http::token_length(line);
  if (length == 0 || length == line.size() || line[length] != ':') return fail("a field of a part is malformed");
  const std::string_view name = line.substr(0, length);
  const std::string_view value = http::trimmed(line.substr(length + 1));
  if (!http::has_only_field_bytes(value)) return fail("a field of a part has a control byte");
  if (http::equals_ignoring_case(name, "content-disposition")) {
    if (const auto read = read_disposition(value, head); !read) return fail(read);
    return true;
  }
  if (http::equals_ignoring_case(name, "content-type")) head.media_type = value;
  if (http::equals_ignoring_case(name, "content-transfer-encoding") && !is_identity_encoding(value))
    return fail("a part has a Content-Transfer-Encoding, which forms do not have");
  return false;
}

/// `text`: the fields, each with its line break.
Result<MultipartHead> read_fields(std::string_view text) {
  MultipartHead head;
  head.media_type = "text/plain";
  bool disposed = false;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    const auto field = read_field(text.substr(0, end), head);
    if (!field) return fail(field);
    if (*field && std::exchange(disposed, true)) return fail("a part has two Content-Dispositions");
    text.remove_prefix(end + 2);
  }
  if (!disposed) return fail("a part has no Content-Disposition");
  return head;
}

Result<std::string> boundary_of(std::string_view content_type) {
  std::string_view rest = http::trimmed(content_type);
  const std::string_view type = http::trimmed(rest.substr(0, rest.find(';')));
  if (!http::equals_ignoring_case(type, "multipart/form-data"))
    return fail("the Content-Type is not multipart/form-data");
  rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  std::optional<std::string> boundary;
  while (auto parameter = take_parameter(rest))
    if (http::equals_ignoring_case(parameter->name, "boundary") && !boundary) boundary = std::move(parameter->value);
  const bool good = boundary && !boundary->empty() && boundary->size() <= kMostBoundary && boundary->back() != ' ' &&
                    std::all_of(boundary->begin(), boundary->end(), is_boundary_byte);
  if (!good) return fail("the Content-Type has no boundary, or one that is none");
  return *std::move(boundary);
}

}  // namespace

Result<Multipart> Multipart::begin(std::string_view content_type, const MultipartLimits& limits, Callback callback) {
  const auto boundary = boundary_of(content_type);
  if (!boundary) return fail(boundary);
  return Multipart{*boundary, limits, std::move(callback)};
}

Multipart::Multipart(std::string_view boundary, const MultipartLimits& limits, Callback callback)
    // The first delimiter has no line break of its own before it when it is the first line.
    : delimiter_("\r\n--" + std::string{boundary}), limits_(limits), callback_(std::move(callback)), held_("\r\n") {}

Result<void> Multipart::feed(std::string_view bytes) {
  if (state_ == State::kFailed) return fail("the form had an error before");
  if (state_ == State::kEpilogue) return {};
  held_.append(bytes);
  auto advanced = advance_all();
  if (!advanced) state_ = State::kFailed;
  held_.erase(0, std::exchange(done_, 0));
  return advanced;
}

Result<void> Multipart::end() {
  if (state_ == State::kFailed) return fail("the form had an error before");
  if (state_ != State::kEpilogue) return fail("the form ends before its last boundary");
  return {};
}

Result<void> Multipart::advance_all() {
  for (;;) {
    const auto advanced = advance();
    if (!advanced) return fail(advanced);
    if (*advanced == Advance::kNeedsMore) return {};
  }
}

Result<Multipart::Advance> Multipart::advance() {
  switch (state_) {
    case State::kPreamble:
    case State::kData: return find_delimiter();
    case State::kHead: return read_head();
    case State::kEpilogue:
    case State::kFailed: break;
  }
  done_ = held_.size();
  return Advance::kNeedsMore;
}

/// Gives away what cannot be part of a delimiter.
Result<Multipart::Advance> Multipart::find_delimiter() {
  const std::string_view text = left();
  const std::size_t at = text.find(delimiter_);
  const std::size_t free =
      at != std::string_view::npos ? at : text.size() - std::min(text.size(), delimiter_.size() - 1);
  if (const auto given = give_data(text.substr(0, free)); !given) return fail(given);
  done_ += free;
  if (at == std::string_view::npos) return Advance::kNeedsMore;
  return pass_delimiter(delimiter_.size());
}

/// What stands behind a delimiter, which is `at` bytes long, says whether it is the last.
Result<Multipart::Advance> Multipart::pass_delimiter(std::size_t at) {
  const std::string_view behind = left().substr(at);
  const bool last = behind.starts_with("--");
  const std::size_t padding = std::min(behind.find_first_not_of(" \t"), behind.size());
  const std::string_view line_end = behind.substr(padding, 2);
  if (padding > kMostPadding) return fail("a boundary of the form is followed by other text");
  if (!last && (behind == "-" || (line_end.size() < 2 && std::string_view{"\r\n"}.starts_with(line_end))))
    return Advance::kNeedsMore;
  if (!last && line_end != "\r\n") return fail("a boundary of the form is followed by other text");
  if (state_ == State::kData) callback_({Kind::kPartEnd, &head_, {}});
  if (last) {
    state_ = State::kEpilogue;
    callback_({Kind::kEnd, nullptr, {}});
    return Advance::kAdvanced;
  }
  if (parts_ == limits_.parts) return fail("the form has more than " + std::to_string(limits_.parts) + " parts");
  ++parts_;
  done_ += at + padding + 2;
  scanned_ = 0;
  state_ = State::kHead;
  return Advance::kAdvanced;
}

Result<Multipart::Advance> Multipart::read_head() {
  const std::string_view text = left();
  if (text.starts_with("\r\n")) return fail("a part has no Content-Disposition");
  const std::size_t end = text.find("\r\n\r\n", scanned_);
  // The last three bytes may be the beginning of the end.
  scanned_ = text.size() - std::min<std::size_t>(text.size(), 3);
  if (std::min(end, scanned_) > limits_.head)
    return fail("the fields of a part are longer than " + std::to_string(limits_.head) + " bytes");
  if (end == std::string_view::npos) return Advance::kNeedsMore;
  auto head = read_fields(text.substr(0, end + 2));
  if (!head) return fail(head);
  head_ = *std::move(head);
  done_ += end + 4;
  part_size_ = 0;
  state_ = State::kData;
  callback_({Kind::kPart, &head_, {}});
  return Advance::kAdvanced;
}

Result<void> Multipart::give_data(std::string_view bytes) {
  if (state_ != State::kData || bytes.empty()) return {};
  part_size_ += bytes.size();
  if (part_size_ > limits_.part) return fail("a part is longer than " + std::to_string(limits_.part) + " bytes");
  callback_({Kind::kData, &head_, bytes});
  return {};
}

}  // namespace orrery
