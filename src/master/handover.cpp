#include "master/handover.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <sstream>

namespace orrery::master {

namespace {

constexpr const char* kUpgrade = "ORRERY_UPGRADE";  // "1 MASTER-PID CHANNEL-FD"
constexpr const char* kListeners =
    "ORRERY_LISTENERS";  // lines: "FD m|s BIND": from the service manager, or a setting
constexpr int kVersion = 1;

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value != nullptr ? value : "";
  ::unsetenv(name);
  return text;
}

}  // namespace

std::vector<std::string> handover_names() { return {kUpgrade, kListeners}; }

std::vector<std::string> to_environment(const Handover& handover) {
  std::string listeners;
  for (const auto& passed : handover.listeners) {
    listeners += fmt::format("{} {} {}\n", passed.fd, passed.from_manager ? 'm' : 's', passed.bind);
  }
  return {fmt::format("{}={} {} {}", kUpgrade, kVersion, handover.master, handover.channel),
          fmt::format("{}={}", kListeners, listeners)};
}

std::optional<Handover> parse_handover(const std::string& upgrade, const std::string& listeners) {
  Handover handover;
  int version = 0;
  if (!(std::istringstream(upgrade) >> version >> handover.master >> handover.channel) || version != kVersion)
    return std::nullopt;
  std::istringstream lines(listeners);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Handover::Passed passed;
    char origin = 0;
    if (!(words >> passed.fd >> origin) || words.get() != ' ' || !std::getline(words, passed.bind))
      return std::nullopt;
    passed.from_manager = origin == 'm';
    handover.listeners.push_back(std::move(passed));
  }
  return handover;
}

std::optional<Handover> take_handover() {
  const std::string upgrade = take_variable(kUpgrade);
  const std::string listeners = take_variable(kListeners);
  return upgrade.empty() ? std::nullopt : parse_handover(upgrade, listeners);
}

}  // namespace orrery::master
