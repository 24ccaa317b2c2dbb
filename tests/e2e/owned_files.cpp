// A master that is root and workers that are not: whatever the workers' user lays at the paths of logs and
// sockets, root follows nothing there, changes nothing there and gives nothing of another's away.
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <thread>
#include <unistd.h>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

constexpr uid_t kUser = 65534, kOther = 65533;
const std::string kPrecious = "of root, nobody else's affair\n";

struct stat look(const std::string& path) {
  struct stat found {};
  ::lstat(path.c_str(), &found);
  return found;
}

bool belongs_to(const std::string& path, uid_t uid) { return look(path).st_uid == uid; }

/// A server of root's whose workers are not, with a directory for its logs that belongs to them.
class Workshop {
 public:
  Workshop() {
    ::chmod(server.file("").c_str(), 0755);
    make_directory("logs", kUser);
    make_directory("private", 0);
    std::ofstream{server.file("private/victim")} << kPrecious;
    ::chmod(server.file("private/victim").c_str(), 0600);
    server.arguments = {"-w", "1", "-u", "65534", "-g", "65534"};
  }

  ServerProcess server;

  void make_directory(const std::string& name, uid_t owner) const {
    std::filesystem::create_directory(server.file(name));
    ::chmod(server.file(name).c_str(), 0755);
    [[maybe_unused]] const int given = ::chown(server.file(name).c_str(), owner, owner);
  }
  void use_logs() {
    server.arguments.insert(server.arguments.end(), {"--error-logfile", server.file("logs/error.log"),
                                                     "--access-logfile", server.file("logs/access.log")});
  }
  bool serve() {
    server.start();
    return server.wait_for_text("logs/error.log", "Generation 1 serves");
  }
  [[nodiscard]] int port() const {
    const std::string text = server.read_file("logs/error.log");
    const std::size_t at = text.find("http://127.0.0.1:");
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + 17));
  }
  /// Nothing of root's has changed.
  [[nodiscard]] bool victim_is_untouched() const {
    const std::string path = server.file("private/victim");
    return server.read_file("private/victim") == kPrecious && belongs_to(path, 0) &&
           (look(path).st_mode & 07777) == 0600 && belongs_to(server.file("private"), 0) &&
           std::distance(std::filesystem::directory_iterator(server.file("private")), {}) == 1;
  }
};

struct Plant {
  std::string name;
  std::function<void(const ServerProcess&, const std::string& path)> lay;
  uid_t owner = 0;  ///< of what lies there, before and after
};

const std::vector<Plant>& plants() {
  static const std::vector<Plant> all{
      {"a link to root's file",
       [](const ServerProcess& server, const std::string& path) {
         std::filesystem::create_symlink(server.file("private/victim"), path);
         ::lchown(path.c_str(), kUser, kUser);
       },
       kUser},
      {"a link to no file yet, in a directory of root's",
       [](const ServerProcess& server, const std::string& path) {
         std::filesystem::create_symlink(server.file("private/new"), path);
         ::lchown(path.c_str(), kUser, kUser);
       },
       kUser},
      {"a second name of root's file",
       [](const ServerProcess& server, const std::string& path) {
         std::filesystem::create_hard_link(server.file("private/victim"), path);
       }},
      {"a file of another user",
       [](const ServerProcess&, const std::string& path) {
         std::ofstream{path} << kPrecious;
         ::chmod(path.c_str(), 0644);
         [[maybe_unused]] const int given = ::chown(path.c_str(), kOther, kOther);
       },
       kOther},
      {"a FIFO of root's", [](const ServerProcess&, const std::string& path) { ::mkfifo(path.c_str(), 0600); }},
      {"a device",
       [](const ServerProcess&, const std::string& path) { ::mknod(path.c_str(), S_IFCHR | 0600, makedev(1, 7)); }},
      {"a directory",
       [](const ServerProcess&, const std::string& path) {
         std::filesystem::create_directory(path);
         ::chmod(path.c_str(), 0700);
       }},
  };
  return all;
}

}  // namespace

TEST_CASE("owned files: what the workers' user laid is not followed or given away, at the start") {
  if (::geteuid() != 0) return;
  const Plant plant = GENERATE(from_range(plants()));
  const std::string log = GENERATE("error", "access");
  INFO(plant.name << " at the " << log << " log");
  Workshop shop;
  const std::string path = shop.server.file("logs/" + log + ".log");
  plant.lay(shop.server, path);
  shop.server.arguments.insert(shop.server.arguments.end(), {"--" + log + "-logfile", path});
  shop.server.start();
  CHECK(shop.server.wait_for_end() == 1);
  CHECK(shop.server.wait_for_line("cannot open the " + log + " log " + path + ": "));
  CHECK(belongs_to(path, plant.owner));
  CHECK(shop.victim_is_untouched());
}

