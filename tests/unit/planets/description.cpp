// Each operation of the API asked as its description says, and the answers held to their schemas.
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "planets/docs.hpp"
#include "support/planet_service.hpp"
#include "support/schema.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using test::objections;
using test::PlanetService;
using test::SeenResponse;

json document() { return json::parse(openapi_json()); }

const json& resolved(const json& doc, const json& node) {
  return node.contains("$ref") ? doc.at(json::json_pointer{node["$ref"].get<std::string>().substr(1)}) : node;
}

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string list;
  for (const json& item : value) list += (list.empty() ? "" : ",") + item.get<std::string>();
  return list;
}

struct Operation {
  std::string path;
  json get;
};

std::vector<Operation> operations(const json& doc) {
  std::vector<Operation> all;
  for (const auto& [path, item] : doc["paths"].items()) all.push_back({path, item["get"]});
  return all;
}

std::vector<json> parameters_of(const json& doc, const Operation& operation) {
  std::vector<json> all;
  for (const json& parameter : operation.get.value("parameters", json::array()))
    all.push_back(resolved(doc, parameter));
  return all;
}

/// With each parameter's example, or its default; without `whole` only what is required.
std::string target_of(const json& doc, const Operation& operation, bool whole) {
  std::string path = operation.path;
  std::string query;
  for (const json& parameter : parameters_of(doc, operation)) {
    const std::string name = parameter["name"];
    const bool required = parameter.value("required", false);
    if (parameter["in"] == "header" || (!whole && !required)) continue;
    const std::string value =
        text_of(parameter.contains("example") ? parameter["example"] : parameter["schema"]["default"]);
    if (parameter["in"] == "path") {
      path.replace(path.find("{" + name + "}"), name.size() + 2, value);
      continue;
    }
    std::string escaped;
    for (const char c : value) escaped += c == ' ' ? std::string{"%20"} : std::string{c};
    query += (query.empty() ? "?" : "&") + name + "=" + escaped;
  }
  return path + query;
}

/// The media type without its parameters.
std::string type_of(const SeenResponse& response) {
  const std::string field = response.field("Content-Type").value_or("");
  return field.substr(0, field.find(';'));
}

void hold(const json& doc, const Operation& operation, const SeenResponse& response) {
  const std::string status = std::to_string(response.status);
  REQUIRE(operation.get["responses"].contains(status));
  const json& described = resolved(doc, operation.get["responses"][status]);
  if (!described.contains("content")) {
    CHECK(response.body.empty());
    return;
  }
  const std::string type = type_of(response);
  REQUIRE(described["content"].contains(type));
  if (type != "application/json") return;
  const json body = json::parse(response.body, nullptr, false);
  REQUIRE_FALSE(body.is_discarded());
  for (const std::string& objection : objections(body, described["content"][type]["schema"], doc)) {
    INFO(objection);
    CHECK(objection.empty());
  }
}

}  // namespace

TEST_CASE("each operation of the API answers as it is described", "[planets]") {
  const json doc = document();
  PlanetService service;
  for (const Operation& operation : operations(doc)) {
    // Its first sky comes here as JSON, not as the stream that a worker sends.
    if (operation.path == "/planets/stream") continue;
    for (const bool whole : {false, true}) {
      const std::string target = target_of(doc, operation, whole);
      INFO(target);
      const SeenResponse response = service.ask(target);
      CHECK(response.status == 200);
      hold(doc, operation, response);
    }
  }
}

TEST_CASE("each form of an answer comes to whoever asks for it, and none to whoever refuses all", "[planets]") {
  const json doc = document();
  PlanetService service;
  int forms = 0;
  for (const Operation& operation : operations(doc)) {
    const json& responses = operation.get["responses"];
    const json content = resolved(doc, responses["200"]).value("content", json::object());
    if (content.size() < 2 || operation.path == "/planets/stream") continue;
    const std::string target = target_of(doc, operation, operation.path != "/events");
    INFO(target);
    for (const auto& [type, form] : content.items()) {
      const SeenResponse response = service.ask(target, "Accept: " + type + "\r\n");
      CHECK(type_of(response) == type);
      hold(doc, operation, response);
      ++forms;
    }
    REQUIRE(responses.contains("406"));
    const SeenResponse refused = service.ask(target, "Accept: image/png\r\n");
    CHECK(refused.status == 406);
    hold(doc, operation, refused);
  }
  CHECK(forms == 4);
}

TEST_CASE("each operation of the API refuses what its description does not have", "[planets]") {
  const json doc = document();
  PlanetService service;
  for (const Operation& operation : operations(doc)) {
    if (!operation.get["responses"].contains("400")) continue;
    const std::string target = target_of(doc, operation, true);
    const SeenResponse response = service.ask(target + (target.find('?') == target.npos ? "?" : "&") + "colour=red");
    INFO(target);
    CHECK(response.status == 400);
    CHECK(response.body.find("colour") != std::string::npos);
    // A stream's refusal comes here from the test's own service.
    if (operation.path != "/planets/stream") CHECK(response.field("Access-Control-Allow-Origin") == "*");
    hold(doc, operation, response);
  }
}

TEST_CASE("conditions and wrong names are answered as described", "[planets]") {
  const json doc = document();
  PlanetService service;
  for (const Operation& operation : operations(doc)) {
    const std::string target = target_of(doc, operation, true);
    INFO(target);
    if (operation.get["responses"].contains("412"))
      hold(doc, operation, service.ask(target, "If-Match: \"another\"\r\n"));
    if (operation.get["responses"].contains("304")) {
      const auto tag = service.ask(target).field("ETag");
      REQUIRE(tag);
      const SeenResponse kept = service.ask(target, "If-None-Match: " + *tag + "\r\n");
      CHECK(kept.status == 304);
      hold(doc, operation, kept);
    }
    if (operation.get["responses"].contains("404")) {
      std::string wrong = operation.path;
      wrong.replace(wrong.find("{name}"), 6, "vulcan");
      const SeenResponse response = service.ask(wrong);
      CHECK(response.status == 404);
      hold(doc, operation, response);
    }
  }
}

TEST_CASE("each operation has a name of its own, a tag that is explained, words, and an answer to mistakes",
          "[planets]") {
  const json doc = document();
  std::set<std::string> names, tags;
  for (const json& tag : doc["tags"]) tags.insert(tag["name"].get<std::string>());
  for (const Operation& operation : operations(doc)) {
    INFO(operation.path);
    CHECK(names.insert(operation.get["operationId"].get<std::string>()).second);
    REQUIRE(operation.get["tags"].size() == 1);
    CHECK(tags.contains(operation.get["tags"][0].get<std::string>()));
    CHECK(operation.get["description"].get<std::string>().ends_with("."));
    bool refuses = false;
    for (const auto& [status, response] : operation.get["responses"].items()) refuses = refuses || status[0] == '4';
    CHECK(refuses);
  }
}

}  // namespace orrery::planets
