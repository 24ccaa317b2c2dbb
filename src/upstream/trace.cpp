#include "upstream/trace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

namespace orrery::upstream {

namespace {

constexpr std::size_t kParentLength = 55;
constexpr std::size_t kTraceAt = 3, kTraceLength = 32, kSpanAt = 36, kSpanLength = 16, kFlagsAt = 53;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

/// 16 hexadecimal digits, not all of them 0.
std::string new_span() {
  static thread_local std::mt19937_64 numbers{std::random_device{}()};
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::uint64_t number = 0;
  while (number == 0) number = numbers();
  std::string span;
  for (std::size_t i = 0; i < kSpanLength; ++i, number >>= 4U) span += kDigits[number & 15U];
  return span;
}

}  // namespace

std::optional<std::string_view> value_of(const Fields& fields, std::string_view name) {
  const auto same = [name](const auto& field) {
    return std::ranges::equal(field.first, name, [](char a, char b) { return lower(a) == lower(b); });
  };
  const auto found = std::ranges::find_if(fields, same);
  return found == fields.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

std::optional<std::string> child_of(std::string_view parent, std::string_view span) {
  const bool formed = parent.size() == kParentLength && parent.starts_with("00-") && parent[kSpanAt - 1] == '-' &&
                      parent[kFlagsAt - 1] == '-' && is_hex(parent.substr(kTraceAt, kTraceLength)) &&
                      is_hex(parent.substr(kSpanAt, kSpanLength)) && is_hex(parent.substr(kFlagsAt));
  if (!formed || is_zero(parent.substr(kTraceAt, kTraceLength)) || is_zero(parent.substr(kSpanAt, kSpanLength)))
    return {};
  std::string child{parent};
  return child.replace(kSpanAt, kSpanLength, span);
}

void add_trace(const Request& request, Fields& fields) {
  if (!value_of(fields, "X-Request-ID")) fields.emplace_back("X-Request-ID", request.id());
  const auto parent = request.field("traceparent");
  if (!parent || value_of(fields, "traceparent")) return;
  auto child = child_of(*parent, new_span());
  if (!child) return;
  fields.emplace_back("traceparent", *std::move(child));
  if (const auto state = request.field("tracestate"); state && !value_of(fields, "tracestate"))
    fields.emplace_back("tracestate", *state);
}

}  // namespace orrery::upstream
