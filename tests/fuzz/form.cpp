// Form: a body of application/x-www-form-urlencoded is bounded, and what was read can be written and read again.
//
// Input: the most fields that may be, then the body.
#include "orrery/form.hpp"

#include <algorithm>
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"

namespace orrery::fuzz {
namespace {

/// As a browser writes it.
void encode(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
}

std::string encoded(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form.all()) {
    encode(out, name);
    out += '=';
    encode(out, value);
    out += '&';
  }
  return out;
}

void check(std::string_view body, std::size_t most) {
  const auto form = Form::parse(body, most);
  const auto unbounded = Form::parse(body, SIZE_MAX);
  claim(unbounded.has_value(), "only the number of fields is an error");
  claim(form.has_value() == (unbounded->all().size() <= most), "a form has as many fields as it may, or is refused");
  const auto again = Form::parse(encoded(*unbounded), SIZE_MAX);
  claim(again && again->all() == unbounded->all(), "a form that is written again means the same");
  for (const auto& [name, value] : unbounded->all()) {
    const auto first = std::find_if(unbounded->all().begin(), unbounded->all().end(),
                                    [&name = name](const Form::Pair& pair) { return pair.first == name; });
    claim(unbounded->get(name) == first->second, "a name gets the first of its values");
    claim(name.size() + value.size() <= body.size(), "decoding makes nothing longer");
  }
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::Input input{data, size};
  const std::size_t most = input.take_byte() % 20;
  orrery::fuzz::check(input.take_rest(), most);
  return 0;
}
