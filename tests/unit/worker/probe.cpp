#include "worker/probe.hpp"

#include <catch2/catch.hpp>

namespace orrery::worker {

TEST_CASE("probe: what is wrong with an answer, by how it begins") {
  struct Row {
    const char* begun;
    bool ended;
    std::optional<std::string> fault;
  };
  const Row rows[] = {
      {"", false, std::nullopt},
      {"HTTP/1.1 20", false, std::nullopt},
      {"", true, "got no answer: its connection was closed"},
      {"HTTP/1.1 2", true, "got no answer: its connection was closed"},
      {"HTTP/1.1 200 OK\r\n", false, ""},
      {"HTTP/1.1 204", false, ""},
      {"HTTP/1.0 301 Moved", true, ""},
      {"HTTP/1.1 404 Not Found\r\n", false, ""},
      {"HTTP/1.1 500 Internal Server Error\r\n", false, "was answered 500"},
      {"HTTP/1.1 503 ", true, "was answered 503"},
      {"HTTP/2.0 200 ", false, "got an answer that is none of HTTP/1"},
      {"PRI * HTTP/2.0\r\n\r\n", false, "got an answer that is none of HTTP/1"},
  };
  for (const Row& row : rows) {
    INFO(row.begun);
    CHECK(fault_of_answer(row.begun, row.ended) == row.fault);
  }
}

}  // namespace orrery::worker
