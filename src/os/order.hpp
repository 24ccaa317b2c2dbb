// Order: what the admin process asks of the master, and what the master answers, as whole messages of fixed size.
//
// They go over a SOCK_SEQPACKET pair that the master makes anew for each admin process, so the end of that process is
// the end of the pair. Nothing in a message is text that has to be understood: kinds and numbers, and words to be
// shown. Both ends are one binary, and never block: what cannot be sent at once is not sent. The master takes nothing
// for granted: a message of another size or kind is kNonsense. Used by the master's thread, and by the admin process.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "os/canary_terms.hpp"
#include "os/packet.hpp"
#include "os/service_facts.hpp"

namespace orrery::os {

enum class OrderKind : std::uint8_t {
  kReload,   ///< argument: 1 = with a canary, on the terms of `canary`
  kUpgrade,  ///< likewise
  kScale,    ///< argument: workers that shall run
  kRestart,  ///< argument: the worker's number; 0 = all
  kDrain,
  kUndrain,
  kStop,
  kLogLevel,   ///< argument: a LogLevel
  kStack,      ///< argument: the worker's number; `thread`: which thread of it, 0 = the loop thread
  kAutoscale,  ///< as kScale, of the admin process itself
};
inline constexpr std::size_t kOrderKinds = 10;
/// "reload", "log-level": as in the path of the request that gives it.
std::string_view word_for(OrderKind kind);

struct Order {
  std::uint64_t ticket = 0;  ///< names it in the answers
  std::int32_t argument = 0;
  std::int32_t thread = 0;
  CanaryTerms canary{};
  CutText<46> from;  ///< who asked the admin process: "unix", "127.0.0.1"
  OrderKind kind = OrderKind::kReload;
  std::array<std::uint8_t, 3> unused{};
};

enum class OrderOutcome : std::uint8_t {
  kBegun,    ///< it is obeyed; another answer tells the outcome
  kDone,     ///< as ordered
  kRefused,  ///< nothing was changed
  kFailed,   ///< it was begun, and did not come to its end
};
/// "begun", "done", "refused", "failed".
std::string_view word_for(OrderOutcome outcome);

struct OrderAnswer {
  std::uint64_t ticket = 0;
  CutText<598> text;  ///< a sentence
  OrderOutcome outcome = OrderOutcome::kDone;
  std::array<std::uint8_t, 7> unused{};
};

/// Over a Channel (os/process.hpp), whose end `ours` is the master's.
/// False when the other end takes nothing more, or is gone.
bool send_order(int fd, const Order& order);
bool send_answer(int fd, const OrderAnswer& answer);

struct OrderArrival {
  Arrival what = Arrival::kNothing;
  Order order;
};
OrderArrival take_order(int fd);
/// The same for the other side; nothing came = kNothing.
struct AnswerArrival {
  Arrival what = Arrival::kNothing;
  OrderAnswer answer;
};
AnswerArrival take_answer(int fd);

}  // namespace orrery::os
