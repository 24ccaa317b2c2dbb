// Stacks: where the threads of one worker are at this moment, for a person who asks why it is slow.
//
// Admin process. The master asks the thread (an order), a handler in the worker writes its stack into the scoreboard,
// and it is read and named here: this process has the worker's address layout, being forked from the same master. The
// worker goes on. One that stands still (SIGSTOP) gives no sample; that is told instead.
#pragma once

#include <memory>

#include "orrery/app.hpp"

#include "admin/desk.hpp"
#include "admin/door.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

/// `/stack?worker=N`
void add_stacks(App& app, const os::Scoreboard& board, const std::shared_ptr<Desk>& desk,
                const std::shared_ptr<const Door>& door);

}  // namespace orrery::admin
