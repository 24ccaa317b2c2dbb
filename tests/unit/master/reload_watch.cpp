#include "master/reload_watch.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "support/temporary_directory.hpp"

namespace orrery::master {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

void write(const std::string& path, const std::string& text) { std::ofstream{path} << text; }

/// A directory with an application and the settings of a service in it, and a clock.
struct Desk {
  explicit Desk(std::vector<std::string> extra = {}) {
    write(app, "one");
    write(settings, "a: 1");
    for (std::string& pattern : extra) pattern = directory.file(pattern);
    auto made = ReloadWatch::make({{app, settings}, std::move(extra)});
    REQUIRE(made);
    watch.emplace(std::move(*made));
  }
  /// What has changed after a moment in which nothing happens, by their names.
  std::string changed() {
    CHECK(watch->changed(now).empty());
    now += 1s;
    std::vector<std::string> paths = watch->changed(now);
    if (paths.empty()) paths = watch->changed(now += 1s);
    return spoken_files(paths);
  }

  test::TemporaryDirectory directory;
  std::string app = directory.file("libapp.so");
  std::string settings = directory.file("service.yaml");
  base::Monotonic now{100s};
  std::optional<ReloadWatch> watch;
};

TEST_CASE("reload_watch: what becomes of a file, and whether that is a change") {
  struct Row {
    const char* name;
    std::function<void(Desk&)> act;
    const char* changed;
  };
  const Row rows[] = {
      {"nothing", [](Desk&) {}, ""},
      {"written in its place", [](Desk& desk) { write(desk.app, "two!"); }, "libapp.so"},
      {"replaced",
       [](Desk& desk) {
         write(desk.directory.file("fresh"), "two");
         fs::rename(desk.directory.file("fresh"), desk.app);
       },
       "libapp.so"},
      {"removed and made anew",
       [](Desk& desk) {
         fs::remove(desk.app);
         write(desk.app, "two");
       },
       "libapp.so"},
      {"replaced by a link",
       [](Desk& desk) {
         write(desk.directory.file("libapp.so.2"), "two");
         fs::remove(desk.app);
         fs::create_symlink("libapp.so.2", desk.app);
       },
       "libapp.so"},
      {"a name more for another file",
       [](Desk& desk) {
         write(desk.directory.file("two"), "two");
         fs::remove(desk.app);
         fs::create_hard_link(desk.directory.file("two"), desk.app);
       },
       "libapp.so"},
      {"both", [](Desk& desk) { write(desk.settings, "a: 12"), write(desk.app, "four"); },
       "libapp.so and service.yaml"},
      {"removed", [](Desk& desk) { fs::remove(desk.app); }, ""},
      {"a file that nobody named", [](Desk& desk) { write(desk.directory.file("other.cpp"), "x"); }, ""},
      {"there and back",
       [](Desk& desk) {
         fs::rename(desk.app, desk.directory.file("away"));
         fs::rename(desk.directory.file("away"), desk.app);
       },
       ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Desk desk;
    row.act(desk);
    CHECK(desk.changed() == row.changed);
    CHECK(desk.changed().empty());
  }
}

TEST_CASE("reload_watch: an application that is being written is waited for, however long") {
  Desk desk;
  std::ofstream linker{desk.app};
  linker << "half" << std::flush;
  write(desk.settings, "a: 2000");
  CHECK(desk.changed().empty());
  CHECK_FALSE(desk.watch->deadline());
  desk.now += 1h;
  CHECK(desk.watch->changed(desk.now).empty());
  linker << " and half";
  linker.close();
  CHECK(desk.changed() == "libapp.so and service.yaml");
}

TEST_CASE("reload_watch: a file that never closes holds up nobody else") {
  Desk desk{{"*.log"}};
  std::ofstream log{desk.directory.file("noisy.log")};
  log << "line" << std::flush;
  write(desk.settings, "a: 2000");
  CHECK(desk.changed() == "service.yaml");
  log.close();
  CHECK(desk.changed() == "noisy.log");
}

TEST_CASE("reload_watch: where it is never quiet, a change is told after two seconds") {
  Desk desk;
  write(desk.app, "two!");
  base::Monotonic told{};
  for (int i = 0; i < 100 && told == base::Monotonic{}; ++i, desk.now += 50ms) {
    write(desk.directory.file("noise"), std::to_string(i));
    if (!desk.watch->changed(desk.now).empty()) told = desk.now;
  }
  CHECK(told == base::Monotonic{102s});
}

TEST_CASE("reload_watch: patterns and directories") {
  Desk desk{{"page/*.html", "data"}};
  CHECK(desk.changed().empty());
  fs::create_directories(desk.directory.file("page"));
  fs::create_directories(desk.directory.file("data/deep"));
  (void)desk.changed();
  write(desk.directory.file("page/a.html"), "x");
  write(desk.directory.file("page/a.css"), "x");
  CHECK(desk.changed() == "a.html");
  write(desk.directory.file("data/deep/one"), "x");
  write(desk.directory.file("data/.one.swp"), "x");
  CHECK(desk.changed() == "one");
  fs::create_directories(desk.directory.file("data/deeper/still"));
  CHECK(desk.changed().empty());
  for (const char* name : {"1", "2", "3", "4", "5"}) write(desk.directory.file("data/deeper/still/") + name, "x");
  CHECK(desk.changed() == "1, 2, 3 and 2 more");
  fs::remove(desk.directory.file("data/deep/one"));
  CHECK(desk.changed() == "one");
}

TEST_CASE("reload_watch: a directory that goes and comes back") {
  Desk desk;
  test::TemporaryDirectory build;
  fs::create_directories(build.file("out"));
  write(build.file("out/lib.so"), "one");
  desk.watch->aim({{build.file("out/lib.so")}, {}});
  fs::remove_all(build.file("out"));
  CHECK(desk.changed().empty());
  fs::create_directories(build.file("out"));
  write(build.file("out/lib.so"), "two");
  // Nothing tells that it is there again: it is looked for.
  std::string told;
  for (int i = 0; i < 20 && told.empty(); ++i) told = spoken_files(desk.watch->changed(desk.now += 1s));
  CHECK(told == "lib.so");
}

TEST_CASE("reload_watch: a link's own file is watched where it lies") {
  Desk desk;
  test::TemporaryDirectory build;
  write(build.file("lib.so"), "one");
  fs::create_symlink(build.file("lib.so"), desk.directory.file("link.so"));
  desk.watch->aim({{desk.directory.file("link.so")}, {}});
  write(build.file("lib.so"), "two!");
  CHECK(desk.changed() == "link.so");
}

TEST_CASE("reload_watch: files as a sentence names them") {
  CHECK(spoken_files({}).empty());
  CHECK(spoken_files({"/x/a"}) == "a");
  CHECK(spoken_files({"/x/a", "/y/b"}) == "a and b");
  CHECK(spoken_files({"/a", "/b", "/c"}) == "a, b and c");
  CHECK(spoken_files({"/a", "/b", "/c", "/d"}) == "a, b, c and d");
  CHECK(spoken_files({"/a", "/b", "/c", "/d", "/e"}) == "a, b, c and 2 more");
}

}  // namespace
}  // namespace orrery::master
