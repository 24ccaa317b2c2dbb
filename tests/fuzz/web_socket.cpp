// WebSocket: a client's frames mean the same whole and in pieces, messages are bounded and text is UTF-8, and nothing
// is told behind the end.
//
// Input: the size of the pieces, then the bytes of a client.
#include <algorithm>
#include <string>

#include "base/utf8.hpp"
#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "http/ws/engine.hpp"

namespace orrery::fuzz {
namespace {

using http::ws::Engine;

constexpr std::size_t kLargest = 300;

/// What an engine tells, as text, and whether it may be told.
class Heard final : public Engine::Listener {
 public:
  void on_message(bool is_text, std::string&& bytes) override {
    claim(bytes.size() <= kLargest, "no message is larger than it may be");
    if (is_text) claim(is_utf8(bytes), "text is UTF-8");
    tell((is_text ? "<text " : "<binary ") + bytes);
  }
  void on_ping(std::string_view payload) override {
    claim(payload.size() <= http::ws::kLargestControl, "a ping is small");
    tell("<ping " + std::string{payload});
  }
  void on_pong() override { tell("<pong"); }
  void on_close(std::uint16_t code, std::string_view reason) override {
    claim(code == http::ws::code::kNone || http::ws::is_sendable_code(code), "a close has a code that may be sent");
    claim(is_utf8(reason), "a reason is UTF-8");
    tell("<close " + std::to_string(code) + std::string{reason});
    over_ = true;
  }
  void on_fault(std::uint16_t code) override {
    claim(
        code == http::ws::code::kProtocolError || code == http::ws::code::kNoText || code == http::ws::code::kTooLarge,
        "a fault has a name");
    tell("<fault " + std::to_string(code));
    over_ = true;
  }
  [[nodiscard]] const std::string& told() const { return told_; }

 private:
  static bool is_utf8(std::string_view text) {
    while (!text.empty()) {
      const std::size_t length = base::utf8_length(text);
      if (length == 0) return false;
      text.remove_prefix(length);
    }
    return true;
  }
  void tell(const std::string& what) {
    claim(!over_, "nothing is told behind the end");
    told_ += what;
  }
  std::string told_;
  bool over_ = false;
};

std::string hear(std::string_view bytes, std::size_t piece) {
  Engine engine{kLargest};
  Heard heard;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const std::string some{bytes.substr(0, piece)};
    engine.receive(some, heard);
  }
  return heard.told();
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orrery::fuzz;
  Input input{data, size};
  const std::size_t piece = 1 + input.take_byte() % 20;
  const std::string_view bytes = input.take_rest();
  claim(hear(bytes, SIZE_MAX) == hear(bytes, piece), "pieces of any size mean the same");
  return 0;
}
