#include "planets/freshness.hpp"

#include <utility>

#include "planets/answer.hpp"

namespace orrery::planets {

namespace {

constexpr std::pair<std::string_view, std::string_view> kAnyOrigin{"Access-Control-Allow-Origin", "*"};
constexpr std::pair<std::string_view, std::string_view> kShownTag{"Access-Control-Expose-Headers", "ETag"};

const FixedFields kOfNow{kAnyOrigin, {"Cache-Control", "no-store"}};
const FixedFields kLasting{kAnyOrigin, kShownTag, {"Cache-Control", "public, max-age=86400"}};
const FixedFields kEmbedded{kAnyOrigin, kShownTag, {"Cache-Control", "no-cache"}};
const FixedFields kPreflight{kAnyOrigin,
                             {"Access-Control-Allow-Methods", "GET, HEAD"},
                             {"Access-Control-Allow-Headers", "*"},
                             {"Access-Control-Max-Age", "86400"},
                             {"Allow", "GET, HEAD, OPTIONS"}};

}  // namespace

Response of_now(Response response) { return std::move(response).with_fixed_fields(kOfNow); }

Response lasting(const Request& request, std::string_view media_type, std::string body) {
  std::string tag = entity_tag(body);
  switch (evaluate(request, {tag, {}})) {
    case Precondition::kFailed: return precondition_failed();
    case Precondition::kNotModified: return not_modified(std::move(tag));
    case Precondition::kMet: break;
  }
  return tagged(Response::bytes(media_type, std::move(body)), std::move(tag));
}

Document::Document(std::string_view type, std::string_view text)
    : media_type(type), body(text), tag(entity_tag(text)) {}

Response embedded(const Request& request, const Document& document) {
  const Precondition precondition = evaluate(request, {document.tag, {}});
  if (precondition == Precondition::kFailed) return precondition_failed();
  Response response = precondition == Precondition::kNotModified ? Response::status(304)
                                                                 : Response::fixed(document.media_type, document.body);
  response.add_field("ETag", document.tag);
  return std::move(response).with_fixed_fields(kEmbedded);
}

Response not_modified(std::string tag) { return tagged(Response::status(304), std::move(tag)); }

Response tagged(Response response, std::string tag) {
  response.add_field("ETag", std::move(tag));
  return std::move(response).with_fixed_fields(kLasting);
}

Response precondition_failed() { return of_now(refusal(412, "If-Match: this answer is none of those that it names")); }

Response preflight(const Request&) { return Response::status(204).with_fixed_fields(kPreflight); }

}  // namespace orrery::planets
