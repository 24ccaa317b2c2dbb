// Scaling: what is done about the advice how many workers there should be: nothing, a line in the log, or an order.
//
// Pure. Up goes at once as far as the advice says, since that has been watched for seconds; down goes by a quarter of
// the workers at most, and the advice must have been watched anew for a minute before the next step. A line comes once
// for each change of mind. Admin process. It orders nothing itself, and whether an order is obeyed is the master's
// word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "admin/advice.hpp"
#include "os/service_facts.hpp"

namespace orrery::admin {

struct Deed {
  enum class Kind : std::uint8_t { kNothing, kSay, kOrder };
  Kind kind = Kind::kNothing;
  unsigned workers = 0;  ///< kOrder: that shall run
  std::string line{};    ///< for the log
};

/// How far one step goes from `workers` to what is advised.
unsigned next_number(unsigned workers, unsigned advised);

class Scaling {
 public:
  /// `workers`: that are wanted now, and that the advice is about.
  Deed decide(const Advice& advice, unsigned workers, const os::ServiceFacts::Scaling& terms);

 private:
  Deed say_change(const Advice& advice, unsigned workers);

  unsigned workers_ = 0;          ///< when it was asked last
  std::optional<unsigned> mind_;  ///< what was said last
};

}  // namespace orrery::admin
