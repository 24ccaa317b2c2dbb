// Corpus: the wire cases under tests/corpus/http, read from disk. Their format stands in tests/corpus/README.md.
//
// Shared by the unit tests and the fuzzers; knows nothing of Catch2. Throws std::runtime_error on a malformed file.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::test {

struct ExpectedRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>>
      lines;  ///< keyword (path, query, body, field, fields, trailer, trailers) and the rest
};

struct WireCase {
  std::string name;
  std::string bytes;
  std::vector<ExpectedRequest> requests;  ///< those a handler sees, in order
  std::vector<int> statuses;              ///< of all final responses, in order
  std::string reject;                     ///< name of the refusal; empty = none
  std::string end;                        ///< keep | close | linger | open
  std::string setting;                    ///< of the server, where it is not the default: "header_map refuse"
};

/// Turns the readable form into bytes: `\r \n \t \\ \xHH`; line breaks and lines that begin with `#` are left out.
std::string decode_wire(std::string_view text);

/// All cases of `folder`, by name.
std::vector<WireCase> read_corpus(const std::string& folder);

}  // namespace orrery::test
