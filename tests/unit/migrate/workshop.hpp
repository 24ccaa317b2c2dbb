// Workshop: what the tests of migrate share: findings as one text, so that a row can say what it expects.
//
// Test code only.
#pragma once

#include <algorithm>
#include <string>

#include "migrate/findings.hpp"

namespace orrery::migrate {

inline std::string words_as_text(const std::vector<Word>& words) {
  std::string out;
  for (const Word& word : words) out += (out.empty() ? "" : "|") + word.text + (word.plain ? "" : "?");
  return out;
}

/// "bind=:80|:81 workers=4?", where `?` marks what is not plain.
inline std::string said_as_text(const Findings& findings) {
  std::string out;
  for (const Said& said : findings.said) {
    if (said.name == "wsgi_app") continue;
    out += (out.empty() ? "" : " ") + said.name + "=" + words_as_text(said.values);
  }
  return out;
}

inline std::string remarks_as_text(const std::vector<Remark>& remarks) {
  std::string out;
  for (const Remark& remark : remarks) out += remark.where + ": " + remark.sentence + "\n";
  return out;
}

}  // namespace orrery::migrate
