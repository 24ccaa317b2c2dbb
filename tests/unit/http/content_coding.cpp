#include "orrery/content_coding.hpp"

#include <array>
#include <catch2/catch.hpp>

namespace orrery {

namespace {

constexpr auto kIdentity = ContentCoding::kIdentity;
constexpr auto kGzip = ContentCoding::kGzip;
constexpr auto kZstd = ContentCoding::kZstd;
constexpr auto kBrotli = ContentCoding::kBrotli;
constexpr std::array kAll{kBrotli, kGzip};
constexpr std::array kOnlyGzip{kGzip};
constexpr std::array kThree{kZstd, kBrotli, kGzip};

}  // namespace

TEST_CASE("content coding: what the client weighs highest, the smallest of equals") {
  struct Row {
    const char* accepted;
    ContentCoding chosen;
  };
  const Row row = GENERATE(
      Row{"gzip, deflate, br, zstd", kBrotli}, Row{"gzip", kGzip}, Row{"x-gzip", kGzip}, Row{"GZip, BR", kBrotli},
      Row{"deflate", kIdentity}, Row{"", kIdentity}, Row{"identity", kIdentity}, Row{"*", kBrotli},
      Row{"br;q=0.5, gzip", kGzip}, Row{"br;q=0.5,gzip;q=0.6", kGzip}, Row{"br ; q=0.501 , gzip ; Q=0.5", kBrotli},
      Row{"br;q=0, gzip;q=0.001", kGzip}, Row{"br;q=0", kIdentity}, Row{"gzip;q=0, *", kBrotli},
      Row{"br;q=0, *;q=0.1", kGzip}, Row{"identity, gzip;q=0.5", kIdentity},
      Row{"identity;q=0.5, gzip;q=0.4", kIdentity}, Row{"identity;q=0, gzip;q=0.1", kGzip}, Row{"*;q=0, gzip", kGzip},
      Row{"gzip;q=x", kIdentity}, Row{"gzip;q=1.5", kGzip}, Row{"gzip;q=", kIdentity}, Row{"gzip;q=0.1234", kIdentity},
      Row{",, gzip ,", kGzip}, Row{"gzip;level=9;q=0.5", kGzip}, Row{"gzipped", kIdentity});
  INFO(row.accepted);
  CHECK(choose_coding(row.accepted, kAll) == row.chosen);
}

TEST_CASE("content coding: only what was made is chosen") {
  CHECK(choose_coding("br, gzip", kOnlyGzip) == kGzip);
  CHECK(choose_coding("br, gzip", {}) == kIdentity);
  CHECK(choose_coding("br;q=0.1, identity;q=0.2", kAll) == kIdentity);
}

TEST_CASE("content coding: a client that says nothing gets the file as it is") {
  CHECK(choose_coding({}, kAll) == kIdentity);
}

TEST_CASE("content coding: nothing is left when the client refuses all") {
  CHECK_FALSE(choose_coding("identity;q=0", kAll));
  CHECK_FALSE(choose_coding("*;q=0", kAll));
  CHECK_FALSE(choose_coding("br, identity;q=0", kOnlyGzip));
  CHECK(choose_coding("*;q=0, identity;q=0.1", kAll) == kIdentity);
}

TEST_CASE("content coding: of equal weight the first that was made") {
  CHECK(choose_coding("gzip, br, zstd", kThree) == kZstd);
  CHECK(choose_coding("gzip, br", kThree) == kBrotli);
  CHECK(choose_coding("gzip;q=0.9, zstd;q=0.8", kThree) == kGzip);
  CHECK(choose_coding("identity;q=1, zstd;q=1", kThree) == kZstd);
}

TEST_CASE("content coding: what compressing pays for") {
  struct Row {
    const char* type;
    bool pays;
  };
  const Row row = GENERATE(Row{"text/html; charset=utf-8", true}, Row{"TEXT/CSS", true}, Row{"application/json", true},
                           Row{"application/json ; charset=utf-8", true}, Row{"image/svg+xml", true},
                           Row{"image/png", false}, Row{"application/gzip", false}, Row{"text/", false}, Row{"", false},
                           Row{"application/octet-stream", false}, Row{"video/mp4", false});
  INFO(row.type);
  CHECK(is_compressible(row.type) == row.pays);
}

}  // namespace orrery
