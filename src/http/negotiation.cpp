#include "orrery/negotiation.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/characters.hpp"

namespace orrery {

namespace {

constexpr int kMost = 1000;  // q=1

/// Up to a separator that stands outside of quotes, which is taken off `rest` too.
std::string_view cut(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
    if (quoted && rest[end] == '\\' && end + 1 < rest.size())
      ++end;
    else if (rest[end] == '"')
      quoted = !quoted;
  }
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return http::trimmed(piece);
}

/// "0.5" in thousandths; what is not a weight is 0, as it is in content_coding.cpp.
int thousandths(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int value = (text[0] - '0') * kMost;
  int place = kMost / 10;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (!http::is_digit(digit)) return 0;
    value += (digit - '0') * place;
    place /= 10;
  }
  return std::min(value, kMost);
}

struct MediaRange {
  std::string_view type;
  std::string_view subtype;
  std::vector<std::string_view> parameters;  ///< `name=value`
  int weight = kMost;
};

MediaRange read_range(std::string_view text) {
  MediaRange range;
  std::string_view name = cut(text, ';');
  range.type = cut(name, '/');
  range.subtype = name;
  while (!text.empty()) {
    const std::string_view parameter = cut(text, ';');
    std::string_view value = parameter;
    if (http::same_field_name(cut(value, '='), "q")) {
      range.weight = thousandths(http::trimmed(value));
      break;  // what follows belongs to the weight
    }
    if (!parameter.empty()) range.parameters.push_back(parameter);
  }
  return range;
}

bool has_all(const MediaRange& offer, const std::vector<std::string_view>& parameters) {
  return std::all_of(parameters.begin(), parameters.end(), [&](std::string_view wanted) {
    return std::any_of(offer.parameters.begin(), offer.parameters.end(),
                       [&](std::string_view one) { return http::same_field_name(one, wanted); });
  });
}

/// How specific the range is for an offer that it matches: 1 to 3, and more with parameters. 0: it does not.
std::size_t specificity(const MediaRange& range, const MediaRange& offer) {
  if (range.type == "*") return range.subtype == "*" ? 1 : 0;
  if (!http::same_field_name(range.type, offer.type)) return 0;
  if (range.subtype == "*") return 2;
  if (!http::same_field_name(range.subtype, offer.subtype) || !has_all(offer, range.parameters)) return 0;
  return 3 + range.parameters.size();
}

int weight_of(const MediaRange& offer, const std::vector<MediaRange>& ranges) {
  std::size_t best = 0;
  int weight = 0;
  for (const MediaRange& range : ranges) {
    const std::size_t here = specificity(range, offer);
    if (here <= best) continue;
    best = here;
    weight = range.weight;
  }
  return weight;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += http::is_control(c) ? ' ' : c;
  }
}

}  // namespace

std::optional<std::size_t> choose_media_type(std::optional<std::string_view> accept,
                                             std::span<const std::string_view> offered) {
  if (offered.empty()) return {};
  if (!accept || http::trimmed(*accept).empty()) return 0;
  std::vector<MediaRange> ranges;
  for (std::string_view rest = *accept; !rest.empty();)
    if (const std::string_view one = cut(rest, ','); !one.empty()) ranges.push_back(read_range(one));
  std::optional<std::size_t> best;
  int its_weight = 0;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const int weight = weight_of(read_range(offered[i]), ranges);
    if (weight <= its_weight) continue;
    best = i;
    its_weight = weight;
  }
  return best;
}

std::optional<std::size_t> choose_media_type(const Request& request, std::span<const std::string_view> offered) {
  std::string all;
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field_at(i);
    if (http::same_field_name(field.name, "accept")) all.append(all.empty() ? "" : ",").append(field.value);
  }
  return choose_media_type(std::string_view{all}, offered);
}

std::string link(std::string_view target, std::string_view relation, std::string_view title) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = "<";
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (http::is_target_byte(c) && std::string_view{"<>\"{}|\\^`"}.find(c) == std::string_view::npos)
      out += c;
    else if (c == '#')
      out += c;
    else
      out.append(1, '%').append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  }
  out += ">; rel=\"";
  append_escaped(out, relation);
  out += '"';
  if (title.empty()) return out;
  out += "; title=\"";
  append_escaped(out, title);
  return out + '"';
}

}  // namespace orrery
