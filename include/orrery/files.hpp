// Files: directories and single files as answers.
//
// Everything is answered as RFC 9110 has it: GET and HEAD with a strong ETag and Last-Modified, If-Match,
// If-Unmodified-Since, If-None-Match, If-Modified-Since, If-Range, and Range with one range (a Range that asks for
// several is ignored, as it may be). Bodies of files that are not small are sent by the kernel (sendfile(2)), in
// pieces, and never wait for a disk on the loop; of a file that becomes shorter meanwhile the client sees a broken
// connection, never a wrong length.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "orrery/app.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery {

struct Files {
  /// Opened when a worker starts, with that worker's rights: where it is a link, a reload takes what it leads to then.
  /// Nothing outside of it is reachable, by no path and by no link (openat2(2), RESOLVE_BENEATH); links that stay
  /// inside are followed, unless the kernel is older than 5.6: then none is.
  std::filesystem::path root = {};
  /// What a directory's path with a slash at its end shows; without the slash it is redirected to that. "" =
  /// directories are 404. There is no listing.
  std::string index = "index.html";
  /// What paths show that name no file, below `root`: "index.html" of a single page. "" = they are 404. Names that are
  /// hidden are 404 all the same.
  std::string fallback = {};
  /// As in the Cache-Control field; "" = none is sent.
  std::string cache_control = "no-cache";
  /// Send `x.br`, `x.zst` or `x.gz` for `x`, by Accept-Encoding, where it lies beside a text and is not older.
  bool precompressed = true;
  /// Serve names that begin with a dot. For `/.well-known` alone, serve that directory by itself.
  bool hidden = false;
  /// Bytes of small files (32 KiB at most) that each worker keeps in memory; they are asked about each time. 0 = none.
  std::size_t memory = std::size_t{16} << 20;
};

/// Serves `files.root` below `prefix`: `serve_files(app, "/static", {.root = "public"})` answers `/static/a.css` with
/// `public/a.css`. Only regular files are served; what its worker may not read is 403. A root that cannot be opened
/// fails the start of the worker, and `--check-config`. Throws std::invalid_argument for a cache_control that is no
/// field value.
ORRERY_EXPORT App& serve_files(App& app, std::string_view prefix, Files files);

/// One file as the answer to `request`: downloads behind a login. The path is the application's word: it is opened as
/// it stands, through links, and must not be made of what a client sends. With `name` the client is told to save it
/// under that. What cannot be sent is thrown as HttpError: 404 where there is no regular file, 403 where it may not be
/// read. `Cache-Control: private, no-cache` goes with it; set_field() changes that.
ORRERY_EXPORT Response file_response(const Request& request, const std::filesystem::path& path,
                                     std::string_view name = {});

}  // namespace orrery
