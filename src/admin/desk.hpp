// Desk: gives the orders of this process to the master, and hands each answer to the question that it belongs to.
//
// Admin process. Orders are given on the loop thread; one thread of its own reads the answers and calls back, so `told`
// must be good on any thread (Await's callback is). Never blocks the loop, keeps a bounded number of questions open,
// and depends on no process: when the master is gone every question is answered at once. open() comes after the fork.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/unique_fd.hpp"
#include "os/order.hpp"

namespace orrery::admin {

class Desk {
 public:
  using Told = std::function<void(const os::OrderAnswer&)>;

  explicit Desk(base::UniqueFd channel) : channel_(std::move(channel)) {}
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  /// In the start hook: begins to read.
  void open();
  /// Gives the order. `told` is called once: with the outcome, or with the first word when `at_once`, which may be
  /// kBegun. The ticket, for forget(); 0 when it was told already, since the master takes no order now.
  std::uint64_t give(os::Order order, bool at_once, Told told);
  /// The master has said that it obeys.
  [[nodiscard]] bool begun(std::uint64_t ticket) const;
  /// Nobody waits for this answer any more.
  void forget(std::uint64_t ticket);

 private:
  struct Question {
    bool at_once = false;
    bool begun = false;
    Told told;
  };
  void read_answers();
  void take(const os::OrderAnswer& answer);
  void close();

  base::UniqueFd channel_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Question> questions_;
  std::uint64_t last_ticket_ = 0;
  bool closed_ = false;
  std::thread reader_;
};

}  // namespace orrery::admin
