// Bodies that are too large for memory: spooled into a file without a name, whole for every shape of handler in every
// class, over HTTP/1.1 and HTTP/2; and what becomes of them where there is no room, or no client any more.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "e2e/classes.hpp"
#include "support/large_body.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

constexpr std::chrono::minutes kLong{2};
constexpr std::size_t kSize = 5'000'000;

/// A server that spools what is larger than 64 KiB, and tells of itself.
struct SpoolingServer : ServerProcess {
  explicit SpoolingServer(const std::string& worker_class, const std::string& more = "",
                          const std::string& where = "uploads") {
    arguments = {"-w", "1", "-k", worker_class};
    std::filesystem::create_directory(file("uploads"));
    yaml = "client_body_buffer_size: 64k\nmonitor: unix:monitor.sock\ntmp_upload_dir: " + where + "\n" + more;
  }
  /// The monitor, too, is a child, and has no title when it is just born.
  bool serve_alone() { return serve() && wait_for_workers(1, kLong); }
  [[nodiscard]] std::string spooled() const {
    const Answer answer = fetch(Wire::Place{0, file("monitor.sock"), false}, "GET /metrics");
    constexpr std::string_view kName = "\norrery_request_bodies_spooled_total ";
    const std::size_t at = answer.body.find(kName);
    if (at == std::string::npos) return answer.problem + answer.body;
    const std::size_t begin = at + kName.size();
    return answer.body.substr(begin, answer.body.find('\n', begin) - begin);
  }
  /// Files of that directory that the worker has open; they have no name any more.
  [[nodiscard]] std::size_t open_files() const {
    std::size_t open = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/" + std::to_string(workers().at(0)) + "/fd"}) {
      std::error_code gone;
      const std::string target = std::filesystem::read_symlink(entry.path(), gone);
      if (target.starts_with(file("uploads"))) ++open;
    }
    return open;
  }
};

