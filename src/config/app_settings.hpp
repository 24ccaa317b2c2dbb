// AppSettings: the settings that an application has of its own (Section), read by its table and told to people.
//
// Where they stand is known without the table: below `app_settings` in the file, behind `--app-` on the command line.
// So the readers of sources bring texts with their places (sections::Given), and what they mean is found here: in the
// master, or, for a module, in the worker that has loaded it. Reads the files of secrets, and changes nothing. What
// such a file holds goes nowhere but into the application's struct.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/section_table.hpp"

#include "config/reading.hpp"

namespace orrery::config {

/// Of the mapping in the file.
inline constexpr std::string_view kAppSettings = "app_settings";
/// With which the flags begin.
inline constexpr std::string_view kAppFlag = "--app-";

/// "--app-page": the flag of a setting.
std::string app_flag(std::string_view name);
/// "page": the setting that a flag of an application is for; `flag` begins with kAppFlag.
std::string app_name(std::string_view flag);

/// A setting as people see it.
struct AppValue {
  std::string name;
  std::string yaml;  ///< as the file would say it; of a secret the path
  std::string origin;
  friend bool operator==(const AppValue&, const AppValue&) = default;
};

struct AppSettings {
  std::vector<Complaint> complaints;    ///< not empty: the rest is of no use
  std::shared_ptr<void> settings;       ///< the struct
  std::vector<AppValue> shown;          ///< in the table's order
  std::vector<sections::Value> values;  ///< likewise, what the files of secrets hold among them: to be compared only
};

AppSettings read_app_settings(const sections::Table& table, const sections::Sources& sources);

/// Of an application whose table nobody here knows: what was given, the strongest of each name.
std::vector<AppValue> given_app_settings(const sections::Sources& sources);

/// What it says where there is no application that has settings; empty where nothing was given.
std::vector<Complaint> refuse_app_settings(const sections::Sources& sources);

/// What a setting may be: "1 to 100"; empty when there is nothing to say.
std::string describe_range(const sections::Row& row);
/// The default as the file would say it.
std::string usual_text(const sections::Row& row);

}  // namespace orrery::config
