#include "files/media_type.hpp"

#include <catch2/catch.hpp>

namespace orrery::files {

TEST_CASE("media type: by what stands behind the last dot") {
  struct Row {
    const char* name;
    const char* type;
  };
  const Row row = GENERATE(
      Row{"index.html", "text/html; charset=utf-8"}, Row{"a/b.CSS", "text/css; charset=utf-8"},
      Row{"x.js", "text/javascript; charset=utf-8"}, Row{"x.mjs", "text/javascript; charset=utf-8"},
      Row{"x.json", "application/json"}, Row{"x.svg", "image/svg+xml"}, Row{"x.PnG", "image/png"},
      Row{"x.jpeg", "image/jpeg"}, Row{"x.wasm", "application/wasm"}, Row{"x.woff2", "font/woff2"},
      Row{"x.tar.gz", "application/gzip"}, Row{"x.webmanifest", "application/manifest+json"},
      Row{"x.7z", "application/x-7z-compressed"}, Row{"x.zst", "application/zstd"},
      Row{"x.webmanifests", "application/octet-stream"}, Row{"README", "application/octet-stream"},
      Row{"x.", "application/octet-stream"}, Row{"", "application/octet-stream"}, Row{".", "application/octet-stream"},
      Row{"x.html ", "application/octet-stream"}, Row{"x.a.very.long.endingendingending", "application/octet-stream"});
  INFO(row.name);
  CHECK(media_type_of(row.name) == row.type);
}

}  // namespace orrery::files
