#include "master/culprit.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <memory>
#include <unistd.h>

#include "support/child_process.hpp"

namespace orrery::master {

namespace {

constexpr pid_t kPool = 77;
constexpr pid_t kOther = 78;

Death death_by(int status, Ending ending = Ending::kCrashed) {
  Death death;
  death.child.pid = ::gettid();  // the thread whose stack is recorded below
  death.child.status = status;
  death.ending = ending;
  return death;
}

void fly(os::Slot& slot, std::size_t cell, const char* target, pid_t thread = 0) {
  slot.flights[cell].write([&](os::RequestRecord& record) {
    record.set_method("GET");
    record.set_target(target);
    record.started_ns = 1;
    record.thread = thread;
    record.target_fingerprint = cell + 1;
  });
}

std::string name_of(const std::optional<Culprit>& culprit) { return culprit ? culprit->request.name : ""; }

}  // namespace

TEST_CASE("culprit: which request a worker died of, and when nobody can say") {
  struct Row {
    const char* name;
    Death death;
    void (*leave)(os::Slot&);
    const char* culprit;
  };
  const auto on_loop = [](os::Slot& slot) {
    slot.handling = true;
    fly(slot, 0, "/loop");
    fly(slot, 1, "/waits");
    slot.crash.record(SIGSEGV, 0);
  };
  Death stopped = death_by(SIGABRT, Ending::kTimeout);
  stopped.stopped = true;
  const Row rows[] = {
      {"the loop thread ran it", death_by(SIGSEGV), on_loop, "GET /loop"},
      {"abort() is a signal it sent itself", death_by(SIGABRT),
       [](os::Slot& slot) {
         slot.handling = true;
         fly(slot, 0, "/loop");
         slot.crash.record(SIGABRT, ::gettid());
       },
       "GET /loop"},
      {"a handler that answers later ran", death_by(SIGSEGV),
       [](os::Slot& slot) {
         fly(slot, 3, "/later");
         slot.inner = 4;
         slot.crash.record(SIGSEGV, 0);
       },
       "GET /later"},
      {"the inner of two", death_by(SIGSEGV),
       [](os::Slot& slot) {
         slot.handling = true;
         fly(slot, 0, "/outer");
         fly(slot, 2, "/inner");
         slot.inner = 3;
         slot.crash.record(SIGSEGV, 0);
       },
       "GET /inner"},
      {"requests wait, none runs", death_by(SIGSEGV),
       [](os::Slot& slot) {
         fly(slot, 1, "/waits");
         slot.crash.record(SIGSEGV, 0);
       },
       ""},
      {"the handler had ended", death_by(SIGSEGV), [](os::Slot& slot) { slot.crash.record(SIGSEGV, 0); }, ""},
      {"it exited, one ran", death_by(7 << 8),
       [](os::Slot& slot) {
         fly(slot, 1, "/pool", kPool);
         fly(slot, 2, "/waits");
       },
       "GET /pool"},
      {"it exited, two ran", death_by(7 << 8),
       [](os::Slot& slot) {
         fly(slot, 1, "/pool", kPool);
         fly(slot, 2, "/other", kOther);
       },
       ""},
      {"it exited, the loop and a pool thread ran one", death_by(7 << 8),
       [](os::Slot& slot) {
         slot.handling = true;
         fly(slot, 0, "/loop");
         fly(slot, 1, "/pool", kPool);
       },
       ""},
      {"the loop thread crashed while pool threads ran theirs", death_by(SIGSEGV),
       [](os::Slot& slot) {
         fly(slot, 1, "/pool", kPool);
         slot.crash.record(SIGSEGV, 0);
       },
       ""},
      {"somebody sent the signal", death_by(SIGSEGV),
       [](os::Slot& slot) {
         slot.handling = true;
         fly(slot, 0, "/loop");
         slot.crash.record(SIGSEGV, 1);
       },
       ""},
      {"SIGKILL", death_by(SIGKILL), on_loop, ""},
      {"held up the loop", death_by(SIGABRT, Ending::kTimeout), on_loop, "GET /loop"},
      {"past its deadline, and killed at last", death_by(SIGKILL, Ending::kDeadline), on_loop, "GET /loop"},
      {"stopped by SIGSTOP", stopped, on_loop, ""},
      {"told to leave and too slow", death_by(SIGKILL, Ending::kGraceOver), on_loop, ""},
      {"left as asked", death_by(0, Ending::kAsked), on_loop, ""},
      {"a cell number that cannot be", death_by(SIGSEGV),
       [](os::Slot& slot) {
         slot.inner = 127;
         slot.crash.record(SIGSEGV, 0);
       },
       ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto slot = std::make_unique<os::Slot>();
    row.leave(*slot);
    CHECK(name_of(find_culprit(row.death, *slot)) == row.culprit);
  }
}

TEST_CASE("culprit: the request of the pool thread that crashed") {
  const auto slot = std::make_unique<os::Slot>();
  slot->crash.record(SIGSEGV, 0);
  fly(*slot, 1, "/mine", ::gettid());
  fly(*slot, 2, "/other", kOther);
  Death death = death_by(SIGSEGV);
  death.child.pid = ::gettid() + 1;  // the loop thread is another one
  CHECK(name_of(find_culprit(death, *slot)) == "GET /mine");
  fly(*slot, 3, "/mine too", ::gettid());
  CHECK(name_of(find_culprit(death, *slot)).empty());
}

TEST_CASE("culprit: method and whole target are the key, and a stuck one is told from a crash") {
  const auto slot = std::make_unique<os::Slot>();
  slot->handling = true;
  fly(*slot, 0, "/a");
  const auto stuck = find_culprit(death_by(SIGABRT, Ending::kTimeout), *slot);
  const auto crashed = find_culprit(death_by(SIGSEGV), *slot);
  REQUIRE(stuck);
  REQUIRE(crashed);
  CHECK(stuck->how == Quarantine::How::kStuck);
  CHECK(crashed->how == Quarantine::How::kCrashed);
  CHECK(crashed->request.key == os::QuarantineTable::key_of("GET", 1));
}

}  // namespace orrery::master
