#include "worker/probe.hpp"

#include <array>
#include <cerrno>
#include <fmt/core.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/address.hpp"
#include "os/stream_pair.hpp"

namespace orrery::worker {

namespace {

/// "HTTP/1.1 200".
constexpr std::size_t kUpToStatus = 12, kStatusAt = 9;

}  // namespace

std::optional<std::string> fault_of_answer(std::string_view begun, bool ended) {
  if (begun.size() < kUpToStatus) {
    if (!ended) return std::nullopt;
    return "got no answer: its connection was closed";
  }
  const char first = begun[kStatusAt];
  if (!begun.starts_with("HTTP/1.")) return "got an answer that is none of HTTP/1";
  if (first >= '1' && first <= '4') return "";
  return fmt::format("was answered {}", begun.substr(kStatusAt, kUpToStatus - kStatusAt));
}

Result<void> Probe::ask(const std::string& path) {
  auto pair = os::StreamPair::open();
  if (!pair) return fail(pair);
  path_ = path;
  ours_ = std::move(pair->near);
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: orrery-canary-probe\r\nConnection: close\r\n\r\n", path);
  // The kernel takes far more than that at once.
  if (::write(ours_.get(), request.data(), request.size()) != static_cast<ssize_t>(request.size()))
    return fail("the canary's probe cannot be sent inside this process");
  watch_ = callbacks_.watch(ours_.get(), Ready::kRead, [this](Ready) { hear(); });
  base::Address peer;
  peer.family = base::Address::Family::kUnix;
  connections_.add(std::move(pair->far), {peer, {}});
  return {};
}

void Probe::hear() {
  std::array<char, 512> bytes{};
  const ssize_t got = ::read(ours_.get(), bytes.data(), bytes.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got > 0) begun_.append(bytes.data(), static_cast<std::size_t>(got));
  const auto fault = fault_of_answer(begun_, got <= 0);
  if (fault) end(fault->empty() ? "" : fmt::format("GET {} {}", path_, *fault));
}

void Probe::end(const std::string& failure) {
  watch_.cancel();
  ours_.reset();
  const Told told = std::move(told_);
  told(failure);
}

}  // namespace orrery::worker
