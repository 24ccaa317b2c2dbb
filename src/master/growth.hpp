// Growth: how much memory a worker takes for each 1,000 requests, fitted to what was seen of it.
//
// Pure, of one worker, in the master. A straight line by least squares through all looks since the worker was ready: a
// cache that fills makes it flat in time, a leak does not. Says nothing before there is enough to say it from.
#pragma once

#include <cstdint>
#include <optional>

namespace orrery::master {

class Growth {
 public:
  /// It has answered so many requests, and has so many private bytes.
  void look(std::uint64_t requests, std::uint64_t bytes);

  /// Bytes for 1,000 requests; nothing before kLeastLooks looks over kLeastRequests requests.
  [[nodiscard]] std::optional<double> per_thousand() const;
  /// At the first look; 0 = there was none.
  [[nodiscard]] std::uint64_t first_bytes() const { return first_bytes_; }
  /// At the last one.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Since the look before.
  [[nodiscard]] std::uint64_t added() const { return added_; }

  static constexpr std::uint64_t kLeastLooks = 4;
  static constexpr std::uint64_t kLeastRequests = 20;

 private:
  std::uint64_t looks_ = 0;
  std::uint64_t first_requests_ = 0, first_bytes_ = 0;
  std::uint64_t requests_ = 0, bytes_ = 0, added_ = 0;
  // Sums over all looks, from the first one on: of requests, of bytes, and of their products.
  double x_ = 0, y_ = 0, xx_ = 0, xy_ = 0;
};

}  // namespace orrery::master
