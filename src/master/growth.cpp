#include "master/growth.hpp"

namespace orrery::master {

void Growth::look(std::uint64_t requests, std::uint64_t bytes) {
  if (looks_ == 0) {
    first_requests_ = requests;
    first_bytes_ = bytes_ = bytes;
  }
  ++looks_;
  added_ = bytes > bytes_ ? bytes - bytes_ : 0;
  requests_ = requests;
  bytes_ = bytes;
  const double x = static_cast<double>(requests) - static_cast<double>(first_requests_);
  const double y = static_cast<double>(bytes) - static_cast<double>(first_bytes_);
  x_ += x;
  y_ += y;
  xx_ += x * x;
  xy_ += x * y;
}

std::optional<double> Growth::per_thousand() const {
  if (looks_ < kLeastLooks || requests_ < first_requests_ + kLeastRequests) return std::nullopt;
  const double n = static_cast<double>(looks_);
  const double spread = n * xx_ - x_ * x_;
  if (spread <= 0) return std::nullopt;
  return (n * xy_ - x_ * y_) / spread * 1000;
}

}  // namespace orrery::master
