// Negotiation: a client gets one of what is offered or nothing, the order of offers matters only where weights are
// equal, and a Link field is one line.
//
// Input: a relation and a title, each ended by NUL, then the text of a field or a link's target.
#include "orrery/negotiation.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "orrery/content_coding.hpp"

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"

namespace orrery::fuzz {
namespace {

void check_media_types(std::string_view accept) {
  constexpr std::array<std::string_view, 4> kOffers{"text/html", "text/html;level=1", "application/json", "image/png"};
  for (const std::string_view one : kOffers)
    for (const std::string_view other : kOffers) {
      const std::array<std::string_view, 2> there{one, other};
      const std::array<std::string_view, 2> back{other, one};
      const auto chosen = choose_media_type(accept, there);
      const auto turned = choose_media_type(accept, back);
      claim(!chosen || *chosen < there.size(), "only what is offered is chosen");
      claim(chosen.has_value() == turned.has_value(), "the order of offers refuses nothing");
      claim(!chosen || *chosen == 0 || *turned == 0, "what is wanted more is chosen wherever it stands");
    }
  const std::string more = std::string{accept} + ", */*;q=0.001";
  const auto some = choose_media_type(accept, kOffers);
  claim(!some || choose_media_type(more, kOffers), "a range more refuses nothing that was chosen");
}

void check_codings(std::string_view accept) {
  constexpr std::array<ContentCoding, 3> kMade{ContentCoding::kBrotli, ContentCoding::kZstd, ContentCoding::kGzip};
  const auto chosen = choose_coding(accept, kMade);
  if (!chosen || *chosen == ContentCoding::kIdentity) return;
  const std::array<ContentCoding, 1> alone{*chosen};
  claim(choose_coding(accept, alone) == chosen, "what is chosen among others is chosen alone");
}

void check_link(std::string_view target, const std::string& relation, const std::string& title) {
  const std::string text = link(target, relation, title);
  claim(std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }),
        "a link is one line");
  claim(text.starts_with('<'), "a link begins with its target");
  const std::size_t end = text.find('>');
  claim(end != std::string::npos && text.compare(end, 7, ">; rel=") == 0, "a target ends where its parameters begin");
  claim(text.find_first_of(" \"<", 1) > end, "a target holds nothing that ends it early");
  bool quoted = false;
  for (std::size_t i = end; i < text.size(); ++i) {
    if (quoted && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
  }
  claim(!quoted && text.back() == '"', "each quoted string ends");
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orrery::fuzz;
  Input input{data, size};
  const std::string relation = input.take_text();
  const std::string title = input.take_text();
  const std::string_view text = input.take_rest();
  check_media_types(text);
  check_codings(text);
  check_link(text, relation, title);
  return 0;
}
