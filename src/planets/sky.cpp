#include "planets/sky.hpp"

#include <limits>

#include "planets/reduction.hpp"

// A sanitizer's runtime is not up yet when the loader picks a clone, and other compilers have no such clones.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(ORRERY_NO_TARGET_CLONES)
#define ORRERY_CLONED __attribute__((target_clones("arch=x86-64-v3", "default"), flatten))
#else
#define ORRERY_CLONED
#endif

namespace orrery::planets {
namespace clones {

ORRERY_CLONED void set_moment(std::optional<Moment>& moment, const TablePlace& place, DayTime ut1,
                              const Observer& observer) noexcept;
ORRERY_CLONED Horizontal direction_of(const Moment& moment, Body body) noexcept;
ORRERY_CLONED SkyPosition position_of(const Moment& moment, Body body) noexcept;

void set_moment(std::optional<Moment>& moment, const TablePlace& place, DayTime ut1,
                const Observer& observer) noexcept {
  moment = reduction::moment_at(place, ut1, observer);
}

Horizontal direction_of(const Moment& moment, Body body) noexcept {
  return reduction::horizontal_of(reduction::arriving(moment, body));
}

SkyPosition position_of(const Moment& moment, Body body) noexcept { return reduction::position_of(moment, body); }

}  // namespace clones

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr Horizontal kNoDirection = {{kNan}, {kNan}};
constexpr SkyPosition kNowhere = {kNoDirection, {kNan}, {kNan}, {kNan}, Seconds{kNan}};

bool is_body(Body body) noexcept { return static_cast<std::size_t>(body) < kBodyCount; }

}  // namespace

Sky::Sky(Instant instant, const EarthOrientation& orientation, const Observer& observer) noexcept {
  if (!is_place(observer)) return;
  const auto place = place_of(terrestrial_time(instant, orientation));
  if (place) clones::set_moment(moment_, *place, universal_time(instant, orientation), observer);
}

Horizontal Sky::direction(Body body) const noexcept {
  return moment_ && is_body(body) ? clones::direction_of(*moment_, body) : kNoDirection;
}

SkyPosition Sky::position(Body body) const noexcept {
  return moment_ && is_body(body) ? clones::position_of(*moment_, body) : kNowhere;
}

Geometry Sky::geometry(Body body) const noexcept {
  constexpr Vector kNothing{kNan, kNan, kNan};
  if (!moment_ || !is_body(body)) return {kNothing, kNothing};
  const reduction::Ray ray = reduction::incoming_ray(*moment_, reduction::mover(*moment_, body));
  const Vector from_sun = body == Body::kSun ? Vector{} : ray.body - moment_->sun;
  return {ray.distance * ray.direction, from_sun};
}

Degrees Sky::elongation(Body body) const noexcept {
  if (body == Body::kSun && moment_) return {0};
  return degrees(angle_between(geometry(Body::kSun).from_observer, geometry(body).from_observer));
}

TruePosition Sky::true_position(Body body) const noexcept {
  constexpr Vector kNothing{kNan, kNan, kNan};
  if (!moment_ || !is_body(body)) return {kNothing, kNothing};
  const Vector there = reduction::mover(*moment_, body).state.position;
  return {there - earth_and_moon(moment_->place).earth.position, there - moment_->sun};
}

}  // namespace orrery::planets
