// Section: the settings of the application itself, in the same file as the server's, and with the same care.
//
//   struct Settings {
//     std::string database = "notes.db";
//     int page = 20;
//     std::chrono::milliseconds patience{500};
//     orrery::Secret token;
//   };
//   orrery::Section<Settings> section() {
//     orrery::Section<Settings> section;
//     section.add("database", &Settings::database, "File of the database.")
//         .add("page", &Settings::page, "Notes on a page.", {.least = 1, .most = 100})
//         .add("patience", &Settings::patience, "How long the database is waited for.", {.most = 10'000})
//         .add("token", &Settings::token, "File with the token of who may write.");
//     return section;
//   }
//   int main(int argc, char** argv) { return orrery::run(argc, argv, section(), make_app); }
//
// The operator writes them below `app_settings` in the YAML file, or as flags: `--app-page 50`. Weakest to strongest:
// what the struct holds when it is made, the variable of SettingOptions::environment, the file, ORRERY_CMD_ARGS, the
// command line. A name that is not known and a value that does not fit are told with their place, all at once; --help
// and --print-config show what there is.
//
// Read in the master, at start and at each HUP, with the rights that it has then. When a HUP finds other values, the
// App is made anew with them, in the master too, and the new workers run that one; a bad value refuses the reload, and
// nothing changes.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/export.hpp"
#include "orrery/result.hpp"
#include "orrery/section_table.hpp"
#include "orrery/server.hpp"

namespace orrery {

/// What a file holds that nobody may see. Its setting is the path of the file, which is read whole, without line ends
/// behind it: 1 byte to 64 KiB. Neither --print-config nor any log or page shows what is in it.
class Secret {
 public:
  /// Empty: no file was given.
  Secret() = default;
  /// For tests.
  explicit Secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

namespace sections {

using MakeApp = std::function<App(const void* settings)>;

/// Throws std::invalid_argument for a row that cannot be: a name of other letters than a-z, 0-9 and `_`, or one that is
/// there already, or a usual value that is none of those allowed.
ORRERY_EXPORT void add(Table& table, Row row);
/// The struct, filled; or all that is wrong, as one sentence.
ORRERY_EXPORT Result<std::shared_ptr<void>> read(const Table& table, const Sources& sources);
ORRERY_EXPORT int run(int argc, char** argv, const Table& table, const MakeApp& make_app, About about);

template <class V>
inline constexpr bool kIsDuration = false;
template <class Count, class Period>
inline constexpr bool kIsDuration<std::chrono::duration<Count, Period>> = true;

/// Whether a setting can have this type.
template <class V>
inline constexpr bool kIsKnown = std::is_arithmetic_v<V> || std::is_same_v<V, std::string> ||
                                 std::is_same_v<V, std::vector<std::string>> || std::is_same_v<V, Secret> ||
                                 (kIsDuration<V> && std::is_convertible_v<std::chrono::milliseconds, V>);

template <class V>
constexpr Kind kind_of(bool bytes) {
  if constexpr (std::is_same_v<V, bool>) return Kind::kSwitch;
  if constexpr (std::is_integral_v<V>) return bytes ? Kind::kSize : Kind::kInteger;
  if constexpr (std::is_floating_point_v<V>) return Kind::kNumber;
  if constexpr (kIsDuration<V>) return Kind::kDuration;
  if constexpr (std::is_same_v<V, std::vector<std::string>>) return Kind::kList;
  if constexpr (std::is_same_v<V, Secret>) return Kind::kSecret;
  return Kind::kText;
}

template <class V>
Value value_of(const V& member) {
  if constexpr (std::is_same_v<V, bool>) {
    return member;
  } else if constexpr (std::is_integral_v<V>) {
    return static_cast<std::int64_t>(member);
  } else if constexpr (std::is_floating_point_v<V>) {
    return static_cast<double>(member);
  } else if constexpr (kIsDuration<V>) {
    return static_cast<std::int64_t>(std::chrono::floor<std::chrono::milliseconds>(member).count());
  } else if constexpr (std::is_same_v<V, Secret>) {
    return member.reveal();
  } else {
    return member;
  }
}

template <class V>
void take_value(V& member, const Value& value) {
  if constexpr (std::is_same_v<V, bool>) {
    member = std::get<bool>(value);
  } else if constexpr (std::is_integral_v<V>) {
    member = static_cast<V>(std::get<std::int64_t>(value));
  } else if constexpr (std::is_floating_point_v<V>) {
    member = static_cast<V>(std::get<double>(value));
  } else if constexpr (kIsDuration<V>) {
    member = std::chrono::milliseconds{std::get<std::int64_t>(value)};
  } else if constexpr (std::is_same_v<V, Secret>) {
    member = Secret{std::get<std::string>(value)};
  } else {
    member = std::get<V>(value);
  }
}

/// The largest number that a member of this type can hold.
template <class V>
constexpr std::int64_t most_of() {
  if constexpr (std::is_integral_v<V>) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<V>::max());
    return static_cast<std::int64_t>(std::min<std::uint64_t>(kMost, std::numeric_limits<std::int64_t>::max()));
  } else {
    return std::numeric_limits<std::int64_t>::max();
  }
}

/// The smallest one.
template <class V>
constexpr std::int64_t least_of() {
  if constexpr (std::is_integral_v<V>) return static_cast<std::int64_t>(std::numeric_limits<V>::min());
  return std::numeric_limits<std::int64_t>::min();
}

}  // namespace sections

