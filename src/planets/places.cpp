#include "planets/places.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include "embedded_data.hpp"
#include "planets/answer.hpp"
#include "planets/freshness.hpp"
#include "planets/json.hpp"

// Assembled straight into .rodata, like the table of positions.
asm(R"(
  .pushsection .rodata
  .balign 64
  .globl orrery_planets_places
  .hidden orrery_planets_places
orrery_planets_places:
  .incbin ")" ORRERY_PLANETS_DATA_DIR R"(/places.bin"
  .popsection
)");

extern "C" __attribute__((visibility("hidden"))) const char orrery_planets_places[];

namespace orrery::planets {
namespace {

// --- the table: header, records by population, letters by code point, and two texts of one line a place and a zone ---

struct Header {
  std::array<char, 8> magic;  // "ORRPLACE"
  std::uint32_t version;
  std::uint32_t places;
  std::uint32_t letters;
  std::uint32_t text_bytes;  // "\n", then of each place: as it is searched, a tab, as it is written, "\n"
  std::uint32_t zone_bytes;  // each zone and "\n"
  std::uint32_t unused;
};

struct Record {
  std::int32_t lon;  // in 1/10000 of a degree
  std::int32_t lat;
  std::uint32_t population;
  std::uint16_t zone;
  std::array<char, 2> country;
};

struct Letter {
  std::uint32_t code_point;
  std::array<char, 4> folded;  // ends with the first zero
};

static_assert(sizeof(Header) == 32 && sizeof(Record) == 16 && sizeof(Letter) == 8);

template <class T>
const T* at_offset(std::size_t offset) noexcept {
  return reinterpret_cast<const T*>(orrery_planets_places + offset);
}

const Header& header() noexcept { return *at_offset<Header>(0); }

std::span<const Record> records() noexcept { return {at_offset<Record>(sizeof(Header)), header().places}; }

std::span<const Letter> letters() noexcept {
  return {at_offset<Letter>(sizeof(Header) + records().size_bytes()), header().letters};
}

std::string_view text() noexcept {
  const std::size_t begin = sizeof(Header) + records().size_bytes() + letters().size_bytes();
  return {at_offset<char>(begin), header().text_bytes};
}

std::string_view zone_at(std::size_t index) noexcept {
  std::string_view zones{text().data() + text().size(), header().zone_bytes};
  for (; index > 0; --index) zones.remove_prefix(zones.find('\n') + 1);
  return zones.substr(0, zones.find('\n'));
}

// --- folding ---

/// Takes one code point off the front; nothing for a byte that begins none.
std::optional<std::uint32_t> take_code_point(std::string_view& utf8) {
  const auto lead = static_cast<unsigned char>(utf8.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size == 0 || size > utf8.size()) return utf8.remove_prefix(1), std::nullopt;
  std::uint32_t value = size == 1 ? lead : lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(utf8[i]);
    if ((next & 0xc0) != 0x80) return utf8.remove_prefix(1), std::nullopt;
    value = value << 6 | (next & 0x3f);
  }
  utf8.remove_prefix(size);
  return value;
}

bool is_apostrophe(std::uint32_t code_point) { return code_point == '\'' || code_point == '`'; }

void put_folded(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x80) {
    const char c = static_cast<char>(code_point);
    if (c >= 'A' && c <= 'Z') return out.push_back(static_cast<char>(c + 32));
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return out.push_back(c);
    if (!is_apostrophe(code_point)) out.push_back(' ');
    return;
  }
  const auto found = std::ranges::lower_bound(letters(), code_point, {}, &Letter::code_point);
  if (found == letters().end() || found->code_point != code_point) return out.push_back(' ');
  for (const char c : found->folded)
    if (c != 0) out.push_back(c);
}

// --- searching ---

struct Hit {
  std::size_t index;
  std::string_view name;
};

/// A line of the text, from one newline to the next.
struct Line {
  std::string_view searched;
  std::string_view written;
  std::size_t end;
};

Line line_around(std::size_t at) {
  const std::string_view all = text();
  const std::size_t begin = all.rfind('\n', at) + 1;
  const std::size_t tab = all.find('\t', begin);
  const std::size_t end = all.find('\n', tab);
  return {all.substr(begin, tab - begin), all.substr(tab + 1, end - tab - 1), end};
}

