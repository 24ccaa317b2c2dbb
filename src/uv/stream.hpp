// Stream: one accepted connection on the loop, TCP or unix: reads, writes, half-close.
//
// Writing is in two steps: try_write sends what the kernel takes at once (one system call, no registration), and
// queue() leaves the rest with libuv, which tells when it is gone. What is sent of a file goes by uv/file_write. An
// idle Stream is its uv handle and two pointers. Loop thread only; events may be delivered until the Stream is
// destroyed, never after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <uv.h>

#include "orrery/open_file.hpp"
#include "orrery/result.hpp"

#include "base/unique_fd.hpp"
#include "base/unsent.hpp"
#include "uv/handle.hpp"
#include "uv/loop.hpp"

namespace orrery::uv {

class FileWrite;
struct FileNews;

class StreamEvents {
 public:
  /// Bytes arrived; they are good until the call returns.
  virtual void on_bytes(std::string_view bytes) = 0;
  /// The peer sends nothing more (`error` 0), or the connection broke (a negative errno).
  virtual void on_end(int error) = 0;
  /// What was queued is sent, but for `unsent` bytes that wait (`error` 0), or that never will be. An error of UV_EOF:
  /// a file was shorter than what was to be sent of it.
  virtual void on_sent(int error, std::size_t unsent) = 0;

 protected:
  ~StreamEvents() = default;
};

class Stream {
 public:
  enum class Kind : std::uint8_t { kTcp, kUnix };

  /// Takes over a connected, non-blocking socket.
  static Result<Stream> adopt(Loop& loop, base::UniqueFd socket, Kind kind, StreamEvents& events);

  Stream() = default;

  void read_start();
  /// The same, for bytes that nobody wants: at most one buffer of them in a turn of the loop, however fast they come.
  void discard_start();
  void read_stop();
  /// Sends what the kernel takes now of `first` and then `second`, while nothing is queued. The number of bytes, which
  /// may be 0, or a negative errno when the connection is broken.
  long try_write(std::string_view first, std::string_view second);
  /// The same for `first` and then part of a file, of which at most one share goes.
  long try_write(std::string_view first, const FilePart& part);
  /// Sends it as the kernel takes it; on_sent() follows. What owns the bytes is kept until then, also when the Stream
  /// goes.
  void queue(base::Unsent unsent);
  /// Bytes queued and not sent yet, those of files too.
  [[nodiscard]] std::size_t queued() const;
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Half-close: the peer sees the end of our data once everything queued is sent.
  void shut_down();
  /// The close that follows tells the peer with a RST that something is missing, and what is unsent is thrown away.
  void reset_on_close();

 private:
  struct TcpBlock;
  struct PipeBlock;
  static FileWrite*& file_of(uv_stream_t* stream);
  static std::size_t queued_on(uv_stream_t* stream);
  static void on_written(uv_write_t* request, int status) noexcept;
  static void queue_text(uv_stream_t* stream, base::Unsent unsent);
  static void queue_on(uv_stream_t* stream, base::Unsent unsent);
  static void on_file_news(uv_stream_t* stream, const FileNews& news);
  struct Close {
    void operator()(uv_stream_t* stream) const noexcept;
  };
  std::unique_ptr<uv_stream_t, Close> stream_;
  int descriptor_ = -1;  ///< what it reads and writes; libuv owns it
};

}  // namespace orrery::uv
