#include "ctl/questions.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "ctl/documents.hpp"
#include "ctl/event_stream.hpp"
#include "ctl/phrases.hpp"
#include "ctl/views.hpp"

namespace orrery::ctl {

namespace {

/// The text of a document for people, or why it is none.
using View = Result<std::string> (*)(std::string_view body, const Style& style);

template <auto read, auto shown>
Result<std::string> view(std::string_view body, const Style& style) {
  auto document = read(body);
  if (!document) return fail(document);
  return shown(*document, style);
}

double unix_now() { return static_cast<double>(base::wall_now().time_since_epoch().count()) / 1e9; }

std::string status_now(const Status& status, const Style& style) { return status_text(status, unix_now(), style); }

std::string events_text(const std::vector<Event>& events, const Style& style) {
  std::string out;
  for (const Event& event : events) out += event_line(event, style);
  return out.empty() ? "Nothing has happened since the start.\n" : out;
}

std::string line_text(const std::string& line, const Style& /*style*/) { return printable(line) + '\n'; }

struct Row {
  std::string_view command;
  View view;
};
constexpr std::array kRows{
    Row{"status", view<read_status, status_now>},
    Row{"workers", view<read_workers, workers_text>},
    Row{"requests", view<read_requests, requests_text>},
    Row{"stack", view<read_stacks, stacks_text>},
    Row{"deaths", view<read_deaths, deaths_text>},
    Row{"events", view<read_events, events_text>},
    Row{"config", view<read_configuration, configuration_text>},
    Row{"log-level", view<read_log_level, line_text>},
    Row{"advise", view<read_advice, line_text>},
};

std::string with_line_end(std::string text) {
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string advice_of(const Invocation& invocation) {
  std::string target = "/advice";
  for (const std::string_view name : {"min", "max"}) {
    if (invocation.has(name))
      target += fmt::format("{}{}={}", target.ends_with("advice") ? "?" : "&", name, encoded(invocation.value(name)));
  }
  return target;
}

std::string target_of(const Invocation& invocation) {
  if (invocation.command->name == "advise") return advice_of(invocation);
  std::string target = fmt::format("/{}", invocation.command->name);
  if (invocation.command->name == "stack") target += "?worker=" + invocation.operands.front();
  return target;
}

/// Prints each event as it comes; ends only with the connection. `what` it is a stream of.
template <auto read, auto shown>
Verdict follow(const Service& service, const std::string& target, std::string_view what, bool json,
               const Style& style) {
  EventStream stream([&](const std::string& data) {
    const auto document = read(data);
    const std::string line = json || !document ? with_line_end(printable(data)) : shown(*document, style);
    std::fputs(line.c_str(), stdout);
    std::fflush(stdout);
  });
  const auto reply = service.follow(target, [&](std::string_view part) {
    stream.take(part);
    return std::ferror(stdout) == 0;
  });
  if (!reply && reply.error().kind != NoReply::Kind::kCutOff) return unanswered(reply.error());
  if (reply && reply->status != 200) return refused(*reply, target);
  return failed(kExitFailed, fmt::format("the admin process ended the stream of {}", what));
}

Verdict tail(const Service& service, const Invocation& invocation, const Style& style) {
  std::string target = "/tail";
  const auto add = [&target](std::string_view name, std::string_view value) {
    target += fmt::format("{}{}={}", target.find('?') == std::string::npos ? "?" : "&", name, encoded(value));
  };
  if (invocation.has("status")) add("status", invocation.value("status"));
  if (invocation.has("route")) add("route", invocation.value("route"));
  if (invocation.has("slower")) {
    const auto time = read_time("slower", invocation.value("slower"));
    if (!time) return failed(kExitUsage, time.error().message);
    add("slower", fmt::format("{:.3f}", std::chrono::duration<double>(*time).count()));
  }
  return follow<read_answered, answered_line>(service, target, "requests", invocation.has("json"), style);
}

Verdict set_level(const Service& service, const std::string& level, bool json) {
  const std::string target = "/log-level?level=" + level;
  const auto reply = service.post(target, std::chrono::seconds{10});
  if (!reply) return unanswered(reply.error());
  if (const auto outcome = read_outcome(reply->body)) {
    const bool done = outcome->outcome == "done" || outcome->outcome == "begun";
    if (json) return {done ? kExitDone : kExitFailed, with_line_end(reply->body), ""};
    return done ? Verdict{kExitDone, printable(outcome->text) + '\n', ""}
                : failed(kExitFailed, printable(outcome->text));
  }
  if (reply->status / 100 != 2) return refused(*reply, target);
  return {kExitDone, json ? with_line_end(reply->body) : fmt::format("The log level is {}.\n", level), ""};
}

/// The monitor process answers it as well.
Verdict ask_ready(const Service& service) {
  const auto reply = service.get("/readyz");
  if (!reply) return unanswered(reply.error());
  if (reply->status != 200 && reply->status != 503) return refused(*reply, "/readyz");
  std::string text = printable(reply->body.substr(0, reply->body.find('\n')));
  if (reply->status == 503) return failed(kExitFailed, std::move(text));
  return {kExitDone, text + '\n', ""};
}

Verdict explain(const std::string& body, const std::string& name) {
  const auto configuration = read_configuration(body);
  if (!configuration) return failed(kExitFailed, configuration.error().message);
  const auto text = explained(*configuration, name);
  return text ? Verdict{kExitDone, *text, ""} : failed(kExitUsage, text.error().message);
}

}  // namespace

bool is_question(const Invocation& invocation) {
  const std::string_view name = invocation.command->name;
  if (name == "metrics" || name == "ready" || name == "tail") return true;
  for (const Row& row : kRows)
    if (row.command == name) return true;
  return false;
}

Verdict answer(const Service& service, const Invocation& invocation, const Style& style) {
  const std::string_view name = invocation.command->name;
  const bool json = invocation.has("json");
  if (invocation.has("follow")) return follow<read_event, event_line>(service, "/events?follow", "events", json, style);
  if (name == "tail") return tail(service, invocation, style);
  if (name == "log-level" && !invocation.operands.empty()) return set_level(service, invocation.operands.front(), json);
  if (name == "ready") return ask_ready(service);
  const std::string target = target_of(invocation);
  const auto reply = service.get(target);
  if (!reply) return unanswered(reply.error());
  if (reply->status != 200) return refused(*reply, target);
  if (json || name == "metrics") return {kExitDone, with_line_end(reply->body), ""};
  if (invocation.has("explain")) return explain(reply->body, invocation.value("explain"));
  for (const Row& row : kRows) {
    if (row.command != name) continue;
    const auto text = row.view(reply->body, style);
    return text ? Verdict{kExitDone, *text, ""} : failed(kExitFailed, text.error().message);
  }
  return {};
}

}  // namespace orrery::ctl
