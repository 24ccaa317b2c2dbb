// Range, and what else a file's answer reads of its request: names, dates, codings.
//
// Input: eight bytes of the body's size, then the text of a field or a path.
#include "files/range.hpp"

#include <string>

#include "orrery/content_coding.hpp"
#include "orrery/http_date.hpp"

#include "files/disposition.hpp"
#include "files/name.hpp"
#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"

namespace orrery::fuzz {
namespace {

void check_range(std::string_view text, std::uint64_t size) {
  const files::Range range = files::read_range(text, size);
  if (range.kind != files::Range::Kind::kPart) return;
  claim(range.length > 0, "a part has bytes");
  claim(range.offset < size && range.length <= size - range.offset, "a part lies within the body");
  const std::string again =
      "bytes=" + std::to_string(range.offset) + "-" + std::to_string(range.offset + range.length - 1);
  claim(files::read_range(again, size) == range, "a part can be asked for by its positions");
}

void check_date(std::string_view text) {
  const HttpTime now{std::chrono::seconds{1'800'000'000}};
  const auto time = read_http_date(text, now);
  if (time) claim(read_http_date(http_date(*time), now) == time, "a date that is read can be written");
}

void check_name(std::string_view text) {
  const files::Name name = files::read_name(text, text, text, false);
  if (name.is_refused) return claim(name.text.empty(), "what is refused names nothing");
  claim(!name.text.starts_with('/') && !name.text.ends_with('/'), "a name is relative");
  const std::string framed = "/" + name.text + "/";
  claim(framed == "//" || framed.find("//") == std::string::npos, "no segment is empty");
  claim(framed.find("/.") == std::string::npos, "no segment is hidden or leads up");
  claim(name.text.find('\0') == std::string::npos, "a name has no NUL");
}

void check_disposition(std::string_view text) {
  const std::string field = files::attachment(text);
  for (const char c : field) claim(c >= 0x20 && c < 0x7f, "a disposition is plain text");
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orrery::fuzz;
  Input input{data, size};
  std::uint64_t length = 0;
  for (int i = 0; i < 8; ++i) length = length << 8 | input.take_byte();
  const std::string_view text = input.take_rest();
  check_range(text, length);
  check_date(text);
  check_name(text);
  check_disposition(text);
  using orrery::ContentCoding;
  constexpr ContentCoding kMade[] = {ContentCoding::kBrotli, ContentCoding::kGzip};
  const auto coding = orrery::choose_coding(text, kMade);
  claim(!coding || *coding != ContentCoding::kZstd, "only what was made is chosen");
  return 0;
}
