#include "http/trace.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace orrery::http {

namespace {

constexpr std::size_t kTrace = 3, kParent = 36, kFlags = 53;  // where each part begins

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool is_id(std::string_view text) { return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos; }

void put(Traceparent& text, std::size_t at, std::string_view part) {
  std::ranges::copy(part, text.begin() + static_cast<std::ptrdiff_t>(at));
}
void put_id(Traceparent& text, std::size_t at, RequestIds& ids) {
  const auto id = ids.next();
  put(text, at, {id.data(), id.size()});
}

}  // namespace

bool is_traceparent(std::string_view text) {
  constexpr std::size_t kLength = std::tuple_size_v<Traceparent>;
  if (text.size() < kLength || text[2] != '-' || text[kParent - 1] != '-' || text[kFlags - 1] != '-') return false;
  const std::string_view version = text.substr(0, 2);
  if (!is_hex(version) || version == "ff") return false;
  if (text.size() > kLength && (version == "00" || text[kLength] != '-')) return false;
  return is_id(text.substr(kTrace, 32)) && is_id(text.substr(kParent, 16)) && is_hex(text.substr(kFlags, 2));
}

Traceparent continue_trace(std::string_view offered, RequestIds& ids) {
  Traceparent text;
  put(text, 0, "00-");
  put(text, kTrace, offered.substr(kTrace, 32));
  text[kParent - 1] = text[kFlags - 1] = '-';
  put_id(text, kParent, ids);
  // The last bit says that the trace is recorded; what the others say is not known, so they are not passed on.
  constexpr std::string_view kOdd = "13579bdf";
  put(text, kFlags, kOdd.find(offered[kFlags + 1]) != std::string_view::npos ? "01" : "00");
  return text;
}

Traceparent begin_trace(RequestIds& ids) {
  Traceparent text;
  put(text, 0, "00-");
  put_id(text, kTrace, ids);
  put_id(text, kTrace + 16, ids);
  text[kParent - 1] = text[kFlags - 1] = '-';
  put_id(text, kParent, ids);
  put(text, kFlags, "01");
  return text;
}

}  // namespace orrery::http
