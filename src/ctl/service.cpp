#include "ctl/service.hpp"

#include <fmt/core.h>

#include "ctl/phrases.hpp"

namespace orrery::ctl {

Answered Service::get(std::string target, std::chrono::milliseconds limit) const {
  return ask(place_, {"GET", std::move(target), token_, limit});
}

Answered Service::post(std::string target, std::chrono::milliseconds limit) const {
  return ask(place_, {"POST", std::move(target), token_, limit});
}

Answered Service::follow(std::string target, const OnPart& on_part) const {
  return ask(place_, {"GET", std::move(target), token_, std::chrono::milliseconds{0}}, on_part);
}

Verdict failed(int exit, std::string complaint) { return {exit, "", std::move(complaint)}; }

Verdict unanswered(const NoReply& none) { return failed(kExitUnreachable, none.sentence); }

Verdict refused(const Reply& reply, const std::string& target) {
  const std::string path = target.substr(0, target.find('?'));
  if (reply.status == 401 || reply.status == 403)
    return failed(kExitFailed, "the admin process wants its token; give the file that has it with --token-file");
  if (reply.status == 404 || reply.status == 405)
    return failed(kExitFailed,
                  fmt::format("the admin process does not know `{}`: the service is of another version, or "
                              "what answers is its monitor process",
                              path));
  std::string said = printable(reply.body.substr(0, reply.body.find('\n')));
  return failed(kExitFailed, fmt::format("the admin process answered {} with {}{}{}", path, reply.status,
                                         said.empty() ? "" : ": ", said));
}

}  // namespace orrery::ctl
