#include "config/yaml.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <map>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>
#include <yaml-cpp/yaml.h>

#include "base/joined.hpp"
#include "base/lower_case.hpp"
#include "base/unique_fd.hpp"
#include "config/app_settings.hpp"
#include "config/foreign.hpp"
#include "config/spelling.hpp"
#include "config/value.hpp"
#include "config/yaml_advice.hpp"
#include "config/yaml_documents.hpp"

namespace orrery::config {
namespace {

/// As deep as one mapping merges another that merges another; an anchor may stand in its own mapping.
constexpr int kDeepestMerge = 8;
// No settings file is larger; a device or a log given by mistake is.
constexpr std::size_t kLargestFile = 1024 * 1024;

Error read_error(int error) {
  std::string advice = "; check the path given with -c";
  if (error == EACCES) advice = "; let the user who starts the server read it";
  if (error == EISDIR) advice = "; give a file in it";
  return {fmt::format("it cannot be read: {}{}", std::strerror(error), advice)};
}

Result<std::string> read_file(const std::string& path) {
  const base::UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return tl::unexpected(read_error(errno));
  std::string text;
  std::array<char, 16384> block{};
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(read_error(errno));
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargestFile) return fail("it is larger than 1 MiB; this cannot be a settings file");
  }
}

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (!is_command(setting)) names.push_back(setting.name);
  }
  names.push_back(kAppSettings);
  return names;
}

std::string_view guess_name(const std::string& key) {
  const Setting* by_flag = find_flag(key);
  if (by_flag != nullptr && !is_command(*by_flag)) return by_flag->name;
  std::string name = base::lower_case(key);
  std::replace(name.begin(), name.end(), '-', '_');
  return nearest(name, known_names());
}

std::string unknown_setting(const std::string& key) {
  if (const auto known = explain_foreign(key); !known.empty()) return fmt::format("`{}` is {}", key, known);
  const auto colon = key.find(':');
  if (colon != std::string::npos && find_setting(key.substr(0, colon)) != nullptr)
    return fmt::format("`{}` needs a blank behind its colon", key);
  const auto guess = guess_name(key);
  if (!guess.empty()) return fmt::format("unknown setting `{}`; did you mean `{}`?", key, guess);
  return fmt::format("unknown setting `{}`; --help lists all settings", key);
}

std::string_view shape(const YAML::Node& node) {
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  return "a value";
}

std::string_view wanted_shape(const Setting& setting) {
  if (!setting.parts.empty()) return "a number or a mapping";
  switch (setting.kind) {
    case Kind::kSwitch: return "true or false";
    case Kind::kInteger: return "a number";
    case Kind::kSize: return "a size";
    case Kind::kDuration: return "a time";
    case Kind::kChoice: return "a word";
    case Kind::kMode: return "an octal mode";
    case Kind::kText: return "a text";
    case Kind::kList: return setting.members ? "a text, a list of texts or a mapping" : "a text or a list of texts";
  }
  return "a value";
}

/// "`min` and `max`".
std::string keys_of(const Setting& setting) {
  std::vector<std::string> keys;
  for (const Part& part : setting.parts) keys.push_back(fmt::format("`{}`", part.key));
  return base::joined(keys, " and ");
}

std::string_view first_word(std::string_view text) {
  text = trimmed(text);
  return text.substr(0, text.find_first_of(kBlanks));
}

/// `bind: [::]` and `access_log_format: {"a":1}` are meant as texts.
std::string_view quotes_missing(const Setting& setting, const YAML::Node& node) {
  if (node.Style() != YAML::EmitterStyle::Flow) return "";
  if (node.IsSequence()) return "; a text that begins with `[`, as an IPv6 address, must stand in quotes";
  return setting.kind == Kind::kText ? "; a text that begins with `{` must stand in quotes" : "";
}

std::string_view place_for_anchors(const YAML::Node& value) {
  return value.IsMap() ? " (a mapping to be merged with `<<` needs a name that begins with `x-`)" : "";
}

