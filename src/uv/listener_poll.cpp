#include "uv/listener_poll.hpp"

#include <sys/epoll.h>
#include <utility>

#include "base/check.hpp"

namespace orrery::uv {

ListenerPoll::ListenerPoll(Loop& loop, int fd, Wake wake, Callback on_connection)
    : loop_(loop), fd_(fd), wake_(wake), block_(new Block{{}, std::move(on_connection)}) {
  ORRERY_CHECK(uv_poll_init(loop.raw(), &block_->handle, fd) == 0);
}

void ListenerPoll::start() {
  const auto on_readable = [](uv_poll_t* handle, int, int) noexcept {
    reinterpret_cast<Block*>(handle)->callback();
  };
  ORRERY_CHECK(uv_poll_start(&block_->handle, UV_READABLE, on_readable) == 0);
  exclusive_ = false;
  // This turn's poll phase may have begun before libuv saw the descriptor; the next one has it for certain.
  turns_to_exclusive_ = wake_ == Wake::kOne ? 2 : 0;
}

void ListenerPoll::stop() {
  turns_to_exclusive_ = 0;
  exclusive_ = false;
  uv_poll_stop(&block_->handle);
}

void ListenerPoll::after_poll() {
  if (turns_to_exclusive_ > 0 && --turns_to_exclusive_ == 0) register_exclusive();
}

void ListenerPoll::rotate() {
  if (exclusive_) register_exclusive();
}

void ListenerPoll::register_exclusive() {
  const int epoll = uv_backend_fd(loop_.raw());
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  event.data.fd = fd_;
  ::epoll_ctl(epoll, EPOLL_CTL_DEL, fd_, &event);
  // It fails when the listener was let go meanwhile: then no connection comes.
  exclusive_ = ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd_, &event) == 0;
}

}  // namespace orrery::uv
