// Workshop: what the tests of settings share: a temporary folder, and Sources that see nothing of the
// machine.
//
// Test code only. The folder goes with the object.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

#include "config/load.hpp"

namespace orrery::config {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "orrery_test_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

  /// Writes a file, making the folders above it, and returns its path.
  std::string write(const std::string& name, const std::string& text) const {
    const auto whole = path(name);
    std::filesystem::create_directories(std::filesystem::path(whole).parent_path());
    std::ofstream(whole) << text;
    return whole;
  }

 private:
  std::string path_;
};

inline Outcome load_arguments(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) {
  Sources sources;
  sources.arguments = std::move(arguments);
  sources.environment = std::move(environment);
  sources.version = "0.1.0";
  return load(sources);
}

}  // namespace orrery::config
