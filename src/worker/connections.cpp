#include "worker/connections.hpp"

#include <algorithm>
#include <atomic>

#include "base/log.hpp"

namespace orrery::worker {

namespace {

/// To find a session's place in the queue. When thousands are put in order at once a few stand a little too far behind;
/// that is better than to hold up all the others.
constexpr unsigned kMostSteps = 64;

}  // namespace

Connections::Connections(Services& services, std::size_t most, std::size_t most_lingering)
    : services_(services),
      ends_(services.loop,
            [this](std::uint64_t tag, bool broken) {
              Session* const session = at(static_cast<std::uint32_t>(tag >> 32U));
              if (session && session->serial_ == static_cast<std::uint32_t>(tag)) session->on_noticed_end(broken);
            }),
      most_(most),
      most_lingering_(most_lingering) {}

void Connections::watch_end(const Session& session) {
  ends_.watch(session.descriptor(), std::uint64_t{session.index_} << 32U | session.serial_);
}

void Connections::add(base::UniqueFd socket, const base::Arrival& arrival, std::chrono::milliseconds waited) {
  Session& session = make_session(arrival);
  session.note_wait(waited);
  os::bump(services_.slot.counters.connections);
  begin(session, session.start(std::move(socket), arrival.reception));
}

void Connections::adopt(os::TakenConnection taken) {
  const base::Reception& reception = taken.rest.arrival.reception;
  Session& session = make_session(taken.rest.arrival);
  os::bump(services_.slot.counters.taken_over);
  const Conversation::Rest rest{base::Monotonic{base::Nanoseconds{taken.rest.since_ns}}, taken.rest.requests,
                                taken.rest.sender, reception.proxy};
  begin(session, reception.tls ? session.start(std::move(taken.socket), reception)
                               : session.resume(std::move(taken.socket), rest));
}

void Connections::begin(Session& session, const Result<void>& begun) {
  now_idle(session);
  if (begun) return;
  base::log_warning("{}", begun.error().message);
  session.ends_by(os::Closing::kBroken);
  session.close();
}

Session& Connections::make_session(const base::Arrival& arrival) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(sessions_.size()));
    sessions_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  auto& place = sessions_[index];
  const base::Monotonic now = base::monotonic_now();
  place = std::make_unique<Session>(services_, index, arrival, now);
  enqueue(*place, now);
  ++open_;
  count();
  return *place;
}

void Connections::count() {
  services_.slot.connections.store(static_cast<std::int32_t>(open_), std::memory_order_relaxed);
}

bool Connections::make_room() {
  if (!lingerers_.first) return close_longest_idle();
  lingerers_.first->close();
  return true;
}

bool Connections::close_longest_idle() {
  Session* const session = longest_idle();
  if (!session) return false;
  services_.recorder.on_rejected(base::Reject::too_many_connections, session->connection_.sender(), nullptr);
  return session->close_if_idle();
}

Session* Connections::longest_idle() {
  if (idle_ == 0) return nullptr;
  const base::Monotonic now = base::monotonic_now();
  for (;;) {
    Session& session = *seen_idle_.first;
    const base::Monotonic since = session.counted_idle_ ? session.connection_.idle_since() : now;
    if (session.counted_idle_ && since <= session.seen_idle_) return &session;
    dequeue(session);
    enqueue(session, std::max(since, session.seen_idle_));
  }
}

void Connections::drain() {
  leaving_ = true;
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (sessions_[i]) sessions_[i]->drain();
}

void Connections::tell_draining() {
  leaving_ = true;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    Session* const session = sessions_[i].get();
    if (session && session->stays())
      session->drain();
    else if (session)
      session->tell_draining();
  }
}

void Connections::give_resting(const std::function<os::Giving(int socket, const os::ConnectionAtRest&)>& give) {
  for (Session* session = seen_idle_.first; session != nullptr;) {
    Session* next = session->behind_;
    if (const auto rest = session->rest()) {
      const os::Giving giving =
          give(session->descriptor(), {.arrival = {session->connection_.peer(), {.proxy = rest->proxy}},
                                       .sender = rest->sender,
                                       .since_ns = rest->since.time_since_epoch().count(),
                                       .given_ns = 0,
                                       .requests = rest->requests});
      if (giving == os::Giving::kLater) return;
      if (giving == os::Giving::kGiven)
        session->leave_to_sibling();
      else
        session->drain();
    }
    session = next;
  }
}

std::size_t Connections::cut_off() {
  std::size_t cut = 0;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    Session* const session = sessions_[i].get();
    if (!session || session->handling()) continue;
    if (session->cut_off()) ++cut;
  }
  return cut;
}

bool Connections::now_lingering(Session& session) {
  if (most_lingering_ == 0) return false;
  if (lingering_ >= most_lingering_) lingerers_.first->close();
  dequeue(session);
  session.lingering_ = true;
  insert(lingerers_, session, lingerers_.last);
  ++lingering_;
  return true;
}

Session* Connections::at(std::uint32_t index) const {
  return index < sessions_.size() ? sessions_[index].get() : nullptr;
}

Session* Connections::find(RequestKey key) const {
  Session* session = at(key.index);
  return session && session->handles(key) ? session : nullptr;
}

void Connections::enqueue(Session& session, base::Monotonic seen) {
  Session* before = seen_idle_.last;
  for (unsigned steps = 0; before && before->seen_idle_ > seen && steps < kMostSteps; ++steps) before = before->before_;
  session.seen_idle_ = seen;
  insert(seen_idle_, session, before);
}

void Connections::insert(Queue& queue, Session& session, Session* before) {
  session.before_ = before;
  session.behind_ = before ? before->behind_ : queue.first;
  (session.before_ ? session.before_->behind_ : queue.first) = &session;
  (session.behind_ ? session.behind_->before_ : queue.last) = &session;
}

void Connections::dequeue(Session& session) {
  Queue& queue = session.lingering_ ? lingerers_ : seen_idle_;
  (session.before_ ? session.before_->behind_ : queue.first) = session.behind_;
  (session.behind_ ? session.behind_->before_ : queue.last) = session.before_;
  if (session.lingering_) --lingering_;
}

void Connections::release(Session& session) {
  now_busy(session);
  dequeue(session);
  const std::uint32_t index = session.index();
  released_.push_back(std::move(sessions_[index]));
  free_.push_back(index);
  --open_;
  count();
  if (room_callback_) room_callback_();
}

}  // namespace orrery::worker
