#include "orrery/compression.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/lower_case.hpp"
#include "coding/encoder.hpp"

namespace orrery {

namespace {

using coding::Encoder;
using coding::Flush;

/// Whether a list of comma-separated words has `word`, which is in lower case; parameters behind `=` do not count.
bool has_word(std::optional<std::string_view> list, std::string_view word) {
  while (list && !list->empty()) {
    const std::size_t end = std::min(list->find(','), list->size());
    std::string_view one = list->substr(0, end);
    one = one.substr(std::min(one.find_first_not_of(" \t"), one.size()));
    one = one.substr(0, one.find_first_of(" \t=;"));
    const bool same = std::equal(one.begin(), one.end(), word.begin(), word.end(),
                                 [](char a, char b) { return base::lower_case(a) == b; });
    if (same) return true;
    list->remove_prefix(std::min(end + 1, list->size()));
  }
  return false;
}

bool has_body(const Response& response, std::size_t least) {
  const int status = response.status();
  if (status < 200 || status == 204 || status == 206 || status == 304 || response.file_part()) return false;
  return response.is_stream() || response.body().size() >= std::max<std::size_t>(least, 1);
}

bool may_be_changed(const Response& response) {
  return is_compressible(response.media_type()) && !response.field("content-encoding") &&
         !response.field("content-range") && !has_word(response.field("accept-ranges"), "bytes") &&
         !has_word(response.field("cache-control"), "no-transform");
}

bool is_secret(const Request& request, const Response& response) {
  const auto control = response.field("cache-control");
  if (has_word(control, "public")) return false;
  return request.field("cookie") || request.field("authorization") || response.field("set-cookie") ||
         has_word(control, "private");
}

void add_vary(Response& response) {
  const auto vary = response.field("vary");
  if (has_word(vary, "*") || has_word(vary, "accept-encoding")) return;
  response.add_field("Vary", "Accept-Encoding");
}

/// What has the same tag has the same bytes, and these are others now.
void weaken_tag(Response& response) {
  const auto tag = response.field("etag");
  if (tag && !tag->starts_with("W/")) response.set_field("ETag", "W/" + std::string{*tag});
}

/// A stream whose pieces are encoded as they come. One that promised a length and falls short breaks off, as it would
/// have uncompressed.
class EncodedStream {
 public:
  EncodedStream(Response::Pull pull, std::optional<std::uint64_t> length, std::unique_ptr<Encoder> encoder)
      : pull_(std::move(pull)), length_(length), encoder_(std::move(encoder)) {}

  bool operator()(std::string& out) {
    piece_.clear();
    const bool more = pull_(piece_);
    given_ += piece_.size();
    if (length_ && !more && given_ < *length_) throw std::runtime_error("a stream ended before its length");
    if (!piece_.empty() || !more) encoder_->encode(piece_, out, more ? Flush::kPiece : Flush::kEnd);
    return more;
  }

 private:
  Response::Pull pull_;
  std::optional<std::uint64_t> length_;
  std::unique_ptr<Encoder> encoder_;
  std::uint64_t given_ = 0;
  std::string piece_;
};

void compress_stream(Response& response, std::unique_ptr<Encoder> encoder) {
  const auto length = response.stream_length();
  auto stream = std::make_shared<EncodedStream>(response.take_pull(), length, std::move(encoder));
  response.replace_body([stream](std::string& out) { return (*stream)(out); });
}

/// Apart from what is asked of each response, so that one that stays as it is costs a few comparisons.
[[gnu::noinline]] void compress_body(const Request& request, Response& response, const Compression& compression) {
  if (!may_be_changed(response)) return;
  if (!compression.secrets && is_secret(request, response)) return;
  add_vary(response);
  const auto chosen = choose_coding(accepted_codings(request), compression.codings);
  if (!chosen || *chosen == ContentCoding::kIdentity) return;
  if (response.is_stream()) {
    compress_stream(response, coding::make_encoder(*chosen, compression.level, 0));
  } else {
    std::string smaller = compressed(response.body(), *chosen, compression.level);
    if (smaller.size() >= response.body().size()) return;
    response.replace_body(std::move(smaller));
  }
  weaken_tag(response);
  response.add_field("Content-Encoding", std::string{name_of(*chosen)});
}

}  // namespace

void compress(const Request& request, Response& response, const Compression& compression) {
  if (has_body(response, compression.least)) compress_body(request, response, compression);
}

void compress(const Request& request, Response& response) {
  static const Compression usual;
  if (has_body(response, usual.least)) compress_body(request, response, usual);
}

std::string compressed(std::string_view bytes, ContentCoding coding, int level) {
  std::string out;
  const auto encoder = coding::make_encoder(coding, level, bytes.size());
  if (!encoder) return std::string{bytes};
  encoder->encode(bytes, out, Flush::kEnd);
  return out;
}

std::unique_ptr<Encoder> coding::make_encoder(ContentCoding coding, int level, std::size_t size) {
  level = std::clamp(level, 1, 9);
  switch (coding) {
    case ContentCoding::kGzip: return make_gzip_encoder(level);
    case ContentCoding::kZstd: return make_zstd_encoder(level, size);
    case ContentCoding::kBrotli: return make_brotli_encoder(level, size);
    case ContentCoding::kIdentity: break;
  }
  return nullptr;
}

}  // namespace orrery
