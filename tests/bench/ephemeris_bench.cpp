// Nanoseconds per position: with a sky of its own for each (one request, one body), and with one sky shared
// by ten. The best of several rounds over skies spread at random across three centuries, so that the table is
// cold as in life.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "planets/sky.hpp"

namespace {

using namespace orrery::planets;
using Clock = std::chrono::steady_clock;

struct Request {
  Instant instant;
  Observer observer;
};

constexpr int kRequests = 20000;
constexpr int kRounds = 9;
double checksum = 0;  // printed, so that no work is optimised away

std::vector<Request> requests(double first_second, double last_second) {
  std::mt19937_64 engine{1};
  const auto between = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine);
  };
  std::vector<Request> result;
  for (int i = 0; i < kRequests; ++i) {
    const auto time = std::chrono::seconds{static_cast<std::int64_t>(between(first_second, last_second))};
    const Observer observer{{between(-180, 180)}, {between(-90, 90)}, {between(0, 4000)}};
    result.push_back({Instant::from_unix(Instant::UnixTime{time}), observer});
  }
  return result;
}

template <typename Work>
double best_nanoseconds(const std::vector<Request>& requests, int positions, Work work) {
  double best = 1e300;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = Clock::now();
    for (const Request& request : requests) checksum += work(request);
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - begin;
    best = std::min(best, elapsed.count() / static_cast<double>(requests.size()) / positions);
  }
  return best;
}

double all_bodies(const Request& request) {
  const Sky sky(request.instant, request.observer);
  double sum = 0;
  for (Body body : kBodies) sum += sky.position(body).azimuth.value;
  return sum;
}

void report(const char* name, const std::vector<Request>& skies) {
  std::printf("%s\n", name);
  for (Body body : kBodies) {
    const double alone = best_nanoseconds(
        skies, 1, [&](const Request& r) { return Sky(r.instant, r.observer).position(body).azimuth.value; });
    std::printf("  %-8.*s %6.0f ns\n", static_cast<int>(name_of(body).size()), name_of(body).data(), alone);
  }
  std::printf("  of ten   %6.0f ns each, one sky shared\n", best_nanoseconds(skies, kBodyCount, all_bodies));
}

}  // namespace

int main() {
  report("skies of today", requests(1.795e9, 1.796e9));
  report("skies of three centuries", requests(-3.78e9, 5.67e9));
  std::printf("(sum %.6g)\n", checksum);
}
