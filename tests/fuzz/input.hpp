// Input: the bytes of one fuzz run, read from the front: flags first, then what the target is made for.
//
// What is left lies in a block of exactly its size, so that the address sanitizer sees a read past its end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace orrery::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  [[nodiscard]] bool empty() const { return left_ == 0; }

  /// The next byte; 0 when there is none.
  std::uint8_t take_byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }

  /// The bytes up to the next NUL, which is taken too; all of them when there is none.
  std::string take_text() {
    const std::uint8_t* const end = std::find(data_, data_ + left_, std::uint8_t{0});
    std::string text(reinterpret_cast<const char*>(data_), static_cast<std::size_t>(end - data_));
    const std::size_t taken = std::min(text.size() + 1, left_);
    data_ += taken;
    left_ -= taken;
    return text;
  }

  /// All that is left.
  std::string_view take_rest() {
    rest_ = std::make_unique<char[]>(left_);
    if (left_ > 0) std::memcpy(rest_.get(), data_, left_);
    const std::string_view rest{rest_.get(), left_};
    left_ = 0;
    return rest;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
  std::unique_ptr<char[]> rest_;
};

}  // namespace orrery::fuzz
