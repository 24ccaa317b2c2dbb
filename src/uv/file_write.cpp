#include "uv/file_write.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/sendfile.h>
#include <system_error>
#include <utility>

#include "base/file_part.hpp"
#include "base/log.hpp"
#include "uv/loop.hpp"

namespace orrery::uv {

namespace {

/// Of one connection in one turn of the loop.
constexpr std::uint64_t kShare = 2 * 1024 * 1024;
/// What is asked about, and read ahead, at once.
constexpr std::uint64_t kWindow = 1024 * 1024;
/// What goes through memory where it must.
constexpr std::size_t kPiece = 16 * 1024;

enum class Halt : std::uint8_t { kSent, kFull, kCold, kUnsendable, kFailed };

struct Progress {
  Halt halt = Halt::kSent;
  int error = 0;
};

/// Whether the next `size` bytes of the file are in memory.
bool is_warm(Loop& loop, const FilePart& part, std::size_t size) {
  const std::uint64_t identity = part.file->identity(), end = part.offset + size, now = loop.now();
  if (loop.warm_files().has(identity, part.offset, end, now)) return true;
  if (!base::is_in_memory(part, size)) return false;
  loop.warm_files().found(identity, part.offset, end, now);
  return true;
}

/// Sends of `part`, and takes it off that, what goes without waiting.
Progress send_some(Loop& loop, int socket, FilePart& part, std::uint64_t known_until) {
  std::uint64_t share = kShare;
  while (part.length > 0) {
    if (share == 0) return {Halt::kFull};
    const bool known = part.offset < known_until;
    const std::uint64_t window = known ? known_until - part.offset : kWindow;
    const auto size = static_cast<std::size_t>(std::min({part.length, share, window}));
    if (!known && !is_warm(loop, part, size)) return {Halt::kCold};
    auto offset = static_cast<off_t>(part.offset);
    const ssize_t sent = ::sendfile(socket, part.file->descriptor(), &offset, size);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS)) return {Halt::kFull};
    if (sent < 0 && errno == EINVAL) return {Halt::kUnsendable};
    if (sent < 0) return {Halt::kFailed, -errno};
    if (sent == 0) return {Halt::kFailed, UV_EOF};
    const auto taken = static_cast<std::uint64_t>(sent);
    part.offset += taken;
    part.length -= taken;
    share -= taken;
    if (taken < size) return {Halt::kFull};
  }
  return {};
}

Loop& loop_of(const uv_stream_t* stream) { return *static_cast<Loop*>(stream->loop->data); }

/// libuv has struck from its account what a failed write still had to send, but the write's own buffers tell.
std::uint64_t left_of(const uv_write_t& request) {
  std::uint64_t left = 0;
  for (unsigned i = 0; i < request.nbufs; ++i) left += request.bufsml[i].len;
  return left;
}

void report(const FilePart& part, int error) {
  if (error == UV_EOF)
    base::log_error("the file {} became shorter while it was sent; the connection of its client was cut",
                    part.file->name());
  else if (error == UV_EIO)
    base::log_error("the file {} cannot be read to its end: {}; the connection of its client was cut",
                    part.file->name(), uv_strerror(error));
}

}  // namespace

std::uint64_t send_at_once(const uv_stream_t* stream, int socket, const FilePart& part) {
  FilePart left = part;
  send_some(loop_of(stream), socket, left, 0);
  return left.offset - part.offset;
}

FileWrite::FileWrite(uv_stream_t* stream, int socket, base::Unsent unsent, Tell tell)
    : stream_(stream), socket_(socket), unsent_(std::move(unsent)), part_(std::move(unsent_.file)), tell_(tell) {
  write_.data = work_.data = this;
}

void FileWrite::begin(uv_stream_t* stream, int socket, base::Unsent unsent, Tell tell, FileWrite*& place) {
  auto* const write = new FileWrite{stream, socket, std::move(unsent), tell};
  place = write;
  // Of the file the socket takes no more, or this connection has had its share.
  if (write->unsent_.first.empty())
    write->wait();
  else
    write->write(write->unsent_.first);
}

void FileWrite::put_behind(base::Unsent unsent) {
  behind_size_ += unsent.first.size() + unsent.second.size() + unsent.file.length;
  behind_.push_back(std::move(unsent));
}

