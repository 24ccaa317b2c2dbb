#include "config/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "config/app_settings.hpp"
#include "config/foreign.hpp"
#include "config/spelling.hpp"
#include "config/value.hpp"

namespace orrery::config {
namespace {

using Options = std::map<const Setting*, CLI::Option*>;

/// Stands for an empty value in `--user=`, which CLI11 would take for a missing one. No argument can hold it:
/// the kernel ends arguments at a NUL.
const std::string kEmptyValue(1, '\0');

/// Where a complaint is that no flag of the table has.
constexpr const char* kCommandLine = "command line";

bool is_switch(const Setting& setting) { return setting.kind == Kind::kSwitch; }

std::string option_names(const Setting& setting) {
  std::string names;
  if (setting.letter != 0) names = std::string{"-"} + setting.letter;
  for (const auto flag : setting.flags) names += fmt::format("{}--{}", names.empty() ? "" : ",", flag);
  return names;
}

CLI::Option* add_option(CLI::App& app, const Setting& setting) {
  const auto taken = [](const CLI::results_t&) { return true; };
  CLI::Option* option = app.add_option(option_names(setting), taken);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (is_switch(setting)) {
    option->type_size(0)->expected(0);
  } else {
    option->type_size(1)->expected(1);
  }
  return option;
}

Options add_options(CLI::App& app) {
  app.set_help_flag();
  app.set_config();
  app.allow_extras();
  Options options;
  for (const Setting& setting : settings()) options[&setting] = add_option(app, setting);
  return options;
}

/// The long flag at the start of `word` ("--workers=4" gives "workers"); nothing for other words.
std::optional<std::string_view> long_flag(std::string_view word) {
  if (word.size() < 3 || word.substr(0, 2) != "--") return std::nullopt;
  return word.substr(2, word.find('=') - 2);
}

bool is_known_flag(std::string_view word) {
  if (const auto flag = long_flag(word)) return find_flag(*flag) != nullptr;
  return word.size() == 2 && word[0] == '-' && word[1] != '-' && find_letter(word[1]) != nullptr;
}

/// gunicorn's way of writing some flags: `-V`, and flags whose value may be left out.
std::vector<std::string> complete(std::vector<std::string> words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "-V") words[i] = "--version";
    const auto flag = long_flag(words[i]);
    const Setting* const setting = flag ? find_flag(*flag) : nullptr;
    if (!setting || setting->bare.empty() || words[i].find('=') != std::string::npos) continue;
    if (i + 1 == words.size() || words[i + 1].starts_with('-')) words[i] += fmt::format("={}", setting->bare);
  }
  return words;
}

bool is_app_flag(std::string_view word) { return word.starts_with(kAppFlag) && word.size() > kAppFlag.size(); }

/// The flags of the application are not known here: what follows one, and is no flag, is its value.
std::vector<std::string> join_app_flags(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    joined.push_back(words[i]);
    if (!is_app_flag(words[i]) || words[i].find('=') != std::string::npos) continue;
    const bool alone = i + 1 == words.size() || words[i + 1].starts_with('-');
    joined.back() += "=" + (alone ? std::string{"true"} : words[++i]);
  }
  return joined;
}

std::vector<std::string> mark_empty_values(std::vector<std::string> words) {
  for (std::string& word : words) {
    const auto flag = long_flag(word);
    if (flag && word.size() == flag->size() + 3) word += kEmptyValue;
  }
  return words;
}

std::vector<std::string_view> known_flags() {
  std::vector<std::string_view> flags;
  for (const Setting& setting : settings()) flags.insert(flags.end(), setting.flags.begin(), setting.flags.end());
  return flags;
}

std::string unknown_flag(const std::string& word) {
  const auto flag = long_flag(word);
  const std::string asked = flag ? fmt::format("--{}", *flag) : word;
  if (const auto known = explain_foreign(asked); !known.empty()) return fmt::format("`{}` is {}", asked, known);
  if (!flag) return fmt::format("unknown flag `{}`; --help lists all flags", word);
  const auto guess = nearest(*flag, known_flags());
  if (guess.empty()) return fmt::format("unknown flag `--{}`; --help lists all flags", *flag);
  return fmt::format("unknown flag `--{}`; did you mean `--{}`?", *flag, guess);
}

/// Turns what CLI11 collected into a CommandLine.
class Collector {
 public:
  explicit Collector(const std::string& variable) : variable_(variable) {}

  void take(const Setting& setting, const CLI::results_t& results) {
    if (results.empty()) return;
    const std::vector<std::string> words = plain(results);
    for (const auto& word : words) {
      if (!is_known_flag(word)) continue;
      return complain(setting, fmt::format("the value is missing: the flag `{}` follows instead", word));
    }
    if (setting.name == "config" && words.back().empty()) return complain(setting, "the file's name is empty");
    if (is_command(setting)) return obey(setting, words.back());
    Given given{&setting, {}, where(setting), origin(setting)};
    const std::size_t first = setting.kind == Kind::kList ? 0 : words.size() - 1;
    for (std::size_t i = first; i < words.size(); ++i) {
      for (auto& entry : split_entries(setting, words[i])) given.texts.push_back({std::move(entry), given.where});
    }
    out_.reading.given.push_back(std::move(given));
  }

