#include "ctl/client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

#include "base/clock.hpp"
#include "http/h1/answer_reader.hpp"
#include "os/dial.hpp"

namespace orrery::ctl {

namespace {

using http::h1::AnswerReader;
using std::chrono::milliseconds;

constexpr milliseconds kDialing{5000};

tl::unexpected<NoReply> no_reply(NoReply::Kind kind, std::string sentence) {
  return tl::unexpected<NoReply>(NoReply{kind, std::move(sentence)});
}

std::string request_text(const Place& place, const Question& question) {
  const std::string host = place.path.empty() ? place.shown().substr(std::string_view{"http://"}.size()) : "localhost";
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", question.method, question.target, host);
  if (question.method != "GET") text += "Content-Length: 0\r\n";
  if (!question.token.empty()) text += fmt::format("Authorization: Bearer {}\r\n", question.token);
  return text + "\r\n";
}

class Exchange {
 public:
  Exchange(const Place& place, const Question& question, const OnPart& on_part)
      : place_(place), question_(question), on_part_(on_part), end_(base::monotonic_now() + question.limit) {}

  Answered run() {
    auto dialed =
        place_.path.empty() ? os::dial_tcp(place_.host, place_.port, kDialing) : os::dial_unix(place_.path, kDialing);
    if (!dialed)
      return no_reply(NoReply::Kind::kUnreachable,
                      fmt::format("cannot reach the admin process at {}: {}", place_.shown(), dialed.error().message));
    fd_ = std::move(*dialed);
    if (!send(request_text(place_, question_))) return cut_off();
    return read();
  }

 private:
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// False when the limit has passed.
  bool wait_for_bytes() {
    for (;;) {
      int timeout = -1;
      if (question_.limit.count() > 0) {
        const auto left = std::chrono::ceil<milliseconds>(end_ - base::monotonic_now());
        timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
      }
      pollfd waiting{fd_.get(), POLLIN, 0};
      const int ready = ::poll(&waiting, 1, timeout);
      if (ready > 0) return true;
      if (ready == 0) return false;
    }
  }

  Answered read() {
    std::array<char, 16384> buffer{};
    for (;;) {
      if (!wait_for_bytes())
        return no_reply(NoReply::Kind::kSilent, fmt::format("the admin process at {} gave no answer within {} s",
                                                            place_.shown(), question_.limit.count() / 1000));
      const auto got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return cut_off();
      const auto bytes = std::string_view{buffer.data(), static_cast<std::size_t>(got)};
      const AnswerReader::State state = got == 0 ? reader_.end() : reader_.take(bytes);
      if (streams() && !pass_on()) return Reply{reader_.status(), ""};
      if (state == AnswerReader::State::kWhole) return Reply{reader_.status(), reader_.take_body()};
      if (state != AnswerReader::State::kBroken) continue;
      if (got == 0) return cut_off();
      return no_reply(NoReply::Kind::kNoHttp,
                      fmt::format("what answers at {} is no admin process: it speaks no HTTP", place_.shown()));
    }
  }

  [[nodiscard]] bool streams() const { return on_part_ && reader_.status() == 200; }
  bool pass_on() {
    const std::string part = reader_.take_body();
    return part.empty() || on_part_(part);
  }

  [[nodiscard]] tl::unexpected<NoReply> cut_off() const {
    return no_reply(
        NoReply::Kind::kCutOff,
        fmt::format("the admin process at {} closed the connection before its answer was whole", place_.shown()));
  }

  const Place& place_;
  const Question& question_;
  const OnPart& on_part_;
  base::Monotonic end_;
  base::UniqueFd fd_;
  AnswerReader reader_;
};

}  // namespace

Answered ask(const Place& place, const Question& question, const OnPart& on_part) {
  return Exchange{place, question, on_part}.run();
}

}  // namespace orrery::ctl
