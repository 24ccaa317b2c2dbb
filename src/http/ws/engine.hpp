// Engine: what the client of one WebSocket says (RFC 6455): bytes in; messages, pings and the close, out.
//
// Pure: no socket, no clock; it writes nothing (see frames.hpp). It judges each byte as soon as it can: a frame that
// breaks the rules, text that is no UTF-8, and a message that will be too large are faults before the rest of them has
// come. A compressed message is held as it came, and inflated when it is whole: of what it would be no more is ever in
// memory than the largest message. Behind a fault, or a close, everything is ignored. Between two messages it holds no
// buffer: its own 120 bytes are all that an idle connection has of it. Loop thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "coding/message_deflate.hpp"
#include "http/ws/frames.hpp"
#include "http/ws/utf8_check.hpp"

namespace orrery::http::ws {

class Engine {
 public:
  /// Is told what has come, in order. What it does must not reach the engine.
  class Listener {
   public:
    virtual void on_message(bool text, std::string&& bytes) = 0;
    virtual void on_ping(std::string_view payload) = 0;
    virtual void on_pong() = 0;
    /// `code`: 1005 when there was none.
    virtual void on_close(std::uint16_t code, std::string_view reason) = 0;
    /// The connection is to be closed with this code: 1002, 1007 or 1009.
    virtual void on_fault(std::uint16_t code) = 0;

   protected:
    ~Listener() = default;
  };

  /// `largest`: bytes of a message. `coder`: what inflates, and outlives the engine; null: nothing may be compressed.
  explicit Engine(std::size_t largest, coding::MessageDeflate* coder = nullptr) : largest_(largest), coder_(coder) {}

  void receive(std::string_view bytes, Listener& listener);

 private:
  enum class State : std::uint8_t { kHead, kPayload, kOver };
  /// Takes what it can off `bytes`; false when nothing more is to be had of them.
  bool take_head(std::string_view& bytes, Listener& listener);
  bool take_payload(std::string_view& bytes, Listener& listener);
  /// 0, or the fault of what is known of the frame.
  [[nodiscard]] std::uint16_t judge_first_two() const;
  [[nodiscard]] std::uint16_t judge_length() const;
  [[nodiscard]] std::size_t head_length() const;
  void begin_payload();
  bool end_frame(Listener& listener);
  bool end_data(Listener& listener);
  /// Of a compressed message: 0, or the fault of what it turned out to be.
  [[nodiscard]] std::uint16_t inflate();
  /// Bytes of the current message that may come, as they come.
  [[nodiscard]] std::size_t allowed() const;
  bool end_close(std::string_view payload, Listener& listener);
  bool fail(std::uint16_t code, Listener& listener);
  [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>(static_cast<unsigned char>(head_[0]) & 0x0fU); }
  [[nodiscard]] bool last() const { return (static_cast<unsigned char>(head_[0]) & 0x80U) != 0; }

  std::size_t largest_;
  coding::MessageDeflate* coder_;
  std::string message_;          ///< what has come of the current one
  std::string control_;          ///< of the current control frame, which may stand inside of a message
  std::uint64_t left_ = 0;       ///< of the frame's payload
  std::array<char, 14> head_{};  ///< of the frame
  std::uint8_t head_size_ = 0;   ///< of it is here
  std::uint8_t masked_ = 0;      ///< where in the mask the next byte of the payload is
  State state_ = State::kHead;
  bool inside_ = false;  ///< of a message whose last frame has not come
  bool text_ = false;    ///< that is what it is
  bool compressed_ = false;
  std::array<char, 4> mask_{};
  Utf8Check check_;
};

}  // namespace orrery::http::ws
