#include "planets/page.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/compression.hpp"
#include "orrery/conditional.hpp"
#include "orrery/content_coding.hpp"

#include "planets/assets.hpp"
#include "planets/icon.hpp"
#include "planets/kept.hpp"
#include "planets/preview.hpp"

namespace orrery::planets {

namespace {

// Everything comes from this server and nothing stands inside the page: a script that somebody slips in does not run.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

struct Form {
  std::string_view body;
  const char* coding;  // as Content-Encoding names it; nullptr: identity
  const char* suffix;  // of the entity-tag: each form has its own
};

Form form_of(const Asset& asset, ContentCoding coding) {
  if (coding == ContentCoding::kBrotli) return {asset.brotli, "br", "-br"};
  if (coding == ContentCoding::kGzip) return {asset.gzip, "gzip", "-gzip"};
  return {asset.identity, nullptr, ""};
}

bool is_page(const Asset& asset) { return asset.path == "/"; }

/// Its address names its content.
bool is_kept(const Asset& asset) { return asset.path.starts_with("/page/"); }

/// What the client takes of what was made, the smallest first.
std::optional<ContentCoding> coding_for(const Asset& asset, const Request& request) {
  const auto accept = accepted_codings(request);
  std::array<ContentCoding, 2> made{};
  std::size_t count = 0;
  if (!asset.brotli.empty()) made[count++] = ContentCoding::kBrotli;
  if (!asset.gzip.empty()) made[count++] = ContentCoding::kGzip;
  return choose_coding(accept, std::span{made}.first(count));
}

void add_caching(Response& response, const Asset& asset, const std::string& tag) {
  response.add_field("ETag", tag);
  response.add_field("Vary", "Accept-Encoding");
  response.add_field("Cache-Control", is_kept(asset) ? "public, max-age=31536000, immutable" : "no-cache");
}

void add_protection(Response& response) {
  response.add_field("Content-Security-Policy", kPolicy);
  response.add_field("Referrer-Policy", "no-referrer");
  response.add_field("Permissions-Policy", "geolocation=(self)");
}

Response failed() {
  return Response::text("If-Match: this file is none of those that it names\n")
      .with_status(412)
      .with_field("Vary", "Accept-Encoding");
}

Response answer(const Asset& asset, const Request& request) {
  const auto coding = coding_for(asset, request);
  if (!coding)
    return Response::text("Accept-Encoding refuses every form there is: br, gzip and identity\n")
        .with_status(406)
        .with_field("Vary", "Accept-Encoding");
  const Form form = form_of(asset, *coding);
  const std::string tag = '"' + std::string{asset.digest} + form.suffix + '"';
  const Precondition precondition = evaluate(request, {tag, {}});
  if (precondition == Precondition::kFailed) return failed();
  const bool unchanged = precondition == Precondition::kNotModified;
  Response response = unchanged ? Response::status(304) : Response::fixed(asset.media_type, form.body);
  add_caching(response, asset, tag);
  if (unchanged) return response;
  if (form.coding) response.add_field("Content-Encoding", form.coding);
  response.add_field("X-Content-Type-Options", "nosniff");
  if (is_page(asset)) add_protection(response);
  return response;
}

/// The page as it was made for a link, in one coding.
struct Made {
  std::string tag;  // of what was compressed
  std::string body;
  [[nodiscard]] std::size_t size() const { return tag.size() + body.size(); }
};

/// The page with the preview of the link that it is asked by. One a worker, any thread.
class Pages {
 public:
  Pages(const Asset& page, std::shared_ptr<const EarthRotation> rotation)
      : page_(page), rotation_(std::move(rotation)) {}

  Response answer(const Request& request) {
    const auto coding = choose_coding(accepted_codings(request), Compression{}.codings);
    if (!coding) return planets::answer(page_, request);
    const auto made = made_for(link_of(request), *coding);
    const Precondition precondition = evaluate(request, {made->tag, {}});
    if (precondition == Precondition::kFailed) return failed();
    const bool unchanged = precondition == Precondition::kNotModified;
    Response response = unchanged ? Response::status(304) : Response::bytes(page_.media_type, made->body);
    const bool compressed = *coding != ContentCoding::kIdentity;
    add_caching(response, page_, compressed ? "W/" + made->tag : made->tag);
    if (unchanged) return response;
    if (compressed) response.add_field("Content-Encoding", std::string{name_of(*coding)});
    response.add_field("X-Content-Type-Options", "nosniff");
    add_protection(response);
    return response;
  }

 private:
  std::shared_ptr<const Made> made_for(const Link& link, ContentCoding coding) {
    return kept_.get(key_of(link) + '\n' + std::string{name_of(coding)}, [&] {
      const std::string text = preview(page_.identity, link, *rotation_);
      return Made{entity_tag(text), compressed(text, coding, Compression{}.level)};
    });
  }

  const Asset& page_;
  std::shared_ptr<const EarthRotation> rotation_;
  Kept<Made> kept_{std::size_t{1} << 20};
};

/// What a browser asks for by itself when it shows an answer of the API.
Response icon(const Request& request) {
  if (evaluate(request, {}) == Precondition::kFailed) return failed();
  for (const Asset& asset : page_assets())
    if (asset.media_type == "image/svg+xml")
      return Response::fixed(asset.media_type, asset.identity).with_field("Cache-Control", "public, max-age=86400");
  return Response::status(404);
}

struct Icon {
  const char* path;
  int size;
  double share;  // of it that has the sign
};

// Those that page/manifest.webmanifest and the page name.
constexpr std::array<Icon, 3> kIcons = {
    {{"/icon-192.png", 192, 1}, {"/icon-512.png", 512, 1}, {"/icon-maskable-512.png", 512, 0.8}}};

/// An icon's bytes, which never change: drawn for the first who asks.
struct Drawn {
  std::once_flag once;
  std::string png;
};

}  // namespace

void add_page(App& app, std::shared_ptr<const EarthRotation> rotation) {
  for (const Asset& asset : page_assets()) {
    const std::string path{asset.path};
    if (is_page(asset))
      app.get(path, [pages = std::make_shared<Pages>(asset, rotation)](const Request& request) {
        return pages->answer(request);
      });
    else
      app.get(path, [&asset](const Request& request) { return answer(asset, request); });
  }
  app.get("/favicon.ico", icon);
  for (const Icon& picture : kIcons)
    app.get(picture.path, [&picture, drawn = std::make_shared<Drawn>()](const Request& request) {
      std::call_once(drawn->once, [&] { drawn->png = icon_png(picture.size, picture.share); });
      Response response = Response::bytes("image/png", drawn->png);
      response.add_field("Cache-Control", "public, max-age=86400");
      make_conditional(request, response);
      return response;
    });
}

}  // namespace orrery::planets
