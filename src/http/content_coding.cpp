#include "orrery/content_coding.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/characters.hpp"

namespace orrery {

namespace {

constexpr int kMost = 1000;  // q=1

bool same_word(std::string_view one, std::string_view lower) { return http::same_field_name(one, lower); }

/// What stands before `separator`; `rest` becomes what stands behind it.
std::string_view cut(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return http::trimmed(piece);
}

/// "0.5" in thousandths. A weight that is none counts as 0: what is not understood is not wanted.
int thousandths(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int value = (text[0] - '0') * kMost;
  int place = kMost / 10;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (digit < '0' || digit > '9') return 0;
    value += (digit - '0') * place;
    place /= 10;
  }
  return std::min(value, kMost);
}

int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = cut(parameters, ';');
    if (same_word(cut(value, '='), "q")) return thousandths(http::trimmed(value));
  }
  return kMost;
}

/// By coding; nothing where the field does not name it.
struct Weights {
  std::array<std::optional<int>, 4> named;
  std::optional<int> any;

  std::optional<int>& of(ContentCoding coding) { return named[static_cast<std::size_t>(coding)]; }
  void put(std::string_view name, int weight) {
    if (same_word(name, "br")) of(ContentCoding::kBrotli) = weight;
    if (same_word(name, "zstd")) of(ContentCoding::kZstd) = weight;
    if (same_word(name, "gzip") || same_word(name, "x-gzip")) of(ContentCoding::kGzip) = weight;
    if (same_word(name, "identity")) of(ContentCoding::kIdentity) = weight;
    if (name == "*") any = weight;
  }
};

Weights read_weights(std::string_view field) {
  Weights weights;
  while (!field.empty()) {
    std::string_view member = cut(field, ',');
    const std::string_view name = cut(member, ';');
    weights.put(name, weight_of(member));
  }
  return weights;
}

}  // namespace

std::string_view name_of(ContentCoding coding) noexcept {
  switch (coding) {
    case ContentCoding::kGzip: return "gzip";
    case ContentCoding::kZstd: return "zstd";
    case ContentCoding::kBrotli: return "br";
    case ContentCoding::kIdentity: break;
  }
  return "identity";
}

std::optional<ContentCoding> choose_coding(std::optional<std::string_view> accept_encoding,
                                           std::span<const ContentCoding> made) noexcept {
  if (!accept_encoding) return ContentCoding::kIdentity;
  Weights weights = read_weights(*accept_encoding);
  // Not named, identity is acceptable, but any coding that is named is preferred.
  const int identity = weights.of(ContentCoding::kIdentity).value_or(weights.any.value_or(1));
  ContentCoding best = ContentCoding::kIdentity;
  int its_weight = 0;
  for (const ContentCoding coding : made) {
    const int weight = weights.of(coding).value_or(weights.any.value_or(0));
    if (coding == ContentCoding::kIdentity || weight <= its_weight) continue;
    best = coding;
    its_weight = weight;
  }
  if (identity > its_weight) return ContentCoding::kIdentity;
  return its_weight > 0 ? std::optional{best} : std::nullopt;
}

std::optional<std::string> accepted_codings(const Request& request) {
  const auto first = request.field("Accept-Encoding");
  if (!first) return {};
  std::string all;
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field_at(i);
    if (http::same_field_name(field.name, "accept-encoding")) all.append(all.empty() ? "" : ",").append(field.value);
  }
  return all;
}

bool is_compressible(std::string_view media_type) noexcept {
  constexpr std::string_view kOthers[] = {"application/javascript",
                                          "application/json",
                                          "application/ld+json",
                                          "application/manifest+json",
                                          "application/rss+xml",
                                          "application/atom+xml",
                                          "application/problem+json",
                                          "application/wasm",
                                          "application/xhtml+xml",
                                          "application/xml",
                                          "application/geo+json",
                                          "application/x-ndjson",
                                          "application/yaml",
                                          "image/svg+xml",
                                          "image/bmp",
                                          "image/x-icon",
                                          "font/ttf",
                                          "font/otf",
                                          "application/problem+xml",
                                          "application/toml",
                                          "application/sql",
                                          "application/graphql",
                                          "application/vnd.api+json"};
  const std::string_view type = http::trimmed(media_type.substr(0, media_type.find(';')));
  if (type.size() > 5 && same_word(type.substr(0, 5), "text/")) return true;
  return std::any_of(std::begin(kOthers), std::end(kOthers),
                     [&](std::string_view one) { return same_word(type, one); });
}

}  // namespace orrery
