// Spooling: brings bodies that are too large for memory into files, before their handlers are called.
//
// A handler that takes the whole body sees it in one piece, wherever it lies. The pieces are asked for as a BodyReader
// asks for them: the client is read no further while a piece is on its way to the disk, on a thread of libuv's pool, so
// that of each body a piece is in memory and no more. It works alike for both versions of HTTP and all worker classes.
// A body that cannot be written is refused (no_storage). Loop thread only, but for the writing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orrery/request.hpp"

#include "worker/services.hpp"
#include "worker/session.hpp"

namespace orrery::worker {

class Spooling {
 public:
  /// kNone: writes on the loop thread (a worker inside a test).
  enum class Threads : std::uint8_t { kOwn, kNone };

  Spooling(Services& services, Threads threads);
  /// The request's body is spooled (RequestState::spool): reads it into a file, and then has the session go on.
  void begin(Session& session, http::RequestId id);

 private:
  struct Upload;

  void ask(const std::shared_ptr<Upload>& upload);
  void take(const std::shared_ptr<Upload>& upload, const BodyPiece& piece);
  void written(const std::shared_ptr<Upload>& upload);
  void finish(const std::shared_ptr<Upload>& upload);
  void fail(const Upload& upload, int error);
  void run(std::function<void()> work, std::function<void()> done);

  Services& services_;
  Threads threads_;
  std::vector<std::string> directories_;
};

}  // namespace orrery::worker
