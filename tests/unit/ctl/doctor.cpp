#include "ctl/doctor.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace orrery::ctl {

namespace {

using Level = Finding::Level;

/// A machine where all is well.
struct Patient {
  Patient() {
    write("proc/sys/net/core/somaxconn", "4096\n");
    write("proc/sys/fs/file-max", "9223372036854775807\n");
    write("proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P\n");
    write("proc/self/limits", limits("0", "524288"));
    write("proc/77/limits", limits("0", "1024"));
    write("proc/self/cgroup", "0::/orrery\n");
    write("sys/fs/cgroup/orrery/cpu.max", "200000 100000\n");
    write("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
    write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    write("proc/net/tcp", "titles\n");
    write("usr/lib/systemd/system/orrery.service", "[Service]\nTimeoutStopSec=60\n");
    config.workers = 2;
    circumstances.clock_synchronized = true;
    circumstances.balancer_idle = std::chrono::seconds{60};
  }
  static std::string limits(const std::string& core, const std::string& files) {
    return "Max core file size        " + core +
           "                    unlimited            bytes\nMax open files            1024                 " + files +
           "               files\n";
  }
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path{root.file(path)}.parent_path());
    std::ofstream(root.file(path)) << text;
  }
  [[nodiscard]] std::vector<Finding> examine() const {
    return ctl::examine(config, Machine{root.file("")}, circumstances);
  }
  /// The findings of one check that have this level.
  [[nodiscard]] std::string told(std::string_view check, Level level) const {
    std::string all;
    for (const Finding& finding : examine())
      if (finding.check == check && finding.level == level) all += finding.text + '\n';
    return all;
  }
  test::TemporaryDirectory root;
  Config config;
  Circumstances circumstances;
};

}  // namespace

TEST_CASE("doctor: where all is well each check says what it read, and from where") {
  const Patient patient;
  CHECK(
      findings_text(patient.examine(), {}) ==
      "good  backlog      backlog is 2048, and /proc/sys/net/core/somaxconn is 4096.\n"
      "good  descriptors  a worker with 10000 connections needs 10011 descriptors, and \"Max open files\" in "
      "/proc/self/limits (of this shell; a unit has its own) is 524288.\n"
      "good  open files   2 workers with 10000 connections each may open 20000 files, and /proc/sys/fs/file-max is "
      "9223372036854775807.\n"
      "good  cpus         the cgroup's quota of CPU (cpu.max below /sys/fs/cgroup) is 2 processors, and workers is 2.\n"
      "good  keepalive    keepalive is 1 min 15 s, and the balancer's idle time (--lb-idle-timeout) is 1 min.\n"
      "good  stopping     drain_delay and graceful_timeout are 30 s together, and the limit of "
      "/usr/lib/systemd/system/orrery.service is 1 min.\n"
      "good  address      nobody listens at 127.0.0.1:8000 (/proc/net/tcp, tcp6).\n"
      "good  clock        the clock is tsc (/sys/devices/system/clocksource/clocksource0/current_clocksource).\n"
      "good  clock        the clock is synchronised (adjtimex).\n"
      "good  core         /proc/sys/kernel/core_pattern is \"|/usr/lib/systemd/systemd-coredump %P\": a program takes "
      "the core of a crash.\n"
      "good  huge pages   /sys/kernel/mm/transparent_hugepage/enabled is \"always [madvise] never\".\n"
      "Nothing is to be done.\n");
  CHECK_THAT(findings_json(patient.examine()),
             Catch::StartsWith(R"({"findings":[{"check":"backlog","level":"good","text":)"));
}

