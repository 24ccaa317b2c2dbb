// What the tests of a connection ask with, and how they look at its answers.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/connection_driver.hpp"

namespace orrery::test {

inline const std::string kHost = "Host: h\r\n";
inline const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
inline const std::string kGetB = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n";

inline std::string post(const std::string& path, std::size_t length, const std::string& fields = "") {
  return "POST " + path + " HTTP/1.1\r\n" + kHost + fields + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

inline std::vector<int> statuses(const ConnectionDriver& driver) {
  std::vector<int> all;
  for (const auto& answer : driver.answers()) all.push_back(answer.status);
  return all;
}

inline SeenResponse last_response(const ConnectionDriver& driver) {
  const auto all = read_responses(driver.output());
  REQUIRE_FALSE(all.empty());
  return all.back();
}

}  // namespace orrery::test
