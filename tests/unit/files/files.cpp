// Files through the public API: what each path of a directory answers, and what none does.
#include "orrery/files.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>

#include "http/message.hpp"
#include "support/connection_driver.hpp"
#include "support/temporary_directory.hpp"

namespace orrery {
namespace {

namespace fs = std::filesystem;

class NoWorker final : public Worker {
 public:
  void every(std::chrono::milliseconds, std::function<void()>) override {}
  [[nodiscard]] Timer after(std::chrono::milliseconds, std::function<void()>) override { return {}; }
  [[nodiscard]] Timer repeat(std::chrono::milliseconds, std::function<void()>) override { return {}; }
  [[nodiscard]] Watch watch(int, Ready, std::function<void(Ready)>) override { return {}; }
  [[nodiscard]] bool lead() override { return true; }
  void on_lead(std::function<void()>, std::function<void()>) override {}
  void post(std::function<void()>) override {}
  [[nodiscard]] const Config& config() const override { return config_; }
  [[nodiscard]] unsigned number() const override { return 1; }
  [[nodiscard]] unsigned generation() const override { return 1; }

 private:
  Config config_;
};

/// A directory with what a site has, and what it must not show.
struct Site {
  Site() {
    write("public/index.html", "home");
    write("public/a.css", "a{}");
    write("public/text.txt", std::string(5000, 't'));
    write("public/text.txt.gz", "gzipped");
    write("public/text.txt.br", "brotlied");
    write("public/text.txt.zst", "zstandard");
    write("public/picture.png", "png");
    write("public/picture.png.gz", "never sent for it");
    write("public/dir/index.html", "dir");
    write("public/dir/page.html", "page");
    write("public/empty/keep", "");
    write("public/.env", "hidden");
    write("public/.git/config", "hidden");
    write("public/ü .txt", "unicode");
    write("secret", "secret");
    fs::create_symlink("a.css", root("link.css"));
    fs::create_symlink("../secret", root("out.txt"));
    fs::create_directory_symlink("..", root("up"));
    fs::create_symlink("/etc/passwd", root("passwd"));
    ::mkfifo(root("fifo").c_str(), 0600);
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path{directory.file(name)}.parent_path());
    std::ofstream{directory.file(name)} << text;
  }
  [[nodiscard]] std::string root(const std::string& name) const { return directory.file("public/" + name); }

