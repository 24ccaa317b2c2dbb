// Chunker: the same bytes in every way of splitting them; what a connection does with them must not depend on it.
//
// Whole, split in two at every offset, one byte at a time. The one difference allowed is `100 Continue`, which is sent
// only when the body has not come yet: interim responses are left out of the comparison. So is whether a close lingers,
// unless a refusal made it: that depends on what had come by then.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/connection_driver.hpp"

namespace orrery::test {

/// What one connection came to.
struct Outcome {
  std::string requests;   ///< SeenRequest::text() of each
  std::string responses;  ///< the bytes sent, without interim responses
  std::string rejects;    ///< names, a line each
  std::string answers;    ///< method, status, body bytes; a line each
  std::string end;        ///< when all bytes had come
  std::string final_end;  ///< when the client then closed its side
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

inline std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << "requests:\n"
             << outcome.requests << "rejects:\n"
             << outcome.rejects << "answers:\n"
             << outcome.answers << "end: " << outcome.end << ", " << outcome.final_end << "\nresponses:\n"
             << outcome.responses;
}

inline std::string without_interim(std::string output) {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at = output.find(kContinue); at != std::string::npos; at = output.find(kContinue, at)) {
    output.erase(at, kContinue.size());
  }
  return output;
}

using DriverMaker = std::function<std::unique_ptr<ConnectionDriver>()>;

inline Outcome run_pieces(const DriverMaker& make, const std::vector<std::string_view>& pieces) {
  const auto driver = make();
  for (const std::string_view piece : pieces) driver->receive(piece);
  Outcome outcome;
  const auto shown = [&](End end) {
    return end == End::kLinger && driver->rejects().empty() ? "close" : std::string{name_of(end)};
  };
  outcome.end = driver->end() == End::kOpen && driver->connection().idle() ? "keep" : shown(driver->end());
  driver->receive_end();
  outcome.final_end = shown(driver->end());
  for (const auto& request : driver->requests()) outcome.requests += request.text();
  for (const auto& reject : driver->rejects()) outcome.rejects += reject + "\n";
  for (const auto& answer : driver->answers()) {
    outcome.answers +=
        answer.method + " " + std::to_string(answer.status) + " " + std::to_string(answer.body_bytes) + "\n";
  }
  outcome.responses = without_interim(driver->output());
  return outcome;
}

/// Runs `bytes` in every splitting; all must do the same. Returns what they do.
inline Outcome run_chunked(std::string_view bytes, const DriverMaker& make) {
  const Outcome whole = run_pieces(make, {bytes});
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    const Outcome split = run_pieces(make, {bytes.substr(0, at), bytes.substr(at)});
    if (split == whole) continue;
    INFO("split at " << at);
    CHECK(split == whole);
    return whole;
  }
  std::vector<std::string_view> single;
  for (std::size_t at = 0; at < bytes.size(); ++at) single.push_back(bytes.substr(at, 1));
  const Outcome drip = run_pieces(make, single);
  INFO("one byte at a time");
  CHECK(drip == whole);
  return whole;
}

inline Outcome run_chunked(std::string_view bytes, const Config& config = {}) {
  return run_chunked(bytes, [&config] { return std::make_unique<ConnectionDriver>(config); });
}

}  // namespace orrery::test
