#include "ctl/port_owner.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace orrery::ctl {

namespace {

constexpr const char* kTitles =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

std::string row(const std::string& local, const std::string& state, const std::string& inode) {
  return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000     0        0 " +
         inode + " 1 0000000000000000 100 0 0 10 0\n";
}

struct FakeProc {
  FakeProc() {
    std::filesystem::create_directories(root.file("proc/net"));
    std::ofstream(root.file("proc/net/tcp")) << kTitles << row("0100007F:1F90", "01", "11")
                                             << row("0100007F:1F90", "0A", "12") << row("00000000:0050", "0A", "13");
    std::ofstream(root.file("proc/net/tcp6")) << kTitles << row("00000000000000000000000000000000:2328", "0A", "14")
                                              << row("00000000000000000000000001000000:2329", "0A", "15");
    process("500", "nginx) x", "1", "13");
    process("30", "nginx", "1", "13");
    process("42", "node", "7", "14");
    std::filesystem::create_directories(root.file("proc/9"));
  }
  void process(const std::string& pid, const std::string& name, const std::string& parent, const std::string& inode) {
    std::filesystem::create_directories(root.file("proc/" + pid + "/fd"));
    std::ofstream(root.file("proc/" + pid + "/comm")) << name << '\n';
    std::ofstream(root.file("proc/" + pid + "/stat")) << pid << " (" << name << ") S " << parent << " 1 1\n";
    std::filesystem::create_symlink("/dev/null", root.file("proc/" + pid + "/fd/0"));
    std::filesystem::create_symlink("socket:[" + inode + "]", root.file("proc/" + pid + "/fd/5"));
  }
  [[nodiscard]] std::optional<PortOwner> owner(const std::string& bind) const {
    return find_port_owner(Machine{root.file("")}, *base::parse_bind(bind));
  }
  test::TemporaryDirectory root;
};

}  // namespace

TEST_CASE("port_owner: the eldest process that listens there is named") {
  const FakeProc proc;
  struct Row {
    const char* bind;
    const char* address;
    const char* table;
    pid_t pid;
    const char* name;
  };
  for (const Row& row : {Row{"10.0.0.1:80", "0.0.0.0:80", "/proc/net/tcp", 30, "nginx"},
                         Row{"0.0.0.0:80", "0.0.0.0:80", "/proc/net/tcp", 30, "nginx"},
                         Row{"127.0.0.1:9000", "[::]:9000", "/proc/net/tcp6", 42, "node"},
                         Row{"[::1]:9001", "[::1]:9001", "/proc/net/tcp6", 0, ""},
                         Row{"127.0.0.1:8080", "127.0.0.1:8080", "/proc/net/tcp", 0, ""}}) {
    INFO(row.bind);
    const auto owner = proc.owner(row.bind);
    REQUIRE(owner);
    CHECK(owner->address == row.address);
    CHECK(owner->table == row.table);
    CHECK(owner->pid == row.pid);
    CHECK(owner->name == row.name);
  }
  CHECK(proc.owner("127.0.0.1:9000")->parent == 7);
  for (const char* free : {"127.0.0.2:8080", "127.0.0.1:8081", "[::2]:9001", "127.0.0.1:9001", "127.0.0.1:0",
                           "unix:/run/a.sock", "fd://3"}) {
    INFO(free);
    CHECK_FALSE(proc.owner(free));
  }
  CHECK_FALSE(find_port_owner(Machine{proc.root.file("none")}, *base::parse_bind("127.0.0.1:80")));
}

}  // namespace orrery::ctl
