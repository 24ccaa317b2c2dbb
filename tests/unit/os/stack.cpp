#include "os/stack.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <optional>
#include <sys/mman.h>
#include <thread>

#include "os/symbols.hpp"
#include "support/child_process.hpp"

namespace orrery::os {

namespace {

struct Cells {
  StackCell crash, sample;
  std::atomic<bool> installed{false};
};

/// In memory a child shares with us.
Cells& shared_cells() {
  void* memory = ::mmap(nullptr, sizeof(Cells), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  return *new (memory) Cells;
}

[[gnu::noinline]] void wait_in_a_named_place() {
  for (;;) ::pause();
}

}  // namespace

TEST_CASE("stack: an address has the name of its function") {
  CHECK(symbol_at(reinterpret_cast<std::uintptr_t>(&wait_in_a_named_place)) == "orrery::os::wait_in_a_named_place+0x0");
  CHECK(symbol_at(1) == "0x1");
}

TEST_CASE("stack: names are as a person says them") {
  struct Row {
    const char* demangled;
    const char* spoken;
  };
  for (const Row& row :
       {Row{"main", "main"}, Row{"orrery::worker::Runtime::run()", "orrery::worker::Runtime::run"},
        Row{"(anonymous namespace)::crash(orrery::Request const&)", "crash"},
        Row{"void std::__invoke_impl<void, orrery::X&>(std::__invoke_other, orrery::X&)", "std::__invoke_impl"},
        Row{"std::function<void ()>::operator()() const", "std::function::operator"},
        Row{"orrery::(anonymous namespace)::Pool::run(int)::{lambda(int)#1}::operator()(int) const",
            "orrery::Pool::run::{lambda#1}::operator"},
        Row{"std::enable_if<is_invocable_r_v<int, int (*&)(int)>, int>::type std::__invoke_r<int>(int&&)",
            "std::__invoke_r"},
        Row{"orrery::Range::operator<(orrery::Range const&) const", "orrery::Range::operator<"},
        Row{"auto f()::operator->()", "f::operator->"},
        Row{"crash_by_overflow(char volatile*) [clone .isra.0]", "crash_by_overflow"},
        Row{"orrery::Y::y() const [clone .cold]", "orrery::Y::y"}}) {
    INFO(row.demangled);
    CHECK(spoken_name(row.demangled) == row.spoken);
  }
}

#if !defined(__SANITIZE_THREAD__)  // such a signal never arrives there
TEST_CASE("stack: a thread is asked and says where it is") {
  Cells& cells = shared_cells();
  load_unwinder();
  const pid_t pid = test::in_child([&cells] {
    install_stack_signals(cells.crash, cells.sample);
    cells.installed = true;
    wait_in_a_named_place();
    return 0;
  });
  // Before, the signal would end it.
  REQUIRE(test::eventually([&] { return cells.installed.load(); }));
  REQUIRE(test::eventually([&] { return ask_for_stack(pid, pid) && cells.sample.count() > 0; }));
  // Whole at last: signals that were sent meanwhile make it write again.
  std::optional<StackSample> sample;
  (void)test::eventually([&] { return (sample = cells.sample.read()).has_value(); });
  ::kill(pid, SIGKILL);
  REQUIRE(sample);
  CHECK(sample->thread == pid);
  CHECK(describe_stack(*sample).find("wait_in_a_named_place") != std::string::npos);
  CHECK(test::wait_for(pid));
  CHECK_FALSE(ask_for_stack(pid, pid));
}
#endif

TEST_CASE("stack: a crash is recorded and takes its course") {
  const int signal = GENERATE(SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT);
  Cells& cells = shared_cells();
  load_unwinder();
  const pid_t pid = test::in_child([&] {
    install_stack_signals(cells.crash, cells.sample);
    ::raise(signal);
    return 0;
  });
  const auto status = test::wait_for(pid);
  REQUIRE(status);
  CHECK(WIFSIGNALED(*status));
  CHECK(WTERMSIG(*status) == signal);
  const auto sample = cells.crash.read();
  REQUIRE(sample);
  CHECK(sample->signal == signal);
  CHECK(sample->depth > 1);
}

TEST_CASE("stack: of threads that crash together, one is recorded whole") {
  load_unwinder();
  for (int round = 0; round < 30; ++round) {
    Cells& cells = shared_cells();
    const pid_t pid = test::in_child([&] {
      install_stack_signals(cells.crash, cells.sample);
      std::atomic<int> there{0};
      const auto crash = [&] {
        prepare_thread_for_stack_signals();
        for (++there; there < 4;) {
        }
        ::raise(SIGSEGV);
      };
      std::array<std::thread, 4> threads;
      for (std::thread& thread : threads) thread = std::thread{crash};
      for (std::thread& thread : threads) thread.join();
      return 0;
    });
    const auto status = test::wait_for(pid);
    REQUIRE(status);
    CHECK(WTERMSIG(*status) == SIGSEGV);
    const auto sample = cells.crash.read();
    REQUIRE(sample);
    CHECK(sample->thread != pid);
    CHECK(sample->depth > 1);
    CHECK(cells.crash.count() == 1);
    ::munmap(&cells, sizeof cells);
  }
}

TEST_CASE("stack: a sample whose writer died in the middle is unreliable") {
  StackCell cell;
  CHECK_FALSE(cell.read());
  cell.record(SIGSEGV, 0);
  CHECK(cell.read());
  reinterpret_cast<std::atomic<std::uint32_t>&>(cell).fetch_add(1);
  CHECK_FALSE(cell.read());
  cell.record(SIGSEGV, 0);
  CHECK_FALSE(cell.read());
}

TEST_CASE("stack: the state of a process") {
  const pid_t pid = test::in_child([] {
    ::raise(SIGSTOP);
    return 0;
  });
  CHECK(test::eventually([&] { return process_state(pid) == 'T'; }));
  ::kill(pid, SIGKILL);
  CHECK(test::wait_for(pid));
  CHECK(process_state(pid) == '?');
}

}  // namespace orrery::os
