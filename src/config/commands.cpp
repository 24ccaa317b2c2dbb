#include "config/commands.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>

#include "base/check.hpp"

namespace orrery::config {
namespace {

const std::vector<std::string_view>& shared_options() {
  static const std::vector<std::string_view> names{"socket", "url", "token-file", "config", "json", "help"};
  return names;
}

std::string shown(const CommandOption& option) {
  std::string text =
      option.letter != 0 ? fmt::format("-{}, --{}", option.letter, option.name) : fmt::format("--{}", option.name);
  if (!option.placeholder.empty()) text += fmt::format(" {}", option.placeholder);
  return text;
}

std::string shown(const Command& command) {
  std::string text = fmt::format("{}{}", command.under_ctl ? "ctl " : "", command.name);
  if (!command.operands.empty()) text += fmt::format(" {}", command.operands);
  return text;
}

}  // namespace

const std::vector<std::string_view>& command_words() {
  static const std::vector<std::string_view> words{"ctl", "top", "plan", "doctor", "migrate"};
  return words;
}

bool is_command_word(std::string_view word) { return std::ranges::count(command_words(), word) != 0; }

const std::vector<CommandOption>& command_options() {
  static const std::vector<CommandOption> table{
      {"socket", 0, "PATH", "The unix socket of the admin process."},
      {"url", 0, "URL", "The address of the admin process: http://HOST:PORT."},
      {"token-file", 0, "FILE", "The file whose first line is the token of a TCP address."},
      {"config", 'c', "FILE", "The configuration whose `admin` says where the admin process is."},
      {"json", 0, "", "Print what the admin process answers, as JSON."},
      {"follow", 'f', "", "Go on and print each event when it happens."},
      {"status", 0, "STATUS", "Only requests answered so: 404, a class such as 5xx, or none."},
      {"route", 0, "PATTERN", "Only requests of this route, by its pattern: /planets/{name}."},
      {"slower", 0, "TIME", "Only requests that took so long or longer: 0.5, 200ms."},
      {"explain", 0, "KEY", "Say of one setting where its value comes from, and which values that one hides."},
      {"wait", 0, "SECONDS", "Wait so long for the outcome; 120 where it is not given."},
      {"canary", 0, "", "Let one worker of the new generation or binary prove itself; go back when it is worse."},
      {"canary-requests", 0, "N", "So many requests it and the others must have answered; else `canary_requests`."},
      {"canary-limit", 0, "TIME", "Longest time for that, 1 second to an hour; else the setting `canary_limit`."},
      {"canary-verdict", 0, "WORD",
       "What becomes of it when too few came: promote or roll-back; else `canary_verdict`."},
      {"canary-probe", 0, "PATH", "It is asked for this path before any client's request; else `canary_probe`."},
      {"no-wait", 0, "", "Say that the order was taken, and do not wait for its outcome."},
      {"min", 0, "N", "Fewest workers that are considered; else the setting `workers_min`."},
      {"max", 0, "N", "Most workers that are considered; else the setting `workers_max`."},
      {"interval", 0, "SECONDS", "Time from one look to the next, 0.2 to 60; 1 where it is not given."},
      {"lb-idle-timeout", 0, "TIME", "After which idle time the balancer in front closes its connections."},
      {"stop-limit", 0, "TIME", "After which time the pod or the unit is killed when it stops."},
      {"help", 'h', "", "Show this text."},
  };
  return table;
}

const CommandOption& command_option(std::string_view name) {
  const auto found = std::ranges::find(command_options(), name, &CommandOption::name);
  ORRERY_CHECK(found != command_options().end());
  return *found;
}

const std::vector<Command>& commands() {
  static const std::vector<std::string_view> levels{"debug", "info", "warning", "error", "critical"};
  static const std::vector<std::string_view> waiting{"wait", "no-wait"};
  static const std::vector<std::string_view> trying{"wait",         "no-wait",        "canary",      "canary-requests",
                                                    "canary-limit", "canary-verdict", "canary-probe"};
  static const std::vector<Command> table{
      {.name = "status", .doc = "How the service is, in a few lines."},
      {.name = "ready", .doc = "Whether the service is ready: exit status 0, or 1 and the reason."},
      {.name = "workers", .doc = "Each worker: state, age, load, time of CPU, memory."},
      {.name = "requests", .doc = "The requests that are handled now, the eldest first."},
      {.name = "stack", .operands = "WORKER", .least = 1, .most = 1, .doc = "What a worker does now: its stacks."},
      {.name = "deaths", .doc = "The last reports of workers that died, the last one first."},
      {.name = "events", .options = {"follow"}, .doc = "What happened to the service, and who asked for it."},
      {.name = "tail",
       .options = {"status", "route", "slower"},
       .doc = "Each request when it is answered, also where there is no access log."},
      {.name = "advise",
       .options = {"min", "max"},
       .doc = "How many workers there should be by what they have to do, and why."},
      {.name = "metrics", .doc = "The metrics, in the text form of Prometheus."},
      {.name = "config", .options = {"explain"}, .doc = "Each setting with the place that its value comes from."},
      {.name = "log-level",
       .operands = "[LEVEL]",
       .most = 1,
       .words = levels,
       .doc = "The level of the error log; with LEVEL it is changed until the next reload."},
      {.name = "reload", .options = trying, .doc = "Read the configuration again and replace the workers."},
      {.name = "upgrade", .options = trying, .doc = "Run the binary that lies on disk, and leave when it serves."},
      {.name = "scale",
       .operands = "WORKERS",
       .least = 1,
       .most = 1,
       .options = waiting,
       .doc = "Serve with so many workers until the next reload."},
      {.name = "restart",
       .operands = "WORKER|all",
       .least = 1,
       .most = 1,
       .words = {"all"},
       .options = waiting,
       .doc = "Replace one worker, or all; each new one is ready before the old one leaves."},
      {.name = "drain", .options = waiting, .doc = "Be not ready for balancers, and serve on."},
      {.name = "undrain", .options = waiting, .doc = "Be ready again after `drain`."},
      {.name = "stop", .options = waiting, .doc = "Answer what is in flight, and stop the service."},
      {.name = "top",
       .under_ctl = false,
       .options = {"interval"},
       .doc = "Workers, rates and slow requests on the whole terminal, as they change."},
      {.name = "plan",
       .under_ctl = false,
       .operands = "NEW.yaml [OLD.yaml]",
       .least = 1,
       .most = 2,
       .doc = "What a reload with NEW.yaml would change in the service that runs, or in OLD.yaml."},
      {.name = "doctor",
       .under_ctl = false,
       .options = {"lb-idle-timeout", "stop-limit"},
       .doc = "Hold the configuration against this machine: what is too small, and what to do."},
      {.name = "migrate",
       .under_ctl = false,
       .asks_service = false,
       .operands = "gunicorn FILE|COMMAND...",
       .least = 2,
       .most = SIZE_MAX,
       .doc = "A gunicorn deployment's settings as a settings file, and what has no counterpart."},
  };
  return table;
}

const Command* find_command(std::string_view name, bool under_ctl) {
  const auto fits = [&](const Command& command) { return command.name == name && command.under_ctl == under_ctl; };
  const auto found = std::ranges::find_if(commands(), fits);
  return found == commands().end() ? nullptr : &*found;
}

std::vector<std::string_view> options_of(const Command& command) {
  std::vector<std::string_view> names = command.asks_service ? shared_options() : std::vector<std::string_view>{"help"};
  names.insert(names.end(), command.options.begin(), command.options.end());
  return names;
}

std::string render_command_help(std::string_view program) {
  std::string out = fmt::format(
      "Usage: {0} ctl [OPTIONS] COMMAND, {0} top|plan|doctor [OPTIONS], {0} migrate gunicorn FILE|COMMAND...\n\n"
      "Commands:\n",
      program);
  for (const Command& command : commands()) out += fmt::format("  {:<26} {}\n", shown(command), command.doc);
  out += "\nOptions:\n";
  for (const CommandOption& option : command_options()) out += fmt::format("  {:<26} {}\n", shown(option), option.doc);
  out +=
      "\nThe admin process is looked for at --socket, --url, $ORRERY_ADMIN, `admin` of the configuration, and then as\n"
      "admin.sock in $RUNTIME_DIRECTORY and /run/orrery, and as orrery-admin.sock in $XDG_RUNTIME_DIR.\n"
      "Exit status: 0 done, 1 refused or failed, 2 a wrong command line, 3 the admin process cannot be reached.\n";
  return out;
}

}  // namespace orrery::config
