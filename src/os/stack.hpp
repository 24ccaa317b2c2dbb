// Stack: the native stack of a worker's thread, written into its slot by a signal handler, for the master to read and
// to name.
//
// A crash (SEGV, BUS, FPE, ILL, ABRT) leaves the stack of the thread it happened in and then takes its default course.
// Of threads that crash together the first leaves its stack, and the others wait until it has.
// A thread that seems stuck is asked by a real-time signal and goes on. The handlers are async-signal-safe: they walk
// the stack (the unwinder is loaded before fork) and store raw addresses. Naming them is the master's: a forked worker
// has its address layout. Worker: install, then each handler thread prepares itself. Master: the rest.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "os/sequenced.hpp"

namespace orrery::os {

struct StackSample {
  pid_t thread = 0;
  int signal = 0;
  pid_t sender = 0;  ///< of a signal some process sent; 0 = the kernel
  std::uint32_t depth = 0;
  std::array<std::uintptr_t, 48> frames{};  ///< innermost first
};

/// A StackSample in shared memory. One writer at a time. Of several threads that crash together the first one writes.
class StackCell {
 public:
  /// Async-signal-safe.
  void record(int signal, pid_t sender) noexcept;
  /// Grows by one with each sample.
  [[nodiscard]] std::uint32_t count() const { return sample_.count(); }
  /// The last sample; nothing when there is none, or when it was torn.
  [[nodiscard]] std::optional<StackSample> read() const;

 private:
  Sequenced<StackSample> sample_;
};

/// Master, before the first fork: what the handlers call must be loaded by then.
void load_unwinder();
/// Worker, loop thread, once: the handlers. `crash` and `sample` must stay.
void install_stack_signals(StackCell& crash, StackCell& sample);
/// Worker, each handler thread: lets the signals of this page through, and gives it a stack of its own for them.
void prepare_thread_for_stack_signals();
/// Master: asks a thread of a worker for a sample. False when it is gone. Only of a worker that has beaten: before the
/// handlers stand the signal ends it.
bool ask_for_stack(pid_t process, pid_t thread);

/// "name+0x1f" or "binary+0x1234", innermost first; the frames of the handler itself are left out.
std::vector<std::string> name_frames(const StackSample& sample);
/// The same as one text: "inner < outer < outermost".
std::string describe_stack(const StackSample& sample);

/// State letter of a process as /proc tells it: 'T' is stopped. '?' when it is gone.
char process_state(pid_t pid);

}  // namespace orrery::os
