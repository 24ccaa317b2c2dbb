#include "orrery/upstream.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "upstream/client.hpp"
#include "upstream/trace.hpp"

namespace orrery {

namespace {

using std::chrono::milliseconds;

void check(const UpstreamOptions& options) {
  const std::string& base = options.base;
  const auto refuse = [&base](const std::string& why) {
    throw std::invalid_argument("upstream `" + base + "`: " + why);
  };
  const bool http = base.starts_with("http://") || base.starts_with("https://");
  if (!http || base.ends_with('/') || base.find_first_of(" ?#@\r\n\t") != std::string::npos)
    refuse("give http://HOST or https://HOST, perhaps with :PORT and a path without a slash at its end");
  if (options.timeout < milliseconds{1} || options.connect_timeout < milliseconds{1})
    refuse("a time limit is at least 1 ms");
  if (options.connections < 1 || options.connections > 10'000) refuse("connections are 1 to 10000");
  if (options.queue > 1'000'000) refuse("queue is 0 to 1000000");
  if (options.retries < 0 || options.retries > 10) refuse("retries are 0 to 10");
  if (options.largest < 1) refuse("largest is at least 1 byte");
}

}  // namespace

/// Copied into each worker by its fork.
struct Upstream::Shared {
  UpstreamOptions options;
  std::unique_ptr<upstream::Client> client;  ///< in a worker
};

std::optional<std::string_view> UpstreamAnswer::field(std::string_view name) const {
  return upstream::value_of(fields, name);
}

Upstream::Upstream(App& app, UpstreamOptions options) {
  check(options);
  shared_ = std::make_shared<Shared>(Shared{std::move(options), nullptr});
  app.on_worker_start([shared = shared_](Worker& worker) -> Result<void> {
    shared->client = std::make_unique<upstream::Client>(worker, shared->options);
    return {};
  });
  app.on_worker_end([shared = shared_](Worker&) { shared->client.reset(); });
}

Task<Upstream::Answer> Upstream::get(const Request& request, std::string target) const {
  UpstreamCall wanted;
  wanted.target = std::move(target);
  return call(request, std::move(wanted));
}

// What it needs of the request is taken now: the task may begin later.
Task<Upstream::Answer> Upstream::call(const Request& request, UpstreamCall call) const {
  if (shared_->options.trace) upstream::add_trace(request, call.fields);
  return wait_for(shared_, std::move(call));
}

Task<Upstream::Answer> Upstream::call(UpstreamCall call) const { return wait_for(shared_, std::move(call)); }

void Upstream::call(UpstreamCall call, std::function<void(Answer)> done) const {
  if (!shared_->client) return done(fail("upstream " + shared_->options.base + " is asked outside of a worker"));
  shared_->client->begin(std::move(call), std::move(done));
}

Task<Upstream::Answer> Upstream::wait_for(std::shared_ptr<Shared> shared, UpstreamCall call) {
  // Cancelled, this frame goes, and the call with it.
  struct Withdrawal {
    Withdrawal(Shared& to, const upstream::Client::Ticket& of) : shared(to), ticket(of) {}
    Withdrawal(const Withdrawal&) = delete;
    Withdrawal& operator=(const Withdrawal&) = delete;
    ~Withdrawal() {
      if (shared.client) shared.client->withdraw(ticket);
    }
    Shared& shared;
    const upstream::Client::Ticket& ticket;
  };
  if (!shared->client) co_return fail("upstream " + shared->options.base + " is asked outside of a worker");
  upstream::Client::Ticket ticket = 0;
  const Withdrawal withdrawal{*shared, ticket};
  co_return co_await Await<Answer>{
      [&](Done<Answer> done) { ticket = shared->client->begin(std::move(call), std::move(done)); }};
}

}  // namespace orrery
