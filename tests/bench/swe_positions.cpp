// swe_positions: nanoseconds per position by libswe, over the skies of today that ephemeris_bench asks for; for
// scripts/bench planets.
//
// A line a body: its name and the best of several rounds, azimuth and altitude of an observer, from libswe's files
// where they are installed and by its built-in theory (Moshier) else; the last line says which.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <swephexp.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr double kUnixEpoch = 2440587.5;
constexpr int kSkies = 2000;
constexpr int kRounds = 5;

struct Sky {
  double day;  // Julian, UT1
  std::array<double, 3> place;
};

struct Named {
  const char* name;
  int number;
};
constexpr std::array<Named, 10> kBodies{{{"sun", SE_SUN},
                                         {"moon", SE_MOON},
                                         {"mercury", SE_MERCURY},
                                         {"venus", SE_VENUS},
                                         {"mars", SE_MARS},
                                         {"jupiter", SE_JUPITER},
                                         {"saturn", SE_SATURN},
                                         {"uranus", SE_URANUS},
                                         {"neptune", SE_NEPTUNE},
                                         {"pluto", SE_PLUTO}}};

int source = 0;
double checksum = 0;  // printed, so that no work is optimised away

std::vector<Sky> skies() {
  std::mt19937_64 engine{1};
  const auto between = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine);
  };
  std::vector<Sky> result;
  for (int i = 0; i < kSkies; ++i) {
    const double day = kUnixEpoch + between(1.795e9, 1.796e9) / 86400;
    result.push_back({day, {between(-180, 180), between(-90, 90), between(0, 4000)}});
  }
  return result;
}

void ask(const Sky& sky, int body) {
  char message[AS_MAXCH] = {};
  std::array<double, 6> equatorial{};
  std::array<double, 3> horizontal{};
  std::array<double, 3> place = sky.place;
  swe_set_topo(place[0], place[1], place[2]);
  source = swe_calc_ut(sky.day, body, SEFLG_SWIEPH | SEFLG_TOPOCTR | SEFLG_EQUATORIAL, equatorial.data(), message);
  swe_azalt(sky.day, SE_EQU2HOR, place.data(), 0, 0, equatorial.data(), horizontal.data());
  checksum += horizontal[0];
}

double best_nanoseconds(const std::vector<Sky>& skies, int body) {
  double best = 1e300;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = Clock::now();
    for (const Sky& sky : skies) ask(sky, body);
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - begin;
    best = std::min(best, elapsed.count() / kSkies);
  }
  return best;
}

}  // namespace

int main() {
  swe_set_ephe_path(std::string{"/usr/share/libswe/ephe"}.data());
  const std::vector<Sky> all = skies();
  for (const Named& body : kBodies) std::printf("%s %.0f\n", body.name, best_nanoseconds(all, body.number));
  std::printf("source %s\n", source & SEFLG_SWIEPH ? "files" : "Moshier");
  std::fprintf(stderr, "(sum %.6g)\n", checksum);
  swe_close();
}
