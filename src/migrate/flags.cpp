#include "migrate/flags.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <utility>

#include "config/foreign.hpp"
#include "config/settings.hpp"

namespace orrery::migrate {
namespace {

// gunicorn's settings that are no settings here and whose flags stand alone.
constexpr std::array kSwitches{"reload",
                               "spew",
                               "preload_app",
                               "sendfile",
                               "reuse_port",
                               "enable_stdio_inheritance",
                               "suppress_ragged_eofs",
                               "do_handshake_on_connect",
                               "strip_header_spaces",
                               "permit_obsolete_folding",
                               "permit_unconventional_http_method",
                               "permit_unconventional_http_version",
                               "casefold_http_method",
                               "control_socket_disable",
                               "http2_cleartext",
                               "enable_backlog_metric"};
// What a bare `--proxy-protocol` may have behind it.
constexpr std::array kProxyWords{"off", "auto", "v1", "v2", "true", "false"};
// Flags that add to what was given before.
constexpr std::array kRepeated{"bind", "raw_env", "raw_paste_global_conf", "reload_extra_files", "dirty_apps"};

template <class List>
bool is_in(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

bool is_shared(std::string_view name) {
  return std::ranges::count(config::shared_settings(), name, &config::SharedSetting::name) != 0;
}

bool lists_flag(std::string_view flags, std::string_view flag) {
  while (!flags.empty()) {
    const auto end = std::min(flags.find(' '), flags.size());
    if (flags.substr(0, end) == flag) return true;
    flags.remove_prefix(std::min(end + 1, flags.size()));
  }
  return false;
}

struct Flag {
  std::string_view name;
  bool takes_value = true;
};

/// `flag` with its dashes.
std::optional<Flag> find_flag(std::string_view flag) {
  const config::Setting* ours = flag.starts_with("--") ? config::find_flag(flag.substr(2))
                                                       : config::find_letter(flag.size() == 2 ? flag[1] : '\0');
  if (ours != nullptr && is_shared(ours->name)) return Flag{ours->name, ours->kind != config::Kind::kSwitch};
  for (const auto& row : config::foreign_settings())
    if (lists_flag(row.flags, flag)) return Flag{row.name, !is_in(kSwitches, row.name)};
  return std::nullopt;
}

class FlagReader {
 public:
  FlagReader(const Words& words, const std::string& where, Rank rank, Findings& findings)
      : words_(words), where_(where), rank_(rank), findings_(findings) {}

  void read() {
    for (at_ = 0; at_ < words_.size(); ++at_) {
      const std::string& text = words_[at_].text;
      if (text.size() > 1 && text[0] == '-' && !only_words_) {
        take_flag(words_[at_]);
      } else {
        take_application(words_[at_]);
      }
    }
  }

 private:
  void take_flag(const Word& word) {
    const std::string& text = word.text;
    if (text == "--") {
      only_words_ = true;
      return;
    }
    const bool is_long = text.starts_with("--");
    const auto equals = text.find('=');
    const auto end = is_long ? equals : 2;
    const auto flag = find_flag(text.substr(0, end));
    if (!flag) return leave(fmt::format("`{}` is no flag of gunicorn's that is known here", text));
    std::optional<Word> glued;
    if (is_long ? equals != std::string::npos : text.size() > 2)
      glued = behind(word, is_long || equals == 2 ? end + 1 : end);
    take_value(*flag, std::move(glued), text);
  }

  static Word behind(const Word& word, std::size_t from) {
    // Flags have no dollar sign, so both texts begin alike.
    return {word.text.substr(std::min(from, word.text.size())), word.source.substr(std::min(from, word.source.size())),
            word.plain};
  }

  void take_value(const Flag& flag, std::optional<Word> glued, const std::string& text) {
    if (flag.name == "proxy_protocol" && !glued) {
      const bool has_word = at_ + 1 < words_.size() && is_in(kProxyWords, words_[at_ + 1].text);
      return say(flag.name, has_word ? words_[++at_] : literal("auto"));
    }
    if (!flag.takes_value) return say(flag.name, literal("true"));
    if (glued) return say(flag.name, *glued);
    if (at_ + 1 == words_.size()) return leave(fmt::format("`{}` has no value behind it", text));
    say(flag.name, words_[++at_]);
  }

  void take_application(const Word& word) {
    if (std::exchange(has_application_, true))
      return leave(fmt::format("`{}` is a second word without a flag", word.text));
    say("wsgi_app", word);
  }

  void say(std::string_view name, const Word& value) {
    const auto same = [&](const Said& said) { return said.name == name && said.where == where_ && said.rank == rank_; };
    const auto known = std::ranges::find_if(findings_.said, same);
    if (known == findings_.said.end()) {
      findings_.said.push_back({std::string{name}, {value}, where_, rank_});
    } else if (is_in(kRepeated, name)) {
      known->values.push_back(value);
    } else {
      known->values = {value};
    }
    if (name == "config") findings_.files.emplace_back(value.text, where_);
  }

  void leave(std::string sentence) { findings_.left.push_back({where_, std::move(sentence)}); }

  const Words& words_;
  const std::string& where_;
  Rank rank_;
  Findings& findings_;
  std::size_t at_ = 0;
  bool only_words_ = false;
  bool has_application_ = false;
};

}  // namespace

bool is_gunicorn_setting(std::string_view name) {
  return is_shared(name) || std::ranges::count(config::foreign_settings(), name, &config::ForeignSetting::name) != 0;
}

void read_flags(const Words& words, const std::string& where, Rank rank, Findings& findings) {
  FlagReader(words, where, rank, findings).read();
}

void read_arguments_variable(const Word& value, const std::string& where, Findings& findings) {
  const std::string place = where + ", GUNICORN_CMD_ARGS";
  if (!value.plain) {
    findings.left.push_back({place, fmt::format("`{}` is made by a template or a shell; fill it in", value.text)});
    return;
  }
  const auto commands = split_commands(value.source, Dialect::kExec);
  if (!commands.empty()) read_flags(commands.front(), place, Rank::kVariable, findings);
}

}  // namespace orrery::migrate
