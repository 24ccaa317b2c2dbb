// OpenFile: a regular file that is open to be sent; FilePart: the bytes of it that one answer sends.
//
// The file stays open until the last answer that sends of it has left, whatever becomes of its name. One descriptor
// serves any number of answers: each reads at positions of its own. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "orrery/export.hpp"

namespace orrery {

class ORRERY_EXPORT OpenFile {
 public:
  /// Takes over `descriptor`, open for reading, and closes it in the end. `name` is what the log calls the file.
  /// `identity`: the same number whenever this file is opened, and another one for others; 0 = not known. What of a
  /// file is in memory is asked for less often where it is known.
  OpenFile(int descriptor, std::string name, std::uint64_t identity = 0)
      : descriptor_(descriptor), name_(std::move(name)), identity_(identity) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t identity() const { return identity_; }

 private:
  int descriptor_;
  std::string name_;
  std::uint64_t identity_;
};

/// `length` bytes from `offset` on. A file that ends before them breaks the connection: see Response::file.
struct FilePart {
  std::shared_ptr<const OpenFile> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

}  // namespace orrery