/// For a file in another format: "; write `workers: 4`".
std::string in_yaml(const YAML::Node& top) {
  if (!top.IsScalar()) return "";
  const std::string& text = top.Scalar();
  const auto equals = text.find('=');
  if (equals == std::string::npos) return "";
  const auto name = trimmed(std::string_view{text}.substr(0, equals));
  if (find_setting(name) == nullptr) return "";
  return fmt::format("; write `{}: {}`", name, first_word(std::string_view{text}.substr(equals + 1)));
}

/// Walks one document and notes what it says.
class Reader {
 public:
  Reader(const std::string& name, const Environment& environment, Reading& reading)
      : name_(name), environment_(environment), reading_(reading) {}

  void read(const YAML::Node& top) {
    if (!top.IsDefined() || top.IsNull()) return;
    if (!top.IsMap()) {
      return complain(top.Mark(),
                      fmt::format("the file holds {} where `name: value` lines belong{}", shape(top), in_yaml(top)));
    }
    read_pairs(top, 0);
  }

  void complain(const YAML::Mark& mark, std::string message) {
    reading_.complaints.push_back({place(mark), std::move(message)});
  }

 private:
  // yaml-cpp counts from 0, and has -1 for "nowhere".
  static int line(const YAML::Mark& mark) { return std::max(mark.line, 0) + 1; }
  [[nodiscard]] std::string place(const YAML::Mark& mark) const {
    return fmt::format("{}:{}:{}", name_, line(mark), std::max(mark.column, 0) + 1);
  }

  /// `<<: *defaults` (yaml.org/type/merge.html): what stands in the mapping itself is stronger, wherever it stands; of
  /// several merged mappings the first is.
  void read_pairs(const YAML::Node& map, int depth) {
    for (const auto& pair : map) {
      if (!is_merge(pair.first)) read_pair(pair.first, pair.second, depth);
    }
    for (const auto& pair : map) {
      if (is_merge(pair.first) && (depth > 0 || is_first("<<", pair.first.Mark())))
        merge(pair.first, pair.second, depth);
    }
  }

  static bool is_merge(const YAML::Node& key) { return key.IsScalar() && key.Scalar() == "<<"; }

  void merge(const YAML::Node& key, const YAML::Node& value, int depth) {
    if (depth == kDeepestMerge) return complain(key.Mark(), "`<<` merges too deep, or in a circle");
    if (value.IsMap()) return read_pairs(value, depth + 1);
    const bool maps = value.IsSequence() &&
                      std::all_of(value.begin(), value.end(), [](const YAML::Node& one) { return one.IsMap(); });
    if (!maps)
      return complain(key.Mark(), "`<<` merges mappings; write `<<: *NAME`, where a mapping has the anchor &NAME");
    for (const auto& one : value) read_pairs(one, depth + 1);
  }

  void read_pair(const YAML::Node& key, const YAML::Node& value, int depth) {
    if (!key.IsScalar())
      return complain(key.Mark(), fmt::format("the name of a setting is {}; write `name: value`", shape(key)));
    const std::string& name = key.Scalar();
    if (depth > 0 && lines_.count(name) > 0) return;
    if (!is_first(name, key.Mark())) return;
    if (name.starts_with("x-")) return;  // a place for anchors
    if (name == kAppSettings) return read_app_settings(key.Mark(), value);
    const Setting* setting = find_setting(name);
    if (setting == nullptr) return complain(key.Mark(), unknown_setting(name) + std::string{place_for_anchors(value)});
    if (is_command(*setting)) {
      return complain(key.Mark(), fmt::format("`{}` belongs on the command line, as {}; remove it here", name,
                                              shown_flag(*setting)));
    }
    if (value.IsMap() && !setting->parts.empty()) return read_parts(*setting, value, depth);
    read_value(*setting, key.Mark(), value);
  }

