#include "base/file_part.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace orrery {

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace orrery

namespace orrery::base {

namespace {

/// As pread; a negative errno instead of -1.
long read_at(const FilePart& part, std::uint64_t offset, char* to, std::size_t size, int flags) {
  const iovec piece{to, size};
  for (;;) {
    const ssize_t got = ::preadv2(part.file->descriptor(), &piece, 1, static_cast<off_t>(offset), flags);
    if (got >= 0) return got;
    if (errno != EINTR) return -errno;
  }
}

long take(FilePart& part, char* to, std::size_t most, int flags) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(most, part.length));
  const long got = read_at(part, part.offset, to, size, flags);
  if (got <= 0) return got;
  part.offset += static_cast<std::uint64_t>(got);
  part.length -= static_cast<std::uint64_t>(got);
  return got;
}

}  // namespace

long read_part(FilePart& part, char* to, std::size_t most) { return take(part, to, most, 0); }

long read_part_in_memory(FilePart& part, char* to, std::size_t most) { return take(part, to, most, RWF_NOWAIT); }

bool is_in_memory(const FilePart& part, std::size_t size) {
  char byte = 0;
  return read_at(part, part.offset, &byte, 1, RWF_NOWAIT) >= 0 &&
         (size <= 1 || read_at(part, part.offset + size - 1, &byte, 1, RWF_NOWAIT) >= 0);
}

int read_ahead(const FilePart& part, std::size_t size) {
  ::posix_fadvise(part.file->descriptor(), static_cast<off_t>(part.offset), static_cast<off_t>(2 * size),
                  POSIX_FADV_WILLNEED);
  std::array<char, 64 * 1024> bytes;
  FilePart left{part.file, part.offset, std::min<std::uint64_t>(part.length, size)};
  while (left.length > 0) {
    const long got = read_part(left, bytes.data(), bytes.size());
    if (got < 0) return static_cast<int>(got);
    if (got == kFileEnded) return 0;
  }
  return 0;
}

}  // namespace orrery::base
