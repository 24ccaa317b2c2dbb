// TlsClient: the client's side of TLS, in memory: for tests of the engine, and for a Wire that speaks TLS.
//
// OpenSSL's own client with a trust of its own: what it accepts is what strangers accept. Bytes of the server go into
// receive(), what is for the server comes out of take().
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "support/wire.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace orrery::test {

/// What a client remembers of a server, to resume its session.
using TlsSession = std::shared_ptr<ssl_session_st>;

struct TlsWish {
  std::string authority{};    ///< PEM of whom it trusts; empty = everybody
  std::string certificate{};  ///< PEM of its own, with its key; empty = none
  std::string key{};
  std::string name = "localhost";
  int least = 0, most = 0;  ///< versions, as 0x0303 (1.2) and 0x0304 (1.3); 0 = the library's
  std::string ciphers{};    ///< of TLS 1.2
  std::string protocols{};  ///< ALPN: names, each behind its length
  TlsSession session{};     ///< to be resumed
};

class TlsClient final : public Veil {
 public:
  explicit TlsClient(const TlsWish& wish = {});
  ~TlsClient() override;

  /// Begins the handshake, or goes on with it.
  void shake_hands();
  std::string seal(std::string_view plain) override;
  std::string open(std::string_view ciphertext) override;
  std::string take() override;
  [[nodiscard]] bool established() const override { return established_; }
  /// Appends a close_notify to what take() gives.
  void end() override;
  /// The server has told its end.
  [[nodiscard]] bool ended() const { return ended_; }
  /// Asks for a new handshake inside of the connection.
  void renegotiate();
  /// Why it failed; empty while it has not.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string cipher() const;
  [[nodiscard]] std::string group() const;
  [[nodiscard]] std::string protocol() const;
  [[nodiscard]] bool resumed() const;
  /// The serial number of the server's certificate.
  [[nodiscard]] long serial() const;
  /// The last ticket that came; null when none did.
  [[nodiscard]] TlsSession session() const { return session_; }

 private:
  static int keep_session(ssl_st* ssl, ssl_session_st* session);
  void note(int result);

  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  TlsSession session_;
  std::string failure_;
  bool established_ = false;
  bool ended_ = false;
};

/// A connection with the server that speaks TLS, its handshake done; `client` is filled with what speaks it there. When
/// the handshake failed, the wire has ended.
std::unique_ptr<Wire> tls_wire(const Wire::Place& place, const TlsWish& wish, TlsClient*& client,
                               std::string_view preface = {});
std::unique_ptr<Wire> tls_wire(const Wire::Place& place, const TlsWish& wish = {});

}  // namespace orrery::test
