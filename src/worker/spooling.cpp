#include "worker/spooling.hpp"

#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "os/spool_file.hpp"
#include "uv/off_loop.hpp"
#include "worker/connections.hpp"

namespace orrery::worker {

struct Spooling::Upload final : http::StoredBody {
  explicit Upload(RequestKey its_key) : key(its_key) {}
  [[nodiscard]] std::string_view bytes() const override { return file.bytes(); }
  /// Any thread.
  void write(const std::vector<std::string>& directories) noexcept {
    if (!file.is_open()) error = file.open(directories);
    if (error == 0) error = file.append(piece);
  }

  RequestKey key;
  os::SpoolFile file;
  std::string piece;  ///< on its way into the file
  int error = 0;
};

Spooling::Spooling(Services& services, Threads threads)
    : services_(services),
      threads_(threads),
      directories_(os::spool_directories(services.context.config.tmp_upload_dir)) {}

void Spooling::begin(Session& session, http::RequestId id) {
  os::bump(services_.slot.counters.bodies_spooled);
  // With the last reference the file gives its memory and its disk back. Of a large file that takes long, so it is done
  // off the loop.
  const auto let_go = [this](Upload* upload) {
    if (threads_ == Threads::kNone || !services_.mailbox->on_loop_thread()) return delete upload;
    try {
      run([upload] { delete upload; }, [] {});
    } catch (const std::bad_alloc&) {
      delete upload;
    }
  };
  ask({new Upload{session.key(id)}, let_go});
}

void Spooling::ask(const std::shared_ptr<Upload>& upload) {
  Session* const session = services_.connections->find(upload->key);
  if (!session) return;
  session->want_body(upload->key.request, [this, upload](const BodyPiece& piece) { take(upload, piece); });
}

void Spooling::take(const std::shared_ptr<Upload>& upload, const BodyPiece& piece) {
  if (piece.kind == BodyPiece::Kind::kAborted) return;
  if (piece.kind == BodyPiece::Kind::kEnd) return finish(upload);
  try {
    upload->piece.assign(piece.bytes);
    run([upload = upload.get(), this] { upload->write(directories_); }, [this, upload] { written(upload); });
  } catch (const std::bad_alloc&) {
    if (Session* const session = services_.connections->find(upload->key))
      session->refuse(upload->key.request, base::Reject::no_memory);
  }
}

void Spooling::written(const std::shared_ptr<Upload>& upload) {
  if (upload->error != 0) return fail(*upload, upload->error);
  ask(upload);
}

void Spooling::finish(const std::shared_ptr<Upload>& upload) {
  upload->piece = {};
  if (const int error = upload->file.map(); error != 0) return fail(*upload, error);
  if (Session* const session = services_.connections->find(upload->key))
    session->end_spooling(upload->key.request, upload);
}

void Spooling::fail(const Upload& upload, int error) {
  Session* const session = services_.connections->find(upload.key);
  if (!session) return;
  std::string where;
  for (const std::string& directory : directories_) where += (where.empty() ? "" : " or ") + directory;
  base::log_error("{}: its body cannot be written into a file in {}: {}; it is answered 507 (see tmp_upload_dir)",
                  http::name_in_log(session->message(upload.key.request)), where, std::strerror(error));
  session->refuse(upload.key.request, base::Reject::no_storage);
}

void Spooling::run(std::function<void()> work, std::function<void()> done) {
  if (threads_ == Threads::kOwn) return uv::run_off_loop(services_.loop, std::move(work), std::move(done));
  work();
  services_.mailbox->post(std::move(done));
}

}  // namespace orrery::worker
