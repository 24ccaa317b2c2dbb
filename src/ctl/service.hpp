// Service: one service as the commands of this floor ask it: where its admin process is, the token, and what an answer
// that is no answer means.
//
// Prints nothing; a command ends with a Verdict. Runs in the program of the operator, never in the server.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "ctl/client.hpp"
#include "ctl/place.hpp"

namespace orrery::ctl {

enum ExitCode : int {
  kExitDone = 0,
  kExitFailed = 1,       ///< the service refused, or could not do it, or not in time
  kExitUsage = 2,        ///< a wrong command line or configuration
  kExitUnreachable = 3,  ///< the admin process was not found, or gave no answer
};

/// How a command ends.
struct Verdict {
  int exit = kExitDone;
  std::string output;     ///< for standard output, with its line ends
  std::string complaint;  ///< a sentence for standard error; empty = none
};

class Service {
 public:
  Service(Place place, std::string token) : place_(std::move(place)), token_(std::move(token)) {}

  /// `limit`: of all of it.
  [[nodiscard]] Answered get(std::string target, std::chrono::milliseconds limit = std::chrono::seconds{10}) const;
  [[nodiscard]] Answered post(std::string target, std::chrono::milliseconds limit) const;
  /// Without a limit, until `on_part` says false or the connection ends.
  [[nodiscard]] Answered follow(std::string target, const OnPart& on_part) const;

  [[nodiscard]] const Place& place() const { return place_; }

 private:
  Place place_;
  std::string token_;
};

Verdict failed(int exit, std::string complaint);
Verdict unanswered(const NoReply& none);
/// For a status that is not 2xx.
Verdict refused(const Reply& reply, const std::string& target);

}  // namespace orrery::ctl
