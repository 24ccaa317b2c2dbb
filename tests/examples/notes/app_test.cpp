#include "app.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <orrery/test_client.hpp>

using nlohmann::json;

TEST_CASE("notes: a note is made, read, changed and removed") {
  orrery::TestClient client{make_app({.database = ":memory:"})};
  CHECK(client.get("/notes").send().body == "[]");
  const auto made = client.post("/notes").json(R"({"text":"buy tea"})").send();
  CHECK(made.status == 201);
  const std::string place{made.field("Location").value()};
  CHECK(json::parse(client.get(place).send().body)["text"] == "buy tea");
  CHECK(client.put(place).json(R"({"text":"buy \"green\" tea"})").send().status == 200);
  CHECK(json::parse(client.get("/notes").send().body)[0]["text"] == "buy \"green\" tea");
  CHECK(client.del(place).send().status == 204);
  CHECK(client.get(place).send().status == 404);
}

TEST_CASE("notes: what is wrong is said, and changes nothing") {
  struct Row {
    const char* name;
    const char* method;
    const char* target;
    const char* body;
    int status;
  };
  const Row rows[] = {{"no JSON", "POST", "/notes", "tea", 400},
                      {"no text", "POST", "/notes", "{}", 400},
                      {"text is no string", "POST", "/notes", R"({"text":1})", 400},
                      {"no number", "GET", "/notes/tea", "", 400},
                      {"no such note", "PUT", "/notes/7", R"({"text":"x"})", 404},
                      {"nothing to remove", "DELETE", "/notes/7", "", 404},
                      {"no such method", "PATCH", "/notes/7", "{}", 405}};
  orrery::TestClient client{make_app({.database = ":memory:"})};
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(client.request(row.method, row.target).json(row.body).send().status == row.status);
  }
  CHECK(client.get("/notes").send().body == "[]");
  CHECK(client.log().empty());
}

TEST_CASE("notes: a quote in a note is a note") {
  orrery::TestClient client{make_app({.database = ":memory:"})};
  CHECK(client.post("/notes").json(R"({"text":"'); DROP TABLE notes; --"})").send().status == 201);
  CHECK(json::parse(client.get("/notes/1").send().body)["text"] == "'); DROP TABLE notes; --");
}

TEST_CASE("notes: a note may have a zero in it") {
  orrery::TestClient client{make_app({.database = ":memory:"})};
  CHECK(client.post("/notes").json(R"({"text":"a\u0000b"})").send().status == 201);
  CHECK(client.get("/notes/1").send().body == R"({"id":1,"text":"a\u0000b"})");
}

TEST_CASE("notes: a worker does not start where there is no database") {
  try {
    const orrery::TestClient client{make_app({.database = "/nowhere/notes.db"})};
    FAIL("it started");
  } catch (const orrery::TestFailure& failure) {
    CHECK(std::string{failure.what()}.starts_with("the application could not start: cannot open /nowhere/notes.db"));
  }
}
