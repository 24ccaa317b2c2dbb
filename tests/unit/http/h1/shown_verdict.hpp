// What a guard says of some bytes, as one word for a table of rows. For the tests of both guards.
#pragma once

#include <string>

#include "base/reject.hpp"
#include "http/h1/guard.hpp"

namespace orrery::http::h1 {

inline std::string shown(const Verdict& verdict) {
  switch (verdict.kind) {
    case Verdict::Kind::kMore: return "more";
    case Verdict::Kind::kComplete: return "complete " + std::to_string(verdict.consumed);
    case Verdict::Kind::kRefused: return std::string{base::row(verdict.reason).name};
  }
  return "";
}

}  // namespace orrery::http::h1
