#include "base/json_object.hpp"

#include "base/utf8.hpp"

namespace orrery::base {
namespace {

/// Deeper nesting is nobody's log line.
constexpr unsigned kDeepest = 32;

/// Walks the grammar of RFC 8259; `at_` is where it stopped when a step says false.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  bool object(unsigned depth) {
    if (!take('{')) return false;
    blanks();
    if (take('}')) return true;
    do {
      blanks();
      if (!string()) return false;
      blanks();
      if (!take(':') || !value(depth)) return false;
    } while (take(','));
    return take('}');
  }

  void blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool value(unsigned depth) {
    blanks();
    const bool good = depth < kDeepest && (take(kValueHole) || take("true") || take("false") || take("null") ||
                                           (peek() == '"' && string()) || (peek() == '{' && object(depth + 1)) ||
                                           (peek() == '[' && array(depth + 1)) || number());
    if (good) blanks();
    return good;
  }

  bool array(unsigned depth) {
    if (!take('[')) return false;
    blanks();
    if (take(']')) return true;
    do {
      if (!value(depth)) return false;
    } while (take(','));
    return take(']');
  }

  bool digits() {
    const std::size_t from = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > from;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }

  bool string() {
    if (!take('"')) return false;
    while (!take('"')) {
      if (take('\\')) {
        if (!escape()) return false;
        continue;
      }
      const auto byte = static_cast<unsigned char>(peek());
      const std::size_t length = byte < 0x20 && byte != kStringHole ? 0 : utf8_length(text_.substr(at_));
      if (length == 0) return false;
      at_ += length;
    }
    return true;
  }
  bool escape() {
    if (!take('u')) {
      const bool known = std::string_view{"\"\\/bfnrt"}.find(peek()) != std::string_view::npos;
      if (known && at_ < text_.size()) ++at_;
      return known;
    }
    // Half of a surrogate pair may be followed by anything, so none is taken.
    const bool half = (peek() == 'd' || peek() == 'D') && text_.substr(at_ + 1, 1) > "7";
    if (half) return false;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (std::string_view{"0123456789abcdefABCDEF"}.find(peek()) == std::string_view::npos) return false;
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::size_t> find_json_fault(std::string_view text) {
  Walk walk{text};
  walk.blanks();
  if (!walk.object(0)) return walk.at();
  walk.blanks();
  return walk.at() == text.size() ? std::nullopt : std::optional{walk.at()};
}

}  // namespace orrery::base
