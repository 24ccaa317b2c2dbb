#include "worker/tls_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <span>
#include <utility>

#include "base/check.hpp"
#include "base/file_part.hpp"
#include "base/log.hpp"
#include "http/h1/proxy_header.hpp"

namespace orrery::worker {

using base::Monotonic;
using base::Reject;
using http::h1::ProxyHeader;

namespace {

/// Plain bytes that are sealed at once: four records of the largest size.
constexpr std::size_t kBatch = 64 * 1024;
/// A peer that makes the engine answer (with alerts, say) and never reads: more of it is not kept.
constexpr std::size_t kMostUnread = 256 * 1024;

/// A record of the handshake, or at least nothing that HTTP could begin with.
bool may_be_tls(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x20 ? byte != '\r' && byte != '\n' : byte >= 0x7f;
}

}  // namespace

TlsTerms::TlsTerms(const tls::Context& own_context, const Config& config,
                   std::function<void(std::function<void()>)> post)
    : context(own_context),
      handshake_timeout(config.handshake_timeout),
      handshakes(static_cast<std::size_t>(config.tls_handshakes),
                 [this, post = std::move(post)] { post([this] { handshakes.admit(); }); }),
      plain_size(config.limit_request_pipeline + tls::Engine::kMostHeld),
      plain(std::make_unique_for_overwrite<char[]>(plain_size)) {}

std::shared_ptr<const TlsFacts> TlsTerms::shared(TlsFacts facts) {
  if (!facts.fingerprint.empty()) return std::make_shared<const TlsFacts>(std::move(facts));
  const bool same = latest_ && latest_->version == facts.version && latest_->cipher == facts.cipher &&
                    latest_->server_name == facts.server_name && latest_->resumed == facts.resumed;
  if (!same) latest_ = std::make_shared<const TlsFacts>(std::move(facts));
  return latest_;
}

TlsStream::TlsStream(uv::Stream& stream, TransportEvents& events, TlsTerms& terms, Transport::Beginning beginning)
    : stream_(stream), events_(events), terms_(terms), accepted_(beginning.accepted), proxy_(beginning.proxy) {}

TlsStream::~TlsStream() { leave_handshake(); }

Monotonic TlsStream::deadline() const {
  const bool under_way = phase_ == Phase::kPreface || phase_ == Phase::kWaiting || phase_ == Phase::kHandshake;
  return under_way ? accepted_ + terms_.handshake_timeout : Monotonic::max();
}

// --- in ---

/// What has no memory for its part loses its connection; the others need not.
template <class Act>
void TlsStream::fenced(Act&& act) {
  if (closed_) return;
  try {
    act();
  } catch (const std::bad_alloc&) {
    leave_handshake();
    phase_ = Phase::kOver;
    ended_ = true;
    events_.on_end(-ENOMEM);
  }
}

void TlsStream::on_bytes(std::string_view bytes) {
  fenced([&] { take_bytes(bytes); });
}

void TlsStream::on_turn() {
  phase_ = Phase::kHandshake;
  stream_.read_start();
  fenced([&] {
    engine_ = std::make_unique<tls::Engine>(terms_.context);
    decrypt(std::exchange(held_, {}));
  });
}

void TlsStream::take_bytes(std::string_view bytes) {
  if (heard_all_) return;
  switch (phase_) {
    case Phase::kPreface: return read_preface(bytes);
    case Phase::kWaiting: held_.append(bytes); return;
    case Phase::kHandshake:
    case Phase::kOpen: return decrypt(bytes);
    case Phase::kPlain:
    case Phase::kOver: return events_.on_bytes(bytes);
  }
}

void TlsStream::read_preface(std::string_view bytes) {
  std::string held;
  if (!held_.empty()) {
    held = std::exchange(held_, {}).append(bytes);
    bytes = held;
  }
  if (proxy_ != ProxyProtocol::kOff && !read_proxy_header(bytes)) return;
  if (bytes.empty()) return;
  if (may_be_tls(bytes.front())) return begin(bytes);
  phase_ = Phase::kPlain;
  events_.on_plain();
  if (!closed_) events_.on_bytes(bytes);
}

/// Takes it off `bytes`; false when that is all that can be done now.
bool TlsStream::read_proxy_header(std::string_view& bytes) {
  const ProxyHeader header = ProxyHeader::parse(bytes);
  if (header.kind == ProxyHeader::Kind::kMore) {
    held_ = bytes;
    return false;
  }
  const bool absent = header.kind == ProxyHeader::Kind::kAbsent && proxy_ == ProxyProtocol::kOptional;
  const bool whole = header.kind == ProxyHeader::Kind::kComplete;
  const std::size_t length = absent ? 0 : whole ? header.consumed : bytes.size();
  proxy_ = ProxyProtocol::kOff;
  // What the session answers to a bad one must be plain already.
  phase_ = Phase::kPlain;
  if (!events_.on_preface(bytes.substr(0, length))) return false;
  phase_ = Phase::kPreface;
  bytes.remove_prefix(length);
  return true;
}

void TlsStream::begin(std::string_view bytes) {
  if (!terms_.handshakes.enter(*this)) {
    phase_ = Phase::kWaiting;
    held_ = bytes;
    return stream_.read_stop();
  }
  phase_ = Phase::kHandshake;
  engine_ = std::make_unique<tls::Engine>(terms_.context);
  decrypt(bytes);
}

void TlsStream::decrypt(std::string_view bytes) {
  terms_.sealed.clear();
  const tls::Engine::Received received =
      engine_->receive(bytes, std::span{terms_.plain.get(), terms_.plain_size}, terms_.sealed);
  send_sealed();
  if (phase_ == Phase::kHandshake) settle_handshake();
  if (received.size > 0 && phase_ == Phase::kOpen) events_.on_bytes({terms_.plain.get(), received.size});
  if (closed_) return;
  if (received.failed) return fail();
  if (stream_.queued() > kMostUnread) return break_off();
  if (!received.ended) return;
  heard_all_ = true;
  stream_.read_stop();
  events_.on_end(0);
}

void TlsStream::settle_handshake() {
  if (!engine_->established()) return;
  phase_ = Phase::kOpen;
  terms_.handshakes.done();
  facts_ = terms_.shared(engine_->facts());
  events_.on_secured(facts_);
  if (engine_->agreed_http2()) events_.on_http2();
}

void TlsStream::fail() {
  if (phase_ == Phase::kOpen) return break_off();
  leave_handshake();
  phase_ = Phase::kOver;
  ended_ = true;
  events_.on_handshake_failed(Reject::handshake_failed, engine_->failure());
}

/// The peer broke the rules of TLS, or told that it failed: nothing can be said to it any more.
void TlsStream::break_off() {
  phase_ = Phase::kOver;
  ended_ = true;
  events_.on_end(-EPROTO);
}

void TlsStream::expire() {
  leave_handshake();
  phase_ = Phase::kOver;
  ended_ = true;
  events_.on_handshake_failed(Reject::handshake_timeout, "it took longer than handshake_timeout");
}

void TlsStream::leave_handshake() {
  if (phase_ == Phase::kHandshake) terms_.handshakes.done();
  if (phase_ == Phase::kWaiting) terms_.handshakes.forget(*this);
}

void TlsStream::on_end(int error) {
  if (closed_ || heard_all_) return;
  if (error != 0 || phase_ == Phase::kOpen || phase_ == Phase::kPlain || phase_ == Phase::kOver)
    return events_.on_end(error);
  // What came is no whole handshake, and never will be.
  const bool begun = phase_ != Phase::kPreface || !held_.empty();
  leave_handshake();
  phase_ = Phase::kOver;
  ended_ = true;
  if (begun) events_.on_handshake_failed(Reject::handshake_failed, "the client closed in the middle of it");
  if (!closed_) events_.on_end(0);
}

// --- out ---

/// Seals as much of the two as makes one batch; how many bytes of them.
std::size_t TlsStream::seal(std::string_view first, std::string_view second) {
  const std::string_view head = first.substr(0, kBatch);
  const std::string_view tail = second.substr(0, kBatch - head.size());
  for (const std::string_view part : {head, tail})
    if (!part.empty() && !engine_->seal(part, terms_.sealed)) break;
  return head.size() + tail.size();
}

long TlsStream::try_write(std::string_view first, std::string_view second) {
  if (phase_ == Phase::kPlain) return stream_.try_write(first, second);
  if (phase_ != Phase::kOpen) return -EPIPE;
  // The handshake's own last bytes may wait.
  if (stream_.queued() > 0) return 0;
  terms_.sealed.clear();
  const std::size_t taken = seal(first, second);
  if (!engine_->failure().empty()) return -EPROTO;
  const long sent = stream_.try_write(terms_.sealed, std::string_view{});
  if (sent < 0) return sent;
  if (static_cast<std::size_t>(sent) == terms_.sealed.size()) return static_cast<long>(taken);
  stalled_.assign(terms_.sealed, static_cast<std::size_t>(sent));
  sealed_ahead_ = taken;
  return 0;
}

void TlsStream::queue(base::Unsent unsent) {
  if (phase_ == Phase::kPlain) return stream_.queue(std::move(unsent));
  const std::size_t size = unsent.first.size() + unsent.second.size() + unsent.file.length;
  const std::size_t ahead = std::exchange(sealed_ahead_, 0);
  if (size > ahead) pending_.push_back({std::move(unsent), ahead});
  pending_size_ += size - ahead;
  if (!stalled_.empty()) {
    in_flight_ = ahead;
    terms_.sealed = std::exchange(stalled_, {});
    queue_sealed(0);
  } else if (stream_.queued() == 0) {
    seal_pending();
  }
}

std::size_t TlsStream::queued() const {
  if (phase_ == Phase::kPlain) return stream_.queued();
  return pending_size_ + std::min(in_flight_, stream_.queued());
}

void TlsStream::seal_pending() {
  terms_.sealed.clear();
  in_flight_ = 0;
  while (!pending_.empty() && in_flight_ < kBatch) {
    if (!seal_piece(pending_.front())) return events_.on_sent(-EPIPE, pending_size_);
    if (pending_.front().done()) pending_.pop_front();
  }
  pending_size_ -= in_flight_;
  if (!engine_->failure().empty()) return events_.on_sent(-EPROTO, pending_size_ + in_flight_);
  queue_sealed(0);
}

/// Seals of it what this batch has room for; false when it is part of a file that cannot be read to its end.
bool TlsStream::seal_piece(Pending& next) {
  const base::Unsent& unsent = next.unsent;
  const std::size_t room = kBatch - in_flight_;
  if (next.taken == next.text_size()) {
    const long sealed = seal_file(next.unsent.file, room);
    in_flight_ += static_cast<std::size_t>(std::max(sealed, 0L));
    return sealed > 0;
  }
  const std::size_t of_first = std::min(next.taken, unsent.first.size());
  const std::string_view first = unsent.first.substr(of_first).substr(0, room);
  const std::string_view second = unsent.second.substr(next.taken - of_first).substr(0, room - first.size());
  next.taken += seal(first, second);
  in_flight_ += first.size() + second.size();
  return true;
}

/// Reads where the kernel cannot send by itself what is to be encrypted; it waits for the disk where it must. How many
/// bytes; 0 or less when there are not as many as were announced.
long TlsStream::seal_file(FilePart& part, std::size_t room) {
  if (!terms_.piece) terms_.piece = std::make_unique_for_overwrite<char[]>(kBatch);
  const long got = base::read_part(part, terms_.piece.get(), room);
  if (got <= 0) {
    base::log_error(
        "the file {} cannot be read to its end: {}; the connection of its client was cut", part.file->name(),
        got == base::kFileEnded ? "it became shorter while it was sent" : std::strerror(static_cast<int>(-got)));
    return got;
  }
  seal({terms_.piece.get(), static_cast<std::size_t>(got)}, {});
  return got;
}

/// Sends what the engine had to say, in front of everything that is not sealed yet.
void TlsStream::send_sealed() {
  if (terms_.sealed.empty()) return;
  long sent = 0;
  if (stream_.queued() == 0) sent = stream_.try_write(terms_.sealed, std::string_view{});
  // A broken connection tells so where it is read.
  if (sent >= 0 && static_cast<std::size_t>(sent) < terms_.sealed.size()) queue_sealed(static_cast<std::size_t>(sent));
}

void TlsStream::queue_sealed(std::size_t from) {
  const std::size_t size = terms_.sealed.size() - from;
  if (size == 0) return;
  base::Unsent unsent;
  unsent.buffer = std::make_unique_for_overwrite<char[]>(size);
  std::memcpy(unsent.buffer.get(), terms_.sealed.data() + from, size);
  unsent.first = {unsent.buffer.get(), size};
  stream_.queue(std::move(unsent));
}

void TlsStream::on_sent(int error, std::size_t unsent) {
  if (closed_) return;
  if (phase_ == Phase::kPlain) return events_.on_sent(error, unsent);
  if (error != 0) return events_.on_sent(error, pending_size_ + std::min(in_flight_, unsent));
  if (phase_ == Phase::kHandshake) return;
  fenced([&] {
    if (unsent == 0) {
      in_flight_ = 0;
      if (pending_size_ > 0) seal_pending();
    }
    events_.on_sent(0, queued());
  });
}

void TlsStream::end() {
  if (std::exchange(ended_, true) || phase_ != Phase::kOpen) return;
  terms_.sealed.clear();
  engine_->end(terms_.sealed);
  send_sealed();
}

void TlsStream::close() {
  // Behind bytes that are not sent an end would be a lie.
  if (queued() == 0 && stream_.queued() == 0) end();
  leave_handshake();
  phase_ = Phase::kOver;
  closed_ = true;
}

}  // namespace orrery::worker