TEST_CASE("owned files: what the workers' user laid is not followed or given away, while it serves") {
  if (::geteuid() != 0) return;
  const Plant plant = GENERATE(from_range(plants()));
  const int signo = GENERATE(SIGHUP, SIGUSR1);
  INFO(plant.name << (signo == SIGHUP ? " at HUP" : " at USR1"));
  Workshop shop;
  shop.use_logs();
  REQUIRE(shop.serve());
  for (const char* name : {"error", "access"}) {
    const std::string path = shop.server.file(std::string("logs/") + name + ".log");
    std::filesystem::rename(path, path + ".1");
    plant.lay(shop.server, path);
  }
  shop.server.signal(signo);
  CHECK(shop.server.wait_for_text("logs/error.log.1", "cannot open the error log"));
  if (signo == SIGUSR1) CHECK(shop.server.wait_for_text("logs/error.log.1", "cannot open the access log"));
  const auto before = shop.server.workers();
  REQUIRE(before.size() == 1);
  ::kill(before[0], SIGKILL);  // what it had not written is the master's to write
  CHECK(shop.server.wait_for_text("logs/error.log.1", "not by us"));
  CHECK(shop.server.wait_for_workers(1));
  CHECK(shop.victim_is_untouched());
  for (const char* name : {"error", "access"})
    CHECK(belongs_to(shop.server.file(std::string("logs/") + name + ".log"), plant.owner));
  CHECK(shop.server.stop() == 0);
}

TEST_CASE("owned files: the last lines of a killed worker go where its own went, whatever lies there now") {
  if (::geteuid() != 0) return;
  Workshop shop;
  shop.use_logs();
  shop.server.bind = false;
  shop.server.arguments.insert(shop.server.arguments.end(), {"-b", "127.0.0.1:0"});
  REQUIRE(shop.serve());
  std::string text = shop.server.read_file("logs/error.log.1");
  const std::string path = shop.server.file("logs/access.log");
  Wire wire{shop.port()};
  std::filesystem::rename(path, path + ".1");
  std::filesystem::create_symlink(shop.server.file("private/victim"), path);
  wire.send(request("GET /later?ms=60000"));
  CHECK(wire.read(100ms).problem == "silent");
  ::kill(shop.server.workers()[0], SIGKILL);
  CHECK(shop.server.wait_for_text("logs/access.log.1", "GET /later"));
  CHECK(shop.victim_is_untouched());
  CHECK(shop.server.stop() == 0);
}

TEST_CASE("owned files: a new log in a directory of root's is made and given to the workers' user") {
  if (::geteuid() != 0) return;
  Workshop shop;
  shop.make_directory("logs", 0);
  shop.use_logs();
  REQUIRE(shop.serve());
  const std::string path = shop.server.file("logs/access.log");
  CHECK(belongs_to(path, kUser));
  std::filesystem::rename(path, path + ".1");
  shop.server.signal(SIGUSR1);
  CHECK(eventually([&] { return belongs_to(path, kUser) && std::filesystem::exists(path); }));
  CHECK(shop.server.stop() == 0);
}

TEST_CASE("owned files: through a link on the way root makes nothing, unless it is root's own") {
  if (::geteuid() != 0) return;
  const bool own = GENERATE(false, true);
  INFO((own ? "root's link" : "the user's link"));
  Workshop shop;
  shop.make_directory("elsewhere", 0);
  const std::string link = shop.server.file(own ? "way" : "logs/way");
  std::filesystem::create_directory_symlink(shop.server.file("elsewhere"), link);
  if (!own) ::lchown(link.c_str(), kUser, kUser);
  shop.server.arguments.insert(shop.server.arguments.end(), {"--access-logfile", link + "/access.log"});
  if (own) {
    REQUIRE(shop.server.serve());
    CHECK(belongs_to(shop.server.file("elsewhere/access.log"), kUser));
    CHECK(shop.server.stop() == 0);
    return;
  }
  shop.server.start();
  CHECK(shop.server.wait_for_end() == 1);
  CHECK(shop.server.wait_for_line("root does not follow the link `way`"));
  CHECK_FALSE(std::filesystem::exists(shop.server.file("elsewhere/access.log")));
}

