#include "planets/calendar.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "planets/rfc3339.hpp"
#include "planets/wording.hpp"

namespace orrery::planets {
namespace {

/// With one decimal: "1.2°".
std::string degrees_text(Degrees angle) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), angle.value, std::chars_format::fixed, 1).ptr;
  return std::string{text.data(), end} + "\u00b0";
}

std::string conjunction_words(const Phenomenon& phenomenon) {
  const std::string other = title_of(phenomenon.other.value_or(phenomenon.body));
  if (phenomenon.kind == PhenomenonKind::kInferiorConjunction) return other + " passes between Earth and Sun";
  if (phenomenon.kind == PhenomenonKind::kSuperiorConjunction || phenomenon.body == Body::kSun)
    return other + " behind the Sun";
  return title_of(phenomenon.body) + " and " + other + ", " + degrees_text(phenomenon.separation) + " apart";
}

std::string elongation_words(const Phenomenon& phenomenon) {
  const bool east = phenomenon.kind == PhenomenonKind::kGreatestElongationEast;
  return title_of(phenomenon.body) + " furthest from the Sun, " + degrees_text(phenomenon.separation) + ", in the " +
         (east ? "evening" : "morning") + " sky";
}

/// "20261205T091000Z", to the second.
std::string stamp_of(Instant instant) {
  std::array<char, kTimestampRoom> text;
  const std::string_view whole{text.data(), write_rfc3339_seconds(text.data(), instant)};
  std::string stamp;
  for (const char c : whole)
    if (c != '-' && c != ':') stamp.push_back(c);
  return stamp;
}

/// A line of 75 bytes at most, continued on the next where it is longer; not within a character.
void put_line(std::string& out, std::string_view line) {
  constexpr std::size_t kMost = 74;  // and the blank that a continued line begins with
  while (line.size() > kMost) {
    std::size_t end = kMost;
    while ((static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
    out.append(line.substr(0, end)).append("\r\n ");
    line.remove_prefix(end);
  }
  out.append(line).append("\r\n");
}

/// Commas separate values where they are not escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ',' || c == ';' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

void put_event(std::string& out, const Phenomenon& phenomenon, const std::string& stamp) {
  const std::string time = stamp_of(phenomenon.time);
  std::string uid = time.substr(0, 8) + "-" + std::string{name_of(phenomenon.kind)};
  uid.append("-").append(name_of(phenomenon.body));
  if (phenomenon.other) uid.append("-").append(name_of(*phenomenon.other));
  put_line(out, "BEGIN:VEVENT");
  put_line(out, "UID:" + uid + "@orrery");
  put_line(out, "DTSTAMP:" + stamp);
  put_line(out, "DTSTART:" + time);
  put_line(out, "SUMMARY:" + escaped(words_of(phenomenon)));
  put_line(out, "TRANSP:TRANSPARENT");
  put_line(out, "END:VEVENT");
}

}  // namespace

std::string words_of(const Phenomenon& phenomenon) {
  switch (phenomenon.kind) {
    case PhenomenonKind::kNewMoon: return "New Moon";
    case PhenomenonKind::kFirstQuarter: return "First quarter of the Moon";
    case PhenomenonKind::kFullMoon: return "Full Moon";
    case PhenomenonKind::kLastQuarter: return "Last quarter of the Moon";
    case PhenomenonKind::kOpposition: return title_of(phenomenon.body) + " at opposition";
    case PhenomenonKind::kGreatestElongationEast:
    case PhenomenonKind::kGreatestElongationWest: return elongation_words(phenomenon);
    case PhenomenonKind::kMarchEquinox: return "March equinox";
    case PhenomenonKind::kJuneSolstice: return "June solstice";
    case PhenomenonKind::kSeptemberEquinox: return "September equinox";
    case PhenomenonKind::kDecemberSolstice: return "December solstice";
    case PhenomenonKind::kPenumbralLunarEclipse: return "Penumbral eclipse of the Moon";
    case PhenomenonKind::kPartialLunarEclipse: return "Partial eclipse of the Moon";
    case PhenomenonKind::kTotalLunarEclipse: return "Total eclipse of the Moon";
    case PhenomenonKind::kPartialSolarEclipse: return "Partial eclipse of the Sun, somewhere on Earth";
    case PhenomenonKind::kAnnularSolarEclipse: return "Annular eclipse of the Sun, somewhere on Earth";
    case PhenomenonKind::kHybridSolarEclipse: return "Hybrid eclipse of the Sun, somewhere on Earth";
    case PhenomenonKind::kTotalSolarEclipse: return "Total eclipse of the Sun, somewhere on Earth";
    default: return conjunction_words(phenomenon);
  }
}

std::string calendar(std::span<const Phenomenon> phenomena, Instant stamp) {
  std::string out;
  put_line(out, "BEGIN:VCALENDAR");
  put_line(out, "VERSION:2.0");
  put_line(out, "PRODID:-//Orrery//Planets//EN");
  put_line(out, "CALSCALE:GREGORIAN");
  put_line(out, "X-WR-CALNAME:The sky");
  const std::string text = stamp_of(stamp);
  for (const Phenomenon& phenomenon : phenomena) put_event(out, phenomenon, text);
  put_line(out, "END:VCALENDAR");
  return out;
}

}  // namespace orrery::planets
