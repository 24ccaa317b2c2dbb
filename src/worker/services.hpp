// Services: what the sessions of one worker share. Borrowed by each session, owned by the worker.
//
// Loop thread only, but for the mailbox, which every thread may post to.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "base/spares.hpp"
#include "coding/message_deflate.hpp"
#include "http/context.hpp"
#include "http/h1/decoder.hpp"
#include "http/output.hpp"
#include "uv/loop.hpp"
#include "worker/deadlines.hpp"
#include "worker/mailbox.hpp"
#include "worker/recorder.hpp"

namespace orrery::worker {

class Connections;
class Coroutines;
class Dispatch;
struct TlsTerms;

/// Output buffers not in use. A session has one only while it is its turn; turns may nest (a handler writes to
/// another's stream).
class OutputPool {
 public:
  [[gnu::always_inline]] std::unique_ptr<http::Output> take() {
    auto output = spares_.take();
    return output ? std::move(output) : std::make_unique<http::Output>();
  }
  [[gnu::always_inline]] void give_back(std::unique_ptr<http::Output> output) {
    output->clear();
    spares_.keep(output);
  }

 private:
  base::Spares<http::Output, 8> spares_;
};

struct Services {
  Services(uv::Loop& own_loop, http::Context& own_context, Recorder& own_recorder, Deadlines& own_deadlines,
           os::Slot& own_slot)
      : loop(own_loop),
        context(own_context),
        recorder(own_recorder),
        deadlines(own_deadlines),
        mailbox(std::make_shared<Mailbox>(own_loop)),
        slot(own_slot) {}

  uv::Loop& loop;
  http::Context& context;
  Recorder& recorder;
  Deadlines& deadlines;
  std::shared_ptr<Mailbox> mailbox;
  os::Slot& slot;
  Connections* connections = nullptr;
  Dispatch* dispatch = nullptr;
  Coroutines* coroutines = nullptr;
  TlsTerms* tls = nullptr;  ///< null where no listener speaks TLS
  coding::MessageDeflate message_deflate;
  OutputPool outputs;
  http::h1::DecoderPool decoders;

  /// Makes the Date line that of the second `now` lies in.
  void keep_date(base::Monotonic now) {
    if (now >= date_until_) set_date(now);
  }
  /// The loop's present round: when it first read something for a connection, or `now`, where it has not.
  [[nodiscard]] base::Monotonic round_began(base::Monotonic now) const {
    return round_ == base::Monotonic{} ? now : round_;
  }
  void keep_round(base::Monotonic now) {
    if (round_ == base::Monotonic{}) round_ = now;
  }
  void end_round() { round_ = {}; }
  /// UTC may have stepped: what it is now.
  void set_wall_clock(base::Monotonic now, base::WallTime utc) {
    wall_offset_ = utc.time_since_epoch() - now.time_since_epoch();
    set_date(now);
  }

 private:
  void set_date(base::Monotonic now) {
    const base::WallTime utc{now.time_since_epoch() + wall_offset_};
    context.date.update(utc);
    date_until_ = now + (std::chrono::floor<std::chrono::seconds>(utc) + std::chrono::seconds{1} - utc);
  }

  base::Nanoseconds wall_offset_{0};  ///< what added to the monotonic clock gives UTC
  base::Monotonic round_{};           ///< the epoch: nothing was read in it
  base::Monotonic date_until_{};      ///< when the next second of UTC begins
};

}  // namespace orrery::worker
