#include "planets/api.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/compression.hpp"
#include "orrery/negotiation.hpp"

#include "planets/almanac.hpp"
#include "planets/answer.hpp"
#include "planets/body.hpp"
#include "planets/docs.hpp"
#include "planets/freshness.hpp"
#include "planets/page.hpp"
#include "planets/picture.hpp"
#include "planets/places.hpp"
#include "planets/postcard.hpp"
#include "planets/query.hpp"
#include "planets/table.hpp"
#include "planets/tonight.hpp"
#include "planets/track.hpp"
#include "planets/utf8.hpp"
#include "planets/viewers.hpp"

namespace orrery::planets {

namespace {

using SharedRotation = std::shared_ptr<const EarthRotation>;

/// Part of what a track's bytes come from.
constexpr const char* kBuild = ORRERY_PLANETS_VERSION;
constexpr std::string_view kJson = "application/json";

[[gnu::cold]] Response no_such_body(const Request& request) {
  return of_now(refusal(404, "name: there is no " + utf8::quoted(request.param("name")) +
                                 " here; known are sun, moon, mercury, venus, mars, jupiter, saturn, uranus, "
                                 "neptune, pluto"));
}

[[gnu::cold]] Response refused(const Query& query) { return of_now(refusal(query.problems)); }

/// Of an answer without a tag and a time: nothing but If-Match can still ask for another one.
bool asks_for_another(const Request& request) {
  return request.field("if-match") && evaluate(request, {}) == Precondition::kFailed;
}

/// The answer as its client may keep it.
Response fresh(const Request& request, const Query& query, std::string json) {
  if (!query.is_now) return lasting(request, kJson, std::move(json));
  if (asks_for_another(request)) return precondition_failed();
  Response response = Response::json(std::move(json));
  make_of_now(response);
  compress(request, response);
  return response;
}

Response one_body(const Request& request, const EarthRotation& rotation) {
  const auto body = body_named(request.param("name"));
  if (!body) return no_such_body(request);
  const Query query = read_query(request);
  if (!query.problems.empty()) return refused(query);
  return fresh(request, query, body_json(query, rotation, *body));
}

Response all_bodies(const Request& request, const EarthRotation& rotation) {
  const Query query = read_query(request);
  if (!query.problems.empty()) return refused(query);
  return fresh(request, query, sky_json(query, rotation) + "\n");
}

Response events_of_body(const Request& request, const EarthRotation& rotation) {
  const auto body = body_named(request.param("name"));
  if (!body) return no_such_body(request);
  const EventsQuery events = read_events_query(request);
  if (!events.query.problems.empty()) return refused(events.query);
  return fresh(request, events.query, events_json(events, rotation, *body));
}

/// A track's bytes are not known before it is sent, so its tag names what they come from, and is weak: another
/// processor may round a last digit otherwise.
std::string track_tag(const Request& request, const EarthRotation& rotation, std::string_view type) {
  const std::string source =
      std::string{request.target()}.append(type) + std::to_string(kTable.header.checksum) + kBuild;
  return "W/" + entity_tag(source + rotation.fingerprint());
}

/// What a track may be, the usual first.
constexpr std::array<std::string_view, 2> kTrackTypes{kJson, "text/csv"};

Response track_of(const Request& request, const SharedRotation& rotation, std::size_t form) {
  const auto body = body_named(request.param("name"));
  if (!body) return no_such_body(request);
  TrackQuery query = read_track_query(request);
  if (!query.query.problems.empty()) return refused(query.query);
  const bool is_now = query.query.is_now;
  std::string tag = is_now ? std::string{} : track_tag(request, *rotation, kTrackTypes[form]);
  switch (evaluate(request, {tag, {}})) {
    case Precondition::kFailed: return precondition_failed();
    case Precondition::kNotModified: return not_modified(std::move(tag));
    case Precondition::kMet: break;
  }
  const auto track = std::make_shared<Track>(*body, std::move(query), rotation, static_cast<Track::Form>(form));
  const std::string_view type = form == 0 ? kJson : "text/csv; charset=utf-8; header=present";
  Response response = Response::stream(type, [track](std::string& out) { return track->next(out); });
  response = is_now ? of_now(std::move(response)) : tagged(std::move(response), std::move(tag));
  compress(request, response);
  return response;
}

Response track_of_body(const Request& request, const SharedRotation& rotation) {
  const auto form = choose_media_type(request, kTrackTypes);
  return (form ? track_of(request, rotation, *form) : not_acceptable(kTrackTypes)).with_field("Vary", "Accept");
}

void stream_sky(const Request& request, Responder responder, Viewers& viewers) {
  const StreamQuery query = read_stream_query(request);
  if (!query.query.problems.empty()) return std::move(responder).send(refused(query.query));
  if (asks_for_another(request)) return std::move(responder).send(precondition_failed());
  Response head = of_now(Response::bytes("text/event-stream", {}));
  // nginx would collect events until a buffer is full.
  head.add_field("X-Accel-Buffering", "no");
  if (request.method() == "HEAD") return std::move(responder).send(std::move(head));
  // An error means that the client is gone already.
  if (auto stream = std::move(responder).start(std::move(head))) viewers.join(query, std::move(*stream));
}

/// Nothing from elsewhere, no script, no frame around it.
Response docs_page(const Request& request, const Document& page) {
  Response response = embedded(request, page);
  response.add_field("Content-Security-Policy",
                     "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
                     "frame-ancestors 'none'");
  response.add_field("X-Content-Type-Options", "nosniff");
  response.add_field("Referrer-Policy", "no-referrer");
  return response;
}

/// A route of the API: other origins' pages may ask it.
template <class H>
void open_to_all(App& app, const std::string& pattern, H handler) {
  app.get(pattern, std::move(handler));
  app.route("OPTIONS", pattern, preflight);
}

void add_docs(App& app) {
  const auto add = [&](const char* path, std::string_view type, std::string_view text) {
    const auto document = std::make_shared<Document>(type, text);
    open_to_all(app, path, [document](const Request& request) { return embedded(request, *document); });
  };
  add("/openapi.json", kJson, openapi_json());
  add("/docs.css", "text/css; charset=utf-8", docs_css());
  const auto page = std::make_shared<Document>("text/html; charset=utf-8", docs_html());
  open_to_all(app, "/docs", [page](const Request& request) { return docs_page(request, *page); });
}

}  // namespace

App make_app() {
  App app;
  // Copied into each worker by its fork, and set there.
  const auto known = std::make_shared<EarthRotation>();
  const auto viewers = std::make_shared<Viewers>(known);
  app.on_check([](const Config&) -> Result<void> {
    const auto rotation = EarthRotation::from_environment();
    return rotation ? Result<void>{} : fail(rotation);
  });
  app.on_worker_start([known, viewers](Worker& worker) -> Result<void> {
    auto rotation = EarthRotation::from_environment();
    if (!rotation) return fail(rotation);
    *known = std::move(*rotation);
    viewers->begin(worker);
    return {};
  });
  const SharedRotation rotation = known;
  add_page(app, rotation);
  open_to_all(app, "/planets", [rotation](const Request& r) { return all_bodies(r, *rotation); });
  open_to_all(app, "/planets/stream",
              [viewers](Request request, Responder responder) { stream_sky(request, std::move(responder), *viewers); });
  open_to_all(app, "/planets/{name}", [rotation](const Request& r) { return one_body(r, *rotation); });
  open_to_all(app, "/planets/{name}/events", [rotation](const Request& r) { return events_of_body(r, *rotation); });
  open_to_all(app, "/planets/{name}/track", [rotation](const Request& r) { return track_of_body(r, rotation); });
  open_to_all(app, "/events", [rotation](const Request& r) { return answer_phenomena(r, *rotation); });
  open_to_all(app, "/events.ics", [rotation](const Request& r) { return answer_calendar(r, *rotation); });
  open_to_all(app, "/eclipses", [rotation](const Request& r) { return answer_eclipses(r, *rotation); });
  open_to_all(app, "/twilight", [rotation](const Request& r) { return answer_twilight(r, *rotation); });
  open_to_all(app, "/tonight", [rotation](const Request& r) { return answer_tonight(r, *rotation); });
  open_to_all(app, "/sky.svg", [rotation](const Request& r) { return answer_picture(r, *rotation); });
  const auto postcards = std::make_shared<Postcards>();
  open_to_all(app, "/sky.png", [rotation, postcards](const Request& r) { return postcards->answer(r, *rotation); });
  open_to_all(app, "/places", answer_places);
  add_docs(app);
  return app;
}

}  // namespace orrery::planets
