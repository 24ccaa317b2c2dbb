#include "config/token.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "base/unique_fd.hpp"

namespace orrery::config {

namespace {

constexpr std::size_t kShortest = 16, kLongest = 512;

}  // namespace

Result<std::string> read_token(const std::string& path) {
  const base::UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file) return fail(fmt::format("cannot read the token file {}: {}", path, std::strerror(errno)));
  struct stat about {};
  if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode))
    return fail(fmt::format("the token file {} is not a regular file", path));
  std::array<char, kLongest + 64> bytes{};
  const ssize_t got = ::read(file.get(), bytes.data(), bytes.size());
  if (got < 0) return fail(fmt::format("cannot read the token file {}: {}", path, std::strerror(errno)));
  const std::string_view text = base::trimmed({bytes.data(), static_cast<std::size_t>(got)}, base::kBlanksAndLineEnds);
  const bool visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  if (text.size() < kShortest || text.size() > kLongest || !visible) {
    return fail(
        fmt::format("the token file {} must have one line of {} to {} visible ASCII characters; "
                    "`openssl rand -hex 32` makes a good one",
                    path, kShortest, kLongest));
  }
  return std::string{text};
}

}  // namespace orrery::config
