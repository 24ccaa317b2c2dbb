#include "planets/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "planets/decimal.hpp"
#include "planets/rfc3339.hpp"

namespace orrery::planets {

namespace {

using Problems = std::vector<std::string>;

enum class Name : std::uint8_t {
  kLongitude,
  kLatitude,
  kElevation,
  kPressure,
  kTemperature,
  kTime,
  kFields,
  kFrom,
  kTo,
  kStep,
  kDays,
  kInterval,
  kCount
};

/// In the order of Name.
constexpr std::array<std::string_view, static_cast<std::size_t>(Name::kCount)> kNames{
    "lon",    "lat",  "elevation", "pressure", "temperature", "time",
    "fields", "from", "to",        "step",     "days",        "interval"};

constexpr std::string_view text_of(Name name) { return kNames[static_cast<std::size_t>(name)]; }

/// The parameters this API knows, each with the first value it came with. Views into the request.
class Parameters {
 public:
  explicit Parameters(const Request& request) {
    const std::size_t count = request.query_count();
    for (std::size_t i = 0; i < count; ++i) {
      const orrery::Field field = request.query_at(i);
      take(field, std::make_index_sequence<kNames.size()>{});
    }
  }
  [[nodiscard]] bool have(Name name) const { return (*this)[name].data() != nullptr; }
  /// Empty where it did not come.
  [[nodiscard]] std::string_view operator[](Name name) const {
    return values_[static_cast<std::size_t>(name)];
  }

 private:
  template <std::size_t... kIndex>
  void take(const orrery::Field& field, std::index_sequence<kIndex...>) {
    static_cast<void>((take_as<kIndex>(field) || ...));
  }
  /// True when this is its name: of a length known here, a name is compared without a call.
  template <std::size_t kIndex>
  bool take_as(const orrery::Field& field) {
    constexpr std::string_view kName = kNames[kIndex];
    if (field.name.size() != kName.size() || std::memcmp(field.name.data(), kName.data(), kName.size()) != 0)
      return false;
    if (values_[kIndex].data() == nullptr) values_[kIndex] = field.value;
    return true;
  }

  std::array<std::string_view, kNames.size()> values_;
};

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

/// What is not written as people do, or is a problem.
[[gnu::cold, gnu::noinline]] double odd_number_in(std::string_view text, const NumberParameter& parameter,
                                                  Problems& problems) {
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

std::optional<int> read_whole(const Parameters& parameters, const NumberParameter& parameter,
                              Problems& problems) {
  const auto value = read_number(parameters, parameter, problems);
  if (value && *value != std::floor(*value))
    problems.push_back(std::string{text_of(parameter.name)} + " must be " + std::string{parameter.range});
  return value && std::abs(*value) <= parameter.most ? std::optional{static_cast<int>(*value)} : std::nullopt;
}

std::optional<Instant> instant_in(std::string_view text, Name name, Problems& problems) {
  const auto instant = parse_rfc3339(text);
  if (!instant) {
    problems.push_back(std::string{text_of(name)} +
                       " must be an RFC 3339 timestamp such as 2026-11-22T10:00:00Z");
  } else if (!in_range(*instant)) {
    problems.push_back(std::string{text_of(name)} +
                       " is out of range: 1850-01-01T00:00:00Z up to 2150-01-01T00:00:00Z");
  }
  return instant;
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
  FieldSet fields;
  std::string unknown;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view name = text.substr(at, end - at);
    if (const auto field = field_named(name))
      fields.add(*field);
    else
      unknown += (unknown.empty() ? "`" : ", `") + std::string{name.substr(0, 40)} + "`";
    at = end + 1;
  }
  if (!unknown.empty())
    problems.push_back("fields: there is no " + unknown + "; known are " + known_fields());
  return fields;
}

FieldSet read_fields(const Parameters& parameters, Problems& problems) {
  return parameters.have(Name::kFields) ? fields_in(parameters[Name::kFields], problems) : kDefaultFields;
}

/// Where the observer is, and the air there.
Query read_place(const Parameters& parameters) {
  Problems problems;
  const auto longitude = read_number(parameters, kLongitude, problems);
  const auto latitude = read_number(parameters, kLatitude, problems);
  const auto elevation = read_number(parameters, kElevation, problems);
  const auto pressure = read_number(parameters, kPressure, problems);
  const auto temperature = read_number(parameters, kTemperature, problems);
  Query query{.instant = now(), .problems = std::move(problems)};
  if (longitude && latitude && elevation) query.observer = {{*longitude}, {*latitude}, {*elevation}};
  if (pressure) query.pressure = {*pressure};
  if (temperature) query.temperature = {*temperature};
  return query;
}

void begin_at(Query& query, const Parameters& parameters, Name name) {
  query.is_now = !parameters.have(name);
  if (const auto instant = read_instant(parameters, name, query.problems)) query.instant = *instant;
}

void count_points(TrackQuery& track, double span) {
  if (span < 0) return track.query.problems.emplace_back("to must not be before from"), void();
  const double points = std::floor(span / track.step.count()) + 1;
  track.points = static_cast<std::size_t>(std::min(points, 1e12));
  if (track.points <= kMostTrackPoints) return;
  track.query.problems.push_back("from, to and step: the track would have " + std::to_string(track.points) +
                                 " points, and may have " + std::to_string(kMostTrackPoints) +
                                 "; take a larger step or a shorter span");
}

}  // namespace

Query read_query(const Request& request) {
  const Parameters parameters{request};
  Query query = read_place(parameters);
  begin_at(query, parameters, Name::kTime);
  query.fields = read_fields(parameters, query.problems);
  return query;
}

EventsQuery read_events_query(const Request& request) {
  const Parameters parameters{request};
  EventsQuery events{read_place(parameters)};
  begin_at(events.query, parameters, Name::kTime);
  events.days = read_whole(parameters, kDays, events.query.problems).value_or(1);
  return events;
}

TrackQuery read_track_query(const Request& request) {
  const Parameters parameters{request};
  constexpr Seconds kDay{86400};
  TrackQuery track{read_place(parameters)};
  begin_at(track.query, parameters, Name::kFrom);
  const auto end = read_instant(parameters, Name::kTo, track.query.problems);
  if (const auto step = read_number(parameters, kStepSeconds, track.query.problems))
    track.step = Seconds{*step};
  if (track.query.problems.empty()) count_points(track, (end ? *end - track.query.instant : kDay).count());
  return track;
}

StreamQuery read_stream_query(const Request& request) {
  const Parameters parameters{request};
  StreamQuery stream{read_place(parameters)};
  stream.query.fields = read_fields(parameters, stream.query.problems);
  if (const auto seconds = read_whole(parameters, kInterval, stream.query.problems))
    stream.interval = std::chrono::seconds{*seconds};
  if (parameters.have(Name::kTime))
    stream.query.problems.emplace_back("time: a stream is always about now; leave it out");
  return stream;
}

}  // namespace orrery::planets
