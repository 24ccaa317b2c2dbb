#include "admin/autoscaler.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/log.hpp"
#include "os/order.hpp"

namespace orrery::admin {

namespace {

constexpr std::chrono::seconds kLook{1}, kAfterRefusal{30};

}  // namespace

void Autoscaler::begin(Worker& worker) {
  timer_ = worker.repeat(kLook, [this] { look(); });
}

void Autoscaler::look() {
  const auto facts = board_.facts();
  const base::Monotonic now = base::monotonic_now();
  if (answer_->refused.exchange(false)) not_before_ = now + kAfterRefusal;
  // The adviser looks at its own times: what it advises must be about the number that there is.
  if (!facts || answer_->awaited || now < not_before_ || facts->target != adviser_->workers()) return;
  const os::ServiceFacts::Scaling& terms = facts->scaling;
  if (terms.mode == Autoscale::kOff) return;
  const Deed deed = scaling_.decide(adviser_->advice(terms.least, terms.most), facts->target, terms);
  if (deed.kind == Deed::Kind::kNothing) return;
  base::log_info("{}", deed.line);
  if (deed.kind == Deed::Kind::kOrder) order(deed.workers);
}

void Autoscaler::order(unsigned workers) {
  os::Order order;
  order.kind = os::OrderKind::kAutoscale;
  order.argument = static_cast<std::int32_t>(workers);
  order.from = decltype(order.from){std::string_view{"autoscale"}};
  answer_->awaited = true;
  desk_->give(order, true, [answer = answer_](const os::OrderAnswer& word) {
    const bool refused = word.outcome == os::OrderOutcome::kRefused;
    if (refused) base::log_warning("autoscale: the master does not follow. {}", word.text.view());
    answer->refused = refused;
    answer->awaited = false;
  });
}

}  // namespace orrery::admin
