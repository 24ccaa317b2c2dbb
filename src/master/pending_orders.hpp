// PendingOrders: the orders of the admin process that are obeyed, until it is known what became of them.
//
// Pure, and owned by the supervisor, which shows the picture after each event. The outcome is read from the picture
// alone, so it is told whatever else happens meanwhile, and in whatever order. Never changes anything of the service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "master/canary_reload.hpp"
#include "master/children.hpp"
#include "master/course.hpp"
#include "master/event.hpp"
#include "master/upgrade.hpp"
#include "os/order.hpp"
#include "os/service_facts.hpp"

namespace orrery::master {

/// The text with a capital in front and a full stop behind.
std::string sentence(std::string text);

class PendingOrders {
 public:
  struct Order {
    std::uint64_t ticket = 0;
    os::OrderKind kind = os::OrderKind::kReload;
    unsigned number = 0;                 ///< reload: the generation; scale: the target
    std::vector<unsigned> workers = {};  ///< restart: those that are to go
  };
  /// The service at one moment.
  struct Picture {
    const Children& children;
    const Upgrade& upgrade;
    const CanaryReload& canary;
    const os::ServiceFacts::Reload& reload;  ///< the last one
    const Course& course;
    bool crash_loop = false;
    unsigned target = 0;
    unsigned generation = 0, settled_generation = 0;
    unsigned loading = 0;  ///< generation whose configuration is being read; 0 = none
  };

  /// No more than the admin process has questions open at once.
  [[nodiscard]] bool full() const;
  /// It is obeyed, as `text` says.
  void add(Order order, std::string text, Actions& actions);
  /// Tells the outcome of those that have one.
  void settle(const Picture& picture, Actions& actions);

 private:
  std::vector<Order> orders_;
};

}  // namespace orrery::master
