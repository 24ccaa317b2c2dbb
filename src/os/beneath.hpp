// Beneath: one directory, and the opening of what lies below it and nothing else.
//
// The kernel resolves each name (openat2(2), RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS): no `..` and no link leads out,
// whatever changes in the tree meanwhile; links that stay inside are followed. Where there is no openat2 (Linux before
// 5.6, or a sandbox that forbids it) it goes from directory to directory itself and follows no link at all. Nothing
// that it opens can block: FIFOs and devices are opened without waiting, and told by their kind. Made in a worker, with
// that worker's rights. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "orrery/http_date.hpp"
#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

/// What the kernel says of an open file.
struct FileFacts {
  enum class Kind : std::uint8_t { kRegular, kDirectory, kOther } kind = Kind::kOther;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds since 1970
  std::int64_t changed = 0;   ///< the same of its inode

  [[nodiscard]] HttpTime last_modified() const;
  /// Of the file alone, whatever is in it, as far as 64 bits can tell; never 0.
  [[nodiscard]] std::uint64_t identity() const {
    const std::uint64_t mixed = inode * 0x9e3779b97f4a7c15 ^ device;
    return mixed == 0 ? 1 : mixed;
  }
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

/// A file that was opened to be read, or why not.
struct Opened {
  base::UniqueFd file;
  FileFacts facts;
  int error = 0;  ///< an errno; 0 when `file` is open
};

/// Opens `path` itself, wherever it leads, in the same way.
Opened open_to_read(const std::string& path);

/// Of a file that is open.
Result<FileFacts> facts_of(int descriptor);

class Beneath {
 public:
  /// Fails, in a sentence, where `directory` is none or cannot be entered.
  static Result<Beneath> open(const std::string& directory);

  /// Opens what `name` means below the directory; it has no leading slash. EXDEV: it leads out.
  [[nodiscard]] Opened open_to_read(const std::string& name) const;
  /// The kernel cannot resolve names safely here, so no link is followed.
  [[nodiscard]] bool follows_no_links() const { return by_steps_; }

 private:
  friend struct BeneathProbe;
  Beneath(base::UniqueFd directory, bool by_steps) : directory_(std::move(directory)), by_steps_(by_steps) {}
  [[nodiscard]] int open_by_kernel(const std::string& name) const;
  [[nodiscard]] int open_by_steps(const std::string& name) const;

  base::UniqueFd directory_;
  bool by_steps_;
};

/// For tests: as on a kernel without openat2.
struct BeneathProbe {
  static void go_by_steps(Beneath& beneath) { beneath.by_steps_ = true; }
};

}  // namespace orrery::os
