// Query: the parameters of a planet request, read and checked: where the observer is, when, and the air.
//
// Reads every parameter before it answers, so a client hears of all its mistakes at once, each with the parameter's
// name. A query without problems is one that can be answered whole: all its instants lie in the range of the tables.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/request.hpp"

#include "planets/field.hpp"
#include "planets/instant.hpp"
#include "planets/observer.hpp"
#include "planets/parameters.hpp"
#include "planets/units.hpp"

namespace orrery::planets {

/// The observatory of the original application: where nobody says where.
inline constexpr Observer kGreenwich{{-0.0005}, {51.4769}, {0}};

struct Query {
  Observer observer = kGreenwich;
  Instant instant;
  bool is_now = true;        ///< no `time` was given
  Millibars pressure{1010};  ///< PyEphem's default air
  Celsius temperature{15};
  FieldSet fields = kDefaultFields;
  std::vector<std::string> problems;  ///< sentences; not empty = 400
};

/// What tells no seconds is the same for a minute.
void begin_minute(Query& query);

/// `lon` -180..180 and `lat` -90..90 in degrees (east, north positive), both or neither; with them `elevation`
/// -12000..100000 in metres, default 0; `time` RFC 3339, default now; `pressure` 0..2000 mbar (0: no air),
/// `temperature` -150..100 degrees Celsius; `fields` names of field.hpp, separated by commas.
[[nodiscard]] Query read_query(const Request& request);

/// A Query and what lies ahead of it.
struct EventsQuery {
  Query query;
  int days = 1;
};

/// As read_query() but without `fields`, and `days`, a whole number from 1 to 366, none of which ends beyond the range.
[[nodiscard]] EventsQuery read_events_query(const Request& request);

/// Place, `time` and `days` (1), without air: twilight is by the Sun's airless altitude.
[[nodiscard]] EventsQuery read_twilight_query(const Request& request);

/// As read_events_query(), with 366 `days` where none are given.
[[nodiscard]] EventsQuery read_eclipses_query(const Request& request);

/// As read_query() but without `fields`: a picture has all.
[[nodiscard]] Query read_picture_query(const Request& request);

/// The same for a night.
[[nodiscard]] Query read_night_query(const Request& request);

/// The same of the page's own link, which has more in it that only the page reads.
[[nodiscard]] Query read_link_query(const Request& request);

inline constexpr int kUsualPhenomenaDays = 30;

/// `time` and `days` (kUsualPhenomenaDays): what bodies do together is the same for every place.
[[nodiscard]] EventsQuery read_phenomena_query(const Request& request);

/// The same with a place, of which there may be none: for what it sees of eclipses.
struct SeenPhenomenaQuery {
  EventsQuery events;
  bool has_place = false;
};
[[nodiscard]] SeenPhenomenaQuery read_seen_phenomena_query(const Request& request);

inline constexpr std::size_t kMostTrackPoints = 100'000;

struct TrackQuery {
  Query query;  ///< its instant is where the track begins
  Seconds step{600};
  std::size_t points = 0;
};

/// Place and air as read_query(); `from` and `to` RFC 3339 (now; a day after `from`), `step` 1..31557600 seconds (600).
[[nodiscard]] TrackQuery read_track_query(const Request& request);

struct StreamQuery {
  Query query;
  std::chrono::seconds interval{10};
};

/// As read_query() but without `time`, and `interval`, whole seconds from 1 to 3600.
[[nodiscard]] StreamQuery read_stream_query(const Request& request);

}  // namespace orrery::planets
