// Reference: the settings table told to people: --help, --print-config and config/SETTINGS.md.
//
// Pure: makes texts, prints nothing. A test compares config/SETTINGS.md with render_reference().
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/section_table.hpp"

#include "config/app_settings.hpp"
#include "config/settings.hpp"

namespace orrery::config {

/// At most 100 columns wide. `application`: the table of its own settings; null where it has none.
std::string render_help(const std::string& program, const sections::Table* application = nullptr);

/// Every value as YAML that can be read again, with its origin beside it.
std::string render_config(const Config& config, const std::map<std::string_view, std::string>& origins);

/// The application's own settings, to stand behind render_config(); empty where there are none.
std::string render_app_config(const std::vector<AppValue>& values);

/// config/SETTINGS.md.
std::string render_reference();

/// The default with its unit: "30s", "2048 connections", "none", "off".
std::string default_text(const Setting& setting);

/// What a reload does with a changed value.
std::string impact_sentence(Impact impact);

/// Calls `row` for each setting that is wanted, and `title` before each group.
template <class Title, class Row>
void for_each_by_group(
    Title title, Row row, bool (*wanted)(const Setting&) = [](const Setting&) { return true; }) {
  const Setting* previous = nullptr;
  for (const Setting& setting : settings()) {
    if (!wanted(setting)) continue;
    if (previous == nullptr || previous->group != setting.group) title(setting.group);
    row(setting);
    previous = &setting;
  }
}

}  // namespace orrery::config
