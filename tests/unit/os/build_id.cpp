#include "os/build_id.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

std::string this_program() {
  std::string text(std::filesystem::file_size("/proc/self/exe"), '\0');
  std::ifstream{"/proc/self/exe", std::ios::binary}.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

}  // namespace

TEST_CASE("build id: of this program, and of a copy of it") {
  const std::string id = build_id("/proc/self/exe");
  CHECK(id.size() == 40);
  CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(spoken_build_id(id) == "build " + id);
  const test::TemporaryDirectory directory;
  std::ofstream{directory.file("copy"), std::ios::binary} << this_program();
  CHECK(build_id(directory.file("copy")) == id);
}

TEST_CASE("build id: what is no program has none") {
  const test::TemporaryDirectory directory;
  CHECK(build_id(directory.file("nothing")).empty());
  CHECK(build_id(directory.file("")).empty());
  std::ofstream{directory.file("script")} << "#!/bin/sh\n";
  CHECK(build_id(directory.file("script")).empty());
  CHECK(spoken_build_id("") == "without a build id");
}

TEST_CASE("build id: no number in the file is believed") {
  const test::TemporaryDirectory directory;
  const std::string head = this_program().substr(0, 8192);
  const auto id_of = [&](const std::string& bytes) {
    std::ofstream{directory.file("broken"), std::ios::binary} << bytes;
    return build_id(directory.file("broken"));
  };
  for (std::size_t length = 0; length < head.size(); length += 37) (void)id_of(head.substr(0, length));
  for (std::size_t at = 16; at < 2048; ++at) {
    std::string bytes = head;
    bytes[at] = '\xff';
    (void)id_of(bytes);
  }
  SUCCEED("nothing was read out of bounds");
}

}  // namespace orrery::os
