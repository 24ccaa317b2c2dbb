// Planets: the whole planet API: any bytes as target and fields, a well-formed answer out.
//
// Input: a byte for the method (`H` HEAD, `O` OPTIONS, anything else GET), the target up to a NUL, then fields: a byte
// for the name
// (`M` If-Match, `A` Accept, `E` Accept-Encoding, anything else If-None-Match) and the value up to a NUL. Bytes that no
// target may have are percent-encoded, so that every byte can get into a query; bytes that no field may have are left
// out.
#include <nlohmann/json.hpp>
#include <set>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "http/characters.hpp"
#include "support/planet_service.hpp"

namespace orrery::fuzz {
namespace {

using nlohmann::json;

const std::set<int> kStatuses{200, 204, 304, 400, 404, 405, 406, 412, 414, 431};

std::string method_of(std::uint8_t byte) { return byte == 'H' ? "HEAD" : byte == 'O' ? "OPTIONS" : "GET"; }

std::string name_of_field(std::uint8_t byte) {
  switch (byte) {
    case 'M': return "If-Match";
    case 'A': return "Accept";
    case 'E': return "Accept-Encoding";
    default: return "If-None-Match";
  }
}

std::string sendable_target(const std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string target = text.starts_with('/') ? "" : "/";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (http::target_bytes({&c, 1}) == 1)
      target += c;
    else
      target.append("%").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  }
  return target;
}

std::string sendable_value(const std::string& text) {
  std::string value;
  for (const char c : text)
    if (http::has_only_field_bytes({&c, 1})) value += c;
  return value;
}

/// A number that was computed is never missing; the next rise may be.
void check_numbers(const json& node, std::string_view key) {
  if (node.is_null())
    claim(key == "rise" || key == "transit" || key == "set", "only an event that does not come is null");
  if (node.is_object())
    for (const auto& [name, child] : node.items()) check_numbers(child, name);
  if (node.is_array())
    for (const json& child : node) check_numbers(child, {});
}

void check_error(const json& body, int status) {
  claim(body["error"]["status"] == status, "an error says its status");
  const std::string message = body["error"]["message"];
  claim(!message.empty() && message.size() < 8192, "an error has a sentence that can be read");
}

void check_body(const test::SeenResponse& response) {
  if (response.field("Content-Type") != "application/json") return;
  const json body = json::parse(response.body, nullptr, false);
  claim(!body.is_discarded(), "an answer that is called JSON is JSON");
  if (response.status == 200)
    check_numbers(body, {});
  else
    check_error(body, response.status);
}

void run(Input input) {
  static test::PlanetService service{4};
  const std::string method = method_of(input.take_byte());
  const std::string target = sendable_target(input.take_text());
  std::string fields;
  while (!input.empty()) {
    const std::string name = name_of_field(input.take_byte());
    fields.append(name).append(": ").append(sendable_value(input.take_text())).append("\r\n");
  }
  const test::SeenResponse response = service.ask(target, fields, method);
  claim(kStatuses.contains(response.status), "a request gets one answer, of a status that the API has");
  claim(response.whole, "an answer is whole");
  claim(response.status != 304 || fields.find("If-None-Match") != std::string::npos,
        "only who asks whether it changed hears that it did not");
  claim(response.status != 412 || fields.find("If-Match") != std::string::npos,
        "only who asks for one answer is refused another");
  if (method == "GET" && !response.body.empty()) check_body(response);
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
