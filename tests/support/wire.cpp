#include "support/wire.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace orrery::test {

namespace {

using Clock = std::chrono::steady_clock;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool wait_for(int fd, short events, Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  pollfd waiting{fd, events, 0};
  return ::poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0))) == 1;
}

base::UniqueFd connected_socket(const Wire::Place& place, int receive_buffer) {
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (!place.path.empty()) {
    auto& address = reinterpret_cast<sockaddr_un&>(storage);
    address.sun_family = AF_UNIX;
    place.path.copy(address.sun_path, sizeof address.sun_path - 1);
    length = sizeof address;
    if (place.path[0] == '@') {
      address.sun_path[0] = '\0';
      length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + place.path.size());
    }
  } else if (place.v6) {
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(static_cast<std::uint16_t>(place.port));
    length = sizeof address;
  } else {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(place.port));
    length = sizeof address;
  }
  base::UniqueFd socket{::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (receive_buffer > 0) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0) return {};
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
  return socket;
}

}  // namespace

std::optional<std::string> Answer::field(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (same_name(key, name)) return value;
  return {};
}

std::size_t Answer::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [&](const auto& field) { return same_name(field.first, name); }));
}

Wire::Wire(const Place& place, int receive_buffer) : socket_(connected_socket(place, receive_buffer)) {
  if (!connected()) ended_ = "closed";
}

void Wire::veil(std::unique_ptr<Veil> veil, std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  veil_ = std::move(veil);
  push(veil_->take(), end);
  while (!veil_->established() && fill(end)) {
  }
}

bool Wire::send(std::string_view bytes, std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  return veil_ ? push(veil_->seal(bytes), end) : push(bytes, end);
}

bool Wire::push(std::string_view bytes, Clock::time_point end) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !wait_for(socket_.get(), POLLOUT, end)) {
      return false;
    }
  }
  return true;
}

bool Wire::fill(Clock::time_point end) {
  std::array<char, 65536> bytes{};
  for (;;) {
    if (!ended_.empty()) return false;
    const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (got > 0) {
      const std::string_view came{bytes.data(), static_cast<std::size_t>(got)};
      if (!veil_) return buffer_.append(came), true;
      const bool before = veil_->established();
      const std::string plain = veil_->open(came);
      push(veil_->take(), end);
      if (!plain.empty() || !before) return buffer_.append(plain), true;
      continue;
    }
    if (got == 0)
      ended_ = "closed";
    else if (errno != EAGAIN && errno != EINTR)
      ended_ = "reset";
    else if (!wait_for(socket_.get(), POLLIN, end))
      return false;
  }
}

bool Wire::need(std::size_t bytes, Clock::time_point end) {
  while (buffer_.size() < bytes)
    if (!fill(end)) return false;
  return true;
}

std::optional<std::string> Wire::line(Clock::time_point end) {
  std::size_t at = 0;
  while ((at = buffer_.find("\r\n")) == std::string::npos)
    if (!fill(end)) return {};
  std::string text = buffer_.substr(0, at);
  buffer_.erase(0, at + 2);
  return text;
}

void Wire::read_chunks(Answer& answer, Clock::time_point end) {
  for (;;) {
    const auto size_line = line(end);
    std::size_t size = 0;
    if (!size_line) return answer.problem.assign("cut off in a chunk size"), void();
    const char* last = size_line->data() + size_line->size();
    if (std::from_chars(size_line->data(), last, size, 16).ptr != last) {
      return answer.problem.assign("bad chunk size: " + *size_line), void();
    }
    if (!need(size + 2, end)) return answer.problem.assign("cut off in a chunk"), void();
    answer.body.append(buffer_, 0, size);
    if (buffer_.compare(size, 2, "\r\n") != 0) answer.problem = "a chunk does not end in CRLF";
    buffer_.erase(0, size + 2);
    if (size == 0) return;
  }
}

Answer Wire::read(std::chrono::milliseconds limit, bool to_head) {
  const auto end = Clock::now() + limit;
  Answer answer;
  auto status_line = line(end);
  if (!status_line) {
    answer.problem = ended_.empty() ? "silent" : ended_;
    if (!buffer_.empty()) answer.problem += " after `" + buffer_ + "`";
    return answer;
  }
  answer.head = *status_line + "\r\n";
  if (!status_line->starts_with("HTTP/1.1 ") || status_line->size() < 13) {
    answer.problem = "bad status line: " + *status_line;
    return answer;
  }
  std::from_chars(status_line->data() + 9, status_line->data() + 12, answer.status);
  for (auto text = line(end);; text = line(end)) {
    if (!text) {
      answer.problem = "cut off in the head";
      return answer;
    }
    if (text->empty()) break;
    answer.head += *text + "\r\n";
    const std::size_t colon = text->find(": ");
    if (colon == std::string::npos)
      answer.problem = "bad field line: " + *text;
    else
      answer.fields.emplace_back(text->substr(0, colon), text->substr(colon + 2));
  }
  if (to_head || answer.status < 200 || answer.status == 204 || answer.status == 304) return answer;
  if (answer.chunked()) {
    read_chunks(answer, end);
  } else if (const auto length = answer.field("Content-Length")) {
    const std::size_t size = std::stoul(*length);
    if (!need(size, end)) answer.problem = "cut off in the body";
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, answer.body.size());
  } else {
    while (fill(end)) {
    }
    if (ended_ != "closed") answer.problem = "the body was not ended by closing";
    answer.body = std::exchange(buffer_, {});
  }
  return answer;
}

Answer Wire::ask(std::string_view method_and_target, std::string_view fields) {
  send(request(method_and_target, fields));
  return read(kPatience, method_and_target.starts_with("HEAD "));
}

std::string Wire::read_to_end(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  while (fill(end)) {
  }
  return std::exchange(buffer_, {});
}

std::string Wire::read_some(std::size_t most, std::chrono::milliseconds limit) {
  if (buffer_.empty() && veil_) fill(Clock::now() + limit);
  if (buffer_.empty() && !veil_) {
    std::string bytes(most, '\0');
    if (!wait_for(socket_.get(), POLLIN, Clock::now() + limit)) return {};
    const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (got <= 0) ended_ = got == 0 ? "closed" : "reset";
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  std::string bytes = buffer_.substr(0, most);
  buffer_.erase(0, bytes.size());
  return bytes;
}

bool Wire::closes_within(std::chrono::milliseconds limit) { return read_to_end(limit).empty() && !ended_.empty(); }

void Wire::half_close() {
  if (veil_) {
    veil_->end();
    push(veil_->take(), Clock::now() + kPatience);
  }
  ::shutdown(socket_.get(), SHUT_WR);
}

void Wire::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  socket_.reset();
  ended_ = "reset";
}

std::string request(std::string_view method_and_target, std::string_view fields) {
  return std::string{method_and_target} + " HTTP/1.1\r\nHost: localhost\r\n" + std::string{fields} + "\r\n";
}

Answer fetch(const Wire::Place& place, std::string_view method_and_target, std::string_view fields) {
  Wire wire{place};
  return wire.ask(method_and_target, fields);
}

Answer fetch(int port, std::string_view method_and_target, std::string_view fields) {
  return fetch(Wire::Place{port, {}, false}, method_and_target, fields);
}

}  // namespace orrery::test
