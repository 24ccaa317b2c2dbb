#include "os/stream_pair.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>

namespace orrery::os {

Result<StreamPair> StreamPair::open() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    return fail(std::string{"cannot make a connection inside this process: "} + std::strerror(errno) +
                "; raise the limit of open files (ulimit -n)");
  StreamPair pair;
  pair.near.reset(ends[0]);
  pair.far.reset(ends[1]);
  return pair;
}

Result<base::UniqueFd> open_nowhere() {
  base::UniqueFd nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  if (!nowhere) return fail(std::string{"cannot open /dev/null: "} + std::strerror(errno));
  return nowhere;
}

}  // namespace orrery::os
