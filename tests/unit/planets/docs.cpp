// The description of the API against the code: whatever one has, the other has too.
#include "planets/docs.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "orrery/version.hpp"

#include "planets/api.hpp"
#include "planets/body.hpp"
#include "planets/circumstances.hpp"
#include "planets/events.hpp"
#include "planets/night.hpp"
#include "planets/phenomena.hpp"
#include "planets/query.hpp"
#include "planets/twilight.hpp"
#include "support/json.hpp"

namespace orrery::planets {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

json document() { return json::parse(openapi_json()); }

Names keys(const json& object) {
  Names names;
  for (const auto& [key, value] : object.items()) names.insert(key);
  return names;
}

template <class List>
Names names_of(const List& list) {
  Names names;
  for (const auto& name : list) names.insert(std::string{name});
  return names;
}

Names body_names() {
  Names names;
  for (Body body : kBodies) names.insert(std::string{name_of(body)});
  return names;
}

Names strings(const json& array) { return array.get<Names>(); }

// Every value of "$ref" anywhere below.
void collect_references(const json& node, Names& found) {
  if (node.is_object() && node.contains("$ref")) found.insert(node["$ref"].get<std::string>());
  if (node.is_structured())
    for (const json& child : node) collect_references(child, found);
}

/// Of all routes the page's own files are no part of it.
bool is_of_api(std::string_view pattern) {
  const bool is_alone = pattern == "/" || pattern == "/favicon.ico" || pattern == "/service_worker.js";
  return !is_alone && !pattern.starts_with("/page/") && !pattern.starts_with("/icon-");
}

bool mentions(std::string_view text, const std::string& word) { return text.find(word) != std::string_view::npos; }

}  // namespace

TEST_CASE("the document is OpenAPI 3.1 in form", "[planets]") {
  const json doc = document();
  CHECK(doc["openapi"] == "3.1.0");
  CHECK(doc["info"]["title"].is_string());
  CHECK(doc["info"]["version"] == ORRERY_VERSION);
  for (const auto& [path, item] : doc["paths"].items()) {
    INFO(path);
    CHECK(path.starts_with("/"));
    const json& get = item.at("get");
    CHECK(get.at("summary").is_string());
    for (const auto& [status, response] : get.at("responses").items()) {
      INFO(status);
      CHECK(status.size() == 3);
      CHECK((response.contains("description") || response.contains("$ref")));
    }
  }
  for (const auto& [key, parameter] : doc["components"]["parameters"].items()) {
    INFO(key);
    CHECK(parameter.at("name").is_string());
    CHECK(strings({"query", "path", "header"}).contains(parameter.at("in").get<std::string>()));
    CHECK(parameter.at("schema").is_object());
    CHECK(parameter.at("description").get<std::string>().ends_with("."));
  }
}

TEST_CASE("every reference of the document leads somewhere, and every component is used", "[planets]") {
  const json doc = document();
  Names references;
  collect_references(doc, references);
  for (const std::string& reference : references) {
    INFO(reference);
    CHECK(reference.starts_with("#/"));
    CHECK(doc.contains(json::json_pointer{reference.substr(1)}));
  }
  for (const auto& [kind, components] : doc["components"].items())
    for (const std::string& name : keys(components)) {
      INFO(kind << " " << name);
      CHECK(references.contains("#/components/" + kind + "/" + name));
    }
}

TEST_CASE("the document has the routes of the API and no others", "[planets]") {
  Names served;
  const App app = make_app();
  for (const Route& route : app.routes())
    if (route.method == "GET" && is_of_api(route.pattern)) served.insert(route.pattern);
  CHECK(keys(document()["paths"]) == served);
}

TEST_CASE("what may be read by other origins answers their preflight", "[planets]") {
  Names gets, preflights;
  const App app = make_app();
  const json paths = document()["paths"];
  for (const Route& route : app.routes()) {
    if (route.method == "OPTIONS") preflights.insert(route.pattern);
    if (route.method == "GET" && paths.contains(route.pattern)) gets.insert(route.pattern);
  }
  CHECK(gets == preflights);
}

