// DirectoryWatch: what happens to the files of some directories, told by inotify.
//
// For a master with `reload` or `tls_watch`. It opens no file and follows no link: it says which name something has
// happened to, and whether the writer has closed it. Never used without one of these settings, and never in a child.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

class DirectoryWatch {
 public:
  struct Change {
    enum class Kind : std::uint8_t {
      kBegun,      ///< made or written to, and not closed yet
      kWhole,      ///< closed by its writer, moved here, or a link that was made
      kGone,       ///< removed, or moved away
      kDirectory,  ///< the directories themselves are others, or the kernel has lost count: look anew
    };
    std::string path;  ///< directory and name; of kDirectory maybe empty
    Kind kind;
  };

  static Result<DirectoryWatch> open();

  /// Watches these directories and no others from now on. False when one of them cannot be watched, most often because
  /// it is not there; it is tried again at the next call.
  bool watch(const std::set<std::string>& directories);
  /// What has happened since the last call, in its order. Never blocks.
  std::vector<Change> take();
  /// For poll: readable when something has happened.
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit DirectoryWatch(base::UniqueFd fd) : fd_(std::move(fd)) {}

  base::UniqueFd fd_;
  std::map<std::string, int> watched_;
  std::map<int, std::string> names_;
};

}  // namespace orrery::os
