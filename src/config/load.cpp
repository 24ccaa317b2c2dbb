#include "config/load.hpp"

#include <fmt/core.h>
#include <unistd.h>
#include <utility>

#include "base/access_format.hpp"
#include "config/command_line.hpp"
#include "config/reference.hpp"
#include "config/shell_words.hpp"
#include "config/value.hpp"
#include "config/yaml.hpp"

namespace orrery::config {
namespace {

constexpr const char* kArgumentsVariable = "ORRERY_CMD_ARGS";

Reading read_environment(const std::map<std::string, std::string>& environment) {
  Reading reading;
  for (const Setting& setting : settings()) {
    if (setting.environment.empty()) continue;
    const std::string variable{setting.environment};
    const auto found = environment.find(variable);
    if (found == environment.end()) continue;
    // PORT= means no port; FORWARDED_ALLOW_IPS= means nobody.
    if (found->second.empty() && setting.separator == 0) continue;
    Given given{&setting, {}, variable, "environment " + variable};
    for (const auto& entry : split_entries(setting, found->second)) {
      given.texts.push_back({std::string{setting.environment_prefix} + entry, variable});
    }
    reading.given.push_back(std::move(given));
  }
  return reading;
}

CommandLine read_arguments_variable(const std::map<std::string, std::string>& environment) {
  const auto found = environment.find(kArgumentsVariable);
  if (found == environment.end()) return {};
  const auto words = split_words(found->second);
  if (words) return read_arguments(*words, kArgumentsVariable);
  CommandLine none;
  none.reading.complaints.push_back({kArgumentsVariable, "it cannot be cut into words: " + words.error().message});
  return none;
}

/// Takes the sources in, the weakest first.
class Ranking {
 public:
  explicit Ranking(Outcome& outcome) : outcome_(outcome) {}

  void take(const Reading& reading) {
    complain(reading.complaints);
    for (const Given& given : reading.given) take(given);
    auto& given = outcome_.app_sources.given;
    given.insert(given.end(), reading.app.begin(), reading.app.end());
  }

  /// `table`: of the application in this program, if that has settings.
  void settle_application(const sections::Table* table) {
    const sections::Sources& sources = outcome_.app_sources;
    if (!outcome_.config.app.empty()) {
      outcome_.app.shown = given_app_settings(sources);
    } else if (table != nullptr) {
      outcome_.app = read_app_settings(*table, sources);
      complain(outcome_.app.complaints);
    } else {
      complain(refuse_app_settings(sources));
    }
  }

  void settle() {
    // A value that could not be read leaves its default behind: conflicts with that would be no news.
    if (!outcome_.complaints.empty()) return;
    become_threads();
    follow_timeout();
    note_idle_settings();
    note_useless_format();
    for (const Problem& problem : find_conflicts(outcome_.config)) {
      const auto given = places_.find(problem.name);
      const std::string variables = given == places_.end() ? "" : told_variables(given->second, problem.entry);
      outcome_.complaints.push_back({place(problem), problem.message + variables});
    }
  }

 private:
  void complain(const std::vector<Complaint>& complaints) {
    outcome_.complaints.insert(outcome_.complaints.end(), complaints.begin(), complaints.end());
  }

  void take(const Given& given) {
    const Setting& setting = *given.setting;
    std::vector<std::string> texts;
    for (const auto& text : given.texts) texts.push_back(text.text);
    if (auto done = assign(setting, outcome_.config, texts); !done) return blame(given, 0, done.error().message);
    if (const auto weaker = places_.find(setting.name); weaker != places_.end())
      outcome_.hidden[setting.name].push_back(std::move(weaker->second));
    outcome_.origins[setting.name] = given.origin;
    places_[setting.name] = given;
    if (auto fault = find_fault(setting, outcome_.config)) blame(given, fault->entry, fault->message);
  }

  void blame(const Given& given, std::size_t entry, const std::string& message) {
    const auto& where = entry < given.texts.size() ? given.texts[entry].where : given.where;
    // A flag names the setting already.
    const bool named = where == shown_flag(*given.setting);
    const std::string sentence = message + told_variables(given, entry);
    outcome_.complaints.push_back({where, named ? sentence : fmt::format("{}: {}", given.setting->name, sentence)});
  }

  /// The line of the file shows a name where the message shows a value.
  static std::string told_variables(const Given& given, std::size_t entry) {
    if (entry >= given.texts.size() || given.texts[entry].variables.empty()) return "";
    return fmt::format(" (with {} of the environment)", given.texts[entry].variables);
  }

  std::string place(const Problem& problem) {
    const auto given = places_.find(problem.name);
    if (given == places_.end()) return std::string{problem.name};
    const auto& texts = given->second.texts;
    return problem.entry < texts.size() ? texts[problem.entry].where : given->second.where;
  }

  // As gunicorn does, but said.
  void become_threads() {
    Config& config = outcome_.config;
    if (!is_given("threads") || config.threads < 2) return;
    if (is_given("worker_class") && config.worker_class != WorkerClass::kSync) return;
    const char* const otherwise = is_given("worker_class") ? ", not `sync`," : "";
    config.worker_class = WorkerClass::kThreads;
    note(fmt::format("worker_class is `threads`{} because threads is {} ({})", otherwise, config.threads,
                     outcome_.origins["threads"]));
  }

  // gunicorn's timeout bounds a request too.
  void follow_timeout() {
    Config& config = outcome_.config;
    if (!is_given("timeout") || is_given("request_deadline") || config.request_deadline.count() == 0) return;
    if (config.timeout.count() != 0 && config.timeout <= config.request_deadline) return;
    config.request_deadline = config.timeout;
    const std::string said = print(*find_setting("request_deadline"), config);
    note(fmt::format("request_deadline is {}, because timeout is ({}); a value of its own is not changed", said,
                     outcome_.origins["timeout"]));
  }

