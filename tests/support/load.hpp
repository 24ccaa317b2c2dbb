// Load: many clients that keep asking one URL, and the account of what became of every request.
//
// Each connection is a thread of the test program, blocking with limits, one request after the other. A kept-alive
// connection goes on until the server ends it; without keep-alive each request has a connection of its own. start()
// may be called several times: the counts add up. Nothing is asked twice in silence: a request that met the end of an
// idle connection (which HTTP lets a client repeat) is counted in `idle_closed` and asked again on a new one.
#pragma once

#include <atomic>
#include <string>

#include "support/crew.hpp"
#include "support/wire.hpp"

namespace orrery::test {

struct LoadAccount {
  long ok = 0;           ///< answered 200, whole
  long failed = 0;       ///< another status, a malformed answer, or silence for kPatience
  long refused = 0;      ///< could not connect
  long reset = 0;        ///< cut: the connection ended before the answer was whole
  long idle_closed = 0;  ///< a kept-alive connection ended before the first byte of its next answer
  long opened = 0;       ///< connections made
  std::string first_problem;

  [[nodiscard]] bool clean() const { return failed == 0 && refused == 0 && reset == 0; }
};

class Load {
 public:
  Load() = default;
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// `url`: http://127.0.0.1:PORT/TARGET. The pause between two requests of one connection bounds what the load costs.
  void start(const std::string& url, int connections, bool keep_alive,
             std::chrono::milliseconds pause = std::chrono::milliseconds{1});
  /// Lets the requests under way be answered, and tells.
  LoadAccount stop();
  /// What came so far; the load goes on.
  [[nodiscard]] LoadAccount so_far() const;
  /// Waits until `count` more requests were answered; false when that did not come within `limit`.
  [[nodiscard]] bool answers(long count, std::chrono::milliseconds limit = kPatience) const;

 private:
  struct Target;
  void keep_asking(const Target& target);
  /// False when the connection is of no more use.
  bool ask(Wire& wire, const Target& target, bool reused);
  void count(std::atomic<long>& kind, const std::string& problem);

  std::atomic<long> ok_{0}, failed_{0}, refused_{0}, reset_{0}, idle_closed_{0}, opened_{0};
  Crew crew_;
};

inline std::string url(int port, const std::string& target = "/constant") {
  return "http://127.0.0.1:" + std::to_string(port) + target;
}

}  // namespace orrery::test
