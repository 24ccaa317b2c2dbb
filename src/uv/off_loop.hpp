// OffLoop: work that may wait for a disk, done by a thread of libuv's pool while the loop goes on.
//
// The same pool reads files ahead; it is bounded, and what finds no thread free waits there. The work must not throw,
// and must touch nothing that the loop thread uses meanwhile. Called on the loop thread.
#pragma once

#include <functional>

#include "uv/loop.hpp"

namespace orrery::uv {

/// Runs `work` on a thread of the pool, and then `done` on the loop thread. Where the pool cannot take it, both run at
/// once.
void run_off_loop(Loop& loop, std::function<void()> work, std::function<void()> done);

}  // namespace orrery::uv
