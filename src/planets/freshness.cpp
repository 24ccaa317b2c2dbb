#include "planets/freshness.hpp"

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/compression.hpp"
#include "orrery/content_coding.hpp"

#include "planets/answer.hpp"

namespace orrery::planets {

namespace {

constexpr std::pair<std::string_view, std::string_view> kAnyOrigin{"Access-Control-Allow-Origin", "*"};
constexpr std::pair<std::string_view, std::string_view> kShownTag{"Access-Control-Expose-Headers", "ETag"};

const FixedFields kOfNow{kAnyOrigin, {"Cache-Control", "no-store"}};
const FixedFields kLasting{kAnyOrigin, kShownTag, {"Cache-Control", "public, max-age=86400"}};
const FixedFields kEmbedded{kAnyOrigin, kShownTag, {"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding"}};
const FixedFields kPreflight{kAnyOrigin,
                             {"Access-Control-Allow-Methods", "GET, HEAD"},
                             {"Access-Control-Allow-Headers", "*"},
                             {"Access-Control-Max-Age", "86400"},
                             {"Allow", "GET, HEAD, OPTIONS"}};

}  // namespace

void make_of_now(Response& response) { static_cast<void>(std::move(response).with_fixed_fields(kOfNow)); }

Response of_now(Response response) {
  make_of_now(response);
  return response;
}

Response lasting(const Request& request, std::string_view media_type, std::string body) {
  std::string tag = entity_tag(body);
  switch (evaluate(request, {tag, {}})) {
    case Precondition::kFailed: return precondition_failed();
    case Precondition::kNotModified: return not_modified(std::move(tag));
    case Precondition::kMet: break;
  }
  Response response = tagged(Response::bytes(media_type, std::move(body)), std::move(tag));
  compress(request, response);
  return response;
}

Document::Document(std::string_view type, std::string_view text)
    : media_type(type), body(text), tag(entity_tag(text)) {}

std::string_view Document::form(ContentCoding coding) const {
  if (coding == ContentCoding::kIdentity) return body;
  Form& form = coding == ContentCoding::kBrotli ? brotli_ : gzip_;
  std::call_once(form.made, [&] { form.bytes = compressed(body, coding); });
  return form.bytes;
}

namespace {

constexpr std::array kForms{ContentCoding::kBrotli, ContentCoding::kGzip};

/// What the client takes, the smallest first; one that refuses all gets the document as it is.
ContentCoding form_for(const Request& request) {
  return choose_coding(accepted_codings(request), kForms).value_or(ContentCoding::kIdentity);
}

std::string tag_of(const Document& document, ContentCoding coding) {
  if (coding == ContentCoding::kIdentity) return document.tag;
  return document.tag.substr(0, document.tag.size() - 1).append("-").append(name_of(coding)).append("\"");
}

}  // namespace

Response embedded(const Request& request, const Document& document) {
  const ContentCoding coding = form_for(request);
  std::string tag = tag_of(document, coding);
  const Precondition precondition = evaluate(request, {tag, {}});
  if (precondition == Precondition::kFailed) return precondition_failed();
  const bool unchanged = precondition == Precondition::kNotModified;
  Response response = unchanged ? Response::status(304) : Response::fixed(document.media_type, document.form(coding));
  if (!unchanged && coding != ContentCoding::kIdentity)
    response.add_field("Content-Encoding", std::string{name_of(coding)});
  response.add_field("ETag", std::move(tag));
  return std::move(response).with_fixed_fields(kEmbedded);
}

Response not_modified(std::string tag) { return tagged(Response::status(304), std::move(tag)); }

Response tagged(Response response, std::string tag) {
  response.add_field("ETag", std::move(tag));
  return std::move(response).with_fixed_fields(kLasting);
}

Response not_acceptable(std::span<const std::string_view> offered) {
  std::string types;
  for (const std::string_view type : offered) types.append(types.empty() ? "" : ", ").append(type);
  return of_now(refusal(406, "Accept refuses every form that there is: " + types));
}

Response precondition_failed() { return of_now(refusal(412, "If-Match: this answer is none of those that it names")); }

Response preflight(const Request&) { return Response::status(204).with_fixed_fields(kPreflight); }

}  // namespace orrery::planets
