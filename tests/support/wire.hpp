// Wire: a client's end of one connection, in the hands of a test: raw bytes out, one answer at a time in.
//
// Blocking, but nothing waits longer than its limit: a server that says nothing is an Answer whose `problem` tells
// so, and the test fails at the assertion instead of hanging. Connections are to 127.0.0.1, ::1 or a unix socket.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/unique_fd.hpp"
#include "support/slowness.hpp"

namespace orrery::test {

using namespace std::chrono_literals;

inline const std::chrono::milliseconds kPatience = 10s * kSlowness;

/// One response as it came.
struct Answer {
  int status = 0;  ///< 0: there was none, see `problem`
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;     ///< without its chunked coding
  std::string head;     ///< status line and fields, as they came
  std::string problem;  ///< "closed", "reset", "silent", or what is malformed

  /// The value of the first field with this name, in any case; nothing when there is none.
  [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] bool chunked() const { return field("Transfer-Encoding") == "chunked"; }
  [[nodiscard]] bool closes() const { return field("Connection") == "close"; }
};

/// What lies between the bytes of a test and those of its socket: see TlsClient.
class Veil {
 public:
  virtual ~Veil() = default;
  /// What goes over the socket for these bytes.
  virtual std::string seal(std::string_view plain) = 0;
  /// What these bytes of the socket tell; there may be something to take() then.
  virtual std::string open(std::string_view ciphertext) = 0;
  virtual std::string take() = 0;
  [[nodiscard]] virtual bool established() const = 0;
  virtual void end() = 0;
};

class Wire {
 public:
  /// Where a server listens.
  struct Place {
    int port = 0;
    std::string path;  ///< a unix socket, when not empty; with an @ at its beginning an abstract one
    bool v6 = false;
  };
  explicit Wire(int port) : Wire(Place{port, {}, false}) {}
  explicit Wire(const Place& place) : Wire(place, 0) {}
  /// A client whose kernel takes only so many bytes before it is read from (0 = the usual).
  Wire(const Place& place, int receive_buffer);

  /// From now on bytes go through the veil. Its handshake is waited for; when it fails the wire has ended.
  void veil(std::unique_ptr<Veil> veil, std::chrono::milliseconds limit = kPatience);

  [[nodiscard]] bool connected() const { return socket_.get() >= 0; }
  /// False when the peer closed or took nothing for `limit`.
  bool send(std::string_view bytes, std::chrono::milliseconds limit = kPatience);
  /// Reads one response, by its own framing; `to_head`: it answers HEAD.
  Answer read(std::chrono::milliseconds limit = kPatience, bool to_head = false);
  /// send() and read() of a request without a body: "GET /path".
  Answer ask(std::string_view method_and_target, std::string_view fields = {});
  /// What still comes until the peer closes, or until `limit`; see ended().
  std::string read_to_end(std::chrono::milliseconds limit = kPatience);
  /// Reads at most `most` bytes once; empty at the end, and when nothing came within `limit`.
  std::string read_some(std::size_t most, std::chrono::milliseconds limit = kPatience);
  /// Gives bytes back that read_some() took.
  void unread(std::string_view bytes) { buffer_.insert(0, bytes); }
  /// How the peer's side ended: "closed", "reset", or empty while it has not.
  [[nodiscard]] const std::string& ended() const { return ended_; }
  /// True when the peer closes within `limit` and sends nothing more.
  bool closes_within(std::chrono::milliseconds limit = kPatience);

  void half_close();
  /// Closes so that the peer gets RST.
  void reset();

 private:
  bool push(std::string_view bytes, std::chrono::steady_clock::time_point end);
  bool fill(std::chrono::steady_clock::time_point end);
  bool need(std::size_t bytes, std::chrono::steady_clock::time_point end);
  std::optional<std::string> line(std::chrono::steady_clock::time_point end);
  void read_chunks(Answer& answer, std::chrono::steady_clock::time_point end);

  base::UniqueFd socket_;
  std::unique_ptr<Veil> veil_;  ///< null: bytes are sent as they are
  std::string buffer_;          ///< received, not yet asked for
  std::string ended_;
};

/// "GET /path HTTP/1.1" with a Host and `fields` (whole lines, each with its CRLF).
std::string request(std::string_view method_and_target, std::string_view fields = {});

/// One request on a connection of its own.
Answer fetch(const Wire::Place& place, std::string_view method_and_target, std::string_view fields = {});
Answer fetch(int port, std::string_view method_and_target, std::string_view fields = {});

}  // namespace orrery::test