std::string posted(const std::string& path, const std::string& body) {
  return request("POST " + path, "Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}

std::string chunked(const std::string& path, const std::string& body) {
  std::string bytes = request("POST " + path, "Transfer-Encoding: chunked\r\n");
  for (std::size_t at = 0; at < body.size(); at += 0x10000) {
    const std::string piece = body.substr(at, 0x10000);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    bytes += size + piece + "\r\n";
  }
  return bytes + "0\r\n\r\n";
}

}  // namespace

TEST_CASE("large bodies: whole for every shape of handler, by length and in chunks") {
  SpoolingServer server{GENERATE(from_range(kClasses))};
  REQUIRE(server.serve_alone());
  const std::string body = large_body(kSize);
  Wire wire{server.port()};
  int sent = 0;
  for (const std::string path : {"/body/handler", "/body/later", "/body/task", "/body/reader"}) {
    INFO(path);
    REQUIRE(wire.send(posted(path, body), kLong));
    CHECK(wire.read(kLong).body == told_of(body));
    REQUIRE(wire.send(chunked(path, body), kLong));
    CHECK(wire.read(kLong).body == told_of(body));
    sent += 2;
  }
  // Small ones stay in memory.
  REQUIRE(wire.send(posted("/body/handler", body.substr(0, 65536)) + chunked("/body/reader", "small")));
  CHECK(wire.read(kLong).body == told_of(body.substr(0, 65536)));
  CHECK(wire.read(kLong).body == told_of("small"));
  CHECK(eventually([&] { return server.spooled() == std::to_string(sent); }, kLong));
  CHECK(eventually([&] { return server.open_files() == 0; }, kLong));
  CHECK(std::filesystem::is_empty(server.file("uploads")));
  CHECK(server.stop(kLong) == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("large bodies: what is pipelined behind one, and one for which the client waits") {
  SpoolingServer server{GENERATE(from_range(kClasses))};
  REQUIRE(server.serve_alone());
  const std::string body = large_body(kSize);
  Wire wire{server.port()};
  REQUIRE(wire.send(posted("/body/handler", body) + request("GET /constant"), kLong));
  CHECK(wire.read(kLong).body == told_of(body));
  CHECK(wire.read(kLong).status == 200);
  REQUIRE(wire.send(request("POST /body/handler",
                            "Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n")));
  CHECK(wire.read(kLong).status == 100);
  REQUIRE(wire.send(body, kLong));
  CHECK(wire.read(kLong).body == told_of(body));
  CHECK(server.stop(kLong) == 0);
}

TEST_CASE("large bodies: over HTTP/2, several at once") {
  SpoolingServer server{GENERATE(from_range(kClasses))};
  REQUIRE(server.serve_alone());
  const std::string body = large_body(kSize);
  std::ofstream{server.file("body")} << body;
  const std::string url = " http://127.0.0.1:" + std::to_string(server.port());
  const std::string curl = "curl -sS -m 120 --http2-prior-knowledge --data-binary @" + server.file("body");
  for (const std::string path : {"/body/handler", "/body/task", "/body/reader"}) {
    CHECK(said_by(curl + url + path) == told_of(body));
    CHECK(said_by(curl + " -H 'Content-Length:'" + url + path) == told_of(body));
  }
  // On one connection.
  const std::string said = said_by("h2load -n 6 -c 1 -m 3 -d " + server.file("body") + url + "/body/handler");
  INFO(said);
  CHECK_THAT(said, Catch::Contains("6 2xx"));
  CHECK(eventually([&] { return server.spooled() == "12"; }, kLong));
  CHECK(eventually([&] { return server.open_files() == 0; }, kLong));
  CHECK(server.stop(kLong) == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("large bodies: what is too large, malformed or given up on its way harms nobody and leaves nothing") {
  SpoolingServer server{GENERATE(from_range(kClasses)), "limit_request_body: 1m\n"};
  REQUIRE(server.serve_alone());
  const std::string body = large_body(900'000);

  SECTION("too large, in chunks") {
    Wire wire{server.port()};
    wire.send(chunked("/echo", large_body(1'200'000)), kLong);
    CHECK(wire.read(kLong).status == 413);
  }
  SECTION("a chunk that is none") {
    Wire wire{server.port()};
    const std::string good = chunked("/body/handler", body);
    wire.send(good.substr(0, good.size() - 5) + "zz\r\n", kLong);
    CHECK(wire.read(kLong).status == 400);
    CHECK(server.wait_for_line("(bad_chunk, target /body/handler)", kLong));
  }
  SECTION("clients that leave") {
    const bool politely = GENERATE(true, false);
    Wire wire{server.port()};
    const std::string whole = posted("/body/handler", body);
    REQUIRE(wire.send(std::string_view{whole}.substr(0, 700'000), kLong));
    REQUIRE(eventually([&] { return server.open_files() == 1; }, kLong));
    if (politely)
      wire.half_close();
    else
      wire.reset();
  }
  CHECK(eventually([&] { return server.open_files() == 0; }, kLong));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.stop(kLong) == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("large bodies: where there is no room they are answered 507, and the worker lives") {
  // Nobody may make a file in /proc, not even root.
  const std::string where = GENERATE("uploads", "/proc");
  SpoolingServer server{GENERATE(from_range(kClasses)), "", where};
  const std::string body = large_body(kSize);
  if (where == "uploads")
    server.in_child = [] {
      const rlimit limit{1'000'000, 1'000'000};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    };
  REQUIRE(server.serve_alone());
  const pid_t worker = server.workers().at(0);
  Wire wire{server.port()};
  wire.send(posted("/body/handler", body), kLong);
  CHECK(wire.read(kLong).status == 507);
  CHECK(server.wait_for_line("its body cannot be written into a file in ", kLong));
  CHECK(server.wait_for_line("(no_storage, target /body/handler)", kLong));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.workers() == std::vector<pid_t>{worker});
  CHECK(server.stop(kLong) == 0);
}

TEST_CASE("large bodies: the handler's time begins when its body is there") {
  SpoolingServer server{GENERATE(from_range(kClasses)), "request_deadline: 2s\nbody_timeout: 120s\n"};
  REQUIRE(server.serve_alone());
  const std::string body = large_body(500'000);
  const std::string whole = posted("/body/task", body);
  Wire wire{server.port()};
  REQUIRE(wire.send(std::string_view{whole}.substr(0, 300'000)));
  // Another request has waited for as long as a handler may, and so has this one's body.
  CHECK(fetch(server.port(), "GET /later?ms=60000").status == 504);
  REQUIRE(wire.send(std::string_view{whole}.substr(300'000)));
  CHECK(wire.read(kLong).body == told_of(body));
  CHECK(server.stop(kLong) == 0);
}

TEST_CASE("large bodies: a directory that is none is refused, at the start and by a reload") {
  SpoolingServer server{"async"};
  REQUIRE(server.serve_alone());
  server.write_config("tmp_upload_dir: nowhere\n");
  server.signal(SIGHUP);
  CHECK(server.wait_for_line("tmp_upload_dir: cannot use the directory nowhere: No such file or directory", kLong));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.stop(kLong) == 0);
}

}  // namespace orrery::test
