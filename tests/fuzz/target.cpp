// Target: splitting a request target, decoding its path and resolving its dot segments, against a reading of the test's
// own.
//
// Input: the target.
#include "http/target.hpp"

#include <optional>
#include <vector>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "http/characters.hpp"

namespace orrery::fuzz {
namespace {

std::vector<std::string_view> split_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t at = 1;;) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    if (end == path.size()) return segments;
    at = end + 1;
  }
}

/// A segment in which NUL stands for a slash that is kept.
std::string shown(const std::string& segment, const char* slash) {
  std::string out;
  for (const char c : segment) out += c == '\0' ? slash : std::string(1, c);
  return out;
}

std::optional<std::string> decode(std::string_view segment, EncodedSlash slash) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      out += segment[i];
      continue;
    }
    const std::string digits{segment.substr(i + 1, 2)};
    if (digits.size() != 2 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return {};
    out += static_cast<char>(std::stoi(digits, nullptr, 16));
    if (out.back() == '\0' || (out.back() == '/' && slash == EncodedSlash::kRefuse)) return {};
    if (out.back() == '/') out.back() = '\0';
    i += 2;
  }
  return out;
}

/// Decodes segment by segment and climbs on a stack; nothing when an escape is bad.
std::optional<std::string> read_path(std::string_view path, EncodedSlash slash) {
  std::vector<std::string> stack;
  bool open = false;  // the path so far ends in a slash that a dot segment left
  for (const std::string_view raw : split_segments(path)) {
    const auto segment = decode(raw, slash);
    if (!segment) return {};
    open = *segment == "." || *segment == "..";
    if (!open) stack.push_back(*segment);
    if (*segment == ".." && !stack.empty()) stack.pop_back();
  }
  std::string out;
  for (const std::string& segment : stack) out += "/" + segment;
  return open || out.empty() ? out + "/" : out;
}

std::string escaped(std::string_view path) {
  std::string out;
  for (const char c : path) out += c == '%' ? "%25" : std::string(1, c);
  return out;
}

void check_kept_slashes(std::string_view path) {
  http::NormalPath normal;
  const bool taken = !http::normalize_path(path, EncodedSlash::kKeep, normal);
  const auto expected = read_path(path, EncodedSlash::kKeep);
  claim(taken == expected.has_value(), "with kept slashes a path is refused for another bad escape only");
  if (!taken) return;
  claim(normal.text == shown(*expected, "%2F"), "a kept slash is a part of its segment");
  std::string value;
  http::append_with_slashes(value, normal.text, 0, normal.slashes);
  claim(value == shown(*expected, "/"), "a value has the slash, and nothing is decoded twice");
}

void check_path(std::string_view path) {
  check_kept_slashes(path);
  http::NormalPath decoded;
  const bool taken = !http::normalize_path(path, EncodedSlash::kRefuse, decoded);
  const std::string& normal = decoded.text;
  const auto expected = read_path(path, EncodedSlash::kRefuse);
  claim(taken == expected.has_value(), "a path is refused for a bad escape and for nothing else");
  if (!taken) return;
  claim(decoded.slashes.empty(), "no slash is kept");
  claim(normal == *expected, "a path means what its segments say");
  claim(normal.starts_with('/') && normal.find('\0') == std::string::npos, "a path begins at the root and has no NUL");
  for (const std::string_view segment : split_segments(normal)) {
    claim(segment != "." && segment != "..", "no dot segment is left");
  }
  claim(path.find("%25") != std::string_view::npos || normal.find('%') == std::string::npos, "no escape is left");
  if (http::is_plain_path(path)) claim(normal == path, "a plain path is its own decoding");
  http::NormalPath again;
  claim(!http::normalize_path(escaped(normal), EncodedSlash::kRefuse, again) && again.text == normal,
        "a normal path stays as it is");
}

void check_target(std::string_view text) {
  const auto target = http::split_target(text);
  if (!target) return;
  if (text == "*") return claim(target->path == "*", "the asterisk stands for itself");
  claim(target->path.starts_with('/'), "every other path begins with a slash");
  claim(target->path.find('?') == std::string_view::npos, "the path ends before the query");
  std::string whole{target->path};
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    claim(text.substr(mark + 1) == target->query, "the query is all behind the first question mark");
    whole += "?" + std::string{target->query};
  } else {
    claim(target->query.empty(), "without a question mark there is no query");
  }
  if (text.front() == '/') {
    claim(target->authority.empty() && whole == text, "an origin form is its path and query");
  } else {
    claim(http::is_valid_authority(target->authority), "an absolute form has an authority");
    claim(target->authority.find_first_of("/?#@ \\") == std::string_view::npos, "an authority is nothing but a host");
  }
  check_path(target->path);
}

void run(Input input) {
  const std::string_view text = input.take_rest();
  const std::string component = http::decode_query_component(text);
  claim(component.size() <= text.size(), "decoding never makes a text longer");
  if (!text.empty() && http::target_bytes(text) == text.size()) check_target(text);
  const bool raw_nul = text.find('\0') != std::string_view::npos;  // the guard refuses it
  if (text.starts_with('/') && !raw_nul) check_path(text);
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
