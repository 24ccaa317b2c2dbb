// Http2: a whole connection of HTTP/2: frames, ticks, handlers that answer early and late, a client that stops reading,
// a worker that leaves.
//
// Input: a byte of flags (1: low limits, 2: the client's preface is part of the bytes, 4: requests are held and
// answered late, 8: their bodies are large), the number of actions, then for each an action and its argument, then the
// bytes the client sends. When the script is over the rest is delivered, everything is answered and read, and the
// client ends its side. The reader of the answers holds every frame to the rules.
#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "fuzz/limits.hpp"
#include "support/http2_driver.hpp"

namespace orrery::fuzz {
namespace {

constexpr std::chrono::milliseconds kTimes[] = {std::chrono::milliseconds{0},     std::chrono::milliseconds{99},
                                                std::chrono::milliseconds{1000},  std::chrono::milliseconds{9999},
                                                std::chrono::milliseconds{30000}, std::chrono::milliseconds{75000}};

struct Action {
  std::uint8_t kind = 0;
  std::uint8_t argument = 0;
};

Response answer_of(std::uint8_t argument, bool large) {
  const std::string body(large ? 70'000 : argument, 'x');
  switch (argument % 4) {
    case 0: return Response::status(204);
    case 1: return Response::text(body);
    case 2: {
      Response pulled = Response::stream("text/plain", [body](std::string& out) { return out = body, false; });
      if (argument % 8 == 2) return pulled;
      return std::move(pulled).with_trailers({"X-Sum"}, [] { return http::FieldList{{"X-Sum", "pulled"}}; });
    }
    default:
      return Response::stream(
          "text/plain", [](std::string& out) { return out = "ab", false; }, 5);
  }
}

class Script {
 public:
  Script(Input& input, std::uint8_t flags)
      : large_((flags & 8) != 0), actions_(input.take_byte() % 32), driver_(limits_for((flags & 1) != 0)) {
    for (Action& action : actions_) action = {input.take_byte(), input.take_byte()};
    bytes_ = input.take_rest();
    if ((flags & 2) == 0) driver_.greet();
    if ((flags & 4) != 0) driver_.hold_requests();
    driver_.answer_with([this](const Request& request) {
      return answer_of(static_cast<std::uint8_t>(request.target().size()), large_);
    });
  }

  void run() {
    for (const Action& action : actions_) act(action);
    send(bytes_.size());
    driver_.read();
    for (const http::RequestId id : driver_.asked()) {
      driver_.answer(id, answer_of(1, large_));
      driver_.end_stream(id);
    }
    driver_.read();
    check();
    driver_.receive_end();
    driver_.read();
    driver_.pass(std::chrono::hours{2});
    claim(driver_.end() != test::End::kOpen, "a connection whose client is gone ends");
  }

 private:
  void send(std::size_t size) {
    const std::string_view piece = bytes_.substr(0, size);
    bytes_.remove_prefix(piece.size());
    driver_.receive(piece);
  }

  [[nodiscard]] http::RequestId one_of(std::uint8_t argument) const {
    const auto& asked = driver_.asked();
    return asked.empty() ? 0 : asked[argument % asked.size()];
  }

  void act(const Action& action) {
    const http::RequestId id = one_of(action.argument);
    switch (action.kind % 12) {
      case 0: return send(action.argument);
      case 1: return send(std::size_t{1} << (action.argument % 16));
      case 2: return driver_.pass(kTimes[action.argument % std::size(kTimes)]);
      case 3: return static_cast<void>(driver_.answer(id, answer_of(action.argument, large_)));
      case 4:
        return static_cast<void>(driver_.start_stream(id, Response::bytes("text/plain", "").with_trailers({"X-Sum"})));
      case 5: return driver_.send_piece(id, std::string(action.argument, 'p'));
      case 6: return driver_.end_stream(id, http::FieldList(action.argument % 3, {"X-Sum", "pushed"}));
      case 7: return driver_.break_stream(id);
      case 8: return driver_.want_body(id);
      case 9: return driver_.block_output(action.argument);
      case 10: return driver_.read(action.argument < 128 ? action.argument : SIZE_MAX);
      default:
        if (action.argument >= 200) return driver_.drain();
        if (action.argument >= 100) return driver_.send_early_hints(id, {std::string(action.argument, 'l')});
        return driver_.refuse(id, base::Reject::queue_full);
    }
  }

  void check() {
    for (const auto& [stream, answer] : driver_.reader().answers()) {
      if (stream == 0) continue;
      claim(answer.trailers.empty() || (answer.whole && answer.field("trailer") == "X-Sum"),
            "trailers are announced, and end a stream");
      for (const int interim : answer.interim) claim(interim == 100 || interim == 103, "interim responses are ours");
      const std::string length = answer.field("content-length");
      if (!answer.whole || length.empty() || answer.body.empty()) continue;
      claim(length == std::to_string(answer.body.size()), "a body is as long as its head says");
    }
  }

  bool large_;
  std::vector<Action> actions_;
  test::Http2Driver driver_;
  std::string_view bytes_;
};

void run(Input input) {
  const std::uint8_t flags = input.take_byte();
  Script script{input, flags};
  script.run();
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
