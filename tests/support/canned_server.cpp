#include "support/canned_server.hpp"

#include <array>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace orrery::test {

CannedServer::CannedServer(const std::string& path, Answers answers)
    : listener_(::socket(path.empty() ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      answers_(std::move(answers)),
      path_(path) {
  if (path.empty()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  } else {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  ::listen(listener_.get(), 16);
  thread_ = std::thread([this] { serve(); });
}

CannedServer::~CannedServer() { leave(); }

void CannedServer::leave() {
  if (!thread_.joinable()) return;
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

std::vector<std::string> CannedServer::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void CannedServer::serve() {
  for (;;) {
    std::array<pollfd, 2> waiting{pollfd{listener_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[1].revents != 0) break;
    const base::UniqueFd client{::accept(listener_.get(), nullptr, nullptr)};
    if (client) answer(client.get());
  }
  listener_.reset();
  if (!path_.empty()) ::unlink(path_.c_str());
}

void CannedServer::answer(int client) {
  std::string head;
  std::array<char, 4096> buffer{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    const auto got = ::recv(client, buffer.data(), buffer.size(), 0);
    if (got <= 0) return;
    head.append(buffer.data(), static_cast<std::size_t>(got));
  }
  const std::string what = head.substr(0, head.find_first_of("?\r", 0));
  const std::string key = what.substr(0, what.find(" HTTP/"));
  std::string reply = canned(404, "not here\n");
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back(head);
    if (const auto found = answers_.find(key); found != answers_.end()) reply = found->second;
  }
  ::send(client, reply.data(), reply.size(), MSG_NOSIGNAL);
}

std::string canned(int status, const std::string& body, const std::string& type) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace orrery::test
