#include "planets/freshness.hpp"

#include <algorithm>
#include <cstdint>

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

/// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

Response of_now(Response response) { return std::move(response).with_fixed_fields(kOfNow); }

Response lasting(const Request& request, std::string_view media_type, std::string body) {
  std::string tag = entity_tag(body);
  if (client_has(request, tag)) return not_modified(std::move(tag));
  return tagged(Response::bytes(media_type, std::move(body)), std::move(tag));
}

Document::Document(std::string_view type, std::string_view text)
    : media_type(type), body(text), tag(entity_tag(text)) {}

Response embedded(const Request& request, const Document& document) {
  Response response = client_has(request, document.tag) ? Response::status(304)
                                                        : Response::fixed(document.media_type, document.body);
  response.add_field("ETag", document.tag);
  return std::move(response).with_fixed_fields(kEmbedded);
}

std::string entity_tag(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string tag(18, '"');
  std::uint64_t hash = hash_of(text);
  for (std::size_t i = 16; i > 0; --i, hash >>= 4) tag[i] = kHex[hash & 15];
  return tag;
}

bool client_has(const Request& request, std::string_view tag) {
  const auto known = request.field("if-none-match");
  if (!known) return false;
  for (std::string_view left = *known; !left.empty();) {
    const std::size_t end = std::min(left.find(','), left.size());
    const std::string_view one = trimmed(left.substr(0, end));
    if (one == "*" || opaque(one) == opaque(tag)) return true;
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return false;
}

Response not_modified(std::string tag) { return tagged(Response::status(304), std::move(tag)); }

Response tagged(Response response, std::string tag) {
  response.add_field("ETag", std::move(tag));
  return std::move(response).with_fixed_fields(kLasting);
}

Response preflight(const Request&) { return Response::status(204).with_fixed_fields(kPreflight); }

}  // namespace orrery::planets
