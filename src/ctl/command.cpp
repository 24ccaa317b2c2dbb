#include "ctl/command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fmt/core.h>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <sys/timex.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

#include "config/commands.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"
#include "ctl/doctor.hpp"
#include "ctl/documents.hpp"
#include "ctl/invocation.hpp"
#include "ctl/machine.hpp"
#include "ctl/orders.hpp"
#include "ctl/place.hpp"
#include "ctl/plan.hpp"
#include "ctl/questions.hpp"
#include "ctl/service.hpp"
#include "ctl/terminal.hpp"
#include "ctl/top.hpp"

namespace orrery::ctl {

namespace {

using std::chrono::milliseconds;

std::string variable(const config::Sources& sources, const char* name) {
  const auto found = sources.environment.find(name);
  return found == sources.environment.end() ? std::string{} : found->second;
}

Result<std::string> read_token(const std::string& path) {
  if (path.empty()) return std::string{};
  std::ifstream file(path);
  std::string token;
  if (!std::getline(file, token)) return fail(fmt::format("--token-file: {} cannot be read, or is empty", path));
  while (!token.empty() && (token.back() == '\r' || token.back() == ' ')) token.pop_back();
  if (token.empty()) return fail(fmt::format("--token-file: the first line of {} is empty", path));
  for (const char c : token)
    if (c <= ' ' || c > '~')
      return fail(fmt::format("--token-file: {} has a token with a byte that is not ASCII", path));
  return token;
}

/// A file as a start with nothing but it would read it. Its `${NAME}` are those of this process; with `environment` the
/// variables that are settings rank around it.
Result<config::Outcome> load_file(const config::Sources& sources, const std::string& file, bool environment) {
  config::Sources own;
  own.application = sources.application;
  own.program = sources.program;
  own.arguments = {"-c", file};
  own.environment = sources.environment;
  own.environment_ranks = environment;
  config::Outcome outcome = config::load(own);
  if (outcome.complaints.empty()) return outcome;
  std::string all;
  for (const config::Complaint& complaint : outcome.complaints)
    all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", complaint.where, complaint.message);
  return fail(all);
}

/// Nothing where the kernel does not say.
std::optional<bool> clock_synchronized() {
  timex clock{};
  if (::adjtimex(&clock) < 0) return std::nullopt;
  return (clock.status & STA_UNSYNC) == 0;
}

class Tool {
 public:
  Tool(const config::Sources& sources, Invocation invocation)
      : sources_(sources), invocation_(std::move(invocation)), style_(output_style(sources.environment)) {}

  Verdict run() {
    if (const std::string file = invocation_.value("config"); !file.empty()) {
      auto loaded = load_file(sources_, file, true);
      if (!loaded) return failed(kExitUsage, loaded.error().message);
      configuration_ = std::move(*loaded);
    }
    auto token = read_token(token_file());
    if (!token) return failed(kExitUsage, token.error().message);
    token_ = std::move(*token);
    const std::string_view name = invocation_.command->name;
    if (name == "doctor") return run_doctor();
    if (name == "plan" && invocation_.operands.size() == 2) return run_plan();
    const auto place = find();
    if (!place) return failed(kExitUnreachable, place.error().message);
    const Service service{*place, token_};
    if (name == "plan") return run_plan(service);
    if (name == "top") return show_top(service);
    if (is_question(invocation_)) return answer(service, invocation_, style_);
    return give_order(service, invocation_);
  }

 private:
  /// Where the option is not given, the one that the configuration names for the service.
  [[nodiscard]] std::string token_file() const {
    const config::Setting* setting = config::find_setting("admin_token");
    if (invocation_.has("token-file") || !configuration_ || setting == nullptr) return invocation_.value("token-file");
    return config::print(*setting, configuration_->config);
  }

  [[nodiscard]] Result<Place> find() const {
    const bool said = invocation_.has("socket") || invocation_.has("url");
    if (invocation_.command->name == "ready" && !said && configuration_ && !configuration_->config.monitor.empty())
      return find_monitor(configuration_->config);
    const std::string runtime = variable(sources_, "RUNTIME_DIRECTORY"), xdg = variable(sources_, "XDG_RUNTIME_DIR");
    Hints hints;
    hints.socket = invocation_.value("socket");
    hints.url = invocation_.value("url");
    hints.variable = variable(sources_, "ORRERY_ADMIN");
    if (configuration_) hints.config = &configuration_->config;
    hints.directories = {runtime, xdg};
    return find_place(hints, [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; });
  }

