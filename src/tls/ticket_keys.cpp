#include "tls/ticket_keys.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/check.hpp"
#include "tls/openssl.hpp"

namespace orrery::tls {

namespace {

/// Hours that two rotations leave nothing of: more are not walked through one by one.
constexpr std::int64_t kMostSteps = 24 * 366;
/// Of what state() gives: another layout is another version.
constexpr char kStateVersion = '1';

std::int64_t hour_of(base::Monotonic now) {
  return std::chrono::duration_cast<std::chrono::hours>(now.time_since_epoch()).count();
}

/// SHA-256 of the secret and a label: one way, and another for each label.
std::array<std::uint8_t, 32> derive(const TicketKeys::Secret& secret, std::string_view label) {
  std::array<std::uint8_t, 64> text{};
  std::array<std::uint8_t, 32> made{};
  unsigned size = 0;
  std::copy(secret.begin(), secret.end(), text.begin());
  std::copy_n(label.begin(), std::min(label.size(), text.size() - secret.size()), text.begin() + secret.size());
  ORRERY_CHECK(openssl().EVP_Digest(text.data(), text.size(), made.data(), &size, openssl().EVP_sha256(), nullptr) ==
               1);
  openssl().OPENSSL_cleanse(text.data(), text.size());
  return made;
}

}  // namespace

TicketKeys::TicketKeys(const Secret& secret, base::Monotonic now) : secret_(secret), hour_(hour_of(now) - 1) { step(); }

static_assert(std::is_trivially_copyable_v<TicketKeys::Key> && sizeof(TicketKeys::Key) == 80);

TicketKeys::~TicketKeys() {
  openssl().OPENSSL_cleanse(secret_.data(), secret_.size());
  openssl().OPENSSL_cleanse(keys_.data(), sizeof keys_);
}

std::string TicketKeys::state(base::Monotonic now) {
  advance(now);
  std::string bytes{kStateVersion};
  const auto add = [&](const auto& part) { bytes.append(reinterpret_cast<const char*>(&part), sizeof part); };
  bytes.reserve(1 + sizeof hour_ + sizeof secret_ + sizeof keys_);
  add(hour_);
  add(secret_);
  add(keys_);
  return bytes;
}

std::shared_ptr<TicketKeys> TicketKeys::from_state(std::string_view bytes) {
  std::shared_ptr<TicketKeys> made{new TicketKeys};
  const std::size_t size = 1 + sizeof made->hour_ + sizeof made->secret_ + sizeof made->keys_;
  if (bytes.size() != size || !bytes.starts_with(kStateVersion)) return nullptr;
  bytes.remove_prefix(1);
  const auto take = [&](auto& part) {
    std::memcpy(&part, bytes.data(), sizeof part);
    bytes.remove_prefix(sizeof part);
  };
  take(made->hour_);
  take(made->secret_);
  take(made->keys_);
  return made;
}

void TicketKeys::step() {
  std::move_backward(keys_.begin(), keys_.end() - 1, keys_.end());
  const auto name = derive(secret_, "name of the key");
  std::copy_n(name.begin(), kName, keys_[0].name.begin());
  keys_[0].cipher = derive(secret_, "cipher");
  keys_[0].mac = derive(secret_, "mac");
  secret_ = derive(secret_, "secret of the next hour");
  ++hour_;
}

void TicketKeys::advance(base::Monotonic now) {
  const std::int64_t hour = hour_of(now);
  for (std::int64_t steps = 0; hour_ < hour && steps < kMostSteps; ++steps) step();
}

const TicketKeys::Key& TicketKeys::current(base::Monotonic now) {
  advance(now);
  return keys_[0];
}

TicketKeys::Found TicketKeys::find(std::span<const std::uint8_t> name, base::Monotonic now) {
  advance(now);
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const bool made = keys_[i].name != std::array<std::uint8_t, kName>{};
    if (made && std::equal(name.begin(), name.end(), keys_[i].name.begin(), keys_[i].name.end()))
      return {&keys_[i], i == 0};
  }
  return {};
}

}  // namespace orrery::tls
