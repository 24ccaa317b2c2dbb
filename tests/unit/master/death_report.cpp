#include "master/death_report.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <signal.h>

#include "support/temporary_directory.hpp"

namespace orrery::master {

namespace {

using namespace std::chrono_literals;

constexpr base::Monotonic kNow{100s};

Death death_of(int status, Ending ending) {
  Death death;
  death.number = 3;
  death.generation = 2;
  death.child.pid = 42;
  death.child.status = status;
  death.child.usage.ru_maxrss = 12 * 1024;
  death.ending = ending;
  death.lived = 12500ms;
  return death;
}

std::unique_ptr<os::Slot> slot_with_requests() {
  auto slot = std::make_unique<os::Slot>();
  slot->flights[0].write([](os::RequestRecord& record) {
    record.set_method("GET");
    record.set_target("/planets/mars");
    record.set_id("abc");
    record.peer = *base::parse_ip("192.0.2.7");
    record.started_ns = base::Nanoseconds{98500ms}.count();
  });
  slot->flights[5].write([](os::RequestRecord& record) {
    record.started_ns = 1;
    record.finished_ns = 2;
  });
  return slot;
}

}  // namespace

TEST_CASE("death report: an abnormal death names the cause and the requests in flight") {
  const auto slot = slot_with_requests();
  CHECK(describe_death(death_of(SIGKILL, Ending::kCrashed), *slot, kNow) ==
        "Worker 3 (pid 42, generation 2) died (SIGKILL, not by us) after 12.5 s, 0.00 s of CPU, at most 12 "
        "MiB; requests in "
        "flight: 1: GET /planets/mars (id abc, 1.500 s, from 192.0.2.7:0)");
}

TEST_CASE("death report: a request that the worker accounted for is not lost, and still told of") {
  const auto slot = slot_with_requests();
  constexpr std::uint32_t kFlight = 3 * os::kInFlightCells + 7;
  slot->flights[7].write([](os::RequestRecord& record) {
    record.set_target("/late");
    record.started_ns = base::Nanoseconds{90s}.count();
    record.flight = kFlight;
  });
  const Death death = death_of(SIGKILL, Ending::kCrashed);
  const base::AccessFormat format = base::AccessFormat::compile("%(U)s").value();
  CHECK(lost_flights(*slot).size() == 2);
  slot->account(kFlight - os::kInFlightCells);
  CHECK(lost_flights(*slot).size() == 2);
  slot->account(kFlight);
  slot->account(kFlight - os::kInFlightCells);
  CHECK(remaining_access_lines(death, *slot, format, kNow) == "/planets/mars\n");
  CHECK(count_lost_requests(*slot) == 1);
  CHECK(describe_death(death, *slot, kNow).find("requests in flight: 2") != std::string::npos);
}

TEST_CASE("death report: what each ending says") {
  struct Row {
    Ending ending;
    int status;
    const char* says;
  };
  const Row rows[] = {
      {Ending::kAsked, 0, "has left as asked (exit code 0)"},
      {Ending::kRestarted, SIGTERM, "has left (SIGTERM)"},
      {Ending::kBootFailed, 4 << 8, "ended before it was ready (exit code 4)"},
      {Ending::kBootTimeout, SIGKILL, "was killed: not ready within boot_timeout (SIGKILL)"},
      {Ending::kTimeout, SIGABRT, "was ended: no heartbeat within timeout (SIGABRT)"},
      {Ending::kDeadline, SIGABRT, "was ended: blocked in a request past request_deadline (SIGABRT)"},
      {Ending::kGraceOver, SIGKILL, "was killed: still there after graceful_timeout (SIGKILL)"},
      {Ending::kQuickStop, SIGKILL, "was killed: still there in a quick stop (SIGKILL)"},
      {Ending::kCrashed, SIGSEGV | 0x80, "died (SIGSEGV (core dumped))"},
  };
  const auto slot = std::make_unique<os::Slot>();
  for (const Row& row : rows) {
    const std::string text = describe_death(death_of(row.status, row.ending), *slot, kNow);
    INFO(text);
    CHECK(text.find(row.says) != std::string::npos);
    CHECK(is_abnormal(row.ending) == (text.find("requests in flight: 0") != std::string::npos));
  }
}

TEST_CASE("death report: the access log gets the batch and a line for each lost request") {
  const auto slot = slot_with_requests();
  slot->access.bytes.fill('x');
  slot->access.bytes[3] = '\n';
  slot->access.used.store(4);
  const auto format = base::AccessFormat::compile("%(h)s %(m)s %(U)s %(s)s %(I)s");
  REQUIRE(format);
  CHECK(remaining_access_lines(death_of(SIGSEGV, Ending::kCrashed), *slot, *format, kNow) ==
        "xxx\n192.0.2.7 GET /planets/mars 500 abc\n");
  CHECK(remaining_access_lines(death_of(SIGKILL, Ending::kTimeout), *slot, *format, kNow) ==
        "xxx\n192.0.2.7 GET /planets/mars 504 abc\n");
}

TEST_CASE("death report: a length a broken worker left is not believed") {
  const auto slot = std::make_unique<os::Slot>();
  slot->access.bytes.fill('\n');
  slot->access.used.store(0xffffffffU);
  const auto format = base::AccessFormat::compile("%(h)s");
  CHECK(remaining_access_lines(death_of(SIGSEGV, Ending::kCrashed), *slot, *format, kNow).size() == os::kAccessBatch);
  slot->flights[0].write([](os::RequestRecord& record) {
    record.started_ns = 1;
    record.method_length = record.target_length = record.id_length = 255;
  });
  CHECK(describe_death(death_of(SIGSEGV, Ending::kCrashed), *slot, kNow).find("requests in flight: 1") !=
        std::string::npos);
}

TEST_CASE("death report: lost requests are counted") {
  const auto slot = slot_with_requests();
  CHECK(count_lost_requests(*slot) == 1);
  CHECK(slot->counters.requests.load() == 1);
  CHECK(slot->counters.responses[0].load() == 1);
}

}  // namespace orrery::master
