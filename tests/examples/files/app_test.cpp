#include "app.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <orrery/test_client.hpp>

namespace {

struct Directory {
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "files-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::string part(const std::string& name, const std::string& content) {
  return "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + content + "\r\n";
}

orrery::TestAnswer send(orrery::TestClient& client, const std::string& form) {
  return client.post("/files").body("multipart/form-data; boundary=x", form).send();
}

}  // namespace

TEST_CASE("files: what is sent up is fetched again, whole and in parts") {
  const Directory directory;
  orrery::TestClient client{make_app(directory.path)};
  const std::string large(3'000'000, 'l');
  const auto sent = send(client, part("small.txt", "hello") + part("large", large) + "--x--\r\n");
  CHECK(sent.status == 200);
  CHECK(sent.body == R"(["small.txt","large"])");
  CHECK(client.get("/files/small.txt").send().body == "hello");
  CHECK((client.get("/files/large").send().body == large));
  const auto some = client.get("/files/small.txt").field("Range", "bytes=1-2").send();
  CHECK(some.status == 206);
  CHECK(some.body == "el");
}

TEST_CASE("files: what is wrong is said, and leaves nothing behind") {
  struct Row {
    const char* name;
    std::string form;
    int status;
  };
  const Row rows[] = {{"no form", "hello", 400},
                      {"a form that breaks off", part("half.txt", "hel"), 400},
                      {"a hidden name", part(".bashrc", "hello") + "--x--\r\n", 400},
                      {"no name", part("", "hello") + "--x--\r\n", 400}};
  const Directory directory;
  orrery::TestClient client{make_app(directory.path)};
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(send(client, row.form).status == row.status);
    CHECK(std::filesystem::is_empty(directory.path));
  }
  CHECK(client.post("/files").body("text/plain", "hello").send().status == 415);
  CHECK(client.get("/files/half.txt").send().status == 404);
}

TEST_CASE("files: a name leads nowhere else") {
  const Directory directory;
  std::filesystem::create_directory(directory.path / "files");
  orrery::TestClient client{make_app(directory.path / "files")};
  CHECK(send(client, part("../outside.txt", "hello") + "--x--\r\n").body == R"(["outside.txt"])");
  CHECK_FALSE(std::filesystem::exists(directory.path / "outside.txt"));
  CHECK(client.get("/files/..%2Foutside.txt").send().status == 400);
}
