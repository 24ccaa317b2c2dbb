// Pattern: the path of a route, "/tasks/{id}", read by the compiler where it is written in the program.
//
// A pattern begins with "/"; a segment of it is literal, `{name}` (one segment of the path, not empty), or, as the last
// one, `{name...}` (all that is left, perhaps nothing). A wrong one does not compile, nor one with another number of
// names than its handler takes values; the message is a sentence. One that is known only when the program runs (a
// std::string) is checked by run(), and by --check-config. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace orrery {

namespace patterns {

/// The most {name}s one pattern may have.
inline constexpr std::size_t kMostNames = 8;

enum class Fault : std::uint8_t {
  kNone,
  kNoSlash,
  kBraces,
  kNoName,
  kTyped,
  kRestNotLast,
  kTooManyNames,
  kRepeatedName,
};

struct Segment {
  enum class Kind : std::uint8_t { kLiteral, kName, kRest };
  Kind kind = Kind::kLiteral;
  Fault fault = Fault::kNone;
  std::string_view text;  ///< of a parameter its name
};

constexpr Segment read_segment(std::string_view text) {
  if (text.empty() || text.front() != '{') {
    const bool plain = text.find_first_of("{}") == std::string_view::npos;
    return {Segment::Kind::kLiteral, plain ? Fault::kNone : Fault::kBraces, text};
  }
  const bool rest = text.ends_with("...}");
  const std::size_t tail = rest ? 4 : 1;
  const bool nested = text.find_first_of("{}", 1) != text.size() - 1;
  if (text.size() <= 1 + tail || text.back() != '}' || nested) return {Segment::Kind::kName, Fault::kNoName, text};
  const std::string_view name = text.substr(1, text.size() - 1 - tail);
  const bool typed = name.find(':') != std::string_view::npos;
  return {rest ? Segment::Kind::kRest : Segment::Kind::kName, typed ? Fault::kTyped : Fault::kNone, name};
}

/// What a pattern says.
struct Reading {
  Fault fault = Fault::kNone;
  std::string_view at;  ///< the segment that is at fault
  std::array<std::string_view, kMostNames> names{};
  std::size_t count = 0;  ///< of the names
};

/// `whole`: it stands behind no prefix, so it begins with a slash.
constexpr Reading read(std::string_view pattern, bool whole = true) {
  Reading reading;
  const auto fail_with = [&](Fault fault, std::string_view at) {
    reading.fault = fault;
    reading.at = at;
    return reading;
  };
  if (whole && !pattern.starts_with('/')) return fail_with(Fault::kNoSlash, pattern);
  while (!pattern.empty()) {
    if (pattern.starts_with('/')) pattern.remove_prefix(1);
    const std::string_view text = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(text.size());
    const Segment segment = read_segment(text);
    if (segment.fault != Fault::kNone) return fail_with(segment.fault, text);
    if (segment.kind == Segment::Kind::kLiteral) continue;
    const auto end = reading.names.begin() + reading.count;
    if (std::find(reading.names.begin(), end, segment.text) != end) return fail_with(Fault::kRepeatedName, text);
    if (reading.count == kMostNames) return fail_with(Fault::kTooManyNames, text);
    reading.names[reading.count++] = segment.text;
    if (segment.kind == Segment::Kind::kRest && !pattern.empty()) return fail_with(Fault::kRestNotLast, text);
  }
  return reading;
}

// A constant pattern with a fault needs one of these, which no compiler can run: its name is what the compiler says.
void a_pattern_begins_with_a_slash();
void a_segment_of_a_pattern_is_either_literal_or_one_name_in_braces();
void a_name_in_braces_is_written_as_name_or_with_three_dots_behind_it();
void a_name_in_braces_has_no_type_because_the_handler_takes_a_value_of_that_type();
void a_name_with_three_dots_is_the_last_segment_of_its_pattern();
void a_pattern_has_at_most_eight_names();
void a_name_stands_only_once_in_a_pattern();
void the_handler_takes_another_number_of_values_than_the_pattern_has_names();

constexpr void expect_faultless(Fault fault) {
  switch (fault) {
    case Fault::kNone: break;
    case Fault::kNoSlash: a_pattern_begins_with_a_slash(); break;
    case Fault::kBraces: a_segment_of_a_pattern_is_either_literal_or_one_name_in_braces(); break;
    case Fault::kNoName: a_name_in_braces_is_written_as_name_or_with_three_dots_behind_it(); break;
    case Fault::kTyped: a_name_in_braces_has_no_type_because_the_handler_takes_a_value_of_that_type(); break;
    case Fault::kRestNotLast: a_name_with_three_dots_is_the_last_segment_of_its_pattern(); break;
    case Fault::kTooManyNames: a_pattern_has_at_most_eight_names(); break;
    case Fault::kRepeatedName: a_name_stands_only_once_in_a_pattern(); break;
  }
}

}  // namespace patterns

/// Whether a pattern is a whole one, or stands behind the prefix of a Group, which may have names of its own.
enum class PatternPart : std::uint8_t { kWhole, kBehindPrefix };

/// A pattern for a handler that takes `Values` values; 0 = it asks the request for what it wants.
template <std::size_t Values, PatternPart Part>
class Pattern {
 public:
  /// Of a literal, or a constexpr array.
  template <std::size_t Size>
  consteval Pattern(const char (&text)[Size]) : text_(text) {  // NOLINT: as std::format_string
    const patterns::Reading reading = patterns::read(text_, Part == PatternPart::kWhole);
    patterns::expect_faultless(reading.fault);
    const bool fits = Part == PatternPart::kWhole ? reading.count == Values : reading.count <= Values;
    if (Values > 0 && !fits) patterns::the_handler_takes_another_number_of_values_than_the_pattern_has_names();
  }
  /// Of what is known only when the program runs. It must live until the route is registered.
  template <class Text>
  requires(std::convertible_to<const Text&, std::string_view> && !std::is_array_v<Text>) Pattern(const Text& text)
      : text_(text) {}  // NOLINT

  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace orrery
