#include "orrery/request_limits.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "layers/client_table.hpp"

namespace orrery {

namespace {

using layers::ClientTable;
using std::chrono::nanoseconds;

/// A place in flight, left with the request: it goes when the request is over, however that ends.
class Place {
 public:
  Place(std::shared_ptr<ClientTable> table, ClientTable::Entry& entry, unsigned index)
      : table_(std::move(table)), entry_(&entry), index_(index) {}
  Place(Place&&) noexcept = default;
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (table_) table_->leave(*entry_, index_);
  }

 private:
  std::shared_ptr<ClientTable> table_;
  ClientTable::Entry* entry_;
  unsigned index_;
};

/// Left with a request that is refused.
struct RetryAfter {
  std::int64_t seconds;
};

[[noreturn]] void refuse(Request& request, std::int64_t seconds, const char* what) {
  request.extras().set(RetryAfter{seconds});
  throw HttpError{
      429, std::string{what} + " Try again in " + std::to_string(seconds) + (seconds == 1 ? " second." : " seconds.")};
}

nanoseconds now() { return std::chrono::steady_clock::now().time_since_epoch(); }

void expect(bool fits, const char* sentence) {
  if (!fits) throw std::invalid_argument(std::string{"request_limits: "} + sentence);
}

void check(const RequestLimits& limits) {
  expect(limits.per_second >= 0 && limits.per_second <= 1e6, "per_second is 0 to a million");
  expect(limits.burst >= 1 && limits.burst <= 1e6, "burst is 1 to a million");
  expect(limits.in_flight <= 64, "in_flight is 0 to 64");
  expect(limits.clients >= 64 && limits.clients <= std::size_t{1} << 24, "clients is 64 to 16 million");
  expect(limits.per_second > 0 || limits.in_flight > 0, "nothing is limited; give per_second or in_flight");
}

std::shared_ptr<ClientTable> make_table(const RequestLimits& limits) {
  const double interval = limits.per_second > 0 ? 1e9 / limits.per_second : 0;
  return std::make_shared<ClientTable>(limits.clients, limits.in_flight,
                                       nanoseconds{static_cast<std::int64_t>(interval)},
                                       nanoseconds{static_cast<std::int64_t>(interval * (limits.burst - 1))});
}

}  // namespace

Layer request_limits(const RequestLimits& limits) {
  check(limits);
  const auto before = [table = make_table(limits),
                       in_flight = limits.in_flight](Request& request) -> std::optional<Response> {
    const auto client = layers::client_of(request.client());
    const nanoseconds time = now();
    ClientTable::Entry* const entry = client ? table->find(*client, time) : nullptr;
    if (!entry) return {};
    if (in_flight > 0) {
      const auto place = table->enter(*entry);
      if (!place) refuse(request, 1, "Too many requests of this address are under way.");
      request.extras().set(Place{table, *entry, *place});
    }
    if (const nanoseconds wait = table->take(*entry, time); wait.count() > 0)
      refuse(request, std::chrono::ceil<std::chrono::seconds>(wait).count(), "This address asks too often.");
    return {};
  };
  return {"request_limits", before, [](const Request& request, Response& response) {
            if (const auto* const retry = request.extras().get<RetryAfter>())
              response.set_field("Retry-After", std::to_string(retry->seconds));
          }};
}

}  // namespace orrery