  void note_idle_settings() {
    const Config& config = outcome_.config;
    const bool threaded = config.worker_class == WorkerClass::kThreads;
    if (is_given("threads") && !threaded && config.threads > 1) {
      note("threads has no effect: worker_class is not `threads`");
    }
    if (is_given("pressure") && config.pressure != Pressure::kOff && config.worker_class != WorkerClass::kThreads)
      note("pressure has no effect without worker_class `threads`: elsewhere requests wait in the kernel, unread");
    if (config.initgroups && config.user.empty()) note("initgroups has no effect without `user`");
    if (config.max_requests_jitter > 0 && config.max_requests == 0) {
      note("max_requests_jitter has no effect without `max_requests`");
    }
    if (config.preload_app && config.app.empty()) note("preload_app has no effect without `app`");
    if (config.tls_watch && config.certfile.empty()) note("tls_watch has no effect without `certfile`");
    if (!config.reload_extra_files.empty() && !config.reload) note("reload_extra_files has no effect without `reload`");
  }

  void note_useless_format() {
    const auto format = base::AccessFormat::compile(outcome_.config.access_log_format);
    if (format && !format->has_atoms() && !outcome_.config.accesslog.empty())
      note("access_log_format has no atom such as %(r)s, so every line of the access log is the same");
    if (format && !format->quoted_numbers().empty())
      note(
          fmt::format("access_log_format has {} within quotes, which makes a text of a number, and `-` of one that is "
                      "missing; without the quotes it is a number, or null",
                      format->quoted_numbers()));
    if (!format || format->json_fault().empty()) return;
    note(
        fmt::format("access_log_format begins like a JSON object but is none ({}), so its values are escaped as text "
                    "and its lines are no JSON",
                    format->json_fault()));
  }

  [[nodiscard]] bool is_given(std::string_view name) const { return outcome_.origins.count(name) > 0; }
  void note(std::string sentence) { outcome_.notes.push_back(std::move(sentence)); }

  Outcome& outcome_;
  std::map<std::string_view, Given> places_;
};

std::string choose_file(const Sources& sources, const CommandLine& variable, const CommandLine& arguments) {
  if (!arguments.file.empty()) return arguments.file;
  if (!variable.file.empty()) return variable.file;
  const bool exists = !sources.default_file.empty() && ::access(sources.default_file.c_str(), F_OK) == 0;
  return exists ? sources.default_file : "";
}

Outcome text_outcome(std::string text) {
  Outcome outcome;
  outcome.action = Action::kPrintText;
  outcome.text = std::move(text);
  return outcome;
}

std::string version_text(const Sources& sources) {
  return sources.version.empty() ? sources.program + "\n" : fmt::format("{} {}\n", sources.program, sources.version);
}

void decide(Outcome& outcome, const CommandLine& variable, const CommandLine& arguments) {
  if (variable.print_config || arguments.print_config) {
    outcome.action = Action::kPrintText;
    outcome.text = render_config(outcome.config, outcome.origins) + render_app_config(outcome.app.shown);
  } else if (variable.check_config || arguments.check_config) {
    outcome.action = Action::kCheckConfig;
    outcome.text = "the configuration is good\n";
  } else if (variable.single || arguments.single) {
    outcome.action = Action::kServeSingle;
    if (outcome.config.daemon)
      outcome.complaints.push_back(
          {"--single", "there is no master that could go to the background; leave out `daemon`"});
    if (outcome.config.tls_watch)
      outcome.notes.push_back("tls_watch has no effect with --single: there is no master that could watch");
    if (outcome.config.reload)
      outcome.notes.push_back("reload has no effect with --single: there is no master that could watch");
  }
}

Outcome load_ranked(const Sources& sources) {
  const CommandLine variable = sources.environment_ranks ? read_arguments_variable(sources.environment) : CommandLine{};
  const CommandLine arguments = read_arguments(sources.arguments);
  if (arguments.help || variable.help) return text_outcome(render_help(sources.program, sources.application));
  if (arguments.version || variable.version) return text_outcome(version_text(sources));

  Outcome outcome;
  outcome.file = choose_file(sources, variable, arguments);
  Ranking ranking(outcome);
  if (sources.environment_ranks) ranking.take(read_environment(sources.environment));
  if (!outcome.file.empty()) ranking.take(read_yaml(outcome.file, sources.environment));
  ranking.take(variable.reading);
  ranking.take(arguments.reading);
  ranking.settle();
  if (sources.environment_ranks) outcome.app_sources.environment = sources.environment;
  ranking.settle_application(sources.application);
  if (outcome.complaints.empty()) decide(outcome, variable, arguments);
  return outcome;
}

}  // namespace

Sources capture_sources(int argc, const char* const* argv, const char* const* environment) {
  Sources sources;
  if (argc > 0) {
    const std::string_view path = argv[0];
    const auto slash = path.rfind('/');
    sources.program = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  }
  for (int i = 1; i < argc; ++i) sources.arguments.emplace_back(argv[i]);
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    sources.environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return sources;
}

Outcome load(const Sources& sources) {
  try {
    return load_ranked(sources);
  } catch (const std::exception&) {
    Outcome failed;
    failed.complaints.push_back({"configuration", "it cannot be read: out of memory"});
    return failed;
  }
}

std::string print_complaints(std::string_view program, const std::vector<Complaint>& complaints) {
  std::string out;
  for (const Complaint& complaint : complaints)
    out += fmt::format("{}: {}: {}\n", program, complaint.where, complaint.message);
  return out;
}

}  // namespace orrery::config
