#include "planets/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "planets/decimal.hpp"
#include "planets/parameters.hpp"
#include "planets/rfc3339.hpp"
#include "planets/utf8.hpp"

namespace orrery::planets {

namespace {

using Problems = std::vector<std::string>;

/// What each route reads.
constexpr NameSet kPlace{Name::kLongitude, Name::kLatitude, Name::kElevation, Name::kPressure, Name::kTemperature};
constexpr NameSet kOfBodies = kPlace | NameSet{Name::kTime, Name::kFields};
constexpr NameSet kOfEvents = kPlace | NameSet{Name::kTime, Name::kDays};
constexpr NameSet kOfPlaceAndDays{Name::kLongitude, Name::kLatitude, Name::kElevation, Name::kTime, Name::kDays};
constexpr NameSet kOfPicture = kPlace | NameSet{Name::kTime};
constexpr NameSet kOfPhenomena{Name::kTime, Name::kDays};
constexpr NameSet kOfTrack = kPlace | NameSet{Name::kFrom, Name::kTo, Name::kStep};
constexpr NameSet kOfStream = kPlace | NameSet{Name::kFields, Name::kInterval};

struct NumberParameter {
  Name name;
  double least;
  double most;
  std::string_view range;  ///< as the client is told

  [[nodiscard]] bool allows(double value) const { return value >= least && value <= most; }
};

constexpr NumberParameter kLongitude{Name::kLongitude, -180, 180, "degrees from -180 to 180, east positive"};
constexpr NumberParameter kLatitude{Name::kLatitude, -90, 90, "degrees from -90 to 90, north positive"};
constexpr NumberParameter kElevation{Name::kElevation, -12000, 100000, "metres from -12000 to 100000"};
constexpr NumberParameter kPressure{Name::kPressure, 0, 2000, "mbar from 0 to 2000"};
constexpr NumberParameter kTemperature{Name::kTemperature, -150, 100, "degrees Celsius from -150 to 100"};
constexpr NumberParameter kDays{Name::kDays, 1, 366, "a whole number from 1 to 366"};
constexpr NumberParameter kStepSeconds{Name::kStep, 1, 31557600, "seconds from 1 to 31557600"};
constexpr NumberParameter kInterval{Name::kInterval, 1, 3600, "whole seconds from 1 to 3600"};

Instant now() {
  // The answer carries its time with milliseconds; it is computed for exactly what it says.
  return Instant::from_unix(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

/// A number without the sign that says it is positive: `+`, or the blank that an unescaped one becomes on its way.
std::string_view without_plus(std::string_view text) {
  const bool plus = text.size() > 1 && (text[0] == '+' || text[0] == ' ') && text[1] != '-';
  return plus ? text.substr(1) : text;
}

/// What is not written as most people do, or is a problem.
[[gnu::cold, gnu::noinline]] double odd_number_in(std::string_view text, const NumberParameter& parameter,
                                                  Problems& problems) {
  text = without_plus(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
  if (whole && parameter.allows(value)) return value;
  const std::string_view what = whole ? " is out of range: " : " must be a number: ";
  problems.push_back(std::string{text_of(parameter.name)}.append(what).append(parameter.range));
  return whole ? value : 0;
}

double number_in(std::string_view text, const NumberParameter& parameter, Problems& problems) {
  const std::optional<double> number = decimal::read(text);
  return number && parameter.allows(*number) ? *number : odd_number_in(text, parameter, problems);
}

/// The number, or nothing when it is absent; a bad one is a problem.
inline std::optional<double> read_number(const Parameters& parameters, const NumberParameter& parameter,
                                         Problems& problems) {
  if (!parameters.have(parameter.name)) return {};
  return number_in(parameters[parameter.name], parameter, problems);
}

std::optional<int> read_whole(const Parameters& parameters, const NumberParameter& parameter, Problems& problems) {
  const auto value = read_number(parameters, parameter, problems);
  if (value && *value != std::floor(*value))
    problems.push_back(std::string{text_of(parameter.name)} + " must be " + std::string{parameter.range});
  return value && std::abs(*value) <= parameter.most ? std::optional{static_cast<int>(*value)} : std::nullopt;
}

constexpr std::string_view kRange =
    "1850-01-01T00:00:00Z up to 2150-01-01T00:00:00Z; the last that can be asked for is "
    "2149-12-31T23:59:59.999999Z";

/// Only an instant that can be asked for; any other is a problem.
std::optional<Instant> instant_in(std::string_view text, Name name, Problems& problems) {
  const auto instant = parse_rfc3339(text);
  if (instant && in_range(*instant)) return instant;
  const std::string_view what =
      instant ? " is out of range: " : " must be an RFC 3339 timestamp such as 2026-11-22T10:00:00Z";
  problems.push_back(std::string{text_of(name)}.append(what).append(instant ? kRange : ""));
  return {};
}

/// The instant, or nothing when it is absent or bad; a bad one is a problem.
std::optional<Instant> read_instant(const Parameters& parameters, Name name, Problems& problems) {
  return parameters.have(name) ? instant_in(parameters[name], name, problems) : std::nullopt;
}

std::string known_fields() {
  std::string list;
  for (const std::string_view name : kFieldNames) list += (list.empty() ? "" : ", ") + std::string{name};
  return list;
}

FieldSet fields_in(std::string_view text, Problems& problems) {
  constexpr int kMostNamed = 8;  // of the unknown ones: so many are enough for anybody
  FieldSet fields;
  std::string unknown;
  int count = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view name = text.substr(at, end - at);
    if (const auto field = field_named(name))
      fields.add(*field);
    else if (++count <= kMostNamed)
      unknown += (unknown.empty() ? "" : ", ") + utf8::quoted(name);
    at = end + 1;
  }
  if (!unknown.empty()) problems.push_back("fields: there is no " + unknown + "; known are " + known_fields());
  return fields;
}

FieldSet read_fields(const Parameters& parameters, Problems& problems) {
  return parameters.have(Name::kFields) ? fields_in(parameters[Name::kFields], problems) : kDefaultFields;
}

/// A place is a longitude and a latitude; a part of one must not be answered for Greenwich.
[[gnu::cold, gnu::noinline]] void refuse_half_place(const Parameters& parameters, Problems& problems) {
  const bool longitude = parameters.have(Name::kLongitude);
  const bool latitude = parameters.have(Name::kLatitude);
  if (longitude != latitude)
    problems.push_back(std::string{text_of(longitude ? Name::kLatitude : Name::kLongitude)} +
                       " is missing: a place needs both lon and lat");
  else if (!longitude)
    problems.emplace_back("lon and lat are missing: elevation alone is no place");
}

/// Where the observer is, and the air there.
Query read_place(Parameters& parameters) {
  Problems problems = parameters.take_problems();
  const auto longitude = read_number(parameters, kLongitude, problems);
  const auto latitude = read_number(parameters, kLatitude, problems);
  const auto elevation = read_number(parameters, kElevation, problems);
  const auto pressure = read_number(parameters, kPressure, problems);
  const auto temperature = read_number(parameters, kTemperature, problems);
  Query query{.instant = now(), .problems = std::move(problems)};
  if (longitude && latitude)
    query.observer = {{*longitude}, {*latitude}, {elevation.value_or(0)}};
  else if (parameters.have(Name::kLongitude) || parameters.have(Name::kLatitude) || parameters.have(Name::kElevation))
    refuse_half_place(parameters, query.problems);
  if (pressure) query.pressure = {*pressure};
  if (temperature) query.temperature = {*temperature};
  return query;
}

void begin_at(Query& query, const Parameters& parameters, Name name) {
  query.is_now = !parameters.have(name);
  if (query.is_now && !in_range(query.instant))
    query.problems.push_back(std::string{text_of(name)} +
                             " is missing, and the server's clock is out of range: " + std::string{kRange});
  if (const auto instant = read_instant(parameters, name, query.problems)) query.instant = *instant;
}

/// What is looked at ends with the range, or the answer would be silently short.
void refuse_days_beyond_range(EventsQuery& events) {
  const Seconds span{events.days * 86400.0};
  const Instant last = end_of_range().later(-span);
  if (!events.query.problems.empty() || events.query.instant <= last) return;
  const std::string days = std::to_string(events.days);
  std::array<char, kTimestampRoom> text;
  const std::string_view time{text.data(), write_rfc3339_seconds(text.data(), last)};
  events.query.problems.push_back("days is out of range: " + days + " from time on end after 2150-01-01T00:00:00Z, " +
                                  "up to which the sky is known; with days=" + days +
                                  " the last time that can be asked for is " + std::string{time});
}

Query read_moment(Parameters& parameters) {
  Query query = read_place(parameters);
  begin_at(query, parameters, Name::kTime);
  return query;
}

EventsQuery read_days(const Request& request, NameSet names, int usual) {
  Parameters parameters{request, names};
  EventsQuery events{read_place(parameters)};
  begin_at(events.query, parameters, Name::kTime);
  events.days = read_whole(parameters, kDays, events.query.problems).value_or(usual);
  refuse_days_beyond_range(events);
  return events;
}

/// How long a track is at most; nothing when that is a problem.
std::optional<Seconds> read_span(const Parameters& parameters, Query& query) {
  if (parameters.have(Name::kTo)) {
    const auto end = read_instant(parameters, Name::kTo, query.problems);
    return end ? std::optional{*end - query.instant} : std::nullopt;
  }
  constexpr Seconds kDay{86400};
  if (in_range(query.instant.later(kDay))) return kDay;
  query.problems.push_back("to is missing, and a day after from is out of range: " + std::string{kRange} +
                           "; the last from that needs no to is before 2149-12-31T00:00:00Z");
  return {};
}

void count_points(TrackQuery& track, Seconds span) {
  // What the seconds of two instants may lose; a track must not end a point early for it.
  constexpr double kRounding = 1e-10;
  if (span.count() < 0) return track.query.problems.emplace_back("to must not be before from"), void();
  const double points = std::floor((span.count() + kRounding) / track.step.count()) + 1;
  track.points = static_cast<std::size_t>(std::min(points, 1e12));
  if (track.points <= kMostTrackPoints) return;
  track.query.problems.push_back("from, to and step: the track would have " + std::to_string(track.points) +
                                 " points, and may have " + std::to_string(kMostTrackPoints) +
                                 "; take a larger step or a shorter span");
}

}  // namespace

Query read_query(const Request& request) {
  Parameters parameters{request, kOfBodies};
  Query query = read_place(parameters);
  begin_at(query, parameters, Name::kTime);
  query.fields = read_fields(parameters, query.problems);
  return query;
}

EventsQuery read_events_query(const Request& request) { return read_days(request, kOfEvents, 1); }

EventsQuery read_twilight_query(const Request& request) { return read_days(request, kOfPlaceAndDays, 1); }

EventsQuery read_eclipses_query(const Request& request) { return read_days(request, kOfEvents, 366); }

EventsQuery read_phenomena_query(const Request& request) {
  return read_days(request, kOfPhenomena, kUsualPhenomenaDays);
}

SeenPhenomenaQuery read_seen_phenomena_query(const Request& request) {
  return {read_days(request, kOfPlaceAndDays, kUsualPhenomenaDays),
          request.query(text_of(Name::kLongitude)).has_value()};
}

void begin_minute(Query& query) {
  const double second = query.instant.civil().second;
  query.instant = query.instant.later(Seconds{-second});
}

Query read_picture_query(const Request& request) {
  Parameters parameters{request, kOfPicture};
  return read_moment(parameters);
}

Query read_night_query(const Request& request) { return read_picture_query(request); }

Query read_link_query(const Request& request) {
  Parameters parameters{request, kOfPicture};
  // What the page reads besides is none of the server's.
  static_cast<void>(parameters.take_problems());
  return read_moment(parameters);
}

TrackQuery read_track_query(const Request& request) {
  Parameters parameters{request, kOfTrack};
  TrackQuery track{read_place(parameters)};
  begin_at(track.query, parameters, Name::kFrom);
  const auto span = read_span(parameters, track.query);
  if (const auto step = read_number(parameters, kStepSeconds, track.query.problems)) track.step = Seconds{*step};
  if (track.query.problems.empty() && span) count_points(track, *span);
  return track;
}

StreamQuery read_stream_query(const Request& request) {
  Parameters parameters{request, kOfStream};
  StreamQuery stream{read_place(parameters)};
  stream.query.fields = read_fields(parameters, stream.query.problems);
  if (const auto seconds = read_whole(parameters, kInterval, stream.query.problems))
    stream.interval = std::chrono::seconds{*seconds};
  return stream;
}

}  // namespace orrery::planets