  void serve(Files files, const char* prefix = "/f") {
    files.root = directory.file("public");
    serve_files(app, prefix, std::move(files));
    NoWorker worker;
    for (const StartHook& hook : app.start_hooks())
      if (const auto started = hook(worker); !started) throw std::runtime_error(started.error().message);
  }
  /// `status` and a space and the body.
  test::SeenResponse ask(const std::string& target, const std::string& fields = {}, const std::string& method = "GET",
                         Config config = {}) {
    test::ConnectionDriver driver{std::move(config), app.routes()};
    driver.answer_with([&](const Request& request) {
      try {
        return app.routes()[http::Message::of(request).match.route].handler(request);
      } catch (const HttpError& error) {
        return Response::text(error.message).with_status(error.status);
      }
    });
    driver.receive(method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    return test::read_responses(driver.output(), {method}).at(0);
  }

  test::TemporaryDirectory directory;
  App app;
};

}  // namespace

TEST_CASE("files: each path has its answer") {
  Site site;
  site.serve({});
  struct Row {
    const char* target;
    int status;
    const char* body;
  };
  for (const Row& row : {
           Row{"/f/a.css", 200, "a{}"},
           Row{"/f/%61.css", 200, "a{}"},
           Row{"/f/dir/../a.css", 200, "a{}"},
           Row{"/f/./a.css?v=3", 200, "a{}"},
           Row{"http://a/f/a.css", 200, "a{}"},
           Row{"/f/link.css", 200, "a{}"},
           Row{"/f/%C3%BC%20.txt", 200, "unicode"},
           Row{"/f/", 200, "home"},
           Row{"/f/dir/", 200, "dir"},
           Row{"/f/dir/page.html", 200, "page"},
           Row{"/f", 301, ""},
           Row{"/f/dir", 301, ""},
           Row{"/f/nothing", 404, nullptr},
           Row{"/f/empty", 404, nullptr},
           Row{"/f/empty/", 404, nullptr},
           Row{"/f/a.css/", 404, nullptr},
           Row{"/f/a.css/x", 404, nullptr},
           Row{"/f/.env", 404, nullptr},
           Row{"/f/%2eenv", 404, nullptr},
           Row{"/f/.git/config", 404, nullptr},
           Row{"/f/fifo", 404, nullptr},
           Row{"/f//a.css", 404, nullptr},
           Row{"/f/dir//page.html", 404, nullptr},
       }) {
    INFO(row.target);
    const auto answer = site.ask(row.target);
    CHECK(answer.status == row.status);
    if (row.body) CHECK(answer.body == row.body);
  }
}

TEST_CASE("files: no path leads out of the root") {
  Site site;
  site.serve({.hidden = true});
  for (const char* target : {"/f/../secret",
                             "/f/../../secret",
                             "/f/..%2fsecret",
                             "/f/..%2Fsecret",
                             "/f/%2e%2e/secret",
                             "/f/%2e%2e%2fsecret",
                             "/f/.%2e/secret",
                             "/f/dir/../../secret",
                             "/f/dir/..%2f..%2fsecret",
                             "/f/..\\secret",
                             "/f/..%5csecret",
                             "/f/%252e%252e/secret",
                             "/f/%252e%252e%252fsecret",
                             "/f/....//secret",
                             "/f/.../secret",
                             "/f/up/secret",
                             "/f/up/public/../secret",
                             "/f/out.txt",
                             "/f/passwd",
                             "/f//etc/passwd",
                             "/f/%2fetc/passwd",
                             "/f/%2Fetc%2Fpasswd",
                             "/f/a.css%00.txt",
                             "/f/%00",
                             "/f/..;/secret",
                             "/f/%c0%ae%c0%ae/secret",
                             "/f/%e0%80%ae%e0%80%ae/secret",
                             "/f/..%c0%afsecret",
                             "/f/..%u2215secret",
                             "/f/dir/%2e%2e/%2e%2e/secret",
                             "/f/./../secret",
                             "/f/.//../secret",
                             "/f/proc/self/root/etc/passwd",
                             "/f/file:///etc/passwd",
                             "/f/~root/x",
                             "/f/..%0d%0a/secret"}) {
    INFO(target);
    for (const EncodedSlash slash : {EncodedSlash::kKeep, EncodedSlash::kRefuse}) {
      Config config;
      config.encoded_slash = slash;
      const auto answer = site.ask(target, {}, "GET", config);
      CHECK((answer.status == 404 || answer.status == 400));
      CHECK(answer.body.find("root:") == std::string::npos);
      CHECK(answer.body != "secret");
    }
  }
}

TEST_CASE("files: a directory's slash is added without leading anywhere else") {
  Site site;
  site.write("public/evil.example/index.html", "x");
  site.serve({}, "/");
  CHECK(site.ask("/dir").field("Location") == "./dir/");
  CHECK(site.ask("/dir?x=1").field("Location") == "./dir/?x=1");
  CHECK(site.ask("//evil.example").status == 404);
  CHECK(site.ask("/evil.example").field("Location") == "./evil.example/");
  CHECK(site.ask("/").body == "home");
}

TEST_CASE("files: what a directory may be told") {
  Site site;
  SECTION("no index") {
    site.serve({.index = ""});
    CHECK(site.ask("/f/").status == 404);
    CHECK(site.ask("/f/dir").status == 404);
    CHECK(site.ask("/f/index.html").status == 200);
  }
  SECTION("a fallback for what there is not, and for nothing else") {
    site.serve({.fallback = "index.html"});
    CHECK(site.ask("/f/some/view").body == "home");
    CHECK(site.ask("/f/some/view").field("Content-Type") == "text/html; charset=utf-8");
    CHECK(site.ask("/f/empty/").body == "home");
    CHECK(site.ask("/f/.env").status == 404);
    CHECK(site.ask("/f/out.txt").status == 404);
    CHECK(site.ask("/f/a.css").body == "a{}");
  }
  SECTION("a fallback that is none") {
    site.serve({.fallback = "nowhere"});
    CHECK(site.ask("/f/some/view").status == 404);
  }
  SECTION("hidden names") {
    site.serve({.hidden = true});
    CHECK(site.ask("/f/.env").body == "hidden");
    CHECK(site.ask("/f/.git/config").body == "hidden");
  }
  SECTION("caching") {
    site.serve({.cache_control = "public, max-age=60"});
    const auto answer = site.ask("/f/a.css");
    CHECK(answer.field("Cache-Control") == "public, max-age=60");
    const auto known = site.ask("/f/a.css", "If-None-Match: " + *answer.field("ETag") + "\r\n");
    CHECK(known.status == 304);
    CHECK(known.field("Cache-Control") == "public, max-age=60");
    CHECK(known.field("Vary") == "Accept-Encoding");
    CHECK_FALSE(known.field("Accept-Ranges"));
  }
  SECTION("no caching field") {
    site.serve({.cache_control = ""});
    CHECK_FALSE(site.ask("/f/a.css").field("Cache-Control"));
  }
}

TEST_CASE("files: what every answer has") {
  Site site;
  site.serve({});
  const auto text = site.ask("/f/text.txt");
  CHECK(text.field("Content-Type") == "text/plain; charset=utf-8");
  CHECK(text.field("X-Content-Type-Options") == "nosniff");
  CHECK(text.field("Accept-Ranges") == "bytes");
  CHECK(text.field("Cache-Control") == "no-cache");
  CHECK(text.field("Vary") == "Accept-Encoding");
  CHECK(text.field("Last-Modified"));
  CHECK(text.field("ETag"));
  CHECK_FALSE(site.ask("/f/picture.png").field("Vary"));
  CHECK(site.ask("/f/text.txt", {}, "POST").status == 405);
  CHECK(site.ask("/f/text.txt", {}, "HEAD").field("Content-Length") == "5000");
}

TEST_CASE("files: the form beside it that its client weighs highest") {
  Site site;
  site.serve({});
  struct Row {
    const char* accept;
    const char* coding;
    const char* body;
  };
  for (const Row& row : {
           Row{"gzip, deflate, br, zstd", "br", "brotlied"},
           Row{"gzip", "gzip", "gzipped"},
           Row{"zstd, gzip", "zstd", "zstandard"},
           Row{"br;q=0.5, gzip;q=0.9", "gzip", "gzipped"},
           Row{"*", "br", "brotlied"},
           Row{"*, br;q=0", "zstd", "zstandard"},
       }) {
    INFO(row.accept);
    const auto answer = site.ask("/f/text.txt", std::string{"Accept-Encoding: "} + row.accept + "\r\n");
    CHECK(answer.field("Content-Encoding") == row.coding);
    CHECK(answer.body == row.body);
    CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(answer.field("Vary") == "Accept-Encoding");
    CHECK(answer.field("ETag")->find(row.coding) != std::string::npos);
  }
  for (const char* accept : {"identity", "", "deflate", "gzip;q=0", "identity, gzip;q=0.5", "*;q=0"}) {
    INFO(accept);
    const auto answer = site.ask("/f/text.txt", std::string{"Accept-Encoding: "} + accept + "\r\n");
    CHECK_FALSE(answer.field("Content-Encoding"));
    CHECK(answer.body.size() == 5000);
  }
  const auto part = site.ask("/f/text.txt", "Accept-Encoding: gzip\r\nRange: bytes=0-3\r\n");
  CHECK(part.status == 206);
  CHECK(part.body == "gzip");
  CHECK(part.field("Content-Range") == "bytes 0-3/7");
  CHECK_FALSE(site.ask("/f/picture.png", "Accept-Encoding: gzip\r\n").field("Content-Encoding"));
  CHECK(site.ask("/f/text.txt.gz").field("Content-Type") == "application/gzip");
}

TEST_CASE("files: a form that is older than its file, or no file, is not sent") {
  Site site;
  site.serve({});
  const std::array<timespec, 2> old{timespec{1000, 0}, timespec{1000, 0}};
  ::utimensat(AT_FDCWD, site.root("text.txt.br").c_str(), old.data(), 0);
  fs::remove(site.root("text.txt.zst"));
  ::mkfifo(site.root("text.txt.zst").c_str(), 0600);
  CHECK(site.ask("/f/text.txt", "Accept-Encoding: br, zstd, gzip\r\n").field("Content-Encoding") == "gzip");
  fs::remove(site.root("text.txt"));
  CHECK(site.ask("/f/text.txt", "Accept-Encoding: gzip\r\n").status == 404);
}

TEST_CASE("files: forms beside it can be left alone") {
  Site site;
  site.serve({.precompressed = false});
  const auto answer = site.ask("/f/text.txt", "Accept-Encoding: gzip\r\n");
  CHECK_FALSE(answer.field("Content-Encoding"));
  CHECK_FALSE(answer.field("Vary"));
}

TEST_CASE("files: a change is seen at once, though small files are kept") {
  Site site;
  site.serve({});
  const std::array<timespec, 2> old{timespec{1000, 0}, timespec{1000, 0}};
  for (const char* text : {"first", "other", "third"}) {
    site.write("public/a.css", text);
    ::utimensat(AT_FDCWD, site.root("a.css").c_str(), old.data(), 0);
    CHECK(site.ask("/f/a.css").body == text);
    CHECK(site.ask("/f/a.css").body == text);
  }
  fs::remove(site.root("a.css"));
  CHECK(site.ask("/f/a.css").status == 404);
}

TEST_CASE("files: a root that cannot be opened fails the check and the start, with a sentence") {
  App app;
  serve_files(app, "/f", {.root = "/nowhere/at/all"});
  const auto checked = app.check_hooks().at(0)(Config{});
  REQUIRE_FALSE(checked);
  CHECK(checked.error().message == "serve_files: cannot open the directory /nowhere/at/all: No such file or directory");
  NoWorker worker;
  CHECK_FALSE(app.start_hooks().at(0)(worker));
  CHECK_THROWS_AS(serve_files(app, "/g", {.root = "/", .cache_control = "a\r\nb: c"}), std::invalid_argument);
}

TEST_CASE("file response: one file, to be shown or to be saved") {
  Site site;
  site.app.get("/show", [&](const Request& request) { return file_response(request, site.root("text.txt")); });
  site.app.get("/save", [&](const Request& request) {
    return file_response(request, site.directory.file("secret"), "report.pdf");
  });
  site.app.get("/other", [&](const Request& request) {
    return file_response(request, site.root(std::string{request.query("name").value_or("")}));
  });
  const auto shown = site.ask("/show");
  CHECK(shown.body.size() == 5000);
  CHECK(shown.field("Content-Type") == "text/plain; charset=utf-8");
  CHECK(shown.field("Cache-Control") == "private, no-cache");
  CHECK_FALSE(shown.field("Content-Disposition"));
  CHECK(site.ask("/show", "If-None-Match: " + *shown.field("ETag") + "\r\n").status == 304);
  const auto saved = site.ask("/save", "Range: bytes=1-2\r\n");
  CHECK(saved.status == 206);
  CHECK(saved.body == "ec");
  CHECK(saved.field("Content-Type") == "application/pdf");
  CHECK(saved.field("Content-Disposition") == "attachment; filename=\"report.pdf\"");
  CHECK(site.ask("/other?name=nowhere").status == 404);
  CHECK(site.ask("/other?name=dir").status == 404);
  CHECK(site.ask("/other?name=fifo").status == 404);
  CHECK(site.ask("/other?name=out.txt").body == "secret");
}

}  // namespace orrery
