#include "planets/tonight.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/compression.hpp"

#include "planets/almanac.hpp"
#include "planets/answer.hpp"
#include "planets/freshness.hpp"
#include "planets/json.hpp"
#include "planets/night.hpp"
#include "planets/phenomena.hpp"
#include "planets/query.hpp"
#include "planets/wording.hpp"

namespace orrery::planets {
namespace {

constexpr int kDecimals = 2;  // of angles and magnitudes in words' company: more than anybody sees

void put_named_time(JsonText& json, std::string_view name, const std::optional<Instant>& time) {
  json.raw("\"").raw(name).raw("\":");
  if (time)
    put_second(json, *time);
  else
    json.raw("null");
}

std::optional<Instant> of(const NextEvents& events, EventKind kind, Instant end) {
  const auto& time = events.times[static_cast<std::size_t>(kind)];
  return time && *time < end ? time : std::nullopt;
}

void put_span(JsonText& json, const NightSpan& span) {
  put_named_time(json.raw("\"night\":{"), "from", span.from);
  put_named_time(json.raw(","), "to", span.to);
  put_named_time(json.raw(","), "since", span.since);
  put_named_time(json.raw(","), "until", span.until);
  json.raw("}");
}

void put_sun(JsonText& json, const Night& night) {
  json.raw(R"("sun":{"visibility":")").raw(name_of(night.sun));
  json.raw(R"(","lowest":)").rounded<kDecimals>(night.darkest.value).raw(R"(},"twilight":[)");
  for (const TwilightEvent& event : night.twilight) {
    if (&event != &night.twilight.front()) json.raw(",");
    put_second(json.raw(R"({"event":")").raw(name_of(event.kind)).raw(R"(","time":)"), event.time);
    json.raw("}");
  }
  json.raw("]");
}

void put_moon(JsonText& json, const Night& night) {
  const NightMoon& moon = night.moon;
  json.raw(R"("moon":{"phase":)").rounded<4>(moon.phase);
  json.raw(moon.waxing ? R"(,"waxing":true,"tilt":)" : R"(,"waxing":false,"tilt":)");
  json.rounded<kDecimals>(moon.tilt.value);
  put_named_time(json.raw(","), "rise", of(moon.events, EventKind::kRise, night.span.to));
  put_named_time(json.raw(","), "set", of(moon.events, EventKind::kSet, night.span.to));
  json.raw("}");
}

void put_best(JsonText& json, const Show& show) {
  const auto& [time, look] = *show.best;
  put_named_time(json.raw(R"(,"best":{)"), "time", time);
  json.raw(R"(,"az":)").rounded<kDecimals>(look.azimuth.value);
  json.raw(R"(,"alt":)").rounded<kDecimals>(look.altitude.value);
  json.raw(R"(,"direction":")").raw(compass_point(look.azimuth)).raw("\"}");
  put_named_time(json.raw(","), "from", show.from);
  put_named_time(json.raw(","), "to", show.to);
  json.raw(is_day(look.sun) ? R"(,"by_day":true)" : R"(,"by_day":false)");
}

void put_show(JsonText& json, const Show& show) {
  json.raw(R"({"name":")").raw(name_of(show.body)).raw(R"(","magnitude":)").rounded<kDecimals>(show.magnitude);
  if (show.best) {
    json.raw(R"(,"sight":")").raw(name_of(show.best->look.visible.sight)).raw("\"");
    put_best(json, show);
  } else {
    json.raw(R"(,"sight":null,"why":")").raw(name_of(show.why)).raw("\"");
  }
  json.raw("}");
}

void put_eclipses(JsonText& json, const Night& night, const Query& query, const EarthRotation& rotation) {
  json.raw(R"("eclipses":[)");
  for (const auto& [eclipse, time] : night.eclipses) {
    if (time != night.eclipses.front().time) json.raw(",");
    put_eclipse(json, eclipse, time, query, rotation);
  }
  json.raw("]");
}

std::string tonight_json(const Query& query, const EarthRotation& rotation) {
  const Night night = night_of(query, rotation);
  JsonText json{4096};
  put_span(json.raw("{"), night.span);
  put_sun(json.raw(","), night);
  put_moon(json.raw(","), night);
  json.raw(R"(,"bodies":[)");
  for (const Show& show : night.shows) put_show(json.raw(&show == &night.shows.front() ? "" : ","), show);
  put_eclipses(json.raw("],"), night, query, rotation);
  put_place(json, query.observer);
  put_time(json.raw(R"(,"time":")"), query.instant);
  return json.raw("\"}\n").take();
}

}  // namespace

Response answer_tonight(const Request& request, const EarthRotation& rotation) {
  constexpr std::string_view kJson = "application/json";
  const Query query = read_night_query(request);
  if (!query.problems.empty()) return of_now(refusal(query.problems));
  if (!query.is_now) return lasting(request, kJson, tonight_json(query, rotation));
  if (evaluate(request, {}) == Precondition::kFailed) return precondition_failed();
  Response response = of_now(Response::bytes(kJson, tonight_json(query, rotation)));
  compress(request, response);
  return response;
}

}  // namespace orrery::planets