  /// Against the file that is named second.
  [[nodiscard]] Verdict run_plan() const {
    const auto old = load_file(sources_, invocation_.operands[1], true);
    if (!old) return failed(kExitUsage, old.error().message);
    const auto fresh = load_file(sources_, invocation_.operands[0], true);
    if (!fresh) return failed(kExitUsage, fresh.error().message);
    return show(plan_against(*old, *fresh));
  }

  /// Against the service that runs, which has its own environment.
  [[nodiscard]] Verdict run_plan(const Service& service) const {
    const auto fresh = load_file(sources_, invocation_.operands[0], false);
    if (!fresh) return failed(kExitUsage, fresh.error().message);
    const auto reply = service.get("/config");
    if (!reply) return unanswered(reply.error());
    if (reply->status != 200) return refused(*reply, "/config");
    const auto running = read_configuration(reply->body);
    if (!running) return failed(kExitFailed, running.error().message);
    return show(plan_against(*running, *fresh));
  }

  [[nodiscard]] Verdict show(const Plan& plan) const {
    return {kExitDone, invocation_.has("json") ? plan_json(plan) : plan_text(plan, style_), ""};
  }

  [[nodiscard]] Verdict run_doctor() const {
    Circumstances circumstances;
    circumstances.clock_synchronized = clock_synchronized();
    for (const auto& [option, into] : {std::pair{"lb-idle-timeout", &circumstances.balancer_idle},
                                       std::pair{"stop-limit", &circumstances.stop_limit}}) {
      if (!invocation_.has(option)) continue;
      const auto time = read_time(option, invocation_.value(option));
      if (!time) return failed(kExitUsage, time.error().message);
      *into = *time;
    }
    circumstances.master = running_master();
    const auto findings = examine(configuration_ ? configuration_->config : Config{}, Machine{}, circumstances);
    const bool bad = std::ranges::count(findings, Finding::Level::kBad, &Finding::level) > 0;
    return {bad ? kExitFailed : kExitDone,
            invocation_.has("json") ? findings_json(findings) : findings_text(findings, style_), ""};
  }

  [[nodiscard]] Verdict show_top(const Service& service) const {
    constexpr milliseconds kLeast{200}, kMost{60000};
    const auto interval = invocation_.has("interval") ? read_time("interval", invocation_.value("interval"))
                                                      : Result<milliseconds>{milliseconds{1000}};
    if (!interval) return failed(kExitUsage, interval.error().message);
    if (*interval < kLeast || *interval > kMost) return failed(kExitUsage, "--interval is 0.2 to 60 seconds");
    return run_top(service, *interval, style_.colour);
  }

  /// 0 where no service can be asked.
  [[nodiscard]] pid_t running_master() const {
    const auto place = find();
    if (!place) return 0;
    const auto reply = Service{*place, token_}.get("/status");
    if (!reply || reply->status != 200) return 0;
    const auto status = read_status(reply->body);
    return status ? static_cast<pid_t>(status->master) : 0;
  }

  const config::Sources& sources_;
  Invocation invocation_;
  Style style_;
  std::string token_;
  std::optional<config::Outcome> configuration_;
};

int say(const std::string& program, const Verdict& verdict) {
  std::fputs(verdict.output.c_str(), stdout);
  if (!verdict.complaint.empty()) fmt::print(stderr, "{}: {}\n", program, verdict.complaint);
  if (std::fflush(stdout) == 0) return verdict.exit;
  fmt::print(stderr, "{}: the standard output could not be written\n", program);
  return kExitFailed;
}

}  // namespace

bool is_command(int argc, const char* const* argv) { return argc > 1 && config::is_command_word(argv[1]); }

int run_command(const config::Sources& sources) {
  const std::string program = fmt::format("{} {}", sources.program, sources.arguments.front());
  try {
    auto invocation = read_words(sources.arguments);
    if (!invocation) return say(program, failed(kExitUsage, invocation.error().message));
    if (invocation->has("help")) return say(program, {kExitDone, config::render_command_help(sources.program), ""});
    return say(program, Tool{sources, std::move(*invocation)}.run());
  } catch (const std::exception& error) {
    return say(program, failed(kExitFailed, error.what()));
  }
}

}  // namespace orrery::ctl
