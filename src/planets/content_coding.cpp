#include "planets/content_coding.hpp"

#include <algorithm>

namespace orrery::planets {

namespace {

constexpr int kMost = 1000;  // q=1

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same_word(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

/// What stands before `separator`; `rest` becomes what stands behind it.
std::string_view cut(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trimmed(piece);
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
    if (same_word(cut(value, '='), "q")) return thousandths(trimmed(value));
  }
  return kMost;
}

struct Weights {
  std::optional<int> brotli, gzip, identity, any;

  void put(std::string_view name, int weight) {
    if (same_word(name, "br")) brotli = weight;
    if (same_word(name, "gzip") || same_word(name, "x-gzip")) gzip = weight;
    if (same_word(name, "identity")) identity = weight;
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

std::optional<ContentCoding> choose_coding(std::optional<std::string_view> accept_encoding, CodingsMade made) noexcept {
  if (!accept_encoding) return ContentCoding::kIdentity;
  const Weights weights = read_weights(*accept_encoding);
  const int others = weights.any.value_or(0);
  const int brotli = made.brotli ? weights.brotli.value_or(others) : 0;
  const int gzip = made.gzip ? weights.gzip.value_or(others) : 0;
  // Not named, identity is acceptable, but any coding that is named is preferred.
  const int identity = weights.identity.value_or(weights.any.value_or(1));
  const int best = std::max({brotli, gzip, identity});
  if (best == 0) return {};
  if (brotli == best) return ContentCoding::kBrotli;
  return gzip == best ? ContentCoding::kGzip : ContentCoding::kIdentity;
}

}  // namespace orrery::planets
