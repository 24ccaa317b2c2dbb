#include "topics.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>

namespace {

using orrery::Request;
using orrery::Response;
using orrery::Task;

struct Heard {
  std::uint64_t count = 0;
  std::uint64_t missed = 0;
  std::string last;
  orrery::Subscription subscription;
};

}  // namespace

void add_topics(orrery::App& app) {
  const orrery::Topic topic{app, "said", {.messages = 256, .largest = 64}};
  const orrery::Pool pool{app, "sayers", {.threads = 2, .queue = 16}};
  auto heard = std::make_shared<Heard>();
  // Only where it is wanted: a subscriber has a thread, and a process of several threads pays more for each system
  // call.
  app.on_worker_start([topic, heard](orrery::Worker&) -> orrery::Result<void> {
    if (std::getenv("ECHO_TOPICS") == nullptr) return {};
    heard->subscription = topic.subscribe([here = heard.get()](const orrery::TopicMessage& message) {
      ++here->count;
      here->missed += message.missed;
      here->last = message.bytes;
    });
    return {};
  });
  app.post("/topic/say",
           [topic](const Request& request) { return Response::status(topic.publish(request.body()) ? 204 : 413); });
  app.post("/topic/many/{n}", blocking(pool, [topic](const Request&, int count) {
             for (int i = 1; i <= count; ++i) topic.publish(std::to_string(i));
             return Response::status(204);
           }));
  app.get("/topic/heard", [heard](const Request&) -> Task<Response> {
    co_return Response::text(std::to_string(::getpid()) + " heard " + std::to_string(heard->count) + " missed " +
                             std::to_string(heard->missed) + " last " + heard->last + "\n");
  });
  app.get("/topic/die", blocking(pool, [topic](const Request&) -> Response {
            for (;;) topic.publish("dying");
          }));
}
