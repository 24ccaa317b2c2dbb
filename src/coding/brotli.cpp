// The coding br (RFC 7932), by libbrotlienc.
#include <algorithm>
#include <brotli/encode.h>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "coding/encoder.hpp"

namespace orrery::coding {

namespace {

/// 512 KiB: enough for a body that comes in pieces, of which many may be under way.
constexpr std::uint32_t kStreamWindow = 19;

class BrotliEncoder final : public Encoder {
 public:
  BrotliEncoder(int level, std::size_t size) : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
    if (!state_) throw std::bad_alloc{};
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(level));
    if (size == 0) BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_LGWIN, kStreamWindow);
    const auto hint = std::min<std::size_t>(size, std::numeric_limits<std::uint32_t>::max());
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_SIZE_HINT, static_cast<std::uint32_t>(hint));
  }

  void encode(std::string_view bytes, std::string& out, Flush flush) override {
    const auto operation = flush == Flush::kEnd ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
    std::size_t left = bytes.size();
    const auto* next = reinterpret_cast<const std::uint8_t*>(bytes.data());
    do {
      std::size_t room = 0;
      if (BrotliEncoderCompressStream(state_.get(), operation, &left, &next, &room, nullptr, nullptr) == BROTLI_FALSE)
        throw std::runtime_error("brotli cannot compress this body");
      std::size_t size = 0;  // all that there is
      const std::uint8_t* const made = BrotliEncoderTakeOutput(state_.get(), &size);
      out.append(reinterpret_cast<const char*>(made), size);
    } while (left > 0 || BrotliEncoderHasMoreOutput(state_.get()) == BROTLI_TRUE);
  }

 private:
  struct Free {
    void operator()(BrotliEncoderState* state) const noexcept { BrotliEncoderDestroyInstance(state); }
  };
  std::unique_ptr<BrotliEncoderState, Free> state_;
};

}  // namespace

std::unique_ptr<Encoder> make_brotli_encoder(int level, std::size_t size) {
  return std::make_unique<BrotliEncoder>(level, size);
}

}  // namespace orrery::coding
