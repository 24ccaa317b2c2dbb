// AccessFormat: any format compiles or is refused with a sentence, no request can forge a line or a quote, and a format
// that is a JSON object gives lines that are.
//
// Input: the format, then the texts of one request, with a NUL between them.
#include "base/access_format.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"

namespace orrery::fuzz {
namespace {

/// The format without its atoms: what stands in every line.
std::string literal_of(std::string_view format) {
  std::string out;
  for (std::size_t at = 0; at < format.size();) {
    if (format.substr(at, 2) == "%%") {
      out += '%';
      at += 2;
    } else if (format[at] == '%') {
      at = format.find(")s", at) + 2;
    } else {
      out += format[at++];
    }
  }
  return out;
}

std::string_view same_text(const void* context, std::string_view) { return *static_cast<const std::string*>(context); }

base::AccessRecord record_of(const std::string& a, const std::string& b) {
  base::AccessRecord record;
  record.client = record.method = a;
  record.protocol = static_cast<base::Protocol>(a.size() % 3);
  record.target = record.id = b;
  record.status = static_cast<int>(a.size());
  record.body_bytes = b.size();
  record.duration = base::Nanoseconds{static_cast<std::int64_t>(a.size()) * 123'456'789};
  record.request_field = record.response_field = same_text;
  record.context = &b;
  return record;
}

void run(Input input) {
  const std::string format = input.take_text();
  const std::string a = input.take_text();
  const std::string b{input.take_rest()};
  const auto compiled = base::AccessFormat::compile(format);
  if (!compiled) return claim(!compiled.error().message.empty(), "a refused format has a sentence");
  std::string line = "before\n";
  compiled->render(record_of(a, b), line);
  line.erase(0, 7);
  claim(line.ends_with('\n'), "a line has an end");
  std::string within(base::AccessFormat::kShortestRoom, ' ');
  const std::size_t length = compiled->render_within(record_of(a, b), within);
  claim(length <= within.size(), "a line fits a pipe");
  within.resize(length);
  claim(line.size() > length || line == within, "a line that fits is not cut");
  if (compiled->is_json()) {
    for (const std::string& one : {line, within}) {
      claim(nlohmann::json::accept(one), "a line of a JSON format is JSON");
      claim(std::count(one.begin(), one.end(), '\n') == 1, "a line of a JSON format is one line");
    }
    return;
  }
  const std::string literal = literal_of(format);
  for (const char c : {'\n', '\r', '\0', '"', '\x1b', '\x7f'}) {
    const auto own = std::count(literal.begin(), literal.end(), c) + (c == '\n' ? 1 : 0);
    claim(format.find("}e)s") != std::string::npos || std::count(line.begin(), line.end(), c) == own,
          "only the format itself brings quotes and control bytes");
  }
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
