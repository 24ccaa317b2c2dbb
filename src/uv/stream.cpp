#include "uv/stream.hpp"

#include <cerrno>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>
#include <vector>

#include "uv/file_write.hpp"

namespace orrery::uv {

struct Stream::TcpBlock {
  uv_tcp_t handle;
  FileWrite* file = nullptr;  ///< what is being sent of a file; it deletes itself
};
struct Stream::PipeBlock {
  uv_pipe_t handle;
  FileWrite* file = nullptr;
};

namespace {

/// Null once the owner is gone: libuv may still report a cancelled write while it closes.
StreamEvents* events_of(uv_stream_t* stream) noexcept { return static_cast<StreamEvents*>(stream->data); }

void lend_buffer(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) noexcept {
  *buffer = static_cast<Loop*>(handle->loop->data)->read_buffer();
}

void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) noexcept {
  StreamEvents* events = events_of(stream);
  if (!events || count == 0) return;
  if (count > 0)
    events->on_bytes({buffer->base, static_cast<std::size_t>(count)});
  else
    events->on_end(count == UV_EOF ? 0 : static_cast<int>(count));
}

/// libuv reads on while buffers come back full: none for the second time ends that, until the next turn of the loop.
void lend_one_buffer(uv_handle_t* handle, std::size_t size, uv_buf_t* buffer) noexcept {
  if (static_cast<Loop*>(handle->loop->data)->take_full_read())
    *buffer = uv_buf_init(nullptr, 0);
  else
    lend_buffer(handle, size, buffer);
}

void on_discard(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) noexcept {
  if (count == UV_ENOBUFS) return;
  if (count > 0 && static_cast<std::size_t>(count) == buffer->len)
    static_cast<Loop*>(stream->loop->data)->note_full_read();
  on_read(stream, count, buffer);
}

/// Up to here a head and part of a file leave together, in one segment of the kernel's. A longer file that waits for
/// its head no more is cut where its pages end: that costs a seventh less.
constexpr std::uint64_t kMostTogether = 64 * 1024;

struct QueuedWrite {
  uv_write_t request;
  base::Unsent unsent;
};

/// libuv has struck from its account what a failed write still had to send, but the write's own buffers tell.
std::size_t left_of(const uv_write_t& request) {
  std::size_t left = 0;
  for (unsigned i = 0; i < request.nbufs; ++i) left += request.bufsml[i].len;
  return left;
}

uv_buf_t buffer_of(std::string_view text) {
  uv_buf_t buffer{};  // uv_buf_init would cut the size to 32 bits
  buffer.base = const_cast<char*>(text.data());
  buffer.len = text.size();
  return buffer;
}

iovec part_of(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

/// Bytes sent; 0 when the kernel takes none at present; or -errno.
template <class Send>
long try_until_told(Send&& send) {
  for (;;) {
    const ssize_t sent = send();
    if (sent >= 0) return sent;
    if (errno != EINTR) return errno == EAGAIN || errno == ENOBUFS ? 0 : -errno;
  }
}

}  // namespace

FileWrite*& Stream::file_of(uv_stream_t* stream) {
  if (stream->type == UV_TCP) return reinterpret_cast<TcpBlock*>(stream)->file;
  return reinterpret_cast<PipeBlock*>(stream)->file;
}

void Stream::Close::operator()(uv_stream_t* stream) const noexcept {
  stream->data = nullptr;
  if (FileWrite* const file = file_of(stream)) file->abandon();
  if (stream->type == UV_TCP)
    StartClose<TcpBlock>{}(reinterpret_cast<TcpBlock*>(stream));
  else
    StartClose<PipeBlock>{}(reinterpret_cast<PipeBlock*>(stream));
}

Result<Stream> Stream::adopt(Loop& loop, base::UniqueFd socket, Kind kind, StreamEvents& events) {
  Stream stream;
  int error = 0;
  if (kind == Kind::kTcp) {
    auto block = std::make_unique<TcpBlock>();
    uv_tcp_init(loop.raw(), &block->handle);
    uv_tcp_t* handle = &block.release()->handle;
    stream.stream_.reset(reinterpret_cast<uv_stream_t*>(handle));
    error = uv_tcp_open(handle, socket.get());
  } else {
    auto block = std::make_unique<PipeBlock>();
    uv_pipe_init(loop.raw(), &block->handle, 0);
    uv_pipe_t* handle = &block.release()->handle;
    stream.stream_.reset(reinterpret_cast<uv_stream_t*>(handle));
    error = uv_pipe_open(handle, socket.get());
  }
  if (error != 0) return fail(std::string{"cannot take a connection: "} + uv_strerror(error));
  stream.descriptor_ = socket.release();
  stream.stream_->data = &events;
  return stream;
}

void Stream::read_start() { uv_read_start(stream_.get(), lend_buffer, on_read); }
void Stream::discard_start() {
  uv_read_stop(stream_.get());
  uv_read_start(stream_.get(), lend_one_buffer, on_discard);
}
void Stream::read_stop() { uv_read_stop(stream_.get()); }

// As uv_try_write, without the questions that the caller knows the answers to.
long Stream::try_write(std::string_view first, std::string_view second) {
  if (second.empty())
    return try_until_told([&] { return ::send(descriptor_, first.data(), first.size(), MSG_NOSIGNAL); });
  iovec parts[2] = {part_of(first), part_of(second)};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  return try_until_told([&] { return ::sendmsg(descriptor_, &message, MSG_NOSIGNAL); });
}

long Stream::try_write(std::string_view first, const FilePart& part) {
  const int flags = first.size() + part.length <= kMostTogether ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL;
  const long sent = try_until_told([&] { return ::send(descriptor_, first.data(), first.size(), flags); });
  if (sent < 0 || static_cast<std::size_t>(sent) < first.size()) return sent;
  return sent + static_cast<long>(send_at_once(stream_.get(), descriptor_, part));
}

void Stream::on_written(uv_write_t* request, int status) noexcept {
  const std::unique_ptr<QueuedWrite> write{reinterpret_cast<QueuedWrite*>(request)};
  StreamEvents* const events = events_of(request->handle);
  if (!events) return;
  events->on_sent(status, queued_on(request->handle) + (status == 0 ? 0 : left_of(*request)));
}

void Stream::queue_text(uv_stream_t* stream, base::Unsent unsent) {
  auto* write = new QueuedWrite{{}, std::move(unsent)};
  const uv_buf_t buffers[2] = {buffer_of(write->unsent.first), buffer_of(write->unsent.second)};
  const bool both = !write->unsent.first.empty();
  const int error = uv_write(&write->request, stream, both ? buffers : buffers + 1, both ? 2 : 1, on_written);
  if (error == 0) return;
  const std::size_t lost = write->unsent.first.size() + write->unsent.second.size();
  delete write;
  if (StreamEvents* events = events_of(stream)) events->on_sent(error, queued_on(stream) + lost);
}

void Stream::queue(base::Unsent unsent) { queue_on(stream_.get(), std::move(unsent)); }

void Stream::queue_on(uv_stream_t* stream, base::Unsent unsent) {
  FileWrite*& file = file_of(stream);
  if (file) return file->put_behind(std::move(unsent));
  if (unsent.file.length == 0) return queue_text(stream, std::move(unsent));
  uv_os_fd_t socket = -1;
  uv_fileno(reinterpret_cast<uv_handle_t*>(stream), &socket);
  FileWrite::begin(stream, socket, std::move(unsent), on_file_news, file);
}

/// What waited behind a file goes on when that is sent.
void Stream::on_file_news(uv_stream_t* stream, const FileNews& news) {
  if (news.over) {
    FileWrite* const ended = std::exchange(file_of(stream), nullptr);
    for (base::Unsent& behind : news.error == 0 ? ended->take_behind() : std::vector<base::Unsent>{})
      if (events_of(stream)) queue_on(stream, std::move(behind));
  }
  if (StreamEvents* events = events_of(stream)) events->on_sent(news.error, queued_on(stream) + news.unsent);
}

std::size_t Stream::queued() const { return queued_on(stream_.get()); }

std::size_t Stream::queued_on(uv_stream_t* stream) {
  const FileWrite* const file = file_of(stream);
  return uv_stream_get_write_queue_size(stream) + (file ? file->left() : 0);
}

void Stream::reset_on_close() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Stream::shut_down() {
  auto* request = new uv_shutdown_t;
  const auto done = [](uv_shutdown_t* finished, int) noexcept { delete finished; };
  if (uv_shutdown(request, stream_.get(), done) != 0) delete request;
}

}  // namespace orrery::uv