/// The members of a struct T that are settings. T can be made without arguments; what it holds then are the defaults.
template <class T>
class Section {
 public:
  Section() {
    table_.blank = [] { return std::make_shared<T>(); };
  }

  /// A member that is a bool, a number, a text, a time (milliseconds or finer), a list of texts or a Secret. `name`:
  /// a-z, 0-9 and `_`; `help`: a sentence for --help. Throws std::invalid_argument.
  template <class V>
  Section& add(std::string name, V T::*member, std::string help, SettingOptions options = {}) {
    static_assert(sections::kIsKnown<V>,
                  "a setting is a bool, a number, a std::string, a std::vector<std::string>, an orrery::Secret or a "
                  "std::chrono::duration of milliseconds or finer");
    if constexpr (sections::kIsKnown<V>) {
      options.least = std::max(options.least, sections::least_of<V>());
      options.most = std::min(options.most, sections::most_of<V>());
      const sections::Kind kind = sections::kind_of<V>(options.bytes);
      sections::add(table_, {std::move(name), std::move(help), kind, std::move(options),
                             sections::value_of(T{}.*member), [member](void* settings, const sections::Value& value) {
                               sections::take_value(static_cast<T*>(settings)->*member, value);
                             }});
    }
    return *this;
  }

  /// What no value says alone: that a page is not larger than the cache. The sentence of its error is shown.
  Section& check(std::function<Result<void>(const T&)> rule) {
    table_.rules.push_back(
        [rule = std::move(rule)](const void* settings) { return rule(*static_cast<const T*>(settings)); });
    return *this;
  }

  [[nodiscard]] const sections::Table& table() const { return table_; }

 private:
  sections::Table table_;
};

/// The whole program, as run() of server.hpp, of an application with settings. `make_app` gets a const T& and returns
/// the App; it is called at the start, and at each HUP that finds other settings. What it throws refuses that reload.
template <class T, std::invocable<const T&> Make>
int run(int argc, char** argv, const Section<T>& section, Make make_app, About about = {}) {
  const sections::MakeApp make = [make_app = std::move(make_app)](const void* settings) {
    return App{make_app(*static_cast<const T*>(settings))};
  };
  return sections::run(argc, argv, section.table(), make, std::move(about));
}

}  // namespace orrery
