#include "ctl/unit_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace orrery::ctl {

TEST_CASE("unit_file: a time span is systemd's") {
  using std::chrono::milliseconds;
  CHECK(parse_span("90")->time == milliseconds{90000});
  CHECK(parse_span(" 1min 30s ")->time == milliseconds{90000});
  CHECK(parse_span("1min30s")->time == milliseconds{90000});
  CHECK(parse_span("2 h")->time == milliseconds{7200000});
  CHECK(parse_span("500ms")->time == milliseconds{500});
  CHECK(parse_span("infinity")->never);
  CHECK(parse_span("0")->never);
  for (const char* text : {"", "  ", "soon", "1 fortnight", "s", "1.2.3s"}) {
    INFO(text);
    CHECK_FALSE(parse_span(text));
  }
}

TEST_CASE("unit_file: drop-ins rank above the unit, and /etc above /usr") {
  const test::TemporaryDirectory root;
  const Machine machine{root.file("")};
  const auto write = [&](const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path{root.file(path)}.parent_path());
    std::ofstream(root.file(path)) << text;
  };
  CHECK_FALSE(read_stop_limit(machine, "orrery"));
  write("usr/lib/systemd/system/orrery.service", "[Service]\nExecStart=/usr/bin/orrery\n");
  CHECK(read_stop_limit(machine, "orrery")->time == std::chrono::seconds{90});
  CHECK(read_stop_limit(machine, "orrery")->source == "/usr/lib/systemd/system/orrery.service (systemd's default)");
  write("usr/lib/systemd/system/orrery.service", "[Service]\nTimeoutStopSec=10\nTimeoutStopSec=60\n");
  CHECK(read_stop_limit(machine, "orrery")->time == std::chrono::seconds{60});
  write("etc/systemd/system/orrery.service", "[Service]\nTimeoutSec=1min\nTimeoutStopSec=nonsense\n");
  CHECK(read_stop_limit(machine, "orrery")->source == "/etc/systemd/system/orrery.service");
  write("usr/lib/systemd/system/orrery.service.d/10-a.conf", "[Service]\nTimeoutStopSec=1\n");
  write("etc/systemd/system/orrery.service.d/10-a.conf", "[Service]\nTimeoutStopSec=infinity\n");
  write("etc/systemd/system/orrery.service.d/notes.txt", "TimeoutStopSec=2\n");
  const auto limit = read_stop_limit(machine, "orrery");
  CHECK(limit->never);
  CHECK(limit->source == "/etc/systemd/system/orrery.service.d/10-a.conf");
}

}  // namespace orrery::ctl
