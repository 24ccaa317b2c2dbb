#include "upstream/trace.hpp"

#include <algorithm>
#include <cstddef>

namespace orrery::upstream {

namespace {

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

/// The peer's traceparent is the one that was kept, so its tracestate belongs to it too.
bool is_same_trace(const Request& request, std::string_view trace) {
  constexpr std::size_t kTrace = 3, kLength = 32;  // in "00-TRACE-PARENT-FLAGS"
  const auto offered = request.field("traceparent");
  return offered && offered->size() > kTrace + kLength &&
         offered->substr(kTrace, kLength) == trace.substr(kTrace, kLength);
}

}  // namespace

std::optional<std::string_view> value_of(const Fields& fields, std::string_view name) {
  const auto same = [name](const auto& field) {
    return std::ranges::equal(field.first, name, [](char a, char b) { return lower(a) == lower(b); });
  };
  const auto found = std::ranges::find_if(fields, same);
  return found == fields.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

void add_trace(const Request& request, Fields& fields) {
  if (!value_of(fields, "X-Request-ID")) fields.emplace_back("X-Request-ID", request.id());
  const std::string_view trace = request.trace();
  if (trace.empty() || value_of(fields, "traceparent")) return;
  fields.emplace_back("traceparent", trace);
  const auto state = request.field("tracestate");
  if (state && is_same_trace(request, trace) && !value_of(fields, "tracestate"))
    fields.emplace_back("tracestate", *state);
}

}  // namespace orrery::upstream
