#include "migrate/translation.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/core.h>
#include <iterator>
#include <optional>
#include <utility>

#include "base/whole_number.hpp"
#include "config/expansion.hpp"
#include "config/foreign.hpp"
#include "config/settings.hpp"
#include "config/validate.hpp"
#include "config/value.hpp"
#include "migrate/conversion.hpp"

namespace orrery::migrate {
namespace {

constexpr std::int64_t kGracefulTimeout = 30;  // gunicorn's default
constexpr std::string_view kNothingToDo = "remove it";
// Checked by looking at the machine, which is not the one that the service moves to.
constexpr std::array kOfTheMachine{"chdir", "user", "group"};

template <class List>
bool is_in(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

/// What a value is when no variable of the environment is set; nothing where one must be.
std::optional<std::string> without_environment(const std::string& value) {
  const auto expanded = config::expand(value, {});
  return expanded ? std::optional{expanded->text} : std::nullopt;
}

/// A foreign setting with such a value does nothing in gunicorn either.
bool is_harmless(const Said& said) {
  return std::ranges::all_of(said.values, [](const Word& word) {
    return word.plain && (word.text.empty() || word.text == "false" || word.text == "0");
  });
}

class Translator {
 public:
  explicit Translator(const Findings& findings) : findings_(findings) {
    out_.left = findings.left;
    out_.dropped = findings.notes;
  }

  Migration run() {
    for (const config::Setting& setting : config::settings()) take_shared(setting);
    for (const config::ForeignSetting& row : config::foreign_settings()) take_foreign(row);
    settle_conflicts();
    compare_stop_limit();
    return std::move(out_);
  }

 private:
  /// Of equally strong places the last one holds.
  [[nodiscard]] const Said* strongest(std::string_view name) const {
    const Said* best = nullptr;
    for (const Said& said : findings_.said)
      if (said.name == name && (best == nullptr || said.rank >= best->rank)) best = &said;
    return best;
  }

  void take_foreign(const config::ForeignSetting& row) {
    const Said* said = strongest(row.name);
    if (said == nullptr || is_harmless(*said)) return;
    const bool done = row.sentence.ends_with(kNothingToDo);
    auto sentence = row.sentence;
    // "…; remove it" and "…: remove it": it is removed.
    if (done) sentence.remove_suffix(kNothingToDo.size() + 2);
    auto& list = done ? out_.dropped : out_.left;
    list.push_back({said->where, fmt::format("`{}` ({}) is {}", row.name, config::fate_words(row.fate), sentence)});
  }

  void take_shared(const config::Setting& setting) {
    if (setting.name == "request_deadline") return follow_timeout(setting);
    if (setting.name == "limit_request_body") return suggest_body_limit(setting);
    const Said* said = strongest(setting.name);
    if (config::is_command(setting)) return take_order(setting, said);
    const bool given = said != nullptr && !said->values.empty();
    if (setting.name == "worker_class") return choose_class(setting, given ? said : nullptr);
    if (given) return take(setting, *said);
    if (setting.name == "workers")
      add(setting, {"${WEB_CONCURRENCY:-1}"}, {"gunicorn's default is one worker; `auto` is one for each CPU."});
    if (setting.name == "umask") keep_sockets_open(setting);
  }

  void take_order(const config::Setting& setting, const Said* said) {
    if (said == nullptr || setting.name == "config") return;
    out_.dropped.push_back(
        {said->where, fmt::format("`{}` is an order for one call, not a setting", config::shown_flag(setting))});
  }

  void take(const config::Setting& setting, const Said& said) {
    if (setting.name == "workers" && counts_cpus(said))
      return add(
          setting, {"auto"},
          {"Computed from the number of CPUs. `auto` is one for each that affinity and the cgroup quota allow."});
    const bool plain = std::ranges::all_of(said.values, &Word::plain) && !said.cpus;
    std::vector<std::string> values;
    std::ranges::transform(said.values, std::back_inserter(values), &Word::text);
    if (!plain) return leave(setting, std::move(values), said.where);
    Converted converted = convert(setting.name, std::move(values));
    if (!said.values.empty() && converted.values.empty() && setting.kind != config::Kind::kList) return;
    add(setting, std::move(converted.values), std::move(converted.comments), said.where);
  }

  static bool counts_cpus(const Said& said) {
    return said.cpus || std::ranges::any_of(said.values, [](const Word& word) {
             return !word.plain && word.source.find("nproc") != std::string::npos;
           });
  }

  /// The value is Python's, a shell's or a template's.
  void leave(const config::Setting& setting, std::vector<std::string> values, const std::string& where) {
    std::string shown = values.empty() ? "" : values.front();
    out_.left.push_back({where, fmt::format("`{}` is computed (`{}`); write its value", setting.name, shown)});
    // As it stood: it may be a template of the file that is written, too.
    out_.lines.push_back({setting.name, std::move(values), {}, false});
  }

  /// gunicorn's class is gthread where `threads` is above 1.
  [[nodiscard]] bool has_threads() const {
    const Said* said = strongest("threads");
    if (said == nullptr || said->values.empty()) return false;
    const auto text = without_environment(said->values.front().text);
    const auto number = text ? base::whole_number<int>(*text) : std::nullopt;
    return !number || *number > 1;
  }

  void choose_class(const config::Setting& setting, const Said* said) {
    const bool sync = said == nullptr || (said->values.front().plain && said->values.front().text == "sync");
    if (sync && has_threads()) return add(setting, {"threads"}, {"As gunicorn does where `threads` is above 1."});
    if (said != nullptr) return take(setting, *said);
    add(setting, {"sync"},
        {"gunicorn's default: one request at a time in a worker. The default here is `async`, whose handlers must "
         "never block; handlers that wait for others have the most room with `threads`."});
  }

  void follow_timeout(const config::Setting& setting) {
    const Said* said = strongest("timeout");
    if (said == nullptr || said->values.size() != 1 || !said->values.front().plain) return;
    add(setting, {said->values.front().text},
        {"gunicorn's `timeout` ends a request that takes longer; here this does."}, said->where);
  }

  void suggest_body_limit(const config::Setting& setting) {
    out_.lines.push_back({setting.name,
                          {"16m"},
                          {"gunicorn has no limit of request bodies; here it is 1 MiB. Raise it where files come in:"},
                          false});
  }

  /// gunicorn's umask is 0, and of a path that is the mode of the socket.
  void keep_sockets_open(const config::Setting& setting) {
    const bool path = std::ranges::any_of(out_.lines, [](const Line& line) {
      return line.name == "bind" && line.live && std::ranges::any_of(line.values, [](const std::string& value) {
               return value.starts_with("unix:") && !value.starts_with("unix:@");
             });
    });
    if (path)
      add(setting, {"000"},
          {"gunicorn's default: every user of the machine may connect to the unix socket. Safer is 007, "
           "with the proxy in the group of the service."});
  }

  void add(const config::Setting& setting, std::vector<std::string> values, std::vector<std::string> comments,
           const std::string& where = {}) {
    Line line{setting.name, std::move(values), std::move(comments)};
    if (const auto fault = find_fault(setting, line.values)) {
      line.live = false;
      out_.left.push_back({where, fmt::format("`{}`: {}", setting.name, *fault)});
    }
    out_.lines.push_back(std::move(line));
  }

  /// What --check-config would say of it. A value that needs a variable is judged when it is set.
  [[nodiscard]] static std::optional<std::string> find_fault(const config::Setting& setting,
                                                             const std::vector<std::string>& values) {
    std::vector<std::string> texts;
    for (const std::string& value : values) {
      const auto text = without_environment(value);
      if (!text) return std::nullopt;
      texts.push_back(*text);
    }
    Config config;
    if (const auto done = config::assign(setting, config, texts); !done) return done.error().message;
    if (is_in(kOfTheMachine, setting.name)) return std::nullopt;
    const auto fault = config::find_fault(setting, config);
    return fault ? std::optional{fault->message} : std::nullopt;
  }

  [[nodiscard]] Config live_config() const {
    Config config;
    for (const Line& line : out_.lines) {
      std::vector<std::string> texts;
      for (const std::string& value : line.values) texts.push_back(without_environment(value).value_or(""));
      const bool whole =
          std::ranges::all_of(line.values, [](const auto& one) { return without_environment(one).has_value(); });
      if (line.live && whole) static_cast<void>(config::assign(*config::find_setting(line.name), config, texts));
    }
    return config;
  }

  /// Lines that do not go together: the one that should change is commented out, until the rest is good.
  void settle_conflicts() {
    for (std::size_t tries = out_.lines.size() + 1; tries > 0; --tries) {
      const auto problems = config::find_conflicts(live_config());
      if (problems.empty()) return;
      const auto& problem = problems.front();
      const auto line =
          std::ranges::find_if(out_.lines, [&](const Line& one) { return one.live && one.name == problem.name; });
      const Said* said = strongest(problem.name);
      out_.left.push_back({said == nullptr ? "" : said->where, fmt::format("`{}`: {}", problem.name, problem.message)});
      if (line == out_.lines.end()) return;
      line->live = false;
    }
  }

  void compare_stop_limit() {
    if (!findings_.stop_limit) return;
    const Said* said = strongest("graceful_timeout");
    const bool given = said != nullptr && said->values.size() == 1;
    const auto number =
        given ? base::whole_number<std::int64_t>(said->values.front().text) : std::optional{kGracefulTimeout};
    if (!number || findings_.stop_limit->seconds > *number) return;
    const StopLimit& limit = *findings_.stop_limit;
    out_.left.push_back(
        {limit.where,
         fmt::format("{} is {} s, and `graceful_timeout` is {} s: what is in flight is killed before it is "
                     "answered. Make {} the longer one",
                     limit.name, limit.seconds, *number, limit.name)});
  }

  const Findings& findings_;
  Migration out_;
};

/// Plain YAML has more meanings than these characters can have.
bool needs_no_quotes(std::string_view value) {
  static constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@+-=";
  const bool safe = !value.empty() && value.find_first_not_of(kSafe) == std::string_view::npos;
  const bool bounded =
      safe && std::string_view{":@+-="}.find(value.front()) == std::string_view::npos && value.back() != ':';
  return bounded && value != "null" && value != "Null" && value != "NULL";
}

}  // namespace

Migration translate(const Findings& findings) { return Translator(findings).run(); }

std::string yaml_text(std::string_view value) {
  if (needs_no_quotes(value)) return std::string{value};
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace orrery::migrate
