#include "worker/handover.hpp"

#include <chrono>
#include <utility>

#include "base/log.hpp"

namespace orrery::worker {

namespace {

constexpr std::chrono::milliseconds kLook{2};
constexpr std::chrono::seconds kNobodyComes{1};
constexpr std::chrono::milliseconds kAway{5};
/// The sibling that should have taken it is stuck, or gone: a connection with the second best is better than none.
constexpr unsigned kMostAways = 10;

}  // namespace

Giver::Giver(uv::Loop& loop, const os::HandoverPair& pair, Connections& connections, std::function<Takers()> takers,
             std::chrono::milliseconds patience)
    : pair_(pair), connections_(connections), takers_(std::move(takers)), patience_(patience), timer_(loop, [this] {
        look();
      }) {}

void Giver::begin() {
  begun_ = true;
  progress_ = base::monotonic_now();
  timer_.start(kLook, kLook);
}

void Giver::give() {
  connections_.give_resting([this](int socket, const os::ConnectionAtRest& rest) {
    const os::Giving giving = os::give_connection(pair_, socket, rest);
    if (giving != os::Giving::kGiven) return giving;
    ++given_;
    progress_ = base::monotonic_now();
    return giving;
  });
}

void Giver::look() {
  const base::Monotonic now = base::monotonic_now();
  const int before = std::exchange(untaken_, os::untaken(pair_));
  const bool waits = untaken_ > 0 || connections_.any_idle();
  if (!waits || untaken_ < before) progress_ = now;
  if (given_up_) return;
  const Takers takers = takers_();
  if (takers == Takers::kNever) {
    os::reclaim(pair_, now);
    give_up();
  } else if (now - progress_ > (takers == Takers::kThere ? patience_ : kNobodyComes)) {
    run_out_of_patience(takers, now);
  }
}

void Giver::run_out_of_patience(Takers takers, base::Monotonic now) {
  const std::size_t kept = connections_.count_idle();
  const unsigned closed = takers == Takers::kThere ? 0 : os::reclaim(pair_, now - kNobodyComes);
  if (kept + closed > 0) base::log_warning("No sibling takes idle connections: {} were closed", kept + closed);
  give_up();
}

void Giver::give_up() {
  given_up_ = true;
  connections_.drain();
}

bool Giver::done() const { return given_up_ || os::untaken(pair_) == 0; }

Adopter::Adopter(uv::Loop& loop, const os::HandoverPair& pair, Connections& connections, std::function<bool()> has_more)
    : pair_(pair),
      connections_(connections),
      has_more_(std::move(has_more)),
      poll_(loop, pair.take.get(), uv::ListenerPoll::Wake::kAll, [this] { knocked_ = true; }),
      again_(loop, [this] {
        away_ = false;
        if (open_) poll_.start();
      }) {}

void Adopter::start() {
  open_ = true;
  poll_.start();
}

void Adopter::take_one() {
  if (!open_ || away_) return;
  if (left_to_others_ < kMostAways && has_more_()) {
    ++left_to_others_;
    return pause_briefly();
  }
  const bool room = !connections_.full() || connections_.make_room();
  if (!room || !os::has_free_descriptor()) return pause_briefly();
  os::TakenConnection taken = os::take_connection(pair_);
  if (!taken.socket) return;
  left_to_others_ = 0;
  connections_.adopt(std::move(taken));
}

void Adopter::pause_briefly() {
  if (!open_ || std::exchange(away_, true)) return;
  poll_.stop();
  again_.start(kAway);
}

void Adopter::finish() {
  stop();
  while (os::has_free_descriptor()) {
    os::TakenConnection taken = os::take_connection(pair_);
    if (!taken.socket) return;
    connections_.adopt(std::move(taken));
  }
}

void Adopter::stop() {
  if (!std::exchange(open_, false)) return;
  again_.stop();
  if (!away_) poll_.stop();
}

}  // namespace orrery::worker
