#include "tls/server_names.hpp"

#include <catch2/catch.hpp>

namespace orrery::tls {

TEST_CASE("server names: which certificate a client gets") {
  ServerNames names;
  names.add("example.org", 0);
  names.add("one.example", 1);
  names.add("*.example", 2);
  names.add("deep.two.example", 3);
  names.add("*.two.example", 4);
  names.add("one.example", 5);
  struct Row {
    const char* asked;
    std::size_t place;
  };
  for (const Row& row : {Row{"one.example", 1}, Row{"ONE.Example", 1}, Row{"one.example.", 1}, Row{"other.example", 2},
                         Row{"deep.two.example", 3}, Row{"else.two.example", 4}, Row{"a.b.example", 0},
                         Row{"a.b.two.example", 0}, Row{"example", 0}, Row{"*.example", 2}, Row{".example", 0},
                         Row{"unknown.test", 0}, Row{"", 0}, Row{".", 0}, Row{"192.0.2.1", 0}}) {
    INFO(row.asked);
    CHECK(names.find(row.asked) == row.place);
  }
}

}  // namespace orrery::tls
