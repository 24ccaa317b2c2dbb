#include "worker/connections.hpp"

#include <utility>

#include "base/log.hpp"

namespace orrery::worker {

void Connections::add(base::UniqueFd socket, const base::Address& peer, ProxyProtocol proxy) {
  Session& session = seat(peer, proxy);
  os::bump(services_.slot.counters.connections);
  begin(session, session.start(std::move(socket)));
}

void Connections::adopt(os::TakenConnection taken) {
  Session& session = seat(taken.rest.peer, ProxyProtocol::kOff);
  const http::Exchange::Rest rest{base::Monotonic{base::Nanoseconds{taken.rest.since_ns}},
                                  taken.rest.requests, taken.rest.sender, taken.rest.proxy};
  begin(session, session.resume(std::move(taken.socket), rest));
}

void Connections::begin(Session& session, const Result<void>& begun) {
  now_idle(session);
  if (begun) return;
  base::log_warning("{}", begun.error().message);
  session.close();
}

Session& Connections::seat(const base::Address& peer, ProxyProtocol proxy) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(sessions_.size()));
    sessions_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  auto& place = sessions_[index];
  place = std::make_unique<Session>(services_, index, peer, proxy, base::monotonic_now());
  ++open_;
  count();
  return *place;
}

void Connections::count() {
  services_.slot.connections.store(static_cast<std::int32_t>(open_), std::memory_order_relaxed);
}

bool Connections::close_longest_idle() {
  Session* session = longest_idle_;
  if (!session) return false;
  services_.recorder.on_rejected(base::Reject::too_many_connections, session->exchange_.sender(), nullptr);
  return session->close_if_idle();
}

std::size_t Connections::count_idle() const {
  std::size_t count = 0;
  for (const Session* session = longest_idle_; session != nullptr; session = session->less_idle_) ++count;
  return count;
}

void Connections::drain() {
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (sessions_[i]) sessions_[i]->drain();
}

void Connections::tell_draining() {
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (sessions_[i]) sessions_[i]->tell_draining();
}

void Connections::give_resting(
    const std::function<os::Giving(int socket, const os::ConnectionAtRest&)>& give) {
  for (Session* session = longest_idle_; session != nullptr;) {
    Session* next = session->less_idle_;
    if (const auto rest = session->rest()) {
      const os::Giving giving =
          give(session->stream_.descriptor(), {.peer = session->exchange_.peer(),
                                               .sender = rest->sender,
                                               .proxy = rest->proxy,
                                               .since_ns = rest->since.time_since_epoch().count(),
                                               .given_ns = 0,
                                               .requests = rest->requests});
      if (giving == os::Giving::kLater) return;
      if (giving == os::Giving::kGiven)
        session->close();
      else
        session->drain();
    }
    session = next;
  }
}

void Connections::close_all() {
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (sessions_[i]) sessions_[i]->close();
}

Session* Connections::at(std::uint32_t index) const {
  return index < sessions_.size() ? sessions_[index].get() : nullptr;
}

Session* Connections::find(RequestKey key) const {
  Session* session = at(key.index);
  return session && session->handles(key) ? session : nullptr;
}

void Connections::now_idle(Session& session) {
  if (latest_idle_ == &session) return;
  now_busy(session);
  session.more_idle_ = latest_idle_;
  if (latest_idle_)
    latest_idle_->less_idle_ = &session;
  else
    longest_idle_ = &session;
  latest_idle_ = &session;
}

void Connections::now_busy(Session& session) {
  const bool linked = session.more_idle_ || session.less_idle_ || latest_idle_ == &session;
  if (!linked) return;
  (session.more_idle_ ? session.more_idle_->less_idle_ : longest_idle_) = session.less_idle_;
  (session.less_idle_ ? session.less_idle_->more_idle_ : latest_idle_) = session.more_idle_;
  session.more_idle_ = session.less_idle_ = nullptr;
}

void Connections::bury(Session& session) {
  now_busy(session);
  const std::uint32_t index = session.index();
  buried_.push_back(std::move(sessions_[index]));
  free_.push_back(index);
  --open_;
  count();
  if (room_callback_) room_callback_();
}

}  // namespace orrery::worker
