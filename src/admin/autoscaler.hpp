// Autoscaler: lets the number of workers follow the advice, where the settings say so.
//
// Admin process, loop thread. Once a second it asks the Adviser, and Scaling what is to be done; an order goes over the
// Desk to the master, which alone decides whether it is obeyed and within which bounds. One order at a time, and after
// a refusal none for half a minute. It knows the settings from what the master publishes, so a reload changes them
// here.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "orrery/app.hpp"

#include "admin/adviser.hpp"
#include "admin/desk.hpp"
#include "admin/scaling.hpp"
#include "base/clock.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

class Autoscaler {
 public:
  Autoscaler(const os::Scoreboard& board, std::shared_ptr<Adviser> adviser, std::shared_ptr<Desk> desk)
      : board_(board), adviser_(std::move(adviser)), desk_(std::move(desk)) {}

  /// In the start hook, after those of the adviser and the desk.
  void begin(Worker& worker);

 private:
  void look();
  void order(unsigned workers);

  /// Shared with the thread that reads answers.
  struct Answer {
    std::atomic<bool> awaited{false}, refused{false};
  };

  const os::Scoreboard& board_;
  std::shared_ptr<Adviser> adviser_;
  std::shared_ptr<Desk> desk_;
  Scaling scaling_;
  std::shared_ptr<Answer> answer_ = std::make_shared<Answer>();
  base::Monotonic not_before_{};
  Timer timer_;
};

}  // namespace orrery::admin
