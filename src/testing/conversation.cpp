#include "testing/conversation.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace orrery::testing {

void Conversation::ask(std::shared_ptr<Exchange> exchange, std::string_view bytes) {
  current_ = std::move(exchange);
  send(bytes);
}

bool Conversation::serves(std::string_view from) const {
  return socket_ && from_ == from && unsent_.empty() && current_ && current_->reader.keeps();
}

bool Conversation::move() {
  bool moved = false;
  // What is written may be answered by a close, and then there is nothing more to write to.
  if (socket_) moved = write_some();
  if (socket_) moved = read_some() || moved;
  return moved;
}

bool Conversation::write_some() {
  if (unsent_.empty()) return false;
  const ssize_t sent = ::send(socket_.get(), unsent_.data() + sent_, unsent_.size() - sent_, MSG_NOSIGNAL);
  if (sent > 0) sent_ += static_cast<std::size_t>(sent);
  // Where nobody takes it any more, what was answered before is still to be read.
  const bool refused = sent < 0 && errno != EAGAIN && errno != EINTR;
  if (refused || sent_ == unsent_.size()) {
    unsent_.clear();
    sent_ = 0;
  }
  return sent > 0;
}

bool Conversation::read_some() {
  if (current_ && current_->full()) return false;
  std::array<char, 64 * 1024> buffer;
  const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got <= 0) {
    end();
    return true;
  }
  if (!current_) return true;
  AnswerReader& reader = current_->reader;
  reader.take({buffer.data(), static_cast<std::size_t>(got)});
  if (reader.may_continue() && !current_->body_for_later.empty()) send(std::exchange(current_->body_for_later, {}));
  return true;
}

void Conversation::end() {
  socket_.reset();
  unsent_.clear();
  sent_ = 0;
  if (current_) current_->reader.end();
}

void Conversation::close() {
  if (socket_) end();
}

}  // namespace orrery::testing
