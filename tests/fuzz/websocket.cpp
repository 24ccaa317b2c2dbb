// WebSocket: what a client says means the same whole and in pieces, compressed or not, and is bounded.
//
// Input: a byte of flags (1: it may compress), the size of the pieces, an offer of extensions up to a NUL, then frames.
#include <algorithm>
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "http/ws/engine.hpp"
#include "http/ws/extensions.hpp"

namespace orrery::fuzz {
namespace {

using http::ws::Engine;

constexpr std::size_t kLargest = 5000;

class Heard final : public Engine::Listener {
 public:
  std::string told;

  void on_message(bool text, std::string&& bytes) override {
    claim(!over_, "nothing comes behind the end");
    claim(bytes.size() <= kLargest, "no message is larger than may be");
    claim(!text || http::ws::is_utf8(bytes), "text is UTF-8");
    told += (text ? "<text " : "<binary ") + bytes + ">";
  }
  void on_ping(std::string_view payload) override {
    claim(!over_ && payload.size() <= http::ws::kLargestControl, "a ping is small");
    told.append("<ping ").append(payload).append(">");
  }
  void on_pong() override { told += "<pong>"; }
  void on_close(std::uint16_t code, std::string_view reason) override {
    claim(code == http::ws::code::kNone || http::ws::is_sendable_code(code), "a close has a code that may be sent");
    end("<close " + std::to_string(code) + " " + std::string{reason} + ">");
  }
  void on_fault(std::uint16_t code) override {
    claim(code == 1002 || code == 1007 || code == 1009, "a fault has one of three codes");
    end("<fault " + std::to_string(code) + ">");
  }

 private:
  void end(const std::string& how) {
    claim(!over_, "there is one end");
    over_ = true;
    told += how;
  }
  bool over_ = false;
};

std::string hear(std::string_view frames, std::size_t piece, coding::MessageDeflate* coder) {
  Engine engine{kLargest, coder};
  Heard heard;
  for (std::size_t at = 0; at < frames.size(); at += piece) {
    const std::string some{frames.substr(at, piece)};
    engine.receive(some, heard);
  }
  return heard.told;
}

void judge_offer(const std::string& offers) {
  const auto deflate = http::ws::choose_deflate(offers);
  if (!deflate) return;
  claim(deflate->window >= coding::kLeastWindow && deflate->window <= coding::kLargestWindow, "the window is one");
  // What the answer says is an offer that would be taken.
  const auto again = http::ws::choose_deflate(http::ws::spoken(*deflate));
  claim(again && again->window == deflate->window, "an answer means what was agreed on");
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orrery::fuzz;
  static orrery::coding::MessageDeflate coder;
  Input input{data, size};
  auto* const may_compress = (input.take_byte() & 1) != 0 ? &coder : nullptr;
  const std::size_t piece = std::size_t{input.take_byte()} + 1;
  judge_offer(input.take_text());
  const std::string_view frames = input.take_rest();
  claim(hear(frames, std::max<std::size_t>(frames.size(), 1), may_compress) == hear(frames, piece, may_compress),
        "frames mean the same in pieces");
  return 0;
}
