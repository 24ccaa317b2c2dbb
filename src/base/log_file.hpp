// Log files: how each log is opened by a process for itself, and how whole lines get into it without ever
// waiting.
//
// For the error log of every process, a worker's access log, and what the master writes for a dead worker. No
// state. A master that is root opens nothing by these: what a path leads to is the workers' user's choice
// there (os/owned_file.hpp).
#pragma once

#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::base {

/// O_NONBLOCK: a FIFO without a reader must not hold the whole server.
inline constexpr int kLogFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
inline constexpr mode_t kLogMode = 0640;

/// Opens `path` to append, makes it (mode 0640 less the umask) when it is not there, and never waits for a
/// FIFO's reader. A path that is standard output or error by another name (/dev/stdout) works though a pipe
/// of another user's cannot be opened anew. The error is errno.
tl::expected<UniqueFd, int> open_to_append(const std::string& path);

/// That error in words: "No such file or directory".
std::string opening_failed(int error);

/// Whether `path` still names the file that is open as `fd`: then there is nothing to reopen.
bool is_open_as(const std::string& path, int fd);

/// S_IFREG, S_IFIFO, …; 0 when that cannot be told.
mode_t kind_of(int fd);

/// One write that never waits, whatever else shares the open file description and whatever its flags are: systemd hands
/// over a socket, and a pipe of somebody else's cannot be opened anew. A pipe that polls writable takes PIPE_BUF bytes;
/// a unix socket takes so few bytes whole or not at all. As write(2), with EAGAIN.
ssize_t write_at_once(int fd, bool socket, std::string_view bytes);

struct Appended {
  bool whole = true;  ///< everything is written
  int error = 0;      ///< else why not: EAGAIN = its reader has stopped
  bool torn = false;  ///< the file ends within a line: the next one must begin with a newline
};

/// Appends `lines`, each of which ends with a newline. To anything but a regular file in pieces of at most
/// PIPE_BUF bytes that end with a line where that is possible: what polls writable takes such a piece without
/// waiting and whole.
Appended append_lines(int fd, std::string_view lines);

}  // namespace orrery::base
