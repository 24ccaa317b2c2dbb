#include "worker/last_answer.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <sys/socket.h>

#include "base/unique_fd.hpp"
#include "os/last_words.hpp"

namespace orrery::worker {

namespace {

std::string heard(int socket) {
  std::array<char, 1000> bytes{};
  std::string all;
  for (ssize_t got = 0; (got = ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0;)
    all.append(bytes.data(), static_cast<std::size_t>(got));
  return all;
}

}  // namespace

TEST_CASE("last answer: a whole 504, in the form that error_form names, and without a body for HEAD") {
  Config config;
  const LastAnswer answer{config};
  const std::string head =
      "HTTP/1.1 504 Gateway Timeout\r\nServer: orrery\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: 51\r\nConnection: close\r\n\r\n";
  CHECK(answer.bytes(true) == head);
  CHECK(answer.bytes(false) == head + "the handler did not answer within request_deadline\n");
  config.error_form = ErrorForm::kJson;
  config.hide_server = true;
  const std::string json{LastAnswer{config}.bytes(false)};
  CHECK(json.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(json.find("Server:") == std::string::npos);
}

TEST_CASE("last words: are sent once, while they stand, and to nobody else") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  const base::UniqueFd ours{ends[0]}, theirs{ends[1]};
  os::speak_last_words();
  { const os::LastWords words{ours.get(), "unsaid"}; }
  os::speak_last_words();
  CHECK(heard(theirs.get()).empty());
  const os::LastWords words{ours.get(), "said"};
  os::speak_last_words();
  os::speak_last_words();
  CHECK(heard(theirs.get()) == "said");
}

}  // namespace orrery::worker
