#include "planets/api.hpp"

#include <string>

#include "planets/body.hpp"
#include "planets/json.hpp"
#include "planets/page.hpp"
#include "planets/query.hpp"
#include "planets/refraction.hpp"
#include "planets/rfc3339.hpp"
#include "planets/sky.hpp"

namespace orrery::planets {

namespace {

Response refusal(int status, const std::string& message) {
  JsonText json{message.size() + 64};
  json.raw(R"({"error":{"status":)")
      .raw(std::to_string(status))
      .raw(R"(,"message":)")
      .string(message)
      .raw("}}\n");
  return Response::json(json.take()).with_status(status);
}

Response refusal(const Query& query) {
  std::string message;
  for (const std::string& problem : query.problems) message += (message.empty() ? "" : "; ") + problem;
  return refusal(400, message);
}

void put_place_and_time(JsonText& json, const Query& query) {
  json.raw(R"("geo_location":{"lon":)").number(query.observer.longitude.value);
  json.raw(R"(,"lat":)").number(query.observer.latitude.value);
  json.raw(R"(,"elevation":)").number(query.observer.elevation.value);
  json.raw(R"(},"time":")").raw(format_rfc3339(query.instant)).raw("\"}");
}

/// Characters of one body's members beside its name and numbers.
constexpr std::size_t kBodyText = std::string_view{R"({"name":"","az":,"alt":)"}.size();

void put_body(JsonText& json, const Query& query, const Sky& sky, Body body) {
  const SkyPosition position = sky.position(body);
  const Degrees lifted = refraction(position.altitude, query.pressure, query.temperature);
  json.raw(R"("name":")").raw(name_of(body));
  json.raw(R"(","az":)").number(position.azimuth.value);
  json.raw(R"(,"alt":)").number(position.altitude.value + lifted.value);
}

Response one_body(const Request& request) {
  const auto body = body_named(request.param("name"));
  if (!body) {
    return refusal(404, "name: there is no `" + std::string{request.param("name").substr(0, 40)} +
                            "` here; known are sun, moon, mercury, venus, mars, jupiter, saturn, uranus, "
                            "neptune, pluto");
  }
  const Query query = read_query(request);
  if (!query.problems.empty()) return refusal(query);
  JsonText json{320};
  json.raw("{");
  put_body(json, query, Sky{query.instant, query.observer}, *body);
  const std::size_t spare = kBodyText + name_of(*body).size() + 2 * JsonText::kLongestNumber - json.size();
  json.raw(",");
  put_place_and_time(json, query);
  // Answers about now have one length for a body and a place, however many digits the moment's numbers need: ab, with
  // which this service is measured, counts a length that changes as a failed request.
  if (query.is_now) json.pad_to(json.size() + spare);
  return Response::json(json.raw("\n").take());
}

Response all_bodies(const Request& request) {
  const Query query = read_query(request);
  if (!query.problems.empty()) return refusal(query);
  const Sky sky{query.instant, query.observer};
  JsonText json{1024};
  json.raw(R"({"planets":[)");
  for (const Body body : kBodies) {
    json.raw(body == kBodies.front() ? "{" : ",{");
    put_body(json, query, sky, body);
    json.raw("}");
  }
  json.raw("],");
  put_place_and_time(json, query);
  return Response::json(json.raw("\n").take());
}

}  // namespace

App make_app() {
  App app;
  add_page(app);
  app.get("/planets", all_bodies);
  app.get("/planets/{name}", one_body);
  return app;
}

}  // namespace orrery::planets
