#include "http/trailers.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "http/characters.hpp"
#include "http/sendable.hpp"

namespace orrery::http {

namespace {

/// Beside what no trailer of a request may be: what tells of the answer, or makes the client do something with it.
constexpr std::array<std::string_view, 9> kNeverOfAnswers{
    "age",        "expires", "location", "proxy-authenticate", "retry-after",
    "set-cookie", "vary",    "warning",  "www-authenticate"};

bool has_name(std::string_view announced, std::string_view name) {
  bool found = false;
  for_each_element(announced, [&](std::string_view one) { found = found || same_field_name(one, name); });
  return found;
}

}  // namespace

Result<void> judge_trailer_name(std::string_view name) {
  const std::string shown{"the trailer field `" + std::string{name} + "` "};
  if (name.empty() || token_length(name) != name.size()) return fail(shown + "has a name that is no token");
  const bool banned = is_never_trailer(name) || is_servers_own(name) ||
                      std::any_of(kNeverOfAnswers.begin(), kNeverOfAnswers.end(),
                                  [&](std::string_view never) { return equals_ignoring_case(name, never); });
  if (banned) return fail(shown + "may stand only in the head; set it there");
  return {};
}

Result<void> judge_trailers(std::string_view announced, const FieldList& trailers) {
  for (const auto& [name, value] : trailers) {
    const std::string shown{"the trailer field `" + name + "` "};
    if (!has_name(announced, name))
      return fail(shown + "was not announced; name it in Response::with_trailers of the head");
    if (!has_only_field_bytes(value)) return fail(shown + "has a byte in its value that no field may have");
  }
  return {};
}

void announce_trailers(Response& head) {
  if (!head.trailer_names().empty() && head.status() != 204 && head.status() != 304)
    head.add_field("Trailer", std::string{head.trailer_names()});
}

FieldList PulledBody::make() {
  FieldList made = std::exchange(make_, nullptr)();
  if (const auto judged = judge_trailers(announced_, made); !judged) throw std::runtime_error(judged.error().message);
  return made;
}

}  // namespace orrery::http
