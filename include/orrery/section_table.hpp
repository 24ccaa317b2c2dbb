// What a Section is made of (section.hpp), apart from the struct that it fills: names, kinds, ranges, and how a value
// gets into its member.
//
// Between the library and the templates of section.hpp, but for SettingOptions, which everybody writes. Pure values.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "orrery/result.hpp"

namespace orrery {

/// Of one setting.
struct SettingOptions {
  /// Smallest value: of numbers the value itself, of times milliseconds.
  std::int64_t least = 0;
  /// Largest value; of a list, how many entries it may have.
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  /// The number counts bytes, and may be written as 64k, 1m or 2g.
  bool bytes = false;
  /// Of a text: the words that it may be; empty = any text.
  std::vector<std::string> words = {};
  /// The variable of the environment that gives a value where nothing stronger does; empty = none.
  std::string environment = {};
};

namespace sections {

/// How the text of a value is read.
enum class Kind : std::uint8_t { kSwitch, kInteger, kSize, kDuration, kNumber, kText, kList, kSecret };

/// A value that was read: times in milliseconds; of a secret what its file holds.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// One member of the struct.
struct Row {
  std::string name;
  std::string help;
  Kind kind = Kind::kText;
  SettingOptions options;
  Value usual;  ///< its value when nobody gives one
  std::function<void(void* settings, const Value& value)> store;
};

/// All of a Section that does not depend on its type.
struct Table {
  std::vector<Row> rows;
  std::function<std::shared_ptr<void>()> blank;  ///< makes a struct
  std::vector<std::function<Result<void>(const void* settings)>> rules;
};

/// A value as one source gave it.
struct Given {
  std::string name;
  std::vector<std::string> texts;
  bool list = false;       ///< it was written as a list
  std::string where;       ///< "notes.yaml:12:9", "--app-page"
  std::string name_where;  ///< the same of its name
  std::string origin;      ///< for people: "notes.yaml:12"
};

/// What all sources say, the weakest first.
struct Sources {
  std::vector<Given> given;
  std::map<std::string, std::string> environment;
};

}  // namespace sections

}  // namespace orrery
