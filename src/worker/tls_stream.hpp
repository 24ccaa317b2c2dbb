// TlsStream: TLS between a uv::Stream and a session: ciphertext below, plain bytes above.
//
// Part of a Transport, and made only for connections that are to speak TLS. The engine (tls/engine) does all of TLS;
// here is what it does not know: the socket, the queues, and what may stand in front of the first record.
//
//   phase        meaning                                             leaves by
//   kPreface     nothing of TLS has come; a PROXY header may         a first byte of TLS -> kHandshake | kWaiting;
//                                                                    anything else -> kPlain
//   kWaiting     its first bytes are here; too many handshakes are   its turn -> kHandshake
//                under way, and it is not read
//   kHandshake   the engine has begun                                established -> kOpen; failed -> kOver
//   kOpen        requests and answers                                broken by the peer -> kOver
//   kPlain       refused: what is said and heard is plain            -
//   kOver        no TLS any more: what comes is nobody's             -
//
// Plain bytes that the socket does not take are kept as they are and sealed piece by piece as it takes them, so a large
// answer is never there twice; of a file no more than one piece is in memory. queued() counts plain bytes; of a piece
// that is partly sent it never says too little.
// Loop thread only. Never deletes itself or its session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "orrery/config.hpp"

#include "base/clock.hpp"
#include "base/unsent.hpp"
#include "tls/context.hpp"
#include "tls/engine.hpp"
#include "uv/stream.hpp"
#include "worker/handshakes.hpp"
#include "worker/transport.hpp"

namespace orrery::worker {

/// What all TLS connections of one worker share.
struct TlsTerms {
  /// `post`: runs a task in a later turn of the loop.
  TlsTerms(const tls::Context& own_context, const Config& config, std::function<void(std::function<void()>)> post);

  const tls::Context& context;
  base::Nanoseconds handshake_timeout;
  Handshakes handshakes;
  std::size_t plain_size;
  std::unique_ptr<char[]> plain;  ///< what a read holds, until its turn is over
  std::string sealed;             ///< what is about to be sent
  std::unique_ptr<char[]> piece;  ///< of a file, between its reading and its sealing

  /// `facts` of a handshake, kept once for all connections that follow each other and have agreed on the same.
  std::shared_ptr<const TlsFacts> shared(TlsFacts facts);

 private:
  std::shared_ptr<const TlsFacts> latest_;  ///< of a client without a certificate; null before the first
};

class TlsStream final : public uv::StreamEvents, Handshakes::Waiter {
 public:
  TlsStream(uv::Stream& stream, TransportEvents& events, TlsTerms& terms, Transport::Beginning beginning);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  ~TlsStream();

  /// For its turn to begin a handshake; it is not to be read.
  [[nodiscard]] bool waiting() const { return phase_ == Phase::kWaiting; }
  [[nodiscard]] base::Monotonic deadline() const;
  /// The deadline has passed.
  void expire();
  long try_write(std::string_view first, std::string_view second);
  void queue(base::Unsent unsent);
  [[nodiscard]] std::size_t queued() const;
  /// Tells the peer that nothing more comes, behind what is queued for the socket.
  void end();
  /// Something will be missing: the peer is not told an end.
  void give_up() { ended_ = true; }
  /// The last call: nothing is told to the session any more.
  void close();

 private:
  enum class Phase : std::uint8_t { kPreface, kWaiting, kHandshake, kOpen, kPlain, kOver };
  struct Pending {
    base::Unsent unsent;
    std::size_t taken;  ///< of its text: sealed already; what is sealed of its file is off that

    [[nodiscard]] std::size_t text_size() const { return unsent.first.size() + unsent.second.size(); }
    [[nodiscard]] bool done() const { return taken == text_size() && unsent.file.length == 0; }
  };

  void on_bytes(std::string_view bytes) override;
  void on_end(int error) override;
  void on_sent(int error, std::size_t unsent) override;
  void on_turn() override;
  template <class Act>
  void fenced(Act&& act);
  void take_bytes(std::string_view bytes);
  void read_preface(std::string_view bytes);
  bool read_proxy_header(std::string_view& bytes);
  void begin(std::string_view bytes);
  void decrypt(std::string_view bytes);
  void settle_handshake();
  void fail();
  void break_off();
  void leave_handshake();
  void send_sealed();
  void queue_sealed(std::size_t from);
  std::size_t seal(std::string_view first, std::string_view second);
  void seal_pending();
  bool seal_piece(Pending& next);
  [[nodiscard]] long seal_file(FilePart& part, std::size_t room);

  uv::Stream& stream_;
  TransportEvents& events_;
  TlsTerms& terms_;
  std::unique_ptr<tls::Engine> engine_;    ///< from the first byte of TLS on
  std::shared_ptr<const TlsFacts> facts_;  ///< from the end of the handshake on
  base::Monotonic accepted_;
  std::string held_;              ///< bytes of the preface; while it waits, those of the hello
  std::list<Pending> pending_;    ///< plain bytes that are not sealed yet; one that is empty has no memory
  std::size_t pending_size_ = 0;  ///< bytes of them
  std::size_t in_flight_ = 0;     ///< plain bytes that the ciphertext in the stream's queue stands for
  std::string stalled_;           ///< ciphertext that try_write() could not send
  std::size_t sealed_ahead_ = 0;  ///< of the bytes that queue() is to bring: in `stalled_` already
  ProxyProtocol proxy_;
  Phase phase_ = Phase::kPreface;
  bool ended_ = false;      ///< the peer was told the end, or is not to be
  bool heard_all_ = false;  ///< the peer has told its end
  bool closed_ = false;
};

}  // namespace orrery::worker
