// Watched: a server with the processes that tell of it, and the questions that tests ask them.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "e2e/classes.hpp"
#include "support/json.hpp"

namespace orrery::test {

/// A server with both: the admin process on a unix socket, the monitor process on a port of 127.0.0.1.
struct Watched {
  explicit Watched(std::vector<std::string> more = {}) {
    server.arguments = {"-w", "2", "--admin", "unix:admin.sock", "--monitor", "127.0.0.1:0"};
    server.arguments.insert(server.arguments.end(), more.begin(), more.end());
  }
  void serve() {
    REQUIRE(server.serve());
    REQUIRE(eventually([&] { return ask("GET /readyz").status == 200; }, kPatience));
  }
  [[nodiscard]] Wire::Place place() const { return {0, server.file("admin.sock"), false}; }
  [[nodiscard]] int monitor_port() const {
    const std::string log = server.log(), mark = "Monitor process listens at: http://127.0.0.1:";
    const std::size_t at = log.find(mark);
    return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + mark.size());
  }
  [[nodiscard]] Answer ask(const std::string& request) const { return Wire{place()}.ask(request); }
  [[nodiscard]] bool readyz_says(int status, const std::string& part) const {
    return eventually(
        [&] {
          const Answer answer = ask("GET /readyz");
          return answer.status == status && answer.body.find(part) != std::string::npos;
        },
        kPatience);
  }
  [[nodiscard]] nlohmann::json json(const std::string& request) const {
    return nlohmann::json::parse(ask(request).body);
  }
  /// {status, outcome, text} of an order: "POST /reload".
  struct Outcome {
    int status = 0;
    std::string outcome, text;
  };
  [[nodiscard]] Outcome order(const std::string& target, const std::string& fields = {}) const {
    const Answer answer = Wire{place()}.ask("POST " + target, fields);
    const auto told = nlohmann::json::parse(answer.body, nullptr, false);
    if (!told.is_object()) return {answer.status, {}, answer.body + answer.problem};
    return {answer.status, told.value("outcome", ""), told.value("text", "")};
  }
  [[nodiscard]] nlohmann::json status() const { return nlohmann::json::parse(ask("GET /status").body); }
  /// The journal has an event of this kind whose text has this part; of this `sender`, "" being nobody, where one is
  /// given.
  [[nodiscard]] bool events_say(const std::string& kind, const std::string& part,
                                const std::optional<std::string>& sender = std::nullopt) const {
    const nlohmann::json told = json("GET /events");
    for (const nlohmann::json& event : told["events"]) {
      const bool by_it = !sender || event["sender"] == (sender->empty() ? nlohmann::json{} : nlohmann::json(*sender));
      if (event["kind"] == kind && by_it && event["text"].get<std::string>().find(part) != std::string::npos)
        return true;
    }
    return false;
  }
  /// The pid of the process that was started last under this name.
  [[nodiscard]] pid_t process(const std::string& name = "admin") const {
    const std::string log = server.log(), mark = "Booting " + name + " process with pid: ";
    const std::size_t at = log.rfind(mark);
    return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + mark.size());
  }

  ServerProcess server;
};

}  // namespace orrery::test