  /// `workers: {min: 2, max: 8}`: each key gives a setting of its own.
  void read_parts(const Setting& setting, const YAML::Node& map, int depth) {
    for (const auto& pair : map) {
      const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : std::string{};
      const auto part = std::ranges::find(setting.parts, key, &Part::key);
      if (part == setting.parts.end()) {
        complain(pair.first.Mark(), fmt::format("`{}` has no `{}`; it has {}", setting.name, key, keys_of(setting)));
      } else if (const std::string name{part->setting};
                 (depth == 0 || lines_.count(name) == 0) && is_first(name, pair.first.Mark())) {
        read_value(*find_setting(part->setting), pair.first.Mark(), pair.second);
      }
    }
  }

  void read_app_settings(const YAML::Mark& key_mark, const YAML::Node& value) {
    if (value.IsNull()) return;
    if (!value.IsMap())
      return complain(key_mark,
                      fmt::format("`{}` is {}; write `name: value` lines below it", kAppSettings, shape(value)));
    for (const auto& pair : value) {
      if (!pair.first.IsScalar())
        complain(pair.first.Mark(), fmt::format("the name of a setting is {}; write `name: value`", shape(pair.first)));
      else if (is_first(fmt::format("{}.{}", kAppSettings, pair.first.Scalar()), pair.first.Mark()))
        read_app_setting(pair.first, pair.second);
    }
  }

  void read_app_setting(const YAML::Node& key, const YAML::Node& value) {
    const std::string name = fmt::format("{}.{}", kAppSettings, key.Scalar());
    if (value.IsNull())
      return complain(key.Mark(), fmt::format("`{}` has no value; give one, or remove the line for the default", name));
    if (value.IsMap()) return complain(value.Mark(), fmt::format("`{}` needs a value or a list, not a mapping", name));
    sections::Given given{key.Scalar(),       {},
                          value.IsSequence(), place(value.Mark()),
                          place(key.Mark()),  fmt::format("{}:{}", name_, line(key.Mark()))};
    const auto before = reading_.complaints.size();
    const auto take = [&](const YAML::Node& scalar) {
      if (!scalar.IsScalar()) return complain(value.Mark(), fmt::format("an entry of `{}` is no text", name));
      if (auto text = expand_value(name, scalar, given.origin)) given.texts.push_back(std::move(text->text));
    };
    if (value.IsScalar())
      take(value);
    else
      std::ranges::for_each(value, take);
    if (reading_.complaints.size() == before) reading_.app.push_back(std::move(given));
  }

  bool is_first(const std::string& name, const YAML::Mark& mark) {
    const auto [seen, first] = lines_.try_emplace(name, line(mark));
    if (!first) complain(mark, fmt::format("`{}` is given twice, first in line {}; remove one", name, seen->second));
    return first;
  }

  void read_value(const Setting& setting, const YAML::Mark& key_mark, const YAML::Node& value) {
    if (value.IsNull()) {
      return complain(key_mark,
                      fmt::format("`{}` has no value; give one, or remove the line for the default", setting.name));
    }
    Given given{&setting, {}, place(value.Mark()), fmt::format("{}:{}", name_, line(key_mark))};
    if (value.IsScalar()) {
      const auto text = expand_value(setting.name, value, given.origin);
      if (!text) return;
      for (auto& entry : split_entries(setting, text->text))
        given.texts.push_back({std::move(entry), given.where, text->variables});
    } else if (value.IsSequence() && setting.kind == Kind::kList) {
      if (!read_entries(setting, value, given)) return;
    } else if (value.IsMap() && setting.members) {
      if (!read_members(setting, value, given)) return;
    } else {
      return complain(value.Mark(), fmt::format("`{}` needs {}, not {}{}", setting.name, wanted_shape(setting),
                                                shape(value), quotes_missing(setting, value)));
    }
    reading_.given.push_back(std::move(given));
  }

  /// The text of a scalar with its variables in place; complains where it cannot have them. A name is a sign of where
  /// the value came from, so it goes into the origin too.
  std::optional<GivenText> expand_value(std::string_view name, const YAML::Node& scalar, std::string& origin) {
    auto expanded = expand(scalar.Scalar(), environment_);
    if (!expanded) {
      complain(scalar.Mark(), fmt::format("{}: {}", name, expanded.error().message));
      return std::nullopt;
    }
    for (std::string& variable : expanded->variables) variable = fmt::format("${{{}}}", variable);
    GivenText text{std::move(expanded->text), place(scalar.Mark()), base::joined(expanded->variables, ", ")};
    if (!text.variables.empty()) origin += ", " + text.variables;
    return text;
  }

