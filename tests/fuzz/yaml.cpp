// Yaml: any text as a settings file loads, or is complained about in sentences; nothing is thrown.
//
// Input: the text.
#include <fstream>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/input.hpp"
#include "fuzz/settings_loop.hpp"

namespace orrery::fuzz {
namespace {

/// A file in memory that load() can open by name.
class MemoryFile {
 public:
  MemoryFile() : fd_(::memfd_create("settings", 0)), path_("/proc/self/fd/" + std::to_string(fd_)) {}
  void hold(std::string_view text) const {
    claim(::ftruncate(fd_, 0) == 0, "a file in memory can be emptied");
    const auto written = ::pwrite(fd_, text.data(), text.size(), 0);
    claim(written == static_cast<ssize_t>(text.size()), "a file in memory can be written");
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

void run(Input input) {
  static const MemoryFile file;
  file.hold(input.take_rest());
  config::Sources sources;
  sources.arguments = {"-c", file.path()};
  const config::Outcome outcome = config::load(sources);
  check_outcome(outcome);
  for (const config::Complaint& complaint : outcome.complaints) {
    const bool placed = complaint.where.starts_with(file.path()) || config::find_setting(complaint.where) != nullptr;
    claim(placed, "a complaint about a file names the file or the setting");
  }
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
