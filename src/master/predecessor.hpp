// Predecessor: the old master, as the new one that it started on USR2 sees it.
//
// Owned by the new master. Tells over the channel (one packet a message: "hello 1", "adopts VERSION", "canary TERMS",
// "is PROGRAM", "answered TALLY", "ready TEXT", "failed TEXT") how the start goes and hears "commit", "promote", or
// "stopping" when the old one stops too; the channel's end means that the old master is gone. Words that one of them
// does not know are a newer one's. In a master that was started by hand every call does nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"
#include "master/canary.hpp"
#include "master/event.hpp"
#include "master/inheritance.hpp"
#include "os/handover.hpp"

namespace orrery::master {

class Predecessor {
 public:
  /// None.
  Predecessor() = default;
  explicit Predecessor(const Inheritance& inheritance);

  /// It still has the service.
  [[nodiscard]] bool there() const { return static_cast<bool>(channel_); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int fd() const { return channel_.get(); }

  /// The pair it passed on, when both mean the same by it.
  std::optional<os::HandoverPair> take_handover(const Inheritance& inheritance);
  /// Its workers take what this master's hand over.
  [[nodiscard]] bool adopts() const { return there() && adopts_; }

  /// It has this master's first worker on trial, and no other may come before it says so.
  [[nodiscard]] bool tries() const { return tries_; }
  /// The path that this worker is asked for first, empty = none; nothing: as the settings say.
  [[nodiscard]] const std::optional<std::string>& probe() const { return probe_; }
  /// This master begins with a canary; `terms` are those of its settings. In front of introduce().
  void begin_canary(const os::CanaryTerms& terms) { tell("canary ", to_words(terms)); }
  /// What the canary has answered since its birth.
  void answered(const Tally& tally) { tell("answered ", to_words(tally)); }

  /// What this master is: "orrery 0.2.0, build 1a2b".
  void introduce(std::string_view program) { tell("is ", program); }
  void ready(std::string_view status) { tell("ready ", status); }
  void failed(std::string_view why) { tell("failed ", why); }
  /// The next thing that it said, if anything: PredecessorLeft or PromotionArrived.
  std::optional<Event> listen();
  void forget() { channel_.reset(); }

 private:
  void tell(std::string_view word, std::string_view text);

  pid_t pid_ = 0;
  base::UniqueFd channel_;
  bool adopts_ = false;
  bool tries_ = false;
  std::optional<std::string> probe_;
};

}  // namespace orrery::master
