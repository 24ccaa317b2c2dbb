// Socket: makes listeners, from settings or from descriptors somebody handed over.
//
// Master only, before fork. Never blocks and never retries: a port that is taken is a sentence. All listeners
// are non-blocking and close-on-exec; accepted TCP connections inherit TCP_NODELAY from them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orrery/result.hpp"

#include "base/bind.hpp"
#include "os/contract.hpp"
#include "os/privileges.hpp"

namespace orrery::os {

struct Bound {
  Listener listener;
  std::string note;  ///< a warning for the log; empty = none
};

/// Opens a listener for `target`; `bind` is the setting it came from. `owner` gets a unix socket's file.
Result<Bound> listen_on(const base::BindTarget& target, std::string_view bind, int backlog,
                        const std::optional<Identity>& owner);

/// Whether this machine would let this process bind the TCP address, though another one may have it at present. Binds
/// it for a moment, and never listens.
Result<void> try_address(const base::BindTarget& target);

/// Takes a listener that the master before this one opened for the same setting. Its unix path stays that master's.
Result<Bound> take_over(int fd, const base::BindTarget& target, std::string_view bind);

/// From now on the path of a unix listener is this process's to unlink, if it still is this socket's; or not.
void own_path(Listener& listener, bool own);

/// Changes the queue limit of a listener that is open already.
void change_backlog(const Listener& listener, int backlog);

/// Ends the listener's claim on its path, if it made the file and the file still is that one.
void unlink_path(const Listener& listener);

/// Whether its socket file has vanished, so that no client finds it any more.
bool path_is_gone(const Listener& listener);

/// Before a listener is closed for good: from now on nobody new gets into its queue, so that what is in there can be
/// taken out and nothing is cut off when the last copy is closed. An inherited socket is left as it is.
void turn_away(Listener& listener);
/// Lets everybody in again. Nothing brings a unix path back, nor an abstract name before its last copy is closed.
void let_in(const Listener& listener);

}  // namespace orrery::os
