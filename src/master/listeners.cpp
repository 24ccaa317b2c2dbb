#include "master/listeners.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

#include "os/socket.hpp"

namespace orrery::master {

namespace {

std::shared_ptr<os::Listener> share(os::Listener listener) {
  return {new os::Listener(std::move(listener)), [](os::Listener* last) {
            os::unlink_path(*last);
            delete last;
          }};
}

}  // namespace

Listeners::Listeners(std::vector<std::string> inherited, const std::vector<Inheritance::Passed>& stored)
    : inherited_(std::move(inherited)) {
  for (const auto& one : stored) {
    base::close_on_exec(one.fd);
    passed_.push_back({one.bind, base::UniqueFd{one.fd}, true});
  }
}

Listeners::Listeners(const std::vector<Inheritance::Passed>& passed) {
  for (const auto& one : passed) {
    if (one.from_manager) inherited_.push_back(one.bind);
    base::close_on_exec(one.fd);
    passed_.push_back({one.bind, base::UniqueFd{one.fd}});
  }
}

Result<ListenerSet> Listeners::open(const Config& config, const std::optional<os::Identity>& owner,
                                    std::vector<std::string>& notes) {
  ListenerSet set;
  for (const std::string& bind : wanted(config)) {
    auto listener = open_one(base::bind_options(bind).address, config, owner, notes);
    if (!listener) return fail(listener);
    // Remembered at once: the same address twice in one list is one socket.
    if (std::find(set.begin(), set.end(), *listener) == set.end()) set.push_back(std::move(*listener));
  }
  return set;
}

ListenerSet Listeners::open_what_can_be(const Config& config, const std::optional<os::Identity>& owner,
                                        std::vector<std::string>& notes) {
  ListenerSet set;
  for (const std::string& bind : wanted(config)) {
    auto listener = open_one(base::bind_options(bind).address, config, owner, notes);
    if (listener)
      set.push_back(std::move(*listener));
    else
      notes.push_back(listener.error().message + "; the service starts without it");
  }
  return set;
}

Result<std::shared_ptr<os::Listener>> Listeners::open_one(const std::string& bind, const Config& config,
                                                          const std::optional<os::Identity>& owner,
                                                          std::vector<std::string>& notes) {
  give_up_lost_path(bind, notes);
  if (auto open = find(bind)) return open;
  const auto target = base::parse_bind(bind);
  if (!target) return fail(target);
  auto bound = bind_one(*target, bind, config.backlog, owner);
  if (!bound) return fail(bound);
  if (!bound->note.empty()) notes.push_back(bound->note);
  auto listener = share(std::move(bound->listener));
  known_.push_back({.listener = listener});
  return listener;
}

Result<os::Bound> Listeners::bind_one(const base::BindTarget& target, const std::string& bind, int backlog,
                                      const std::optional<os::Identity>& owner) {
  const auto passed = std::find_if(passed_.begin(), passed_.end(), [&](const Passed& one) { return one.bind == bind; });
  if (passed == passed_.end()) {
    const std::string ours = find_overlapping(target);
    if (ours.empty()) return os::listen_on(target, bind, backlog, owner);
    return fail("cannot bind " + bind + ": it overlaps " + ours +
                ", where this service listens already; no reload or upgrade can go from one to the other, so "
                "stop it and start it anew");
  }
  auto bound = os::take_over(passed->fd.get(), target, bind);
  if (!bound) return bound;
  const bool stored = passed->stored;
  [[maybe_unused]] const int taken = passed->fd.release();
  passed_.erase(passed);
  if (!stored) return bound;
  // Its file may have gone with a directory of the master that crashed: then no client finds this socket.
  if (os::path_is_gone(bound->listener)) return os::listen_on(target, bind, backlog, owner);
  os::own_path(bound->listener, true);
  bound->note = fmt::format(
      "The service manager had kept the socket of {}: the master before this one has crashed, and clients waited",
      bound->listener.url());
  return bound;
}

// What still is in its queue is served by the workers that have it.
void Listeners::give_up_lost_path(const std::string& bind, std::vector<std::string>& notes) {
  for (Known& known : known_) {
    const auto listener = known.listener.lock();
    if (!listener || !listener->fd || known.deaf || known.lost || listener->bind != bind) continue;
    if (!os::path_is_gone(*listener)) continue;
    known.lost = true;
    os::own_path(*listener, false);
    notes.push_back("The socket file of " + listener->url() + " had vanished and was made again");
  }
}

std::shared_ptr<os::Listener> Listeners::find(const std::string& bind) {
  for (Known& known : known_) {
    auto listener = known.listener.lock();
    if (!listener || !listener->fd || known.lost || listener->bind != bind) continue;
    if (known.deaf && listener->target.kind == base::BindTarget::Kind::kUnix) continue;
    if (known.deaf) os::let_in(*listener);
    known.deaf = known.retired = false;
    known.kept.reset();
    return listener;
  }
  return nullptr;
}

std::string Listeners::find_overlapping(const base::BindTarget& target) const {
  for (const Passed& passed : passed_) {
    const auto other = base::parse_bind(passed.bind);
    if (other && base::overlap(*other, target)) return passed.bind;
  }
  for (const Known& known : known_) {
    const auto listener = known.listener.lock();
    if (!listener || !listener->fd || listener->target.kind != base::BindTarget::Kind::kTcp) continue;
    base::BindTarget other = listener->target;
    other.address.port = listener->address.port;
    if (base::overlap(other, target)) return listener->bind;
  }
  return "";
}

std::vector<int> Listeners::descriptors() const {
  std::vector<int> descriptors;
  for (const Known& known : known_) {
    if (const auto listener = known.listener.lock()) descriptors.push_back(listener->fd.get());
  }
  return descriptors;
}

std::vector<Inheritance::Passed> Listeners::to_pass(os::Role role) const {
  std::vector<Inheritance::Passed> passed;
  for (const Known& known : known_) {
    const auto listener = known.listener.lock();
    if (!listener || !listener->fd || known.retired || known.lost) continue;
    const bool managed = std::find(inherited_.begin(), inherited_.end(), listener->bind) != inherited_.end();
    passed.push_back({listener->fd.get(), managed, listener->bind, role});
  }
  return passed;
}

void Listeners::own_paths(bool own) {
  for (const Known& known : known_) {
    const auto listener = known.listener.lock();
    if (listener && !known.deaf && !known.lost) os::own_path(*listener, own);
  }
}

void Listeners::close_copies() {
  for (const Known& known : known_) {
    if (const auto listener = known.listener.lock()) listener->fd.reset();
  }
  known_.clear();
}

void Listeners::retire_all_but(const ListenerSet& kept) {
  for (Known& known : known_) {
    const auto listener = known.listener.lock();
    const bool named = std::find(kept.begin(), kept.end(), listener) != kept.end();
    if (!listener || named || std::exchange(known.retired, true)) continue;
    known.kept = listener;
  }
}

void Listeners::let_go(bool shared, const std::function<bool(const os::Listener&)>& held) {
  for (Known& known : known_) {
    const auto listener = known.listener.lock();
    if (!listener || !known.retired || (shared && !known.deaf)) continue;
    if (!std::exchange(known.deaf, true)) os::turn_away(*listener);
    known.kept.reset();
    if (!held(*listener)) listener->fd.reset();
  }
  forget_closed();
}

void Listeners::close_all() {
  for (const Known& known : known_) {
    const auto listener = known.listener.lock();
    if (!listener) continue;
    os::turn_away(*listener);
    listener->fd.reset();
  }
  forget_closed();
}

void Listeners::forget_closed() {
  std::erase_if(known_, [](const Known& known) {
    const auto listener = known.listener.lock();
    return !listener || !listener->fd;
  });
}

}  // namespace orrery::master
