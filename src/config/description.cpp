#include "config/description.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <iterator>
#include <string_view>

#include "base/joined.hpp"
#include "base/json_text.hpp"
#include "config/value.hpp"

namespace orrery::config {

namespace {

/// Enough for any value that a person wrote; what is longer is a list that a program made.
constexpr std::size_t kLongestValue = 1000;

std::string shortened(std::string text) {
  if (text.size() <= kLongestValue) return text;
  text.resize(kLongestValue);
  return text + "...";
}

/// NAME=value without the value.
std::string name_of(const std::string& entry) { return entry.substr(0, entry.find('=')) + "=..."; }

std::string shown(const Setting& setting, const Config& config) {
  if (setting.name != "raw_env") return shortened(print(setting, config));
  std::vector<std::string> names;
  std::ranges::transform(config.raw_env, std::back_inserter(names), name_of);
  return shortened(base::joined(names, ", "));
}

std::string shown(const Setting& setting, const std::vector<GivenText>& texts) {
  std::vector<std::string> parts;
  for (const GivenText& text : texts) parts.push_back(setting.name == "raw_env" ? name_of(text.text) : text.text);
  return shortened(base::joined(parts, ", "));
}

std::string spoken(const std::string& origin) {
  return origin.starts_with("-") ? origin + " on the command line" : origin;
}

std::string list_hidden(const Setting& setting, const Outcome& outcome) {
  std::string list;
  const auto hidden = outcome.hidden.find(setting.name);
  if (hidden == outcome.hidden.end()) return list;
  for (const Given& given : hidden->second) {
    fmt::format_to(std::back_inserter(list), R"({}{{"value":{},"source":{}}})", list.empty() ? "" : ",",
                   base::json_text(shown(setting, given.texts)), base::json_text(spoken(given.origin)));
  }
  return list;
}

std::string source_of(const Setting& setting, const Outcome& outcome, const std::vector<Change>& kept) {
  const auto origin = outcome.origins.find(setting.name);
  std::string source = origin == outcome.origins.end() ? "default" : spoken(origin->second);
  const bool waits = std::ranges::find(kept, std::string{setting.name}, &Change::name) != kept.end();
  return waits ? fmt::format("the start; what {} says waits for a restart", source) : source;
}

template <class SourceOf, class HiddenOf>
std::string list_settings(const Config& config, SourceOf&& source, HiddenOf&& hidden) {
  std::string list;
  for (const Setting& setting : settings()) {
    if (is_command(setting)) continue;
    fmt::format_to(std::back_inserter(list), R"({}{{"name":"{}","value":{},"source":{},"hidden":[{}]}})",
                   list.empty() ? "" : ",", setting.name, base::json_text(shown(setting, config)),
                   base::json_text(source(setting)), hidden(setting));
  }
  return list;
}

/// Behind the server's own.
std::string list_application(const std::vector<AppValue>& values) {
  std::string list;
  for (const AppValue& value : values)
    fmt::format_to(std::back_inserter(list), R"(,{{"name":{},"value":{},"source":{},"hidden":[]}})",
                   base::json_text(fmt::format("{}.{}", kAppSettings, value.name)),
                   base::json_text(shortened(value.yaml)), base::json_text(spoken(value.origin)));
  return list;
}

std::string around(const std::string& file, const std::string& list) {
  return fmt::format(R"("file":{},"settings":[{}])", file.empty() ? "null" : base::json_text(file), list);
}

}  // namespace

std::string describe(const Outcome& outcome, const std::vector<Change>& kept) {
  return around(outcome.file,
                list_settings(
                    outcome.config, [&](const Setting& setting) { return source_of(setting, outcome, kept); },
                    [&](const Setting& setting) { return list_hidden(setting, outcome); }) +
                    list_application(outcome.app.shown));
}

std::string describe(const Config& config) {
  const Config usual;
  const auto source = [&](const Setting& setting) -> std::string {
    return print_yaml(setting, config) == print_yaml(setting, usual) ? "default" : "the program";
  };
  return around({}, list_settings(config, source, [](const Setting&) { return std::string{}; }));
}

}  // namespace orrery::config
