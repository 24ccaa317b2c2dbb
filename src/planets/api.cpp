#include "planets/api.hpp"

#include <memory>
#include <string>

#include "planets/answer.hpp"
#include "planets/body.hpp"
#include "planets/page.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

namespace {

Response no_such_body(const Request& request) {
  return refusal(404, "name: there is no `" + std::string{request.param("name").substr(0, 40)} +
                          "` here; known are sun, moon, mercury, venus, mars, jupiter, saturn, uranus, "
                          "neptune, pluto");
}

Response one_body(const Request& request, const EarthRotation& rotation) {
  const auto body = body_named(request.param("name"));
  if (!body) return no_such_body(request);
  const Query query = read_query(request);
  if (!query.problems.empty()) return refusal(query.problems);
  return Response::json(body_json(query, rotation, *body));
}

Response all_bodies(const Request& request, const EarthRotation& rotation) {
  const Query query = read_query(request);
  if (!query.problems.empty()) return refusal(query.problems);
  return Response::json(sky_json(query, rotation) + "\n");
}

Response list_page(const Request& request) {
  const Query query = read_query(request);
  const int status = query.problems.empty() ? 200 : 400;
  return Response::html(render_page(query)).with_status(status);
}

}  // namespace

App make_app() {
  App app;
  // Copied into each worker by its fork, and set there.
  const auto rotation = std::make_shared<EarthRotation>();
  app.on_worker_start([rotation](Worker&) -> Result<void> {
    auto known = EarthRotation::from_environment();
    if (!known) return tl::unexpected<Error>(known.error());
    *rotation = std::move(*known);
    return {};
  });
  app.get("/", list_page);
  app.get("/planets", [rotation](const Request& request) { return all_bodies(request, *rotation); });
  app.get("/planets/{name}", [rotation](const Request& request) { return one_body(request, *rotation); });
  return app;
}

}  // namespace orrery::planets
