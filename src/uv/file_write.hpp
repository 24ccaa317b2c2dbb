// FileWrite: bytes of a file on their way into a socket, by sendfile(2), with what stands before them in memory.
//
//   kWriting   a piece in memory is with libuv            written -> sends what the socket takes of the file, then
//                                                         -> kWaiting, kReading or the end
//   kWaiting   the socket takes no more, or this          takes more -> the same
//              connection has had its share of the turn
//   kReading   the next bytes of the file are not in      read    -> the same
//              memory: a thread of libuv's pool reads them
//
// libuv does not tell when a stream's socket takes more, and watches no descriptor for two. So it watches a second
// descriptor of the socket, for as long as a file waits. Where there is none left, and where the file system sends no
// files, small pieces of the file are given to libuv like any write: the end of that write is the sign to go on.
// Nothing waits for a disk on the loop thread: bytes that are not in memory are read ahead, a window at a time, on the
// pool; where a file system cannot tell which those are, all are. Deletes itself when it has ended. Loop thread only,
// but for that reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <uv.h>
#include <vector>

#include "base/unique_fd.hpp"
#include "base/unsent.hpp"
#include "uv/descriptor_watch.hpp"

namespace orrery::uv {

/// Sends of `part` what the socket takes at once, without waiting for a disk and at most one share. How many bytes.
std::uint64_t send_at_once(const uv_stream_t* stream, int socket, const FilePart& part);

struct FileNews {
  int error = 0;             ///< libuv's; UV_EOF: the file is shorter than its part
  std::uint64_t unsent = 0;  ///< with an error: what will never be sent
  bool over = false;         ///< this is the last of it, and the FileWrite goes
};

class FileWrite {
 public:
  using Tell = void (*)(uv_stream_t* stream, const FileNews& news);

  /// Begins to send `unsent`, which has part of a file. What follows is told to `tell`, perhaps before this returns.
  static void begin(uv_stream_t* stream, int socket, base::Unsent unsent, Tell tell, FileWrite*& place);
  FileWrite(const FileWrite&) = delete;
  FileWrite& operator=(const FileWrite&) = delete;

  /// Bytes that libuv has not got yet.
  [[nodiscard]] std::uint64_t left() const { return part_.length + behind_size_; }
  /// More that is to be sent, when this is.
  void put_behind(base::Unsent unsent);
  std::vector<base::Unsent> take_behind();
  /// The stream is about to close: nothing more is told.
  void abandon();

 private:
  enum class State : std::uint8_t { kWriting, kWaiting, kReading };

  FileWrite(uv_stream_t* stream, int socket, base::Unsent unsent, Tell tell);
  ~FileWrite() = default;

  // False: it has ended, and is gone.
  bool write(std::string_view text);
  bool send_piece();
  bool wait();
  bool watch_socket();
  void stop_waiting();
  bool read_ahead();
  bool end(int error, std::uint64_t lost);

  void written(int status);
  void takes_more(bool failed);
  void go_on();
  void have_read();

  uv_write_t write_{};
  uv_work_t work_{};
  uv_stream_t* stream_;  ///< null: abandoned
  int socket_;
  State state_ = State::kWriting;
  int read_error_ = 0;
  base::Unsent unsent_;
  FilePart part_;
  base::UniqueFd second_;  ///< of the socket
  std::optional<DescriptorWatch> watch_;
  std::uint64_t known_until_ = 0;  ///< the file is in memory up to here, whatever the file system can tell
  std::vector<base::Unsent> behind_;
  std::uint64_t behind_size_ = 0;
  Tell tell_;
};

}  // namespace orrery::uv
