// Wires: many connections that are kept alive, and who serves each of them. For tests of what a client at rest notices:
// nothing.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include "support/wire.hpp"

namespace orrery::test {

using Wires = std::vector<std::unique_ptr<Wire>>;

/// The worker that answers there; 0 when none does.
inline pid_t owner(Wire& wire) { return std::atoi(wire.ask("GET /pid").body.c_str()); }

/// Connections that have asked once.
inline Wires idle_connections(const Wire::Place& place, int count) {
  Wires wires;
  for (int i = 0; i < count; ++i) {
    wires.push_back(std::make_unique<Wire>(place));
    CHECK(owner(*wires.back()) > 0);
  }
  return wires;
}

/// How many connections each process has; 0 is for those that do not answer.
inline std::map<pid_t, int> owners(const Wires& wires) {
  std::map<pid_t, int> count;
  for (const auto& wire : wires) ++count[owner(*wire)];
  return count;
}

/// How many of them go on working.
inline long answering(const Wires& wires) {
  return std::count_if(wires.begin(), wires.end(), [](const auto& wire) { return owner(*wire) > 0; });
}

}  // namespace orrery::test
