#include "support/load.hpp"

#include <charconv>
#include <poll.h>
#include <stdexcept>

#include "support/child_process.hpp"

namespace orrery::test {

struct Load::Target {
  int port = 0;
  std::string request;
  bool keep_alive = false;
  std::chrono::milliseconds pause{1};
};

namespace {

void wait(std::chrono::milliseconds time) { ::poll(nullptr, 0, static_cast<int>(time.count())); }

}  // namespace

void Load::start(const std::string& url, int connections, bool keep_alive, std::chrono::milliseconds pause) {
  const std::string scheme = "http://127.0.0.1:";
  Target target{0, {}, keep_alive, pause};
  const char* end = url.data() + url.size();
  const char* slash = end;
  if (url.starts_with(scheme)) slash = std::from_chars(url.data() + scheme.size(), end, target.port).ptr;
  if (slash == end || *slash != '/') throw std::invalid_argument("not http://127.0.0.1:PORT/TARGET: " + url);
  target.request = request("GET " + std::string(slash, end), keep_alive ? "" : "Connection: close\r\n");
  crew_.add(connections, [this, target] { keep_asking(target); });
}

void Load::keep_asking(const Target& target) {
  while (!crew_.stopping()) {
    Wire wire{target.port};
    if (!wire.connected()) {
      count(refused_, "refused");
      wait(5ms);
      continue;
    }
    ++opened_;
    for (bool reused = false; !crew_.stopping() && ask(wire, target, reused); reused = true) wait(target.pause);
    wait(target.pause);
  }
}

bool Load::ask(Wire& wire, const Target& target, bool reused) {
  wire.send(target.request);
  const Answer answer = wire.read();
  if (answer.status == 0 && reused && (answer.problem == "closed" || answer.problem == "reset")) {
    ++idle_closed_;
    return false;
  }
  if (answer.status == 200 && answer.problem.empty()) {
    ++ok_;
    return target.keep_alive && !answer.closes();
  }
  const bool ended = !wire.ended().empty() && (answer.status == 0 || answer.status == 200);
  count(ended ? reset_ : failed_, answer.problem.empty() ? "status " + std::to_string(answer.status) : answer.problem);
  return false;
}

void Load::count(std::atomic<long>& kind, const std::string& problem) {
  ++kind;
  crew_.note(problem);
}

LoadAccount Load::so_far() const {
  return {ok_, failed_, refused_, reset_, idle_closed_, opened_, crew_.first_problem()};
}

bool Load::answers(long count, std::chrono::milliseconds limit) const {
  const long wanted = ok_ + count;
  return eventually([&] { return ok_ >= wanted; }, limit);
}

LoadAccount Load::stop() {
  crew_.stop();
  return so_far();
}

}  // namespace orrery::test
