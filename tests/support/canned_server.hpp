// CannedServer: a server on a unix socket or a port of 127.0.0.1 that says what a test wrote down, and remembers what
// it was asked.
//
// One thread, one connection after the other, each with one request and one answer. Ends with the test.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"

namespace orrery::test {

class CannedServer {
 public:
  /// By "METHOD /path", without the query: the bytes of the answer. What is not here is answered 404; an empty text
  /// closes the connection.
  using Answers = std::map<std::string, std::string>;
  /// An empty path: a port of 127.0.0.1.
  CannedServer(const std::string& path, Answers answers);
  ~CannedServer();
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// The head of each request, in order.
  [[nodiscard]] std::vector<std::string> asked() const;
  /// Nobody takes a connection any more.
  void leave();

 private:
  void serve();
  void answer(int client);

  base::UniqueFd listener_, stop_;
  int port_ = 0;
  Answers answers_;
  std::string path_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::thread thread_;
};

/// A response with this status and body.
std::string canned(int status, const std::string& body, const std::string& type = "application/json");

}  // namespace orrery::test