/// Calls `found(index, line)` for each place with a word that begins with `wanted`.
template <class Found>
void each_match(std::string_view wanted, Found found) {
  const std::string_view all = text();
  std::size_t index = 0;
  std::size_t counted = 1;  // behind the first newline
  for (std::size_t at = all.find(wanted); at != std::string_view::npos; at = all.find(wanted, at)) {
    if (all[at - 1] != ' ' && all[at - 1] != '\n') {
      ++at;
      continue;
    }
    const Line line = line_around(at);
    if (all.data() + at < line.searched.data() + line.searched.size()) {
      index += static_cast<std::size_t>(std::count(all.begin() + static_cast<std::ptrdiff_t>(counted),
                                                   all.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      counted = at;
      found(index, line);
    }
    at = line.end;
  }
}

Place place_of(const Hit& hit) {
  const Record& record = records()[hit.index];
  return {hit.name,
          {record.country.data(), record.country.size()},
          record.lon / 1e4,
          record.lat / 1e4,
          zone_at(record.zone),
          record.population};
}

// --- the request ---

struct Wish {
  std::string name;
  std::size_t limit = kUsualPlaces;
  std::vector<std::string> problems;
};

void read_limit(std::string_view value, Wish& wish) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), wish.limit);
  if (error != std::errc{} || end != value.data() + value.size() || wish.limit < 1 || wish.limit > kMostPlaces)
    wish.problems.push_back("limit must be a whole number from 1 to " + std::to_string(kMostPlaces));
}

void read_name(std::optional<std::string_view> value, Wish& wish) {
  if (!value)
    return wish.problems.emplace_back("q is missing: the beginning of a place's name, such as q=paris"), void();
  wish.name = folded(value->substr(0, kLongestPlaceName));
  if (value->size() > kLongestPlaceName)
    wish.problems.push_back("q is too long: " + std::to_string(kLongestPlaceName) + " bytes at most");
  else if (wish.name.empty())
    wish.problems.emplace_back(
        "q must have a Latin letter or a digit: the beginning of a place's name, such as q=paris");
}

Wish read_wish(const Request& request) {
  Wish wish;
  for (std::size_t i = 0; i < request.query_count(); ++i) {
    const std::string_view name = request.query_at(i).name;
    if (name != "q" && name != "limit")
      wish.problems.push_back("there is no parameter `" + std::string{name.substr(0, 40)} +
                              "` here; known are q, limit");
  }
  read_name(request.query("q"), wish);
  if (const auto limit = request.query("limit")) read_limit(*limit, wish);
  return wish;
}

void put_place(JsonText& json, const Place& place) {
  // Names in the table need no escape; a unit test holds them to it.
  json.raw(R"({"name":")").raw(place.name).raw(R"(","country":")").raw(place.country);
  json.raw(R"(","lon":)").number(place.lon).raw(R"(,"lat":)").number(place.lat);
  json.raw(R"(,"zone":")").raw(place.zone).raw(R"(","population":)").raw(std::to_string(place.population)).raw("}");
}

}  // namespace

std::string folded(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const auto code_point = take_code_point(utf8);
    code_point ? put_folded(out, *code_point) : out.push_back(' ');
  }
  const auto both_spaces = [](char a, char b) { return a == ' ' && b == ' '; };
  out.erase(std::unique(out.begin(), out.end(), both_spaces), out.end());
  if (out.starts_with(' ')) out.erase(0, 1);
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::vector<Place> find_places(std::string_view name, std::size_t limit) {
  const std::string wanted = folded(name);
  if (wanted.empty()) return {};
  std::vector<Hit> exact, others;
  each_match(wanted, [&](std::size_t index, const Line& line) {
    std::vector<Hit>& hits = line.searched == wanted ? exact : others;
    if (hits.size() < limit) hits.push_back({index, line.written});
  });
  exact.insert(exact.end(), others.begin(), others.end());
  if (exact.size() > limit) exact.resize(limit);
  std::vector<Place> places;
  places.reserve(exact.size());
  for (const Hit& hit : exact) places.push_back(place_of(hit));
  return places;
}

std::size_t place_count() noexcept { return header().places; }

Response answer_places(const Request& request) {
  const Wish wish = read_wish(request);
  if (!wish.problems.empty()) return of_now(refusal(wish.problems));
  JsonText json{1024};
  json.raw(R"({"places":[)");
  bool first = true;
  for (const Place& place : find_places(wish.name, wish.limit)) {
    if (!first) json.raw(",");
    first = false;
    put_place(json, place);
  }
  json.raw("]}\n");
  return lasting(request, "application/json", json.take());
}

}  // namespace orrery::planets
