// Http2Load: clients of HTTP/2 that keep asking one path, several requests at once, and the account of what became of
// them.
//
// Each connection is a thread of the test program. A request whose stream a GOAWAY does not let pass, or that is
// refused by REFUSED_STREAM, was not taken by the server (RFC 9113, 6.8 and 8.7): it is asked again, as a client does,
// and counted in `repeated`. One that was taken and is not answered 200 is lost, also when its connection ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "support/child_process.hpp"
#include "support/crew.hpp"
#include "support/wire.hpp"

namespace orrery::test {

class Http2Client;

struct Http2Account {
  long answered = 0;
  long lost = 0;
  long repeated = 0;
  long refused = 0;  ///< could not connect, or agree on HTTP/2 before the connection ended
  long opened = 0;
  std::string first_problem;
};

class Http2Load {
 public:
  /// Requests that are under way at once on each connection.
  static constexpr unsigned kAtOnce = 8;

  Http2Load() = default;
  Http2Load(const Http2Load&) = delete;
  Http2Load& operator=(const Http2Load&) = delete;

  /// Each connection makes a pause of a millisecond between its bundles, which bounds what the load costs.
  void start(const Wire::Place& place, const std::string& path, int connections, bool tls = false);
  Http2Account stop();
  [[nodiscard]] Http2Account so_far() const;
  /// Waits until `count` more requests were answered; false when that did not come within `limit`.
  [[nodiscard]] bool answers(long count, std::chrono::milliseconds limit = kPatience) const {
    const long wanted = answered_ + count;
    return eventually([&] { return answered_ >= wanted; }, limit);
  }

 private:
  void keep_asking(const Wire::Place& place, const std::string& path, bool tls);
  /// One connection, until the server ends it.
  void ask(Http2Client& client, const std::string& path);
  /// False when the connection is of no more use.
  bool ask_bundle(Http2Client& client, const std::string& path, std::uint32_t first);
  void count(Http2Client& client, std::uint32_t stream, bool heard);

  std::atomic<long> answered_{0}, lost_{0}, repeated_{0}, refused_{0}, opened_{0};
  Crew crew_;
};

}  // namespace orrery::test
