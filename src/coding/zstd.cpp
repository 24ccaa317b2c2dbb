// The coding zstd (RFC 8878), by libzstd.
#include <array>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zstd.h>

#include "coding/encoder.hpp"

namespace orrery::coding {

namespace {

/// 8 MiB: what every decoder takes (RFC 9659).
constexpr int kMostWindow = 23;
/// Enough for a body that comes in pieces, of which many may be under way.
constexpr int kStreamWindow = 19;

class ZstdEncoder final : public Encoder {
 public:
  ZstdEncoder(int level, std::size_t size) : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc{};
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, size == 0 ? kStreamWindow : 0);
    if (size > (std::size_t{1} << kMostWindow)) ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, kMostWindow);
    if (size > 0) ZSTD_CCtx_setPledgedSrcSize(context_.get(), size);
  }

  void encode(std::string_view bytes, std::string& out, Flush flush) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::array<char, 16 * 1024> piece;
    std::size_t left = 0;
    do {
      ZSTD_outBuffer to{piece.data(), piece.size(), 0};
      left = ZSTD_compressStream2(context_.get(), &to, &in, flush == Flush::kEnd ? ZSTD_e_end : ZSTD_e_flush);
      if (ZSTD_isError(left) != 0) throw std::runtime_error(ZSTD_getErrorName(left));
      out.append(piece.data(), to.pos);
    } while (left > 0 || in.pos < in.size);
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context_;
};

}  // namespace

std::unique_ptr<Encoder> make_zstd_encoder(int level, std::size_t size) {
  return std::make_unique<ZstdEncoder>(level, size);
}

}  // namespace orrery::coding
