#include "worker/transport.hpp"

#include <utility>

#include "worker/tls_stream.hpp"

namespace orrery::worker {

Transport::Transport() = default;
Transport::~Transport() = default;

Result<void> Transport::open(uv::Loop& loop, base::UniqueFd socket, uv::Stream::Kind kind, TransportEvents& events) {
  auto stream = uv::Stream::adopt(loop, std::move(socket), kind, events);
  if (!stream) return fail(stream);
  stream_ = std::move(*stream);
  return {};
}

Result<void> Transport::open_tls(uv::Loop& loop, base::UniqueFd socket, uv::Stream::Kind kind, TransportEvents& events,
                                 TlsTerms& terms, Beginning beginning) {
  auto tls = std::make_unique<TlsStream>(stream_, events, terms, beginning);
  auto stream = uv::Stream::adopt(loop, std::move(socket), kind, *tls);
  if (!stream) return fail(stream);
  stream_ = std::move(*stream);
  tls_ = std::move(tls);
  return {};
}

void Transport::read_start() {
  if (!tls_ || !tls_->waiting()) stream_.read_start();
}

void Transport::discard_start() {
  if (!tls_ || !tls_->waiting()) stream_.discard_start();
}

void Transport::queue(base::Unsent unsent) {
  if (tls_)
    tls_->queue(std::move(unsent));
  else
    stream_.queue(std::move(unsent));
}

void Transport::expire() { tls_->expire(); }

void Transport::shut_down() {
  if (tls_) tls_->end();
  stream_.shut_down();
}

void Transport::reset_on_close() {
  if (tls_) tls_->give_up();
  stream_.reset_on_close();
}

long Transport::tls_write(std::string_view first, std::string_view second) { return tls_->try_write(first, second); }

std::size_t Transport::tls_queued() const { return tls_->queued(); }

base::Monotonic Transport::tls_deadline() const { return tls_->deadline(); }

void Transport::tls_close() { tls_->close(); }

}  // namespace orrery::worker
