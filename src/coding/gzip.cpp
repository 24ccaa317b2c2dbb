// The coding gzip (RFC 1952), by zlib.
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <zlib.h>

#include "coding/encoder.hpp"

namespace orrery::coding {

namespace {

constexpr int kGzipWindow = 15 + 16;  // 32 KiB, in gzip's own frame
constexpr int kMemory = 8;            // zlib's default

class GzipEncoder final : public Encoder {
 public:
  explicit GzipEncoder(int level) {
    if (::deflateInit2(&stream_, level, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc{};
  }
  ~GzipEncoder() override { ::deflateEnd(&stream_); }

  void encode(std::string_view bytes, std::string& out, Flush flush) override {
    do {
      // zlib counts in 32 bits.
      const std::size_t size = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      stream_.avail_in = static_cast<uInt>(size);
      bytes.remove_prefix(size);
      const int last = flush == Flush::kEnd ? Z_FINISH : Z_SYNC_FLUSH;
      drain(out, bytes.empty() ? last : Z_NO_FLUSH);
    } while (!bytes.empty());
  }

 private:
  void drain(std::string& out, int flush) {
    std::array<char, 16 * 1024> piece;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      ::deflate(&stream_, flush);
      out.append(piece.data(), piece.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
};

}  // namespace

std::unique_ptr<Encoder> make_gzip_encoder(int level) { return std::make_unique<GzipEncoder>(level); }

}  // namespace orrery::coding
