// Files over real sockets, in every class: sizes, slow readers, files that change while they are sent, rights, reloads.
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLarge = 100ULL * 1024 * 1024;

/// A service of the files below its own directory's `public`.
struct FileServer {
  explicit FileServer(const std::string& worker_class, std::vector<std::string> more = {}) {
    server.arguments = {"-w", "1", "-k", worker_class, "--access-logfile", "access.log"};
    server.arguments.insert(server.arguments.end(), more.begin(), more.end());
    server.environment = {{"ECHO_FILES", server.file("public")}};
    fs::create_directory(server.file("public"));
  }
  [[nodiscard]] std::string path(const std::string& name) const { return server.file("public/" + name); }
  /// Of bytes that tell where they stand.
  void write(const std::string& name, std::size_t size) const {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
    const base::UniqueFd file{::open(path(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    REQUIRE(::write(file.get(), bytes.data(), size) == static_cast<ssize_t>(size));
  }
  /// Large, and nearly all of it a hole; some bytes stand at its beginning, its end and between.
  void write_sparse(const std::string& name, std::uint64_t size) const {
    const base::UniqueFd file{::open(path(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    REQUIRE(::ftruncate(file.get(), static_cast<off_t>(size)) == 0);
    for (std::uint64_t at = 0; at + 8 <= size; at += 7 * 1024 * 1024 + 13)
      REQUIRE(::pwrite(file.get(), &at, sizeof at, static_cast<off_t>(at)) == sizeof at);
  }
  [[nodiscard]] std::string content(const std::string& name, std::uint64_t offset, std::size_t length) const {
    const base::UniqueFd file{::open(path(name).c_str(), O_RDONLY | O_CLOEXEC)};
    std::string bytes(length, '\0');
    bytes.resize(static_cast<std::size_t>(::pread(file.get(), bytes.data(), length, static_cast<off_t>(offset))));
    return bytes;
  }

  ServerProcess server;
};

/// Reads up to and with the empty line behind a head.
std::string read_head(Wire& wire) {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos) {
    const std::string some = wire.read_some(4096);
    if (some.empty()) return text;
    text += some;
  }
  const std::size_t end = text.find("\r\n\r\n") + 4;
  wire.unread(std::string_view{text}.substr(end));
  return text.substr(0, end);
}

/// How many of the `length` bytes that still come are those of `file`, up to the first that is not.
std::uint64_t matching(Wire& wire, int file, std::uint64_t length) {
  std::uint64_t at = 0;
  std::string expected;
  while (at < length) {
    const std::string some = wire.read_some(256 * 1024);
    if (some.empty()) return at;
    expected.resize(some.size());
    if (::pread(file, expected.data(), some.size(), static_cast<off_t>(at)) != static_cast<ssize_t>(some.size()))
      return at;
    if (some != expected) return at;
    at += some.size();
  }
  return at;
}

}  // namespace

TEST_CASE("files: every size, whole and in parts, on one connection") {
  FileServer files{GENERATE(from_range(kClasses))};
  const std::vector<std::size_t> sizes{0, 1, 1024, 32768, 32769, 102400, 1048577};
  for (const std::size_t size : sizes) files.write(std::to_string(size), size);
  REQUIRE(files.server.serve());
  Wire wire{files.server.port()};
  for (const std::size_t size : sizes) {
    const std::string name = std::to_string(size);
    INFO(name);
    const Answer whole = wire.ask("GET /files/" + name);
    CHECK(whole.status == 200);
    CHECK((whole.body == files.content(name, 0, size)));
    CHECK(whole.field("Content-Length") == name);
    wire.send(request("HEAD /files/" + name));
    CHECK(wire.read(kPatience, true).field("Content-Length") == name);
    const auto tag = whole.field("ETag");
    REQUIRE(tag);
    CHECK(wire.ask("GET /files/" + name, "If-None-Match: " + *tag + "\r\n").status == 304);
    if (size == 0) continue;
    for (const std::size_t offset : {std::size_t{0}, size / 2, size - 1}) {
      const Answer part = wire.ask("GET /files/" + name, "Range: bytes=" + std::to_string(offset) + "-\r\n");
      CHECK(part.status == 206);
      CHECK((part.body == files.content(name, offset, size - offset)));
    }
    CHECK(wire.ask("GET /files/" + name, "Range: bytes=" + name + "-\r\n").status == 416);
  }
  // Pipelined: what stands behind a file comes behind it.
  wire.send(request("GET /files/1048577") + request("GET /files/1") + request("GET /files/102400"));
  for (const char* name : {"1048577", "1", "102400"}) CHECK(wire.read().field("Content-Length") == name);
  REQUIRE(files.server.wait_for_text("access.log", "\"GET /files/1048577 HTTP/1.1\" 200 1048577 "));
  CHECK(files.server.count_lines("[ERROR]") == 0);
}

TEST_CASE("files: a large one to a slow reader holds up nobody, and comes whole") {
  FileServer files{GENERATE(from_range(kClasses))};
  files.write_sparse("large", kLarge);
  files.write("small", 1000);
  REQUIRE(files.server.serve());
  Wire slow{files.server.place(), 4096};
  slow.send(request("GET /files/large"));
  CHECK(read_head(slow).find("Content-Length: 104857600\r\n") != std::string::npos);
  CHECK(fetch(files.server.port(), "GET /files/small").body.size() == 1000);
  const base::UniqueFd file{::open(files.path("large").c_str(), O_RDONLY | O_CLOEXEC)};
  Wire quick{files.server.port()};
  quick.send(request("GET /files/large"));
  CHECK(read_head(quick).find(" 200 ") != std::string::npos);
  CHECK(matching(quick, file.get(), kLarge) == kLarge);
  CHECK(quick.ask("GET /files/small").status == 200);
  CHECK(matching(slow, file.get(), 3'000'000) >= 3'000'000);
  slow.reset();
  REQUIRE(files.server.wait_for_text("access.log", "\"GET /files/large HTTP/1.1\" 200 104857600 "));
  CHECK(files.server.workers().size() == 1);
}

TEST_CASE("files: one that is cold comes from the disk as well") {
  FileServer files{GENERATE(from_range(kClasses))};
  files.write("cold", 3'000'000);
  const base::UniqueFd file{::open(files.path("cold").c_str(), O_RDONLY | O_CLOEXEC)};
  ::fsync(file.get());
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  REQUIRE(files.server.serve());
  const Answer answer = fetch(files.server.port(), "GET /files/cold");
  CHECK((answer.body == files.content("cold", 0, 3'000'000)));
}

TEST_CASE("files: one that becomes shorter while it is sent ends in a break, never in other bytes") {
  FileServer files{GENERATE(from_range(kClasses))};
  files.write_sparse("shrinks", kLarge);
  REQUIRE(files.server.serve());
  Wire wire{files.server.place(), 65536};
  wire.send(request("GET /files/shrinks"));
  CHECK(read_head(wire).find("Content-Length: 104857600\r\n") != std::string::npos);
  REQUIRE(::truncate(files.path("shrinks").c_str(), 20'000'000) == 0);
  const base::UniqueFd file{::open(files.path("shrinks").c_str(), O_RDONLY | O_CLOEXEC)};
  CHECK(matching(wire, file.get(), kLarge) <= 20'000'000);
  CHECK(wire.ended() == "reset");
  CHECK(files.server.wait_for_line("shrinks became shorter while it was sent"));
  CHECK(fetch(files.server.port(), "GET /constant").status == 200);
}

TEST_CASE("files: one that is replaced while it is sent comes as it was") {
  FileServer files{GENERATE(from_range(kClasses))};
  files.write_sparse("replaced", kLarge);
  files.write("next", 5000);
  REQUIRE(files.server.serve());
  Wire wire{files.server.place(), 65536};
  wire.send(request("GET /files/replaced"));
  const std::string head = read_head(wire);
  const base::UniqueFd old{::open(files.path("replaced").c_str(), O_RDONLY | O_CLOEXEC)};
  fs::rename(files.path("next"), files.path("replaced"));
  const Answer next = fetch(files.server.port(), "GET /files/replaced");
  CHECK(next.body.size() == 5000);
  CHECK(head.find(*next.field("ETag")) == std::string::npos);
  CHECK(matching(wire, old.get(), kLarge) == kLarge);
}

TEST_CASE("files: links, directories and rights") {
  FileServer files{GENERATE(from_range(kClasses))};
  files.write("file", 100);
  files.write("closed", 100);
  fs::create_directory(files.path("dir"));
  files.write("dir/index.html", 50);
  fs::create_symlink("file", files.path("inside"));
  fs::create_symlink("../stderr", files.path("outside"));
  fs::create_symlink("/etc/passwd", files.path("absolute"));
  ::chmod(files.path("closed").c_str(), 0);
  ::mkfifo(files.path("fifo").c_str(), 0666);
  // Root may read everything: the server is somebody else.
  if (::geteuid() == 0) {
    fs::permissions(fs::path{files.server.config_file()}.parent_path(), fs::perms::all);
    files.server.in_child = [] {
      if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(99);
    };
  }
  REQUIRE(files.server.serve());
  Wire wire{files.server.port()};
  CHECK(wire.ask("GET /files/inside").body.size() == 100);
  CHECK(wire.ask("GET /files/outside").status == 404);
  CHECK(wire.ask("GET /files/absolute").status == 404);
  CHECK(wire.ask("GET /files/closed").status == 403);
  CHECK(wire.ask("GET /files/fifo").status == 404);
  CHECK(wire.ask("GET /files/dir/").body.size() == 50);
  CHECK(wire.ask("GET /files/dir").field("Location") == "./dir/");
  CHECK(wire.ask("GET /files/../stderr").status == 404);
  CHECK(wire.ask("GET /files/%2e%2e%2fstderr").status >= 400);
  const Answer saved = fetch(files.server.port(), "GET /download?name=b.txt&path=" + files.path("file"));
  CHECK(saved.body.size() == 100);
  CHECK(saved.field("Content-Disposition") == "attachment; filename=\"b.txt\"");
}

TEST_CASE("files: a worker that is replaced finishes its downloads") {
  FileServer files{GENERATE(from_range(kClasses))};
  files.write_sparse("large", kLarge);
  REQUIRE(files.server.serve());
  Wire wire{files.server.place(), 65536};
  wire.send(request("GET /files/large"));
  CHECK(read_head(wire).find(" 200 ") != std::string::npos);
  files.server.signal(SIGHUP);
  REQUIRE(files.server.wait_for_line("Generation 2 serves"));
  const base::UniqueFd file{::open(files.path("large").c_str(), O_RDONLY | O_CLOEXEC)};
  CHECK(matching(wire, file.get(), kLarge) == kLarge);
  CHECK(files.server.count_lines("[ERROR]") == 0);
}

TEST_CASE("files: a root that is not there is told before and at the start") {
  FileServer files{"async"};
  fs::remove_all(files.server.file("public"));
  files.server.start();
  CHECK(files.server.wait_for_end() != 0);
  CHECK(files.server.log().find("serve_files: cannot open the directory ") != std::string::npos);
}

}  // namespace orrery::test
