#include "orrery/topic.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "os/message_ring.hpp"
#include "topics/hub.hpp"

namespace orrery {

namespace {

constexpr std::size_t kLargest = std::size_t{1024} * 1024;

void check(const std::string& name, const TopicOptions& options) {
  if (name.empty()) throw std::invalid_argument("a topic needs a name, by which the log knows it");
  if (options.messages < 1 || options.messages > os::MessageRing::kMostMessages)
    throw std::invalid_argument("the topic `" + name + "` keeps 1 to " +
                                std::to_string(os::MessageRing::kMostMessages) + " messages");
  if (options.largest < 1 || options.largest > kLargest)
    throw std::invalid_argument("a message of the topic `" + name + "` has 1 byte to 1 MiB");
}

}  // namespace

Topic::Topic(App& app, std::string name, TopicOptions options) {
  check(name, options);
  hub_ = std::make_shared<topics::Hub>(std::move(name), options);
  app.on_worker_start([hub = hub_](Worker& worker) -> Result<void> {
    hub->begin(worker);
    return {};
  });
  app.on_worker_end([hub = hub_](Worker&) { hub->end(); });
}

bool Topic::publish(std::string_view bytes) const { return hub_->publish(bytes); }

Subscription Topic::subscribe(std::function<void(const TopicMessage&)> heard) const {
  return {hub_, hub_->add(std::move(heard))};
}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  cancel();
  hub_ = std::move(other.hub_);
  number_ = std::exchange(other.number_, 0);
  return *this;
}

void Subscription::cancel() {
  const auto hub = hub_.lock();
  if (hub && number_ != 0) hub->remove(std::exchange(number_, 0));
}

}  // namespace orrery