  void take_rest(const std::vector<std::string>& rest) {
    bool value_may_follow = false;
    for (const std::string& word : rest) {
      if (word == "--") continue;
      if (is_app_flag(word)) {
        take_app_flag(word);
        value_may_follow = false;
        continue;
      }
      if (is_module(word) && !value_may_follow) {
        take_module(word);
        continue;
      }
      const bool flag = word.size() > 1 && word[0] == '-';
      if (flag) complain(kCommandLine, unknown_flag(word));
      // The word after an unknown flag is most likely its value: one mistake, one complaint.
      if (!flag && !value_may_follow) {
        complain(kCommandLine, fmt::format("unexpected word `{}`; every value follows a flag", word));
      }
      value_may_follow = flag && word.find('=') == std::string::npos;
    }
  }

  void complain(std::string where, std::string message) {
    if (variable_.empty()) {
      out_.reading.complaints.push_back({std::move(where), std::move(message)});
    } else {
      out_.reading.complaints.push_back({variable_, std::move(message)});
    }
  }

  CommandLine finish() { return std::move(out_); }

 private:
  /// `orrery ./libchat.so`: as `gunicorn module:app`, the application needs no flag.
  static bool is_module(std::string_view word) { return word.ends_with(".so") && word[0] != '-'; }

  /// "--app-page=50"; a flag that is there again adds to a list.
  void take_app_flag(const std::string& word) {
    const auto equals = word.find('=');
    const std::string flag = word.substr(0, equals);
    std::string text = word.substr(equals + 1);
    if (text == kEmptyValue) text.clear();
    const std::string where = variable_.empty() ? flag : variable_;
    sections::Given given{app_name(flag), {}, false, where, where, variable_.empty() ? flag : variable_ + " " + flag};
    auto& all = out_.reading.app;
    const auto same = std::ranges::find(all, given.name, &sections::Given::name);
    sections::Given& one = same != all.end() ? *same : all.emplace_back(std::move(given));
    one.texts.push_back(std::move(text));
  }

  void take_module(const std::string& word) {
    const Setting& app = *find_setting("app");
    const auto same = [&app](const Given& given) { return given.setting == &app; };
    if (std::ranges::any_of(out_.reading.given, same))
      return complain(kCommandLine, fmt::format("`{}` is one application more: one can be served", word));
    out_.reading.given.push_back({&app, {{word, where(app)}}, where(app), origin(app)});
  }

  void complain(const Setting& setting, const std::string& message) {
    complain(shown_flag(setting), variable_.empty() ? message : fmt::format("{}: {}", shown_flag(setting), message));
  }

  [[nodiscard]] std::string where(const Setting& setting) const {
    return variable_.empty() ? shown_flag(setting) : variable_;
  }
  [[nodiscard]] std::string origin(const Setting& setting) const {
    return variable_.empty() ? shown_flag(setting) : fmt::format("{} {}", variable_, shown_flag(setting));
  }

  static std::vector<std::string> plain(const CLI::results_t& results) {
    std::vector<std::string> words;
    for (const auto& result : results) words.push_back(result == kEmptyValue ? std::string{} : result);
    return words;
  }

  void obey(const Setting& setting, const std::string& value) {
    if (setting.name == "config") out_.file = value;
    const bool on = value == "true";
    if (setting.name == "help") out_.help = on;
    if (setting.name == "version") out_.version = on;
    if (setting.name == "check_config") out_.check_config = on;
    if (setting.name == "print_config") out_.print_config = on;
    if (setting.name == "single") out_.single = on;
  }

  const std::string& variable_;
  CommandLine out_;
};

}  // namespace

CommandLine read_arguments(const std::vector<std::string>& words, const std::string& variable) {
  Collector collector(variable);
  try {
    CLI::App app;
    const Options options = add_options(app);
    std::vector<std::string> reversed = mark_empty_values(complete(join_app_flags(words)));
    std::reverse(reversed.begin(), reversed.end());
    try {
      app.parse(reversed);
    } catch (const CLI::ArgumentMismatch&) {
      // Only the last word can lack its value: any other would have taken the word that follows.
      collector.complain(kCommandLine, fmt::format("the flag `{}` needs a value after it", words.back()));
    }
    for (const Setting& setting : settings()) collector.take(setting, options.at(&setting)->results());
    collector.take_rest(app.remaining());
  } catch (const std::exception&) {
    collector.complain(kCommandLine, "the arguments cannot be read; --help shows how to write them");
  }
  return collector.finish();
}

}  // namespace orrery::config
