// Engine: TLS of one connection, on the server's side: ciphertext in; plain bytes, and ciphertext to be sent, out.
//
// Pure: no socket, no clock, no event loop; what it is given and where it writes are the caller's. Made by the first
// byte of a handshake, in the worker, from a Context that the master made. Renegotiation is refused, records are never
// compressed, and while it is idle it holds no buffer. After a failure nothing but its reason can be asked. Loop thread
// only; never blocks.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "orrery/tls_facts.hpp"

struct ssl_st;

namespace orrery::tls {

class Context;

class Engine {
 public:
  /// Plain bytes that a call of receive() may give beyond those it is given: a record that was begun before.
  static constexpr std::size_t kMostHeld = 17 * 1024;

  explicit Engine(const Context& context);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  struct Received {
    std::size_t size = 0;  ///< plain bytes, at the beginning of `room`
    bool ended = false;    ///< the peer sends nothing more (close_notify)
    bool failed = false;   ///< see failure(); an alert may be there to be sent
  };
  /// Takes all of `ciphertext`. `room` has at least its size and kMostHeld; what is to be sent stands behind `out`.
  Received receive(std::string_view ciphertext, std::span<char> room, std::string& out);
  /// Appends `plain`, encrypted; to be called when established() only. False when the connection has failed.
  bool seal(std::string_view plain, std::string& out);
  /// Appends what tells the peer that nothing more comes.
  void end(std::string& out);

  /// The handshake is over, and well.
  [[nodiscard]] bool established() const { return established_; }
  /// Why it failed, in OpenSSL's words: "wrong version number".
  [[nodiscard]] const std::string& failure() const { return failure_; }

  // --- once it is established ---
  [[nodiscard]] TlsFacts facts() const;
  [[nodiscard]] std::string_view version() const;  ///< "TLSv1.3"
  [[nodiscard]] std::string_view cipher() const;
  [[nodiscard]] bool resumed() const;  ///< from a ticket
  /// HTTP/2 was agreed on by ALPN; else it is HTTP/1.
  [[nodiscard]] bool agreed_http2() const;

 private:
  friend struct EngineBio;
  struct Free {
    void operator()(ssl_st* ssl) const noexcept;
  };
  bool shake_hands(Received& received);
  void note_failure(Received& received, int result);

  std::unique_ptr<ssl_st, Free> ssl_;
  std::string_view in_;         ///< of the receive() that is under way
  std::string* out_ = nullptr;  ///< of the call that is under way
  std::string failure_;
  bool established_ = false;
};

}  // namespace orrery::tls
