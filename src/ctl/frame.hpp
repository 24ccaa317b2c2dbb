// Frame: one picture of `orrery top`: two looks at a service made into the lines of a terminal.
//
// Pure: no clock, no terminal. As many lines as the terminal has rows, and none longer than it has columns; in a narrow
// one the less telling columns are left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "ctl/documents.hpp"
#include "ctl/exposition.hpp"
#include "ctl/paint.hpp"

namespace orrery::ctl {

/// One look.
struct Sample {
  base::Monotonic at{};
  double unix_time = 0;
  Status status;
  std::vector<Worker> workers;
  LiveRequests requests;
  Exposition metrics;
  std::string trouble;  ///< why there is nothing else in it; empty = it is a good one
};

enum class SortBy : std::uint8_t { kWorker, kRate, kConnections, kErrors, kCpu, kMemory };

/// What the operator sees and is asked.
struct Controls {
  SortBy sort = SortBy::kWorker;
  std::int64_t selected = 0;    ///< number of a worker; 0 = the first row
  std::int64_t restarting = 0;  ///< asked whether to restart this worker; 0 = nothing is asked
  std::string notice;           ///< shown until the next key
  bool routes = false;          ///< shown instead of the requests
  std::optional<Stacks> stack;  ///< shown instead of either
};

struct Span {
  std::string text;
  Paint paint = Paint::kPlain;
  bool reversed = false;
};
using Line = std::vector<Span>;

struct Size {
  std::size_t columns = 80, rows = 24;
};

std::vector<Line> make_frame(const Sample& before, const Sample& now, const Controls& controls, Size size);

/// The workers in the order in which the frame shows them.
std::vector<Worker> sorted_workers(const Sample& before, const Sample& now, SortBy sort);

std::string_view word_for(SortBy sort);

}  // namespace orrery::ctl
