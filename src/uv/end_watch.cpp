#include "uv/end_watch.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <utility>

#include "base/check.hpp"

namespace orrery::uv {

namespace {

/// Those beyond are told in the next turn of the loop.
constexpr int kReportsATurn = 64;

}  // namespace

EndWatch::EndWatch(Loop& loop, OnEnd on_end) {
  base::UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
  if (!epoll)
    throw std::runtime_error(std::string("cannot watch connections: ") + std::strerror(errno) +
                             "; raise the limit of open files (ulimit -n, LimitNOFILE)");
  const int fd = epoll.get();
  block_.reset(new Block{{}, std::move(epoll), std::move(on_end)});
  ORRERY_CHECK(uv_poll_init(loop.raw(), &block_->handle, fd) == 0);
  const auto on_reports = [](uv_poll_t* handle, int, int) noexcept { tell(*reinterpret_cast<Block*>(handle)); };
  ORRERY_CHECK(uv_poll_start(&block_->handle, UV_READABLE, on_reports) == 0);
}

void EndWatch::watch(int connection, std::uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLRDHUP | EPOLLONESHOT;
  event.data.u64 = tag;
  // Where the kernel has no memory for it the end is noticed when the connection is read again.
  ::epoll_ctl(block_->epoll.get(), EPOLL_CTL_ADD, connection, &event);
}

void EndWatch::tell(Block& block) {
  std::array<epoll_event, kReportsATurn> events{};
  const int count = ::epoll_wait(block.epoll.get(), events.data(), kReportsATurn, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    block.on_end(event.data.u64, (event.events & EPOLLERR) != 0);
  }
}

}  // namespace orrery::uv
