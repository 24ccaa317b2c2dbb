// Brightness, phase and size against libswe's swe_pheno_ut over random skies, 1850 to 2149. libswe takes Uranus at the
// mean of its latitudes, the Sun 0.10 magnitudes brighter, and mean radii where we take those of the equator.
#include <catch2/catch.hpp>

#include "oracle/libswe.hpp"
#include "planets/appearance.hpp"

namespace orrery::planets {
namespace {

struct Seen {
  double phase_angle, illuminated, diameter, magnitude;
};

Seen by_libswe(const Case& c, Body body) {
  char message[AS_MAXCH] = {};
  std::array<double, 20> attributes{};
  swe_set_delta_t_userdef(c.orientation.tt_minus_ut1.count() / 86400);
  swe_set_topo(c.observer.longitude.value, c.observer.latitude.value, c.observer.elevation.value);
  const int flags = swe_pheno_ut(julian_date(c.instant), swiss_number(body), SEFLG_SWIEPH | SEFLG_TOPOCTR,
                                 attributes.data(), message);
  if (flags < 0) throw std::runtime_error(message);
  return {attributes[0], attributes[1], attributes[3] * 3600, attributes[4]};
}

struct Worst {
  double magnitude = 0, phase_angle = 0, illuminated = 0, diameter = 0;
};

// The radius we took over the one libswe took.
double radii_apart(Body body) {
  constexpr std::array<double, kBodyCount> kSwissRadii = {696000e3, 1737.5e3, 2439.4e3, 6051.8e3, 3389.5e3,
                                                          69911e3,  58232e3,  25362e3,  24622e3,  1188.3e3};
  return radius_of(body).value / kSwissRadii[static_cast<std::size_t>(body)];
}

double magnitude_offset(Body body) { return body == Body::kSun ? 0.10 : 0; }

Worst worst_of(Body body) {
  std::mt19937_64 engine{static_cast<std::uint64_t>(body) + 1};
  Worst worst;
  for (int i = 0; i < 400; ++i) {
    const Case c = random_case(engine, 1850, 2150);
    const Appearance ours = appearance(body, Sky(c.instant, c.orientation, c.observer).geometry(body), c.instant);
    const Seen theirs = by_libswe(c, body);
    const auto see = [](double& most, double difference) { most = std::max(most, std::abs(difference)); };
    see(worst.magnitude, ours.magnitude - theirs.magnitude - magnitude_offset(body));
    see(worst.diameter, ours.diameter / theirs.diameter / radii_apart(body) - 1);
    if (body == Body::kSun) continue;  // libswe has no phase for it
    see(worst.phase_angle, ours.phase_angle.value - theirs.phase_angle);
    see(worst.illuminated, ours.illuminated - theirs.illuminated);
  }
  return worst;
}

double magnitude_tolerance(Body body) {
  if (body == Body::kSaturn) return 0.05;
  if (body == Body::kUranus) return 0.06;
  if (body == Body::kNeptune) return 0.02;
  return 0.005;
}

}  // namespace

TEST_CASE_METHOD(SwissFiles, "magnitude, phase and diameter agree with libswe", "[oracle]") {
  for (Body body : kBodies) {
    const Worst worst = worst_of(body);
    INFO(name_of(body) << ": " << worst.magnitude << " " << worst.phase_angle << " " << worst.illuminated << " "
                       << worst.diameter);
    CHECK(worst.magnitude < magnitude_tolerance(body));
    CHECK(worst.phase_angle < 0.02);
    CHECK(worst.illuminated < 1e-4);
    CHECK(worst.diameter < 1e-4);
  }
}

}  // namespace orrery::planets