TEST_CASE("the document has the parameters that are read and no others", "[planets]") {
  Names described;
  const json parameters = document()["components"]["parameters"];
  for (const json& parameter : parameters)
    if (parameter["in"] == "query") described.insert(parameter["name"].get<std::string>());
  CHECK(described == names_of(kParameterNames));
}

TEST_CASE("the document has the fields, bodies, events and limits of the code", "[planets]") {
  const json doc = document();
  const json& fields = doc["components"]["parameters"]["fields"]["schema"];
  CHECK(strings(fields["items"]["enum"]) == names_of(kFieldNames));
  CHECK(fields["default"] == json{"az", "alt"});
  Names members = names_of(kFieldNames);
  members.insert({"name", "visibility"});
  const json& schemas = doc["components"]["schemas"];
  CHECK(keys(schemas["Body"]["properties"]) == members);
  CHECK(strings(schemas["Body"]["properties"]["name"]["enum"]) == body_names());
  CHECK(strings(doc["components"]["parameters"]["name"]["schema"]["enum"]) == body_names());
  Names kinds, visibilities;
  for (auto kind : {EventKind::kRise, EventKind::kTransit, EventKind::kSet}) kinds.insert(std::string{name_of(kind)});
  for (auto v : {Visibility::kRisesAndSets, Visibility::kAlwaysUp, Visibility::kAlwaysDown})
    visibilities.insert(std::string{name_of(v)});
  CHECK(strings(schemas["Events"]["properties"]["events"]["items"]["properties"]["event"]["enum"]) == kinds);
  CHECK(strings(schemas["Visibility"]["enum"]) == visibilities);
  const auto event_of = [](const json& list) { return list["items"]["properties"]["event"]["enum"]; };
  CHECK(strings(event_of(schemas["Phenomena"]["properties"]["events"])) == names_of(kPhenomenonNames));
  const json& eclipse = schemas["Eclipses"]["properties"]["eclipses"]["items"]["properties"];
  Names eclipses;
  for (std::size_t i = 0; i < kPhenomenonNames.size(); ++i)
    if (is_eclipse(static_cast<PhenomenonKind>(i))) eclipses.insert(std::string{kPhenomenonNames[i]});
  CHECK(strings(eclipse["eclipse"]["enum"]) == eclipses);
  const json& phase = schemas["Here"]["properties"]["phases"]["items"]["properties"]["phase"];
  CHECK(strings(phase["enum"]) == names_of(kEclipsePhaseNames));
  CHECK(strings(event_of(schemas["Twilight"]["properties"]["twilight"])) == names_of(kTwilightNames));
  CHECK(strings(schemas["Twilight"]["properties"]["light"]["enum"]) == names_of(kLightNames));
  json sights = json::array({nullptr});
  for (const std::string_view sight : kSightNames) sights.insert(sights.end() - 1, sight);
  CHECK(schemas["Body"]["properties"]["sight"]["enum"] == sights);
  CHECK(strings(schemas["Tonight"]["properties"]["bodies"]["items"]["properties"]["why"]["enum"]) ==
        names_of(kUnseenNames));
  CHECK(schemas["Track"]["properties"]["track"]["maxItems"] == kMostTrackPoints);
}

TEST_CASE("the page for people tells of everything in the document", "[planets]") {
  const json doc = document();
  for (const std::string& path : keys(doc["paths"]))
    if (path != "/openapi.json" && !path.starts_with("/docs"))
      CHECK(mentions(docs_html(), "<code>GET " + path + "</code>"));
  for (const std::string_view name : kParameterNames)
    CHECK(mentions(docs_html(), "<code>" + std::string{name} + "</code></th>"));
  for (const std::string_view name : kFieldNames)
    CHECK(mentions(docs_html(), "<code>" + std::string{name} + "</code></th>"));
  CHECK(mentions(docs_html(), std::to_string(kMostTrackPoints) + " points"));
}

TEST_CASE("the page needs no script, no style of its own and nobody else", "[planets]") {
  for (const char* forbidden :
       {"<script", "<style", "style=", " onclick", "http://", "https://", "//cdn", "@import", "url("}) {
    INFO(forbidden);
    CHECK_FALSE(mentions(docs_html(), forbidden));
    CHECK_FALSE(mentions(docs_css(), forbidden));
  }
}

}  // namespace orrery::planets
