// Answer: an open file as the response to one request: conditions, range, body (RFC 9110, 13 and 14).
//
// What is small is read here, once, and kept where there is room for it; what is not goes to the kernel as part of the
// file. Runs where the handler runs. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "orrery/content_coding.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"

#include "files/kept.hpp"
#include "os/beneath.hpp"

namespace orrery::files {

/// Up to here a file goes through memory: to copy it costs less than the calls that spare it.
constexpr std::uint64_t kSmall = 32 * 1024;

/// An open regular file, and what its answer says of it.
struct Representation {
  os::Opened opened;
  std::string name;             ///< for the log
  std::string_view media_type;  ///< outlives the response
  ContentCoding coding = ContentCoding::kIdentity;
};

/// Fields that do not depend on the file. They outlive the response.
struct Shared {
  const FixedFields* whole = nullptr;      ///< of 200 and 206
  const FixedFields* unchanged = nullptr;  ///< of 304, 412 and 416
};

/// `"inode-size-time"` in hexadecimal; each coding has its own.
[[nodiscard]] std::string entity_tag_of(const os::FileFacts& facts, ContentCoding coding);

/// 200, 206, 304, 412 or 416. `kept` may be null. Throws HttpError for a file that cannot be read.
[[nodiscard]] Response answer(const Request& request, Representation file, const Shared& shared, Kept* kept);

/// Throws what the client is told of a file that could not be opened, by its errno.
[[noreturn]] void refuse(int error, const std::string& name);

}  // namespace orrery::files
