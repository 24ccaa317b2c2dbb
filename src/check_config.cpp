#include "check_config.hpp"

#include <cstdio>
#include <exception>
#include <fmt/core.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "http/forwarding.hpp"
#include "http/router.hpp"
#include "master/obstacles.hpp"
#include "os/contract.hpp"

namespace orrery {

namespace {

/// "server.yaml:3: accesslog: ", "--pid: ", or "default: errorlog: ".
std::string place(const config::Outcome& outcome, std::string_view setting) {
  const auto origin = outcome.origins.find(setting);
  if (origin == outcome.origins.end()) return fmt::format("{}: ", setting);
  if (origin->second.starts_with("--")) return origin->second + ": ";
  return fmt::format("{}: {}: ", origin->second, setting);
}

Result<void> ask(const CheckHook& hook, const Config& config) {
  try {
    return hook(config);
  } catch (const std::exception& error) {
    return fail(error.what());
  } catch (...) {
    return fail("it threw something that is no std::exception");
  }
}

class Check {
 public:
  Check(const config::Outcome& outcome, const App& app) : outcome_(outcome), app_(app) {}

  std::vector<std::string> find() {
    check_routes();
    if (const auto proxies = http::Proxies::make(outcome_.config); !proxies) complain("", proxies.error());
    const master::Rehearsal rehearsal = master::rehearse(outcome_.config);
    for (const auto& obstacle : rehearsal.obstacles) complain(place(outcome_, obstacle.setting), {obstacle.why});
    if (rehearsal.obstacles.empty()) ask_application(rehearsal.workers);
    return std::move(sentences_);
  }

 private:
  void check_routes() {
    http::Router router;
    for (const Route& route : app_.routes())
      if (const auto added = router.add(route.method, route.pattern, route.values); !added) complain("", added.error());
  }

  void ask_application(const std::optional<os::Identity>& workers) {
    if (workers) {
      if (const auto become = os::become(*workers); !become) return complain(place(outcome_, "user"), become.error());
    }
    for (const CheckHook& hook : app_.check_hooks()) {
      if (const auto fine = ask(hook, outcome_.config); !fine)
        complain("the application could not start: ", fine.error());
    }
  }

  void complain(const std::string& where, const Error& why) { sentences_.push_back(where + why.message); }

  const config::Outcome& outcome_;
  const App& app_;
  std::vector<std::string> sentences_;
};

}  // namespace

int check_config(const config::Outcome& outcome, const App& app, const std::string& program) {
  for (const std::string& note : outcome.notes) fmt::print(stderr, "{}: note: {}\n", program, note);
  const auto sentences = Check{outcome, app}.find();
  for (const std::string& sentence : sentences) fmt::print(stderr, "{}: {}\n", program, sentence);
  if (!sentences.empty()) return os::kExitUsage;
  std::fputs(outcome.text.c_str(), stdout);
  return os::kExitOk;
}

}  // namespace orrery
