#include "master/inheritance.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/core.h>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

namespace orrery::master {

namespace {

// "1 MASTER-PID CHANNEL-FD [HANDOVER-VERSION GIVE-FD TAKE-FD]", then words `NAME=VALUE`, of which each may be unknown.
constexpr const char* kUpgrade = "ORRERY_UPGRADE";
// Lines: "FD m|s|A|a|O|o BIND": a worker's, from the service manager or the setting `bind`; likewise the admin's and
// the monitor's. An older binary takes a letter that it does not know for `s`, finds no such setting and closes the
// socket.
constexpr const char* kListeners = "ORRERY_LISTENERS";
constexpr int kVersion = 1;

char origin_of(const Inheritance::Passed& passed) {
  switch (passed.role) {
    case os::Role::kAdmin: return passed.from_manager ? 'A' : 'a';
    case os::Role::kMonitor: return passed.from_manager ? 'O' : 'o';
    case os::Role::kWorker: break;
  }
  return passed.from_manager ? 'm' : 's';
}

os::Role role_of(char origin) {
  switch (origin) {
    case 'A':
    case 'a': return os::Role::kAdmin;
    case 'O':
    case 'o': return os::Role::kMonitor;
    default: return os::Role::kWorker;
  }
}

/// The rest of each word that begins so.
std::vector<std::string> named(const std::string& words, std::string_view name) {
  std::vector<std::string> rests;
  std::istringstream each(words);
  for (std::string word; each >> word;) {
    if (word.starts_with(name)) rests.push_back(word.substr(name.size()));
  }
  return rests;
}

/// The first of them that is a number.
std::optional<int> named_number(const std::string& words, std::string_view name) {
  for (const std::string& rest : named(words, name)) {
    std::istringstream number(rest);
    if (int value = -1; number >> value) return value;
  }
  return std::nullopt;
}

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value != nullptr ? value : "";
  ::unsetenv(name);
  return text;
}

}  // namespace

std::vector<Inheritance::Passed> Inheritance::of(os::Role role) const {
  std::vector<Passed> own;
  std::ranges::copy_if(listeners, std::back_inserter(own), [role](const Passed& one) { return one.role == role; });
  return own;
}

std::vector<std::string> inheritance_names() { return {kUpgrade, kListeners}; }

std::vector<std::string> to_environment(const Inheritance& inheritance) {
  std::string listeners;
  for (const auto& passed : inheritance.listeners) {
    listeners += fmt::format("{} {} {}\n", passed.fd, origin_of(passed), passed.bind);
  }
  std::string pair;
  if (const auto& handover = inheritance.handover)
    pair = fmt::format(" {} {} {}", handover->version, handover->give, handover->take);
  if (inheritance.ledger >= 0) pair += fmt::format(" ledger={}", inheritance.ledger);
  if (inheritance.lead >= 0) pair += fmt::format(" lead={}", inheritance.lead);
  if (inheritance.tickets >= 0) pair += fmt::format(" tickets={}", inheritance.tickets);
  if (inheritance.canary) pair += " canary=1";
  if (inheritance.probe) pair += fmt::format(" probe={}", *inheritance.probe);
  return {fmt::format("{}={} {} {}{}", kUpgrade, kVersion, inheritance.master, inheritance.channel, pair),
          fmt::format("{}={}", kListeners, listeners)};
}

std::optional<Inheritance> parse_inheritance(const std::string& upgrade, const std::string& listeners) {
  Inheritance inheritance;
  int version = 0;
  std::istringstream numbers(upgrade);
  if (!(numbers >> version >> inheritance.master >> inheritance.channel) || version != kVersion) return std::nullopt;
  if (Inheritance::Handover pair; numbers >> pair.version >> pair.give >> pair.take) inheritance.handover = pair;
  inheritance.ledger = named_number(upgrade, "ledger=").value_or(-1);
  inheritance.lead = named_number(upgrade, "lead=").value_or(-1);
  inheritance.tickets = named_number(upgrade, "tickets=").value_or(-1);
  inheritance.canary = named_number(upgrade, "canary=") == 1;
  if (auto probes = named(upgrade, "probe="); !probes.empty()) inheritance.probe = std::move(probes.front());
  std::istringstream lines(listeners);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Inheritance::Passed passed;
    char origin = 0;
    if (!(words >> passed.fd >> origin) || words.get() != ' ' || !std::getline(words, passed.bind)) return std::nullopt;
    passed.from_manager = origin == 'm' || origin == 'A' || origin == 'O';
    passed.role = role_of(origin);
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
