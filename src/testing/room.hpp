// Room: a worker and its clients inside one process, and the time that both have.
//
// What stands behind TestClient. Each call holds the clocks and hears the log for as long as it lasts, and goes on
// until neither a client nor the worker has anything left to do (it *settles*). The test's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/test_client.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "testing/conversation.hpp"
#include "testing/worker_in_process.hpp"

namespace orrery::testing {

class Room final : base::LogListener {
 public:
  Room(App app, const Config& config);
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  /// The worker has ended by then.
  ~Room();
  void close();

  /// What one request is, as bytes.
  struct Asked {
    std::string name;     ///< "GET /hello"
    std::string address;  ///< of the client
    std::string bytes;    ///< its head, and its body
    std::string body_for_later;
    bool to_head = false;
    bool alone = false;  ///< on a connection of its own
  };
  std::shared_ptr<Exchange> begin(const Asked& asked);
  void finish(Exchange& exchange);
  std::string read(Exchange& exchange);
  void send(const Exchange& exchange, std::string_view bytes);
  void leave(const Exchange& exchange);

  void leave_all();
  void pass(std::chrono::milliseconds time);
  void drain();
  [[nodiscard]] bool gone() const { return !worker_ || gone_; }
  [[nodiscard]] std::vector<std::string> log() const;
  [[nodiscard]] Worker& worker();

 private:
  class Held;

  void on_line(LogLevel level, std::string_view message) override;
  [[nodiscard]] LogLevel least() const override { return least_; }
  void end_worker();
  std::shared_ptr<Conversation> conversation_for(const Asked& asked);
  void settle();
  bool move_clients();
  void go_to(base::Monotonic moment);
  void expect_worker() const;
  [[noreturn]] void fail_unanswered(const Exchange& exchange, bool waited) const;

  LogLevel least_;
  base::Monotonic now_;
  base::WallTime utc_;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;  // under mutex_
  std::vector<std::shared_ptr<Conversation>> conversations_;
  std::uint16_t last_port_ = 65535;  ///< of a client
  std::unique_ptr<WorkerInProcess> worker_;
  bool gone_ = false;
};

}  // namespace orrery::testing
