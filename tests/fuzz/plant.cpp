// Plant: lays the seeds of one target out as files, for a fuzzer to begin with.
//
// Usage: plant TARGET FOLDER.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "fuzz/seeds.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: plant TARGET FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[2];
  std::filesystem::create_directories(folder);
  for (const auto& seed : orrery::fuzz::seeds_of(argv[1], ORRERY_TEST_DATA_DIR)) {
    std::ofstream{folder / seed.name, std::ios::binary} << seed.bytes;
  }
}