TEST_CASE("doctor: each thing that is too small, too long or taken is told with what to do") {
  struct Row {
    const char* name;
    void (*spoil)(Patient&);
    const char* check;
    Level level;
    const char* part;
  };
  const Row rows[] = {
      {"a short queue", [](Patient& p) { p.write("proc/sys/net/core/somaxconn", "128\n"); }, "backlog", Level::kBad,
       "queues only 128 connections. Set net.core.somaxconn=2048"},
      {"few descriptors of the service", [](Patient& p) { p.circumstances.master = 77; }, "descriptors", Level::kBad,
       "\"Max open files\" in /proc/77/limits (of the service) is 1024: a worker holds fewer connections than "
       "`worker_connections`. Raise it to 10011"},
      {"few files of the machine", [](Patient& p) { p.write("proc/sys/fs/file-max", "19999\n"); }, "open files",
       Level::kBad, "may open 20000 files, and /proc/sys/fs/file-max is 19999"},
      {"more workers than processors", [](Patient& p) { p.config.workers = 3; }, "cpus", Level::kBad,
       "is 2 processors, and workers is 3"},
      {"workers by themselves", [](Patient& p) { p.config.workers = 0; }, "cpus", Level::kGood,
       "`workers: auto` follows"},
      {"a longer balancer", [](Patient& p) { p.circumstances.balancer_idle = std::chrono::seconds{75}; }, "keepalive",
       Level::kBad, "its clients get a 502"},
      {"an unknown balancer", [](Patient& p) { p.circumstances.balancer_idle.reset(); }, "keepalive", Level::kNote,
       "--lb-idle-timeout says that one"},
      {"a unit that kills", [](Patient& p) { p.config.drain_delay = std::chrono::seconds{30}; }, "stopping",
       Level::kBad, "are 1 min together, and the limit of /usr/lib/systemd/system/orrery.service is 1 min"},
      {"a pod that kills", [](Patient& p) { p.circumstances.stop_limit = std::chrono::seconds{20}; }, "stopping",
       Level::kBad, "the limit of --stop-limit is 20 s"},
      {"no unit", [](Patient& p) { p.config.proc_name = "hello"; }, "stopping", Level::kNote,
       "No unit hello.service was found"},
      {"a log that cannot be", [](Patient& p) { p.config.errorlog = p.root.file("none/error.log"); }, "errorlog",
       Level::kBad, "does not exist; make it, or give another path"},
      {"a log that can be", [](Patient& p) { p.config.accesslog = p.root.file("access.log"); }, "accesslog",
       Level::kGood, "this user may write"},
      {"a taken address",
       [](Patient& p) {
         p.write("proc/net/tcp",
                 "titles\n 0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 99 1 0\n");
         p.write("proc/30/comm", "ngi\x1bnx\n");
         p.write("proc/30/stat", "30 (nginx) S 1 1\n");
         std::filesystem::create_directories(p.root.file("proc/30/fd"));
         std::filesystem::create_symlink("socket:[99]", p.root.file("proc/30/fd/4"));
       },
       "address", Level::kBad, "127.0.0.1:8000 is taken: ngi?nx (pid 30) listens at 0.0.0.0:8000 (/proc/net/tcp)"},
      {"an address of somebody else",
       [](Patient& p) {
         p.write("proc/net/tcp",
                 "titles\n 0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 99 1 0\n");
       },
       "address", Level::kBad, "Ask again as root for its name"},
      {"a slow clock",
       [](Patient& p) { p.write("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n"); },
       "clock", Level::kBad, "the clock is hpet"},
      {"a clock of its own", [](Patient& p) { p.circumstances.clock_synchronized = false; }, "clock", Level::kBad,
       "is not synchronised"},
      {"no core", [](Patient& p) { p.write("proc/sys/kernel/core_pattern", "core\n"); }, "core", Level::kNote,
       "a crash leaves its stack in the log and no core file"},
      {"huge pages for everybody",
       [](Patient& p) { p.write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n"); },
       "huge pages", Level::kNote, "workers look larger"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Patient patient;
    row.spoil(patient);
    CHECK_THAT(patient.told(row.check, row.level), Catch::Contains(row.part));
  }
}

TEST_CASE("doctor: the service's own address is no finding, and what cannot be read is said") {
  Patient patient;
  patient.write("proc/net/tcp",
                "titles\n 0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 99 1 0\n");
  patient.write("proc/78/stat", "78 (orrery: worker) S 77 1\n");
  std::filesystem::create_directories(patient.root.file("proc/78/fd"));
  std::filesystem::create_symlink("socket:[99]", patient.root.file("proc/78/fd/4"));
  patient.circumstances.master = 77;
  CHECK_THAT(patient.told("address", Level::kGood), Catch::Contains("127.0.0.1:8000 is the service's own (pid 78)."));
  patient.config.bind = {"127.0.0.1:0", "unix:/run/a.sock", "fd://3"};
  CHECK(patient.told("address", Level::kGood).empty());
  Config config;
  const test::TemporaryDirectory empty;
  const auto findings = examine(config, Machine{empty.file("")}, {});
  CHECK(std::ranges::count(findings, Level::kBad, &Finding::level) == 0);
  CHECK_THAT(findings_text(findings, {}),
             Catch::Contains("note  backlog      /proc/sys/net/core/somaxconn cannot be read.\n"));
}

}  // namespace orrery::ctl
