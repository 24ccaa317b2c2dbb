#include "planets/almanac.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/compression.hpp"
#include "orrery/negotiation.hpp"

#include "planets/answer.hpp"
#include "planets/calendar.hpp"
#include "planets/circumstances.hpp"
#include "planets/freshness.hpp"
#include "planets/phenomena.hpp"
#include "planets/query.hpp"
#include "planets/rfc3339.hpp"
#include "planets/twilight.hpp"

namespace orrery::planets {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr int kMagnitudeDecimals = 4;  // of eclipses: a tenth of what the shadow's edge leaves open
constexpr std::string_view kCalendar = "text/calendar; charset=utf-8";

Seconds span_of(const EventsQuery& events) { return Seconds{events.days * 86400.0}; }

/// What is asked about now changes with the clock and has no tag.
Response kept(const Request& request, const EventsQuery& events, std::string_view type, std::string body) {
  if (!events.query.is_now) return lasting(request, type, std::move(body));
  if (evaluate(request, {}) == Precondition::kFailed) return precondition_failed();
  Response response = of_now(Response::bytes(type, std::move(body)));
  compress(request, response);
  return response;
}

void put_span(JsonText& json, const EventsQuery& events) {
  put_time(json.raw(R"(,"from":")"), events.query.instant);
  put_time(json.raw(R"(","to":")"), events.query.instant.later(span_of(events)));
  json.raw("\"}\n");
}

/// What the angle of a phenomenon is called; nothing where it says no more than the event's name.
std::string_view angle_name(PhenomenonKind kind) {
  using enum PhenomenonKind;
  if (kind == kGreatestElongationEast || kind == kGreatestElongationWest) return "elongation";
  const bool meets = kind == kConjunction || kind == kInferiorConjunction || kind == kSuperiorConjunction;
  return meets ? "separation" : "";
}

void put_phases(JsonText& json, const Circumstances& here, const Query& query, const EarthRotation& rotation,
                Body body) {
  json.raw(R"("phases":[)");
  for (const auto& [phase, time] : here.phases) {
    if (time != here.phases.front().time) json.raw(",");
    put_second(json.raw(R"({"phase":")").raw(name_of(phase)).raw(R"(","time":)"), time);
    put_direction(json, query, rotation.sky(time.rounded(), query.observer), body);
    json.raw("}");
  }
  json.raw("]");
}

/// `"here":{…}`: what the query's place sees of an eclipse.
void put_here(JsonText& json, const Eclipse& eclipse, Instant time, const Query& query, const EarthRotation& rotation) {
  const Circumstances here = circumstances(eclipse, time, rotation, query.observer);
  const bool of_moon = is_of_moon(eclipse.kind);
  json.raw(here.is_visible ? R"("here":{"visible":true,)" : R"("here":{"visible":false,)");
  if (!of_moon) {
    json.raw(R"("magnitude":)").rounded<kMagnitudeDecimals>(here.magnitude);
    json.raw(R"(,"obscuration":)").rounded<kMagnitudeDecimals>(here.obscuration).raw(",");
  }
  put_phases(json, here, query, rotation, of_moon ? Body::kMoon : Body::kSun);
  json.raw("}");
}

void put_phenomenon(JsonText& json, const Phenomenon& phenomenon, const SeenPhenomenaQuery& asked,
                    const EarthRotation& rotation) {
  constexpr int kAngleDecimals = 6;
  json.raw(R"({"event":")").raw(name_of(phenomenon.kind));
  put_second(json.raw(R"(","time":)"), phenomenon.time);
  json.raw(R"(,"bodies":[")").raw(name_of(phenomenon.body));
  if (phenomenon.other) json.raw("\",\"").raw(name_of(*phenomenon.other));
  json.raw("\"]");
  const std::string_view angle = angle_name(phenomenon.kind);
  if (!angle.empty()) json.raw(",\"").raw(angle).raw("\":").rounded<kAngleDecimals>(phenomenon.separation.value);
  if (is_eclipse(phenomenon.kind)) {
    json.raw(R"(,"magnitude":)").rounded<kMagnitudeDecimals>(phenomenon.magnitude);
    const Eclipse eclipse{eclipse_of(phenomenon.kind), 0, phenomenon.magnitude};
    if (asked.has_place) put_here(json.raw(","), eclipse, phenomenon.time, asked.events.query, rotation);
  }
  json.raw("}");
}

std::string phenomena_json(const SeenPhenomenaQuery& asked, const std::vector<Phenomenon>& phenomena,
                           const EarthRotation& rotation) {
  JsonText json{128 + phenomena.size() * 128};
  json.raw(R"({"events":[)");
  for (const Phenomenon& phenomenon : phenomena) {
    if (&phenomenon != &phenomena.front()) json.raw(",");
    put_phenomenon(json, phenomenon, asked, rotation);
  }
  json.raw("]");
  if (asked.has_place) put_place(json, asked.events.query.observer);
  put_span(json, asked.events);
  return json.take();
}

/// What /events may be, the usual first.
constexpr std::array<std::string_view, 2> kPhenomenaTypes{kJson, "text/calendar"};

Response phenomena_answer(const Request& request, const EarthRotation& rotation, bool as_calendar) {
  // A calendar is the same for every place, and so takes none.
  const SeenPhenomenaQuery asked =
      as_calendar ? SeenPhenomenaQuery{read_phenomena_query(request)} : read_seen_phenomena_query(request);
  const EventsQuery& events = asked.events;
  if (!events.query.problems.empty()) return of_now(refusal(events.query.problems));
  const std::vector<Phenomenon> phenomena = phenomena_within(rotation, events.query.instant, span_of(events));
  return as_calendar ? kept(request, events, kCalendar, calendar(phenomena, events.query.instant))
                     : kept(request, events, kJson, phenomena_json(asked, phenomena, rotation));
}

}  // namespace

void put_eclipse(JsonText& json, const Eclipse& eclipse, Instant time, const Query& query,
                 const EarthRotation& rotation) {
  put_second(json.raw(R"({"eclipse":")").raw(name_of(phenomenon_of(eclipse.kind))).raw(R"(","time":)"), time);
  json.raw(R"(,"magnitude":)").rounded<kMagnitudeDecimals>(eclipse.magnitude).raw(",");
  put_here(json, eclipse, time, query, rotation);
  json.raw("}");
}

Response answer_phenomena(const Request& request, const EarthRotation& rotation) {
  const auto form = choose_media_type(request, kPhenomenaTypes);
  return (form ? phenomena_answer(request, rotation, *form == 1) : not_acceptable(kPhenomenaTypes))
      .with_field("Vary", "Accept");
}

Response answer_calendar(const Request& request, const EarthRotation& rotation) {
  Response response = phenomena_answer(request, rotation, true);
  if (response.status() == 200) response.add_field("Content-Disposition", "attachment; filename=\"sky.ics\"");
  return response;
}

Response answer_eclipses(const Request& request, const EarthRotation& rotation) {
  const EventsQuery events = read_eclipses_query(request);
  const Query& query = events.query;
  if (!query.problems.empty()) return of_now(refusal(query.problems));
  const Geocentre centre{rotation, query.instant};
  JsonText json{2048};
  json.raw(R"({"eclipses":[)");
  bool first = true;
  for (const Eclipse& eclipse : eclipses_within(centre, span_of(events).count())) {
    if (!std::exchange(first, false)) json.raw(",");
    put_eclipse(json, eclipse, centre.time(eclipse.greatest), query, rotation);
  }
  put_place(json.raw("]"), query.observer);
  put_span(json, events);
  return kept(request, events, kJson, json.take());
}

Response answer_twilight(const Request& request, const EarthRotation& rotation) {
  const EventsQuery events = read_twilight_query(request);
  const Query& query = events.query;
  if (!query.problems.empty()) return of_now(refusal(query.problems));
  JsonText json{1024};
  json.raw(R"({"twilight":[)");
  bool first = true;
  for (const auto& [kind, time] : twilight_within(rotation, query.observer, query.instant, span_of(events))) {
    if (!std::exchange(first, false)) json.raw(",");
    put_second(json.raw(R"({"event":")").raw(name_of(kind)).raw(R"(","time":)"), time);
    json.raw("}");
  }
  json.raw(R"(],"light":")").raw(name_of(light_at(rotation, query.observer, query.instant))).raw("\"");
  put_place(json, query.observer);
  put_span(json, events);
  return kept(request, events, kJson, json.take());
}

}  // namespace orrery::planets
