#include "coding/message_deflate.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <zlib.h>

namespace orrery::coding {

namespace {

/// The best of those that look for a match once at each place.
constexpr int kLevel = 3;
/// A table of 16 KiB, which is cleared for each message; zlib's default clears 64 KiB.
constexpr int kMemory = 6;
/// What a flush ends with, which the sender leaves out and the reader puts back (RFC 7692, 7.2.1).
constexpr std::string_view kTail{"\0\0\xff\xff", 4};
constexpr std::size_t kPiece = 16 * 1024;

Bytef* bytes_of(const char* text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

/// zlib counts in 32 bits.
void give(z_stream& stream, std::string_view& bytes) {
  const std::size_t size = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
  stream.next_in = bytes_of(bytes.data());
  stream.avail_in = static_cast<uInt>(size);
  bytes.remove_prefix(size);
}

}  // namespace

struct MessageDeflate::Deflater {
  explicit Deflater(int window) {
    if (::deflateInit2(&stream, kLevel, Z_DEFLATED, -window, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc{};
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { ::deflateEnd(&stream); }

  void run(std::string_view message, std::string& out) {
    ::deflateReset(&stream);
    do {
      give(stream, message);
      drain(message.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH, out);
    } while (!message.empty());
  }

 private:
  void drain(int flush, std::string& out) {
    std::array<char, kPiece> piece;
    do {
      stream.next_out = bytes_of(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      ::deflate(&stream, flush);
      out.append(piece.data(), piece.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }

  z_stream stream{};
};

struct MessageDeflate::Inflater {
  Inflater() {
    if (::inflateInit2(&stream, -kLargestWindow) != Z_OK) throw std::bad_alloc{};
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream); }

  Outcome run(std::string_view bytes, std::size_t largest, std::string& out) {
    ::inflateReset(&stream);
    std::size_t room = largest;
    for (std::string_view left : {bytes, kTail}) {
      while (!left.empty()) {
        give(stream, left);
        if (const Outcome outcome = drain(room, out); outcome != Outcome::kWhole) return outcome;
      }
    }
    // Between two blocks, and at the beginning of a byte: what the tail leads to where it ends a message.
    constexpr int kBetweenBlocks = 128, kUnusedBits = 63;
    const bool at_end = (stream.data_type & kBetweenBlocks) != 0 && (stream.data_type & kUnusedBits) == 0;
    return at_end ? Outcome::kWhole : Outcome::kBad;
  }

 private:
  /// Until all input is taken, and what it makes is in `out`.
  Outcome drain(std::size_t& room, std::string& out) {
    std::array<char, kPiece> piece;
    for (;;) {
      // A byte more than may come tells that it does.
      const std::size_t size = room < piece.size() ? room + 1 : piece.size();
      stream.next_out = bytes_of(piece.data());
      stream.avail_out = static_cast<uInt>(size);
      const int result = ::inflate(&stream, Z_SYNC_FLUSH);
      if (result == Z_MEM_ERROR) throw std::bad_alloc{};
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Outcome::kBad;
      const std::size_t made = size - stream.avail_out;
      if (made > room) return Outcome::kTooLarge;
      room -= made;
      out.append(piece.data(), made);
      // A sender may end a block as the last one, and go on with another (RFC 7692, 7.2.3.4).
      if (result == Z_STREAM_END) ::inflateReset(&stream);
      if (stream.avail_in == 0 && (stream.avail_out > 0 || result == Z_STREAM_END)) return Outcome::kWhole;
    }
  }

  z_stream stream{};
};

MessageDeflate::MessageDeflate() = default;
MessageDeflate::~MessageDeflate() = default;

void MessageDeflate::deflate(std::string_view message, int window, std::string& out) {
  auto& deflater = deflaters_[static_cast<std::size_t>(window - kLeastWindow)];
  if (!deflater) deflater = std::make_unique<Deflater>(window);
  deflater->run(message, out);
  if (out.ends_with(kTail)) out.resize(out.size() - kTail.size());
}

MessageDeflate::Outcome MessageDeflate::inflate(std::string_view bytes, std::size_t largest, std::string& out) {
  if (!inflater_) inflater_ = std::make_unique<Inflater>();
  return inflater_->run(bytes, largest, out);
}

}  // namespace orrery::coding