TEST_CASE("owned files: logs that are the user's already need no right to give files away") {
  if (::geteuid() != 0) return;
  Workshop shop;
  shop.use_logs();
  for (const char* name : {"logs/error.log", "logs/access.log"}) {
    std::ofstream{shop.server.file(name)} << "";
    [[maybe_unused]] const int given = ::chown(shop.server.file(name).c_str(), kUser, 4);  // logrotate's `create … adm`
  }
  shop.server.in_child = [] { ::prctl(PR_CAPBSET_DROP, CAP_CHOWN); };
  REQUIRE(shop.serve());
  shop.server.signal(SIGUSR1);
  CHECK(shop.server.wait_for_text("logs/error.log", "Handling signal: usr1"));
  CHECK(shop.server.stop() == 0);
  CHECK(look(shop.server.file("logs/error.log")).st_gid == 4);
  CHECK(look(shop.server.file("logs/access.log")).st_gid == 4);
}

TEST_CASE("owned files: a FIFO's reader sees no end of file while the service lives") {
  const bool other_user = GENERATE(false, true);
  if (other_user && ::geteuid() != 0) return;
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--access-logfile", "access.fifo"}};
  if (other_user) server.arguments.insert(server.arguments.end(), {"-u", "65534", "-g", "65534"});
  ::chmod(server.file("").c_str(), 0755);
  const std::string path = server.file("access.fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  base::UniqueFd reader{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  REQUIRE(reader);
  server.start();
  pollfd opened{reader.get(), 0, 0};  // HUP: a writer was there and is gone
  REQUIRE(eventually([&] {
    ::poll(&opened, 1, 0);
    return server.count_lines("Generation 1 serves") == 1 || (opened.revents & POLLHUP) != 0;
  }));
  CHECK((opened.revents & POLLHUP) == 0);
  ::fcntl(reader.get(), F_SETFL, 0);
  std::atomic<bool> ended{false};
  std::thread reading([&] {
    char bytes[4096];
    while (::read(reader.get(), bytes, sizeof bytes) > 0) {
    }
    ended = true;
  });
  for (const int signo : {SIGUSR1, SIGHUP}) {
    server.signal(signo);
    if (signo == SIGHUP) CHECK(server.wait_for_line("Generation 2 serves"));
    CHECK(fetch(server.port(), "GET /constant").status == 200);
  }
  CHECK(server.wait_for_workers(1));
  ::kill(server.workers()[0], SIGKILL);
  CHECK(server.wait_for_line("not by us"));
  CHECK(server.wait_for_workers(1));
  CHECK(eventually([&] { return fetch(server.port(), "GET /constant").status == 200; }));
  CHECK_FALSE(ended);
  CHECK(server.count_lines("cannot open") == 0);
  CHECK(belongs_to(path, ::geteuid()));
  CHECK(server.stop() == 0);
  reading.join();
}

TEST_CASE("owned files: a unix socket belongs to the workers' user, and no link is given away for it") {
  if (::geteuid() != 0) return;
  const std::string where = GENERATE("logs", "private");
  INFO(where);
  Workshop shop;
  shop.server.bind = false;
  const std::string path = shop.server.file(where + "/x.sock");
  shop.server.arguments.insert(shop.server.arguments.end(), {"-b", "unix:" + path});
  SECTION("made anew") {
    REQUIRE(shop.server.serve());
    CHECK(belongs_to(path, kUser));
    CHECK(fetch(Wire::Place{0, path, false}, "GET /constant").status == 200);
    CHECK(shop.server.stop() == 0);
    CHECK_FALSE(std::filesystem::exists(path));
  }
  SECTION("a link lies there") {
    std::filesystem::create_symlink(shop.server.file("private/victim"), path);
    shop.server.start();
    CHECK(shop.server.wait_for_end() == 1);
    CHECK(shop.server.wait_for_line("exists and is not a socket"));
    std::filesystem::remove(path);
    CHECK(shop.victim_is_untouched());
  }
}

TEST_CASE("owned files: a unix socket and a pid file that vanished are made again at HUP") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-b", "unix:x.sock", "-p", "pid"}};
  REQUIRE(server.serve());
  for (int round = 0; round < 2; ++round) {
    std::filesystem::remove(server.file("x.sock"));
    std::filesystem::remove(server.file("pid"));
    server.signal(SIGHUP);
    CHECK(server.wait_for_line("Generation " + std::to_string(2 + round) + " serves"));
    CHECK(server.read_file("pid") == std::to_string(server.pid()) + "\n");
    CHECK(fetch(Wire::Place{0, server.file("x.sock"), false}, "GET /constant").status == 200);
    CHECK(server.count_lines("The socket file of unix:x.sock had vanished and was made again") == round + 1);
    CHECK(server.count_lines("The pid file had vanished and was made again") == round + 1);
  }
  CHECK(server.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(server.file("x.sock")));
  CHECK_FALSE(std::filesystem::exists(server.file("pid")));
}

}  // namespace orrery::test
