// Exchange and Conversation: the client's side of one request, and of one connection that has several in a row.
//
// A Conversation owns the client's end of a connection inside this process; it never waits: move() writes what waits
// and reads what has come. An Exchange is what has come of one request, and stays when its connection is gone. The
// test's thread only. They must never look at what the server does: bytes are all they have.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.hpp"
#include "testing/answer_reader.hpp"

namespace orrery::testing {

class Conversation;

class Exchange {
 public:
  Exchange(std::string its_name, bool to_head) : name(std::move(its_name)), reader(to_head) {}

  /// The client takes no more until somebody reads.
  [[nodiscard]] bool full() const { return !reader.over() && reader.answer().body.size() - read >= window; }

  const std::string name;  ///< "GET /hello"
  AnswerReader reader;
  std::string body_for_later;        ///< what follows when the server says 100 (Continue)
  std::size_t read = 0;              ///< of the body, by the test
  std::size_t window = 1024 * 1024;  ///< how much of it may be here unread
  std::weak_ptr<Conversation> conversation;
};

class Conversation {
 public:
  Conversation(base::UniqueFd socket, std::string from) : socket_(std::move(socket)), from_(std::move(from)) {}

  /// Sends the first bytes of a request. The one before is over.
  void ask(std::shared_ptr<Exchange> exchange, std::string_view bytes);
  void send(std::string_view more) { unsent_.append(more); }
  /// True when bytes went either way, or the connection ended.
  bool move();
  void close();

  /// Its connection is open, and another request from this address may be sent on it.
  [[nodiscard]] bool serves(std::string_view from) const;
  [[nodiscard]] bool open() const { return bool{socket_}; }

 private:
  bool write_some();
  bool read_some();
  void end();

  base::UniqueFd socket_;
  std::string from_;
  std::shared_ptr<Exchange> current_;
  std::string unsent_;
  std::size_t sent_ = 0;  ///< of it
};

}  // namespace orrery::testing
