#include "planets/parameters.hpp"

#include <algorithm>
#include <numeric>

#include "planets/utf8.hpp"

namespace orrery::planets {

namespace {

/// So many sentences are enough for anybody.
constexpr std::size_t kMostProblems = 8;

/// What programs of other people call it.
constexpr std::pair<std::string_view, Name> kOtherWords[] = {
    {"lng", Name::kLongitude},
    {"long", Name::kLongitude},
    {"altitude", Name::kElevation},
    {"height", Name::kElevation},
    {"alt", Name::kElevation},
    {"date", Name::kTime},
    {"datetime", Name::kTime},
    {"start", Name::kFrom},
    {"begin", Name::kFrom},
    {"end", Name::kTo},
    {"until", Name::kTo},
    {"field", Name::kFields},
    {"longitude", Name::kLongitude},
    {"latitude", Name::kLatitude},
};

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// How many letters must be put in, taken out or changed to make one of the other (Levenshtein).
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// One that begins with the other is nearer than any that does not.
std::size_t farness(std::string_view asked, std::string_view known) {
  const bool begins = !asked.empty() && (asked.starts_with(known) || known.starts_with(asked));
  return distance(asked, known) + (begins ? 0 : 1000);
}

std::string_view nearest(std::string_view asked, NameSet read) {
  const std::string name = lower_case(asked.substr(0, 40));
  for (const auto& [word, meant] : kOtherWords)
    if (word == name && read.has(meant)) return text_of(meant);
  std::string_view best;
  for (std::size_t i = 0; i < kParameterNames.size(); ++i) {
    const std::string_view known = kParameterNames[i];
    if (read.has(static_cast<Name>(i)) && (best.empty() || farness(name, known) < farness(name, best))) best = known;
  }
  return best;
}

std::string list_of(NameSet read) {
  std::string list;
  for (std::size_t i = 0; i < kParameterNames.size(); ++i)
    if (read.has(static_cast<Name>(i))) list.append(list.empty() ? "" : ", ").append(kParameterNames[i]);
  return list;
}

/// A name as a sentence begins with it: in backticks where it is not one word.
std::string named(std::string_view name) {
  const bool word = !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return word ? std::string{name} : utf8::quoted(name);
}

bool is_known(std::string_view name) {
  return std::find(kParameterNames.begin(), kParameterNames.end(), name) != kParameterNames.end();
}

}  // namespace

void Parameters::refuse(const orrery::Field& field) {
  // `?a=1&&b=2` names nothing between its ampersands.
  if (field.name.empty() && field.value.empty()) return;
  if (problems_.size() == kMostProblems) return;
  // Why a stream has no time is worth a sentence of its own.
  if (field.name == text_of(Name::kTime) && read_.has(Name::kInterval)) {
    problems_.emplace_back("time: a stream is always about now; leave it out");
  } else if (is_known(field.name)) {
    problems_.push_back(std::string{field.name} + " is not read here; leave it out. Read are " + list_of(read_));
  } else {
    problems_.push_back(named(field.name) + ": there is no such parameter; did you mean " +
                        std::string{nearest(field.name, read_)} + "? Read are " + list_of(read_));
  }
}

}  // namespace orrery::planets
