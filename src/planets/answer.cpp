#include "planets/answer.hpp"

#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "planets/appearance.hpp"
#include "planets/constellation.hpp"
#include "planets/decimal.hpp"
#include "planets/events.hpp"
#include "planets/refraction.hpp"
#include "planets/rfc3339.hpp"
#include "planets/sight.hpp"

namespace orrery::planets {

namespace {

constexpr FieldSet kOfAppearance{Field::kMagnitude, Field::kPhase, Field::kElongation, Field::kPositionAngle,
                                 Field::kAngularDiameter};
constexpr FieldSet kOfSpace{Field::kGeocentric, Field::kHeliocentric};
constexpr FieldSet kOfEvents{Field::kRise, Field::kTransit, Field::kSet};
constexpr FieldSet kAtHorizon{Field::kRise, Field::kSet};

constexpr int kAngleDecimals = 9;      ///< of degrees: 4 microarcseconds, a 250th of what is claimed
constexpr int kDistanceDecimals = 12;  ///< of au: 15 cm
constexpr int kOtherDecimals = 9;      ///< of seconds, magnitudes and fractions

/// The longest members of a body, but for its name.
constexpr std::string_view kLongestBody = R"({"name":"","az":359.000000000,"alt":-89.000000000)";

/// An angle of a circle: what would be written as 360 degrees is none.
double on_circle(Degrees angle) noexcept {
  constexpr double kRoundsUp = 360 - 0.5 / decimal::kPowers[kAngleDecimals];
  return angle.value >= kRoundsUp ? 0 : angle.value;
}

double apparent_altitude(Degrees airless, const Query& query) noexcept {
  return airless.value + refraction(airless, query.pressure, query.temperature).value;
}

void put_place_and_time(JsonText& json, const Query& query) {
  put_place(json, query.observer);
  put_time(json.raw(R"(,"time":")"), query.instant);
  json.raw("\"}");
}

/// The members a client asked for by `fields=`.
class AskedFields {
 public:
  AskedFields(JsonText& json, const Query& query, const EarthRotation& rotation, Body body)
      : json_(json), query_(query), rotation_(rotation), body_(body) {}

  void put(const Sky& sky) {
    put_position(sky.position(body_));
    if (query_.fields.has_any(kOfAppearance)) put_appearance(sky);
    if (query_.fields.has(Field::kSight)) put_sight(sky);
    if (query_.fields.has(Field::kConstellation)) {
      key(Field::kConstellation);
      json_.string(constellation_of(sky.geometry(body_).from_observer));
    }
    if (query_.fields.has_any(kOfSpace)) {
      const TruePosition there = sky.true_position(body_);
      vector(Field::kGeocentric, there.from_earth);
      vector(Field::kHeliocentric, there.from_sun);
    }
    if (query_.fields.has_any(kOfEvents)) put_events();
  }

 private:
  void key(Field field) { json_.raw(",\"").raw(name_of(field)).raw("\":"); }
  template <int kDecimals>
  void number(Field field, double value) {
    if (!query_.fields.has(field)) return;
    key(field);
    json_.rounded<kDecimals>(value);
  }
  void vector(Field field, const Vector& value) {
    if (!query_.fields.has(field)) return;
    key(field);
    json_.raw(R"({"x":)").rounded<kDistanceDecimals>(value.x);
    json_.raw(R"(,"y":)").rounded<kDistanceDecimals>(value.y);
    json_.raw(R"(,"z":)").rounded<kDistanceDecimals>(value.z).raw("}");
  }
  void time(Field field, const std::optional<Instant>& time) {
    if (!query_.fields.has(field)) return;
    key(field);
    if (!time) {
      json_.raw("null");
      return;
    }
    put_second(json_, *time);
  }
  void put_position(const SkyPosition& position) {
    number<kAngleDecimals>(Field::kAzimuth, on_circle(position.azimuth));
    number<kAngleDecimals>(Field::kAltitude, apparent_altitude(position.altitude, query_));
    number<kAngleDecimals>(Field::kAirlessAltitude, position.altitude.value);
    number<kAngleDecimals>(Field::kRightAscension, on_circle(position.right_ascension));
    number<kAngleDecimals>(Field::kDeclination, position.declination.value);
    number<kDistanceDecimals>(Field::kDistance, position.distance.value);
    number<kOtherDecimals>(Field::kLightTime, position.light_time.count());
  }
  void put_appearance(const Sky& sky) {
    const Appearance seen = appearance(body_, sky.geometry(body_), query_.instant);
    number<kOtherDecimals>(Field::kMagnitude, seen.magnitude);
    number<kOtherDecimals>(Field::kPhase, seen.illuminated);
    if (query_.fields.has(Field::kElongation)) number<kAngleDecimals>(Field::kElongation, sky.elongation(body_).value);
    if (query_.fields.has(Field::kPositionAngle)) number<kAngleDecimals>(Field::kPositionAngle, bright_limb(sky));
    number<kOtherDecimals>(Field::kAngularDiameter, seen.diameter);
  }
  /// Where the middle of its lit edge is, from north through east; the Sun has none.
  [[nodiscard]] double bright_limb(const Sky& sky) const {
    if (body_ == Body::kSun) return std::nan("");
    return on_circle(position_angle(sky.position(body_), sky.position(Body::kSun)));
  }
  void put_sight(const Sky& sky) {
    const Sightseer eyes{sky, query_.instant, query_.pressure, query_.temperature};
    const std::string_view sight = name_of(eyes.look(body_).visible.sight);
    key(Field::kSight);
    sight.empty() ? json_.raw("null") : json_.string(sight);
  }
  void put_events() {
    const NextEvents next = next_events(body_, rotation_, query_.observer, query_.instant);
    time(Field::kRise, next.times[static_cast<std::size_t>(EventKind::kRise)]);
    time(Field::kTransit, next.times[static_cast<std::size_t>(EventKind::kTransit)]);
    time(Field::kSet, next.times[static_cast<std::size_t>(EventKind::kSet)]);
    if (!query_.fields.has_any(kAtHorizon)) return;
    json_.raw(R"(,"visibility":")").raw(name_of(next.visibility)).raw("\"");
  }

  JsonText& json_;
  const Query& query_;
  const EarthRotation& rotation_;
  Body body_;
};

void put_body(JsonText& json, const Query& query, const EarthRotation& rotation, const Sky& sky, Body body) {
  json.raw(R"({"name":")").raw(name_of(body)).raw("\"");
  if (query.fields != kDefaultFields) return AskedFields{json, query, rotation, body}.put(sky);
  put_direction(json, query, sky, body);
}

/// Where the body is at the second the answer names.
void put_event(JsonText& json, const Query& query, const EarthRotation& rotation, Body body, const SkyEvent& event) {
  json.raw(R"({"event":")").raw(name_of(event.kind));
  put_second(json.raw(R"(","time":)"), event.time);
  put_direction(json, query, rotation.sky(event.time.rounded(), query.observer), body);
  json.raw("}");
}

}  // namespace

void put_direction(JsonText& json, const Query& query, const Sky& sky, Body body) {
  const Horizontal direction = sky.direction(body);
  json.raw(R"(,"az":)").rounded<kAngleDecimals>(on_circle(direction.azimuth));
  json.raw(R"(,"alt":)").rounded<kAngleDecimals>(apparent_altitude(direction.altitude, query));
}

void put_direction_cells(JsonText& row, const Query& query, const Sky& sky, Body body) {
  const Horizontal direction = sky.direction(body);
  row.raw(",").rounded<kAngleDecimals>(on_circle(direction.azimuth));
  row.raw(",").rounded<kAngleDecimals>(apparent_altitude(direction.altitude, query));
}

void put_time(JsonText& json, Instant instant) {
  const auto write = [instant](char* to) { return write_rfc3339(to, instant); };
  json.written(kTimestampRoom, write);
}

std::string key_of(const Query& query) {
  JsonText key{256};
  for (const double value : {query.observer.longitude.value, query.observer.latitude.value,
                             query.observer.elevation.value, query.pressure.value, query.temperature.value})
    key.number(value).raw(" ");
  put_time(key, query.instant);
  return key.take();
}

void put_second(JsonText& json, Instant instant) {
  const auto write = [instant](char* to) { return write_rfc3339_seconds(to, instant); };
  json.raw("\"").written(kTimestampRoom, write).raw("\"");
}

void put_place(JsonText& json, const Observer& observer) {
  json.raw(R"(,"geo_location":{"lon":)").number(observer.longitude.value);
  json.raw(R"(,"lat":)").number(observer.latitude.value);
  json.raw(R"(,"elevation":)").number(observer.elevation.value).raw("}");
}

std::string body_json(const Query& query, const EarthRotation& rotation, Body body) {
  JsonText json{192};
  put_body(json, query, rotation, rotation.sky(query.instant, query.observer), body);
  const std::size_t spare = kLongestBody.size() + name_of(body).size() - json.size();
  put_place_and_time(json, query);
  // Answers about now have one length for a body and a place, however many digits the moment's numbers need: ab, with
  // which this service is measured, counts a length that changes as a failed request.
  if (query.is_now && query.fields == kDefaultFields) json.pad_to(json.size() + spare);
  return json.raw("\n").take();
}

std::string sky_json(const Query& query, const EarthRotation& rotation) {
  const Sky sky = rotation.sky(query.instant, query.observer);
  JsonText json{1024};
  json.raw(R"({"planets":[)");
  for (const Body body : kBodies) {
    if (body != kBodies.front()) json.raw(",");
    put_body(json, query, rotation, sky, body);
    json.raw("}");
  }
  json.raw("]");
  put_place_and_time(json, query);
  return json.take();
}

std::string events_json(const EventsQuery& events, const EarthRotation& rotation, Body body) {
  const Query& query = events.query;
  const Seconds span{events.days * 86400.0};
  const EventList list = events_within(body, rotation, query.observer, query.instant, span);
  JsonText json{256 + list.events.size() * 112};
  json.raw(R"({"name":")").raw(name_of(body)).raw(R"(","events":[)");
  for (const SkyEvent& event : list.events) {
    if (&event != &list.events.front()) json.raw(",");
    put_event(json, query, rotation, body, event);
  }
  json.raw(R"(],"visibility":")").raw(name_of(list.visibility)).raw("\"");
  put_place(json, query.observer);
  put_time(json.raw(R"(,"from":")"), query.instant);
  put_time(json.raw(R"(","to":")"), query.instant.later(span));
  return json.raw("\"}\n").take();
}

Response refusal(int status, const std::string& message) {
  JsonText json{message.size() + 64};
  json.raw(R"({"error":{"status":)").raw(std::to_string(status)).raw(R"(,"message":)").string(message).raw("}}\n");
  return Response::json(json.take()).with_status(status);
}

Response refusal(const std::vector<std::string>& problems) {
  std::string message;
  for (const std::string& problem : problems) message += (message.empty() ? "" : "; ") + problem;
  return refusal(400, message);
}

}  // namespace orrery::planets
