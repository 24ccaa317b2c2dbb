// The aggregator as a service. Its upstreams are services with HTTP on this machine:
// `WEATHER_PORT=8001 EVENTS_PORT=8002 aggregator`.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "app.hpp"

namespace {

/// Blocks: the body of the answer to GET. HTTP/1.0, so that the end of the connection is the end of the answer.
std::string fetch(std::uint16_t port, const std::string& target) {
  struct Socket {
    ~Socket() { ::close(fd); }
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  } socket;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request = "GET " + target + " HTTP/1.0\r\n\r\n";
  if (::connect(socket.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::send(socket.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    throw std::runtime_error("the upstream cannot be reached");
  std::string answer;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = ::recv(socket.fd, piece.data(), piece.size(), 0)) > 0;)
    answer.append(piece.data(), static_cast<std::size_t>(got));
  const std::size_t end = answer.find("\r\n\r\n");
  if (answer.compare(9, 3, "200") != 0 || end == std::string::npos) throw std::runtime_error("the upstream fails");
  return answer.substr(end + 4);
}

/// The same for a coroutine: a thread blocks, and the loop goes on.
Source upstream(const char* variable) {
  const char* port = std::getenv(variable);
  const auto number = static_cast<std::uint16_t>(port ? std::atoi(port) : 0);
  return [number](std::string city) -> orrery::Task<std::string> {
    const auto begin = [number, city](auto done) {
      std::thread{[number, city, done] {
        try {
          done(fetch(number, "/" + city));
        } catch (...) {
          done.fail(std::current_exception());
        }
      }}.detach();
    };
    co_return co_await orrery::Await<std::string>{begin};
  };
}

}  // namespace

int main(int argc, char** argv) {
  return orrery::run(argc, argv, make_app({upstream("WEATHER_PORT"), upstream("EVENTS_PORT")}),
                     {.name = "aggregator", .version = "1.0"});
}
