// Kept: the bytes of small files that a worker keeps in memory, the least recently asked for forgotten first.
//
// A file is known by its device and inode, and is the same while size and both times are: a caller has opened it anew
// and brings what the kernel says of it, so nothing stale is ever found. What has changed in the last two seconds is
// not kept: a second change could leave all of these as they are. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "os/beneath.hpp"

namespace orrery::files {

class Kept {
 public:
  using Bytes = std::shared_ptr<const std::string>;

  explicit Kept(std::size_t most) : most_(most) {}

  /// Null when it is not kept, or not in this state.
  [[nodiscard]] Bytes find(const os::FileFacts& facts);
  /// `now`: nanoseconds since 1970.
  void keep(const os::FileFacts& facts, Bytes bytes, std::int64_t now);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    os::FileFacts facts;
    Bytes bytes;
  };
  using Entries = std::list<Entry>;
  void forget(Entries::iterator entry);

  mutable std::mutex mutex_;
  std::size_t most_;
  std::size_t size_ = 0;
  Entries entries_;                                              ///< asked for last, first
  std::unordered_map<std::uint64_t, Entries::iterator> places_;  ///< by os::FileFacts::identity()
};

}  // namespace orrery::files
