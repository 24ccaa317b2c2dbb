#include "http/h1/chunk_guard.hpp"

#include <catch2/catch.hpp>

#include "unit/http/h1/shown_verdict.hpp"

namespace orrery::http::h1 {
namespace {

using Kind = Verdict::Kind;

struct ChunkRow {
  const char* name;
  std::string body;
  std::string expected;
};

std::string scan_pieces(const std::vector<std::string_view>& pieces, const Config& limits, std::uint64_t body_limit) {
  ChunkGuard guard;
  std::size_t before = 0;
  for (const std::string_view piece : pieces) {
    Verdict verdict = guard.scan(piece, limits, body_limit);
    if (verdict.kind == Kind::kComplete) verdict.consumed += before;
    if (verdict.kind != Kind::kMore) return shown(verdict);
    before += piece.size();
  }
  return "more";
}

void check_chunks(const ChunkRow& row, const Config& limits, std::uint64_t body_limit) {
  INFO(row.name);
  const std::string_view body = row.body;
  CHECK(scan_pieces({body}, limits, body_limit) == row.expected);
  std::vector<std::string_view> single;
  for (std::size_t at = 0; at < body.size(); ++at) {
    INFO("split at " << at);
    CHECK(scan_pieces({body.substr(0, at), body.substr(at)}, limits, body_limit) == row.expected);
    single.push_back(body.substr(at, 1));
  }
  CHECK(scan_pieces(single, limits, body_limit) == row.expected);
}

TEST_CASE("The chunk guard's limits hold at the byte, however the body is split") {
  Config limits;
  limits.limit_request_fields = 2;
  limits.limit_request_field_size = 10;
  limits.limit_request_head = 20;
  const std::string most(ChunkGuard::kMaxSizeLine - 2, 'x');
  const ChunkRow rows[] = {
      {"body below", "4\r\nabcd\r\n0\r\n\r\n", "complete 14"},
      {"body at", "5\r\nabcde\r\n0\r\n\r\n", "complete 15"},
      {"body above", "6\r\nabcdef\r\n0\r\n\r\n", "large_body"},
      {"body above by a second chunk", "5\r\nabcde\r\n1\r\nf\r\n", "large_body"},
      {"body above, announced only", "6\r\n", "large_body"},
      {"sum overflows", "5\r\nabcde\r\nffffffffffffffff\r\n", "large_body"},
      {"size line at", "0;" + most + "\r\n\r\n", "complete 260"},
      {"size line above", "0;" + most + "x\r\n\r\n", "long_chunk_extension"},
      {"size line at without CR", "0;" + most + "\n\r\n", "bad_chunk"},
      {"size line above without CR", "0;" + most + "x\n", "bad_chunk"},
      {"size line without end", "0;" + most + "xx", "long_chunk_extension"},
      {"size line with CR at its limit", "0;" + most + "\rx", "long_chunk_extension"},
      {"16 digits", "0000000000000001\r\na\r\n0\r\n\r\n", "complete 26"},
      {"17 digits", "00000000000000001\r\na\r\n", "bad_chunk"},
      {"data end is not CR", "1\r\naX", "bad_chunk"},
      {"data end is not LF", "1\r\na\rX", "bad_chunk"},
      {"data end is LF", "1\r\na\n", "bad_chunk"},
      {"size begins wrong", "x", "bad_chunk"},
      {"trailers at", "0\r\nA: b\r\nC: d\r\n\r\n", "complete 17"},
      {"trailers above", "0\r\nA: b\r\nC: d\r\nE: f\r\n", "too_many_fields"},
      {"trailer line at", "0\r\nA: 4567890\r\n\r\n", "complete 17"},
      {"trailer line above", "0\r\nA: 45678901\r\n\r\n", "long_field"},
      {"trailer line without end", "0\r\nA: 4567890123", "long_field"},
      {"trailers' bytes at", "0\r\nA: 45678\r\nB: 45678\r\n\r\n", "complete 25"},
      {"trailers' bytes above", "0\r\nA: 45678\r\nB: 456789\r\n\r\n", "long_head"},
      {"what follows is not looked at", "0\r\n\r\n\x01\x02\x03", "complete 5"},
  };
  for (const ChunkRow& row : rows) check_chunks(row, limits, 5);
}

TEST_CASE("The chunk guard says how much of it is judged") {
  ChunkGuard guard;
  CHECK(guard.scan("5;a", {}, 100).consumed == 0);
  CHECK(guard.unfinished() == "5;a");
  CHECK(guard.scan("\r\nhel", {}, 100).consumed == 5);
  CHECK(guard.unfinished().empty());
  CHECK(guard.scan("lo\r\n0", {}, 100).consumed == 4);
  CHECK(guard.unfinished() == "0");
  guard.reset();
  CHECK(guard.unfinished().empty());
  CHECK(shown(guard.scan("0\r\n\r\n", {}, 0)) == "complete 5");
}

}  // namespace
}  // namespace orrery::http::h1
