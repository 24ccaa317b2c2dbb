// Transport: a session's bytes: a socket as it is, or TLS on a socket. What is above it sees plain bytes only.
//
// Bytes are written in two steps, as on a uv::Stream: try_write() sends what leaves at once, queue() leaves the rest
// here, and on_sent() tells of it. A connection is blocked while bytes are queued. A plain transport is its stream and
// a pointer that is null, so each call costs one branch. A transport that stays is never handed over to a sibling: what
// the two ends have agreed on cannot be told to another process. Loop thread only; never looks at what HTTP says.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "orrery/config.hpp"
#include "orrery/result.hpp"
#include "orrery/tls_facts.hpp"

#include "base/clock.hpp"
#include "base/reject.hpp"
#include "base/unique_fd.hpp"
#include "base/unsent.hpp"
#include "uv/stream.hpp"

namespace orrery::worker {

class TlsStream;
struct TlsTerms;

/// What a transport tells its session. A plain one has only the events of its stream.
class TransportEvents : public uv::StreamEvents {
 public:
  /// A PROXY header came in front of TLS, whole or bad; empty: there is none. False when the connection is refused:
  /// what is written and read from then on is plain.
  virtual bool on_preface(std::string_view bytes) = 0;
  /// The client does not speak TLS. What is written and read from then on is plain.
  virtual void on_plain() = 0;
  /// The handshake is over. `facts` live as long as the transport.
  virtual void on_secured(const std::shared_ptr<const TlsFacts>& facts) = 0;
  /// Behind that: its two ends have agreed to speak HTTP/2.
  virtual void on_http2() = 0;
  /// There will be no TLS. What still comes is nobody's.
  virtual void on_handshake_failed(base::Reject reason, std::string_view why) = 0;

 protected:
  ~TransportEvents() = default;
};

class Transport {
 public:
  Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  /// Takes over a connected, non-blocking socket.
  Result<void> open(uv::Loop& loop, base::UniqueFd socket, uv::Stream::Kind kind, TransportEvents& events);
  /// How a connection that speaks TLS begins.
  struct Beginning {
    ProxyProtocol proxy = ProxyProtocol::kOff;  ///< whether a PROXY header stands in front
    base::Monotonic accepted{};
  };
  Result<void> open_tls(uv::Loop& loop, base::UniqueFd socket, uv::Stream::Kind kind, TransportEvents& events,
                        TlsTerms& terms, Beginning beginning);

  void read_start();
  /// The same, for bytes that nobody wants.
  void discard_start();
  void read_stop() { stream_.read_stop(); }
  /// Sends what leaves at once of `first` and then `second`, while nothing is queued. The number of bytes, which may be
  /// 0, or a negative errno when the connection is broken.
  long try_write(std::string_view first, std::string_view second) {
    return tls_ ? tls_write(first, second) : stream_.try_write(first, second);
  }
  /// The same for `first` and then part of a file.
  long try_write(std::string_view first, const FilePart& part) {
    return tls_ ? tls_write(first, {}) : stream_.try_write(first, part);
  }
  /// What try_write() has left of the same bytes, or what comes behind queued ones; on_sent() follows.
  void queue(base::Unsent unsent);
  /// Bytes queued and not sent yet.
  [[nodiscard]] std::size_t queued() const { return tls_ ? tls_queued() : stream_.queued(); }
  [[nodiscard]] int descriptor() const { return stream_.descriptor(); }
  [[nodiscard]] bool stays() const { return tls_ != nullptr; }
  /// When the handshake must have ended; Monotonic::max() when there is none under way.
  [[nodiscard]] base::Monotonic deadline() const { return tls_ ? tls_deadline() : base::Monotonic::max(); }
  /// The deadline has passed: on_handshake_failed() follows.
  void expire();
  /// Half-close: the peer sees the end of our data.
  void shut_down();
  /// The close that follows tells the peer that something is missing.
  void reset_on_close();
  /// The last call. Where TLS is spoken and nothing is missing, the peer is told that this is the end.
  void close() {
    if (tls_) tls_close();
  }

 private:
  [[nodiscard]] long tls_write(std::string_view first, std::string_view second);
  [[nodiscard]] std::size_t tls_queued() const;
  [[nodiscard]] base::Monotonic tls_deadline() const;
  void tls_close();

  uv::Stream stream_;
  std::unique_ptr<TlsStream> tls_;
};

}  // namespace orrery::worker
