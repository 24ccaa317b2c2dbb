// Output: the bytes one connection has to send in one go: a contiguous buffer, and at most one large body behind it.
//
// Lent by the worker to the connection whose turn it is, so idle connections own no buffer. A body of kTailSize or more
// is not copied: it stands behind the buffer as the tail, and both go out in one writev. A tail has one of three forms:
// text that it owns, text that outlives it, part of a file. What the socket does not take leaves the Output with its
// owner (take_unsent). Loop thread only.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/open_file.hpp"

#include "base/unsent.hpp"

namespace orrery::http {

class Output {
 public:
  static constexpr std::size_t kTailSize = 8 * 1024;

  /// Room for `size` bytes at the end; write them, then commit() what was written.
  char* reserve(std::size_t size) {
    if (size > capacity_ - size_) grow(size);
    return bytes_.get() + size_;
  }
  void commit(std::size_t size) { size_ += size; }
  void append(std::string_view text) {
    if (text.empty()) return;  // it may have no address
    std::memcpy(reserve(text.size()), text.data(), text.size());
    size_ += text.size();
  }
  void set_tail(std::string body) {
    tail_owner_ = std::move(body);
    tail_ = tail_owner_;
  }
  void set_tail(std::string_view outliving) { tail_ = outliving; }
  void set_tail(FilePart part) { file_ = std::move(part); }

  [[nodiscard]] std::string_view buffer() const { return {bytes_.get(), size_}; }
  [[nodiscard]] std::string_view tail() const { return tail_; }
  /// The tail, where it is part of a file; else its length is 0.
  [[nodiscard]] const FilePart& file() const { return file_; }
  [[nodiscard]] bool has_tail() const { return !tail_.empty() || file_.length > 0; }
  /// Nothing should be added to it: it has a tail, or so many bytes.
  [[nodiscard]] bool is_due(std::size_t most) const { return size_ >= most || has_tail(); }
  [[nodiscard]] bool empty() const { return size_ == 0 && !has_tail(); }
  [[nodiscard]] std::size_t size() const { return size_ + tail_.size() + file_.length; }
  /// Gives away all but the first `sent` bytes; nothing is left here. Only a small rest of the buffer is copied.
  [[gnu::cold]] base::Unsent take_unsent(std::size_t sent) {
    base::Unsent unsent;
    const std::size_t of_buffer = std::min(sent, size_);
    const std::size_t rest = size_ - of_buffer;
    if (rest > 0 && rest >= capacity_ / 2) {
      unsent.buffer = std::move(bytes_);
      unsent.first = {unsent.buffer.get() + of_buffer, rest};
      capacity_ = 0;
    } else if (rest > 0) {
      unsent.buffer = std::make_unique_for_overwrite<char[]>(rest);
      std::memcpy(unsent.buffer.get(), bytes_.get() + of_buffer, rest);
      unsent.first = {unsent.buffer.get(), rest};
    }
    const std::size_t of_tail = sent - of_buffer;
    if (file_.length > 0) {
      unsent.file = {std::move(file_.file), file_.offset + of_tail, file_.length - of_tail};
    } else {
      const bool owned = tail_.data() == tail_owner_.data();
      unsent.body = std::move(tail_owner_);
      unsent.second = (owned ? std::string_view{unsent.body} : tail_).substr(of_tail);
    }
    clear();
    return unsent;
  }
  void clear() {
    size_ = 0;
    if (has_tail()) drop_tail();
  }

 private:
  [[gnu::noinline]] void drop_tail() {
    tail_ = {};
    tail_owner_.clear();
    if (file_.length > 0) file_ = {};
    if (tail_owner_.capacity() > 64 * 1024) tail_owner_.shrink_to_fit();
  }
  void grow(std::size_t size) {
    const std::size_t wanted = std::max(capacity_ * 2, size_ + size + 4096);
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = wanted;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::string_view tail_;
  std::string tail_owner_;
  FilePart file_;
};

}  // namespace orrery::http
