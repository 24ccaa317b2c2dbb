// ResponseReader: splits what a server sent into responses, by the letter of RFC 9112 and by nothing of the server's
// own code.
//
// Strict where a client may be lenient: whatever a strict client could read in two ways breaks a claim.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::fuzz {

struct ReadResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;  ///< names in lower case
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
  int interim = 0;      ///< 100 (Continue) before it
  int hints = 0;        ///< 103 (Early Hints) before it
  bool closes = false;  ///< it says that the connection ends
  bool until_close = false;
  bool whole = true;  ///< false: the output ends before the response does

  /// The value of its only field of this name; empty when there is none. A field given twice breaks a claim.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

/// `heads` tells of each final response, by its X-Request-ID, whether it answers HEAD.
using AnswersHead = bool (*)(const void* context, std::string_view id);
std::vector<ReadResponse> read_all(std::string_view output, AnswersHead answers_head, const void* context);

}  // namespace orrery::fuzz
