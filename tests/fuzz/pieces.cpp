// Pieces: what becomes of a connection must not depend on how its bytes are split.
//
// Input: a byte of flags (1: low limits), a number of piece sizes and the sizes, then the bytes of the connection.
#include <sstream>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "fuzz/limits.hpp"
#include "support/chunker.hpp"

namespace orrery::fuzz {
namespace {

std::vector<std::string_view> cut(std::string_view bytes, const std::vector<std::size_t>& sizes) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; !bytes.empty(); ++i) {
    const std::size_t size = sizes.empty() ? 1 : sizes[i % sizes.size()];
    pieces.push_back(bytes.substr(0, size));
    bytes.remove_prefix(pieces.back().size());
  }
  return pieces;
}

/// Both, for the eye, when they differ.
void check_same(const test::Outcome& whole, const test::Outcome& split) {
  if (whole == split) return;
  std::ostringstream text;
  text << "whole:\n" << whole << "\nin pieces:\n" << split << "\n";
  std::fputs(text.str().c_str(), stderr);
  claim(false, "a connection comes to the same however its bytes are split");
}

void run(Input input) {
  const Config config = limits_for((input.take_byte() & 1) != 0);
  std::vector<std::size_t> sizes(input.take_byte() % 8);
  for (std::size_t& size : sizes) size = 1 + input.take_byte();
  const std::string_view bytes = input.take_rest();
  auto routes = test::echo_routes();
  routes.pop_back();  // its handler takes statuses only
  const auto make = [&] { return std::make_unique<test::ConnectionDriver>(config, routes); };
  const test::Outcome whole = test::run_pieces(make, {bytes});
  const test::Outcome split = test::run_pieces(make, cut(bytes, sizes));
  check_same(whole, split);
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
