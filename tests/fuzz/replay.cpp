// Replay: runs every seed and every finding of one target once, without a fuzzer; files named on the command line
// instead, if any.
//
// Usage: replay TARGET [FILE…]. The input that breaks a claim is named before the process ends.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "fuzz/seeds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string current;

void say_current() {
  static constexpr std::string_view kWords = "replay: the input was ";
  if (::write(STDERR_FILENO, kWords.data(), kWords.size()) < 0) return;
  if (::write(STDERR_FILENO, current.data(), current.size()) < 0) return;
}

void on_abort(int) {
  say_current();
  ::_exit(1);
}

std::vector<orrery::fuzz::Seed> named_files(int argc, char** argv) {
  std::vector<orrery::fuzz::Seed> seeds;
  for (int i = 2; i < argc; ++i) {
    std::ostringstream text;
    text << std::ifstream{argv[i], std::ios::binary}.rdbuf();
    seeds.push_back({argv[i], text.str()});
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: replay TARGET [FILE...]\n");
    return 2;
  }
  std::signal(SIGABRT, on_abort);
  const auto seeds = argc > 2 ? named_files(argc, argv) : orrery::fuzz::seeds_of(argv[1], ORRERY_TEST_DATA_DIR);
  if (seeds.empty()) {
    std::fprintf(stderr, "replay: %s has no seeds\n", argv[1]);
    return 1;
  }
  for (const auto& seed : seeds) {
    current = seed.name + "\n";
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(seed.bytes.data()), seed.bytes.size());
  }
  std::printf("replay: %zu inputs through %s\n", seeds.size(), argv[1]);
}
