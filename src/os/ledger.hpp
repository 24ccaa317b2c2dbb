// Ledger: what the masters of one service counted, by name, in a memory file that each hands to the next over an
// upgrade: no counter falls where one master follows another.
//
// Each master has a column of its own. A process that tells a counter (the admin process, the monitor process, a master
// that ends) enters what its own master has counted so far into that column, and tells the sum of all columns. So
// whatever was told once stands in the file, and two masters that serve side by side tell the same. What the old
// master's workers count until their end is entered by the old master when the last of them is gone. A number only
// grows.
//
// The file's layout has a version (kVersion) and means nothing but names and numbers: a name that the other side does
// not know is ignored. What another process wrote is checked, never trusted. No lock: a process may be killed at any
// instruction, and at most one place for a name is lost. Never asked on the path of a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

class Ledger {
 public:
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::size_t kColumns = 8;  ///< the ninth master writes on in the first one's
  static constexpr std::size_t kEntries = 16384;
  static constexpr std::size_t kLongestName = 248;

  /// An empty one. Call in the master, before any fork.
  static Result<Ledger> create();
  /// That of the master before. Fails with a sentence when it is no such file, or has another layout.
  static Result<Ledger> adopt(base::UniqueFd fd);

  /// The file, for the next master. No child needs it: the memory stays mapped.
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// This master has counted `own` under the name until now: what all masters have. `own` itself where the name is too
  /// long or the ledger is full. Any process of this master, one thread each.
  std::uint64_t enter(std::string_view name, std::uint64_t own);
  /// The same for a sum of numbers that are not whole. `grows`: a smaller number than before is an older one.
  double enter_sum(std::string_view name, double own, bool grows);
  /// Every name that begins so, without that beginning, and what all masters have under it.
  void each(std::string_view beginning,
            const std::function<void(std::string_view rest, std::uint64_t all)>& tell) const;

 private:
  struct File;
  struct Entry;
  struct Unmap {
    void operator()(File* file) const noexcept;
  };
  Ledger(base::UniqueFd fd, File* file);
  static Result<Ledger> map(base::UniqueFd fd);
  void claim_column();
  Entry* find_or_add(std::string_view name);
  [[nodiscard]] std::size_t used() const;

  base::UniqueFd fd_;
  std::unique_ptr<File, Unmap> file_;
  std::size_t column_ = 0;
  std::vector<std::uint64_t> before_;  ///< what stood in the column, by entry, when this master got it
};

}  // namespace orrery::os
