// Settings: the one table from which YAML, command line, environment, --help, --print-config and
// config/SETTINGS.md come.
//
// A row says how a setting is named, given, read, bounded and explained; its default is what a
// default-constructed Config holds. Pure and constant. The master reads it at start and at each reload,
// embedders through orrery::run(). Nothing can be set that has no row here, and no other file may know a
// setting by name to read or print it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

namespace orrery::config {

enum class Group : std::uint8_t {
  kSockets,
  kTls,
  kWorkers,
  kWatching,
  kReload,
  kTime,
  kLimits,
  kAnswers,
  kTrust,
  kProcess,
  kHooks,
  kLogs,
  kCommands
};

/// How the text of a value is read.
enum class Kind : std::uint8_t { kSwitch, kInteger, kSize, kDuration, kChoice, kMode, kText, kList };

/// What a changed value costs when a reload finds it.
enum class Impact : std::uint8_t {
  kLive,     ///< the master takes it over; no worker notices
  kRespawn,  ///< workers are replaced, one by one
  kRebind,   ///< listening sockets are opened and closed, then workers are replaced
  kRestart,  ///< a reload does not apply it; the service must be started anew
};

/// Where the value lives in Config; monostate: the row is an order to the program, not a value.
using Member =
    std::variant<std::monostate, bool Config::*, int Config::*, std::uint64_t Config::*, Config::Milliseconds Config::*,
                 WorkerClass Config::*, ReloadStrategy Config::*, UpgradeMode Config::*, LogLevel Config::*,
                 HeaderMap Config::*, EncodedSlash Config::*, ForwardedBy Config::*, ProxyProtocol Config::*,
                 Http2 Config::*, ErrorForm Config::*, LogFormat Config::*, ClientHalfClose Config::*,
                 Pressure Config::*, Autoscale Config::*, CanaryVerdict Config::*, Traceparent Config::*,
                 ClientCertificate Config::*, TlsVersion Config::*, std::optional<std::uint32_t> Config::*,
                 std::string Config::*, std::vector<std::string> Config::*>;

struct Range {
  std::int64_t least = 0;  ///< numbers: the value (durations in ms); lists: how many entries
  std::int64_t most = INT64_MAX;
};

/// One word of a kChoice setting and the enum value it stands for; the first word of a value prints it.
struct Choice {
  std::string_view word;
  int value;
};

/// A key of a mapping that stands where one value could, and the setting that it gives.
struct Part {
  std::string_view key;
  std::string_view setting;
};

/// Tells what is wrong with one text, or one entry of a list.
using Check = Result<void> (*)(const std::string& text);

struct Setting {
  std::string_view name{};  ///< in YAML and in Config
  Member member{};
  Kind kind = Kind::kText;
  Group group = Group::kCommands;
  Impact impact = Impact::kRestart;
  char letter = 0;                        ///< short flag
  std::vector<std::string_view> flags{};  ///< long flags without dashes; the first is shown in --help
  std::string_view placeholder{};         ///< what --help calls the value
  std::string_view bare{};                ///< the value of a flag that has none behind it; empty = it must have one
  std::string_view unit{};                ///< what a plain number counts
  Range range{};
  std::string_view zero_word{};           ///< the word that stands for 0, which then may not be written as 0
  std::vector<Choice> choices{};          ///< kChoice: every word, aliases after the word they stand for
  char separator = 0;                     ///< lists: splits a single text into entries
  bool members = false;                   ///< lists of NAME=VALUE: a mapping is one too
  std::vector<Part> parts{};              ///< a mapping gives these settings in place of this one
  std::string_view environment{};         ///< variable that gives a lower-ranking value
  std::string_view environment_prefix{};  ///< stands before the variable's text
  Check check = nullptr;
  std::string_view doc{};  ///< a paragraph; its first sentence stands in --help
};

/// All rows, by group, in the order in which they are shown.
const std::vector<Setting>& settings();

/// The row of this exact name; null when there is none.
const Setting* find_setting(std::string_view name);

/// The row that has this long flag (without dashes); null when there is none.
const Setting* find_flag(std::string_view flag);

/// The row of this short flag; null when there is none.
const Setting* find_letter(char letter);

/// True for rows that are orders to the program (`check_config`), which no file may give.
bool is_command(const Setting& setting);

std::string_view group_title(Group group);
std::string_view impact_word(Impact impact);

/// "--workers": how messages and origins call a setting given on the command line.
std::string shown_flag(const Setting& setting);

/// The first sentence of `doc`.
std::string_view summary(const Setting& setting);

}  // namespace orrery::config
