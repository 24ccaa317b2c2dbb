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
    auto* block = reinterpret_cast<Block*>(handle);
    if (std::exchange(block->added_at, 0) != uv_now(handle->loop)) block->callback();
  };
  ORRERY_CHECK(uv_poll_start(&block_->handle, UV_READABLE, on_readable) == 0);
  exclusive_ = withdrawn_ = false;
  // This turn's poll phase may have begun before libuv saw the descriptor; the next one has it for certain.
  turns_to_exclusive_ = wake_ == Wake::kOne ? 2 : 0;
}

void ListenerPoll::stop() {
  turns_to_exclusive_ = 0;
  exclusive_ = withdrawn_ = false;
  uv_poll_stop(&block_->handle);
}

void ListenerPoll::rotate() {
  if (exclusive_ && !withdrawn_) register_exclusive();
}

bool ListenerPoll::withdraw() {
  if (turns_to_exclusive_ > 0 || withdrawn_) return withdrawn_;
  remove();
  return withdrawn_ = true;
}

void ListenerPoll::rejoin() {
  if (std::exchange(withdrawn_, false)) add();
}

void ListenerPoll::register_exclusive() {
  remove();
  exclusive_ = true;
  add();
}

void ListenerPoll::remove() {
  epoll_event event{};
  ::epoll_ctl(uv_backend_fd(loop_.raw()), EPOLL_CTL_DEL, fd_, &event);
}

// It fails when the listener was let go meanwhile: then no connection comes.
void ListenerPoll::add() {
  epoll_event event{};
  event.events = exclusive_ ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN;
  event.data.fd = fd_;
  ::epoll_ctl(uv_backend_fd(loop_.raw()), EPOLL_CTL_ADD, fd_, &event);
  block_->added_at = loop_.now();
}

}  // namespace orrery::uv