std::vector<base::Unsent> FileWrite::take_behind() {
  behind_size_ = 0;
  return std::exchange(behind_, {});
}

void FileWrite::abandon() {
  if (state_ == State::kWaiting)
    delete this;
  else
    stream_ = nullptr;
}

bool FileWrite::write(std::string_view text) {
  state_ = State::kWriting;
  uv_buf_t buffer{};  // uv_buf_init would cut the size to 32 bits
  buffer.base = const_cast<char*>(text.data());
  buffer.len = text.size();
  const int error = uv_write(&write_, stream_, &buffer, 1, [](uv_write_t* request, int status) {
    static_cast<FileWrite*>(request->data)->written(status);
  });
  return error == 0 || end(error, text.size());
}

void FileWrite::written(int status) {
  if (!stream_) {
    delete this;
    return;
  }
  if (status != 0)
    end(status, left_of(write_));
  else
    go_on();
}

bool FileWrite::wait() {
  if (!watch_ && !watch_socket()) return send_piece();
  if (state_ != State::kWaiting) watch_->start(false, true);
  state_ = State::kWaiting;
  return true;
}

void FileWrite::stop_waiting() {
  if (state_ == State::kWaiting) watch_->start(false, false);
}

/// False: there is no descriptor left for it.
bool FileWrite::watch_socket() {
  second_.reset(::fcntl(socket_, F_DUPFD_CLOEXEC, 0));
  if (!second_) return false;
  try {
    watch_.emplace(loop_of(stream_), second_.get(), [this](bool, bool, bool failed) { takes_more(failed); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

/// An error of the socket has ended the watch; a write is told what it was.
void FileWrite::takes_more(bool failed) {
  if (!failed) return go_on();
  if (send_piece()) tell_(stream_, {});
}

void FileWrite::go_on() {
  const Progress progress = send_some(loop_of(stream_), socket_, part_, known_until_);
  bool goes_on = false;
  switch (progress.halt) {
    case Halt::kSent: goes_on = end(0, 0); break;
    case Halt::kFailed: goes_on = end(progress.error, 0); break;
    case Halt::kFull: goes_on = wait(); break;
    case Halt::kUnsendable: goes_on = send_piece(); break;
    case Halt::kCold: goes_on = read_ahead(); break;
  }
  // Last, since the one that is told may close the stream.
  if (goes_on) tell_(stream_, {});
}

bool FileWrite::send_piece() {
  stop_waiting();
  if (!unsent_.buffer || !unsent_.first.empty()) unsent_.buffer = std::make_unique_for_overwrite<char[]>(kPiece);
  unsent_.first = {};
  char* const bytes = unsent_.buffer.get();
  const bool known = part_.offset + std::min<std::uint64_t>(part_.length, kPiece) <= known_until_;
  const long got = known ? base::read_part(part_, bytes, kPiece) : base::read_part_in_memory(part_, bytes, kPiece);
  if (got == -EAGAIN || got == -EOPNOTSUPP) return read_ahead();
  if (got == base::kFileEnded) return end(UV_EOF, 0);
  if (got < 0) return end(static_cast<int>(got), 0);
  return write({bytes, static_cast<std::size_t>(got)});
}

bool FileWrite::read_ahead() {
  stop_waiting();
  state_ = State::kReading;
  const int error = uv_queue_work(
      stream_->loop, &work_,
      [](uv_work_t* work) {
        auto* const self = static_cast<FileWrite*>(work->data);
        self->read_error_ = base::read_ahead(self->part_, kWindow);
      },
      [](uv_work_t* work, int) { static_cast<FileWrite*>(work->data)->have_read(); });
  return error == 0 || end(error, 0);
}

void FileWrite::have_read() {
  if (!stream_) {
    delete this;
    return;
  }
  known_until_ = part_.offset + kWindow;
  if (read_error_ != 0)
    end(read_error_, 0);
  else
    go_on();
}

bool FileWrite::end(int error, std::uint64_t lost) {
  report(part_, error);
  const FileNews news{error, error == 0 ? 0 : lost + left(), true};
  tell_(stream_, news);
  delete this;
  return false;
}

}  // namespace orrery::uv
