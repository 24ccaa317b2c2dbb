#include "ctl/unit_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <sstream>
#include <utility>
#include <vector>

#include "base/whole_number.hpp"

namespace orrery::ctl {

namespace {

// systemd.unit(5), "Unit File Load Path" of the system manager.
constexpr std::array<std::string_view, 4> kFolders{"/etc/systemd/system", "/run/systemd/system",
                                                   "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"};
/// DefaultTimeoutStopSec= where nobody changed it.
constexpr std::chrono::seconds kDefault{90};

struct Word {
  std::string_view word;
  double milliseconds;
};
constexpr std::array kWords{Word{"", 1e3},     Word{"ms", 1},       Word{"msec", 1},      Word{"s", 1e3},
                            Word{"sec", 1e3},  Word{"second", 1e3}, Word{"seconds", 1e3}, Word{"m", 6e4},
                            Word{"min", 6e4},  Word{"minute", 6e4}, Word{"minutes", 6e4}, Word{"h", 3.6e6},
                            Word{"hr", 3.6e6}, Word{"hour", 3.6e6}, Word{"hours", 3.6e6}};

/// The last TimeoutStopSec= or TimeoutSec= of a file.
std::optional<StopLimit> read_file(const Machine& machine, const std::string& path) {
  std::istringstream lines(machine.text(path).value_or(""));
  std::optional<StopLimit> found;
  for (std::string line; std::getline(lines, line);) {
    for (const std::string_view name : {"TimeoutStopSec=", "TimeoutSec="}) {
      if (!line.starts_with(name)) continue;
      if (auto span = parse_span(std::string_view{line}.substr(name.size()))) found = std::move(span);
      if (found) found->source = path;
    }
  }
  return found;
}

/// The drop-ins of all folders by name; one of a stronger folder hides its namesakes.
std::vector<std::string> drop_ins(const Machine& machine, const std::string& unit) {
  std::vector<std::pair<std::string, std::string>> by_name;
  for (const std::string_view folder : kFolders) {
    const std::string place = std::string{folder} + "/" + unit + ".service.d";
    for (const std::string& name : machine.names(place)) {
      const auto same = [&](const auto& each) { return each.first == name; };
      if (name.ends_with(".conf") && std::ranges::none_of(by_name, same))
        by_name.emplace_back(name, place + "/" + name);
    }
  }
  std::ranges::sort(by_name);
  std::vector<std::string> paths;
  for (const auto& [name, path] : by_name) paths.push_back(path);
  return paths;
}

}  // namespace

std::optional<StopLimit> parse_span(std::string_view text) {
  StopLimit limit;
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text == "infinity" || text == "0") {
    limit.never = true;
    return limit;
  }
  double all = 0;
  bool any = false;
  for (;;) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    if (text.empty()) break;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = base::whole_number<double>(text.substr(0, digits));
    text.remove_prefix(digits);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    const std::size_t letters = std::min(text.find_first_of(" \t0123456789."), text.size());
    const auto word = std::ranges::find(kWords, text.substr(0, letters), &Word::word);
    if (!number || word == kWords.end() || *number > 1e9) return std::nullopt;
    text.remove_prefix(letters);
    all += *number * word->milliseconds;
    any = true;
  }
  if (!any) return std::nullopt;
  limit.time = std::chrono::milliseconds{static_cast<std::int64_t>(all)};
  return limit;
}

std::optional<StopLimit> read_stop_limit(const Machine& machine, const std::string& unit) {
  std::optional<std::string> path;
  for (const std::string_view folder : kFolders) {
    const std::string candidate = std::string{folder} + "/" + unit + ".service";
    if (!path && machine.text(candidate)) path = candidate;
  }
  if (!path) return std::nullopt;
  std::optional<StopLimit> found = read_file(machine, *path);
  for (const std::string& drop_in : drop_ins(machine, unit))
    if (auto stronger = read_file(machine, drop_in)) found = std::move(stronger);
  if (found) return found;
  return StopLimit{kDefault, false, *path + " (systemd's default)"};
}

}  // namespace orrery::ctl