  bool read_members(const Setting& setting, const YAML::Node& map, Given& given) {
    const auto before = reading_.complaints.size();
    for (const auto& member : map) {
      if (!member.first.IsScalar() || !member.second.IsScalar()) {
        complain(member.first.Mark(), fmt::format("a member of `{}` needs `name: text`", setting.name));
      } else if (auto text = expand_value(setting.name, member.second, given.origin)) {
        text->text = fmt::format("{}={}", member.first.Scalar(), text->text);
        given.texts.push_back(std::move(*text));
      }
    }
    return reading_.complaints.size() == before;
  }

  bool read_entries(const Setting& setting, const YAML::Node& list, Given& given) {
    const auto before = reading_.complaints.size();
    for (const auto& entry : list) {
      if (entry.IsScalar()) {
        if (auto text = expand_value(setting.name, entry, given.origin)) given.texts.push_back(std::move(*text));
      } else if (entry.IsNull()) {
        // yaml-cpp places what is not there at whatever comes next.
        complain(list.Mark(), fmt::format("an entry of `{}` is empty; give a text or remove it", setting.name));
      } else {
        complain(entry.Mark(), fmt::format("an entry of `{}` is {}; it needs a text{}", setting.name, shape(entry),
                                           quotes_missing(setting, list)));
      }
    }
    return reading_.complaints.size() == before;
  }

  const std::string& name_;
  const Environment& environment_;
  Reading& reading_;
  std::map<std::string, int> lines_;
};

bool indented_by_tab(const std::string& text, int line) {
  std::size_t start = 0;
  for (int i = 0; i < line && start != std::string::npos; ++i) {
    const auto end = text.find('\n', start);
    start = end == std::string::npos ? end : end + 1;
  }
  if (start == std::string::npos) return false;
  const auto first = text.find_first_not_of(' ', start);
  return first != std::string::npos && text[first] == '\t';
}

constexpr const char* kUnreadable =
    "YAML cannot be read from here on; look here and in the line before for a missing or stray quote, "
    "bracket, "
    "colon, comma or indentation";

std::string syntax_complaint(const std::string& text, const YAML::Exception& error) {
  if (indented_by_tab(text, error.mark.line)) return "YAML cannot be read: a tab indents this line; use spaces";
  if (error.msg == YAML::ErrorMsg::EOF_IN_SCALAR) {
    return "YAML cannot be read: the file ends inside a quoted text; close its quote, here or further up";
  }
  const std::string advice = advise(text, error.mark.line);
  return advice.empty() ? kUnreadable : "YAML cannot be read: " + advice;
}

}  // namespace

Reading read_yaml(const std::string& path, const Environment& environment) {
  const auto text = read_file(path);
  if (!text) return {{}, {{path, text.error().message}}};
  // A reload at the moment in which an editor has truncated the file would set every default, the addresses included.
  if (without_last_blanks(*text).empty())
    return {{},
            {{path, "the file is empty: is it just being written? For nothing but defaults, write a comment into it"}}};
  return read_yaml_text(*text, path, environment);
}

Reading read_yaml_text(const std::string& text, const std::string& name, const Environment& environment) {
  Reading reading;
  Reader reader(name, environment, reading);
  try {
    const std::string document = without_last_blanks(text);
    const auto documents = find_documents(document);
    if (const auto stray = find_stray(documents)) {
      reader.complain(*stray, kUnreadable);
      return reading;
    }
    reader.read(YAML::Load(document));
    if (documents.size() > 1) {
      reader.complain(documents[1].content, "a second YAML document begins here (after `---`); keep one");
    }
  } catch (const YAML::Exception& error) {
    reader.complain(error.mark, syntax_complaint(text, error));
  } catch (const std::exception&) {
    reader.complain(YAML::Mark::null_mark(), "the file cannot be read: it is too large or too deeply nested");
  }
  return reading;
}

}  // namespace orrery::config
