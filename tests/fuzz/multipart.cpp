// Multipart: a form means the same whole and in pieces, its events are in order, and it is bounded.
//
// Input: the size of the pieces, then the body of a form whose boundary is `B`.
#include "orrery/multipart.hpp"

#include <algorithm>
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"

namespace orrery::fuzz {
namespace {

using Kind = MultipartEvent::Kind;

constexpr std::size_t kMostParts = 5;

/// What a reader hears, as text, and whether it is in order.
class Reader {
 public:
  void hear(const MultipartEvent& event) {
    claim(!over_, "nothing comes behind the end");
    claim(open_ == (event.kind == Kind::kData || event.kind == Kind::kPartEnd), "parts follow each other");
    switch (event.kind) {
      case Kind::kPart:
        open_ = true;
        ++parts_;
        heard_ +=
            "<" + event.head->name + "|" + event.head->filename.value_or("-") + "|" + event.head->media_type + ">";
        claim(event.head->filename.value_or("").find_first_of("/\\") == std::string::npos, "a file name is no path");
        break;
      case Kind::kData:
        claim(!event.bytes.empty(), "data is something");
        claim((last_ + std::string{event.bytes}).find("\r\n--B") == std::string::npos,
              "no content has a boundary in it");
        heard_ += event.bytes;
        last_ += event.bytes;
        break;
      case Kind::kPartEnd:
        open_ = false;
        last_.clear();
        heard_ += "</>";
        break;
      case Kind::kEnd: over_ = true; break;
    }
    claim(parts_ <= kMostParts, "no more parts come than may");
  }
  [[nodiscard]] const std::string& heard() const { return heard_; }
  [[nodiscard]] bool over() const { return over_; }

 private:
  std::string heard_;
  std::string last_;
  bool open_ = false;
  bool over_ = false;
  std::size_t parts_ = 0;
};

/// What was heard, and the error or nothing.
std::string read(std::string_view body, std::size_t size, bool& over) {
  Reader reader;
  MultipartLimits limits;
  limits.parts = kMostParts;
  limits.head = 200;
  limits.part = 1000;
  auto form = Multipart::begin("multipart/form-data; boundary=B", limits,
                               [&](const MultipartEvent& event) { reader.hear(event); });
  claim(form.has_value(), "the boundary is good");
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    const std::string piece{body.substr(0, size)};
    if (const auto fed = form->feed(piece); !fed) {
      claim(!form->feed("x"), "nothing is taken behind an error");
      over = false;
      return fed.error().message;
    }
  }
  over = reader.over();
  claim(form->end().has_value() == over, "a form is whole when its end was told");
  return reader.heard();
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orrery::fuzz;
  Input input{data, size};
  const std::size_t piece = 1 + input.take_byte() % 40;
  const std::string_view body = input.take_rest();
  bool whole = false;
  bool pieces = false;
  const std::string one = read(body, SIZE_MAX, whole);
  const std::string other = read(body, piece, pieces);
  claim(whole == pieces && one == other, "pieces of any size mean the same");
  return 0;
}
