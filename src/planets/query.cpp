#include "planets/query.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "planets/rfc3339.hpp"

namespace orrery::planets {

namespace {

struct NumberParameter {
  std::string_view name;
  double least;
  double most;
  std::string_view range;  ///< as the client is told
};

constexpr NumberParameter kLongitude{"lon", -180, 180, "degrees from -180 to 180, east positive"};
constexpr NumberParameter kLatitude{"lat", -90, 90, "degrees from -90 to 90, north positive"};
constexpr NumberParameter kElevation{"elevation", -12000, 100000, "metres from -12000 to 100000"};
constexpr NumberParameter kPressure{"pressure", 0, 2000, "mbar from 0 to 2000"};
constexpr NumberParameter kTemperature{"temperature", -150, 100, "degrees Celsius from -150 to 100"};

Instant now() {
  // The answer carries its time with milliseconds; it is computed for exactly what it says.
  return Instant::from_unix(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

/// The number, or nothing when it is absent; a bad one is a problem.
std::optional<double> read_number(const Request& request, const NumberParameter& parameter,
                                  std::vector<std::string>& problems) {
  const auto text = request.query(parameter.name);
  if (!text) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool whole = error == std::errc{} && end == text->data() + text->size() && std::isfinite(value);
  if (!whole) {
    problems.push_back(std::string{parameter.name} + " must be a number: " + std::string{parameter.range});
  } else if (value < parameter.least || value > parameter.most) {
    problems.push_back(std::string{parameter.name} + " is out of range: " + std::string{parameter.range});
  }
  return value;
}

Instant read_time(const Request& request, std::vector<std::string>& problems) {
  const auto text = request.query("time");
  if (!text) return now();
  const auto instant = parse_rfc3339(*text);
  if (!instant) {
    problems.emplace_back("time must be an RFC 3339 timestamp such as 2026-11-22T10:00:00Z");
    return now();
  }
  if (!in_range(*instant))
    problems.emplace_back("time is out of range: 1850-01-01T00:00:00Z up to 2150-01-01T00:00:00Z");
  return *instant;
}

std::string known_fields() {
  std::string list;
  for (const std::string_view name : kFieldNames) list += (list.empty() ? "" : ", ") + std::string{name};
  return list;
}

FieldSet read_fields(const Request& request, std::vector<std::string>& problems) {
  const auto text = request.query("fields");
  if (!text) return kDefaultFields;
  FieldSet fields;
  std::string unknown;
  for (std::size_t at = 0; at <= text->size();) {
    const std::size_t end = std::min(text->find(',', at), text->size());
    const std::string_view name = text->substr(at, end - at);
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

}  // namespace

Query read_query(const Request& request) {
  std::vector<std::string> problems;
  const auto longitude = read_number(request, kLongitude, problems);
  const auto latitude = read_number(request, kLatitude, problems);
  const auto elevation = read_number(request, kElevation, problems);
  const auto pressure = read_number(request, kPressure, problems);
  const auto temperature = read_number(request, kTemperature, problems);
  Query query{.instant = read_time(request, problems), .is_now = !request.query("time"), .problems = {}};
  if (longitude && latitude && elevation) query.observer = {{*longitude}, {*latitude}, {*elevation}};
  if (pressure) query.pressure = {*pressure};
  if (temperature) query.temperature = {*temperature};
  query.fields = read_fields(request, problems);
  query.problems = std::move(problems);
  return query;
}

}  // namespace orrery::planets
