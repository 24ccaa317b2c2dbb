#include "master/inheritance.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <sstream>
#include <utility>

namespace orrery::master {

namespace {

constexpr const char* kUpgrade = "ORRERY_UPGRADE";      // "1 MASTER-PID CHANNEL-FD [HANDOVER-VERSION GIVE-FD TAKE-FD]"
constexpr const char* kListeners = "ORRERY_LISTENERS";  // lines: "FD m|s BIND": from the service manager, or a setting
constexpr int kVersion = 1;

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value != nullptr ? value : "";
  ::unsetenv(name);
  return text;
}

}  // namespace

std::vector<std::string> inheritance_names() { return {kUpgrade, kListeners}; }

std::vector<std::string> to_environment(const Inheritance& inheritance) {
  std::string listeners;
  for (const auto& passed : inheritance.listeners) {
    listeners += fmt::format("{} {} {}\n", passed.fd, passed.from_manager ? 'm' : 's', passed.bind);
  }
  std::string pair;
  if (const auto& handover = inheritance.handover)
    pair = fmt::format(" {} {} {}", handover->version, handover->give, handover->take);
  return {fmt::format("{}={} {} {}{}", kUpgrade, kVersion, inheritance.master, inheritance.channel, pair),
          fmt::format("{}={}", kListeners, listeners)};
}

std::optional<Inheritance> parse_inheritance(const std::string& upgrade, const std::string& listeners) {
  Inheritance inheritance;
  int version = 0;
  std::istringstream numbers(upgrade);
  if (!(numbers >> version >> inheritance.master >> inheritance.channel) || version != kVersion) return std::nullopt;
  if (Inheritance::Handover pair; numbers >> pair.version >> pair.give >> pair.take) inheritance.handover = pair;
  std::istringstream lines(listeners);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Inheritance::Passed passed;
    char origin = 0;
    if (!(words >> passed.fd >> origin) || words.get() != ' ' || !std::getline(words, passed.bind)) return std::nullopt;
    passed.from_manager = origin == 'm';
    inheritance.listeners.push_back(std::move(passed));
  }
  return inheritance;
}

std::optional<Inheritance> take_inheritance() {
  const std::string upgrade = take_variable(kUpgrade);
  const std::string listeners = take_variable(kListeners);
  return upgrade.empty() ? std::nullopt : parse_inheritance(upgrade, listeners);
}

}  // namespace orrery::master
