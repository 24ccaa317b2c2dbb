// Stream: one request of an HTTP/2 connection and its answer, and what of them is on its way.
//
// Its request lives in a RequestState, as in every protocol; what is HTTP/2's own stands beside it: the bytes of the
// answer that wait for the client's window, and whose turn it is. Owned by its Connection, and gone once both sides are
// done and everybody who must know has been told. Loop thread only; decides nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/open_file.hpp"

#include "base/clock.hpp"
#include "base/file_part.hpp"
#include "base/spare_blocks.hpp"
#include "http/blocked.hpp"
#include "http/request_state.hpp"

namespace orrery::http::h2 {

/// The part of a response's body that waits for the client's window: text that it owns, text that outlives it, or part
/// of a file.
class Outgoing {
 public:
  void set(std::string body) {
    owned_ = std::move(body);
    taken_ = 0;
  }
  void set(std::string_view outliving) { view_ = outliving; }
  void set(FilePart part) { file_ = std::move(part); }
  void append(std::string_view piece) {
    if (taken_ == owned_.size() || taken_ > owned_.size() / 2) {
      owned_.erase(0, taken_);
      taken_ = 0;
    }
    owned_.append(piece);
  }
  [[nodiscard]] std::uint64_t size() const { return owned_.size() - taken_ + view_.size() + file_.length; }
  /// Takes the next `size` bytes, which are there; false when they are a file's that cannot be read to its end. Waits
  /// for the disk where it must.
  bool take(char* to, std::size_t size) {
    if (file_.length > 0) return take_of_file(to, size);
    if (!view_.empty()) {
      std::memcpy(to, view_.data(), size);
      view_.remove_prefix(size);
    } else if (size > 0) {
      std::memcpy(to, owned_.data() + taken_, size);
      taken_ += size;
    }
    return true;
  }
  void clear() { *this = {}; }

 private:
  bool take_of_file(char* to, std::size_t size) {
    while (size > 0) {
      const long got = base::read_part(file_, to, size);
      if (got <= 0) return false;
      to += got;
      size -= static_cast<std::size_t>(got);
    }
    return true;
  }

  std::string owned_;
  std::size_t taken_ = 0;
  std::string_view view_;
  FilePart file_;
};

struct Stream {
  using Phase = RequestState::Phase;

  Stream(RequestId its_id, base::SpareBlocks& its_blocks) : id(its_id), blocks(its_blocks) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { request.finish(); }

  RequestState request;
  RequestId id;
  base::SpareBlocks& blocks;  ///< it lies in one of them
  Outgoing out;
  std::uint64_t body_sent = 0;          ///< bytes of the response's body that stand in frames
  Blocked blocked;                      ///< what of `out` waits for the client's window
  std::uint64_t reserved = 0;           ///< its place in the Intake
  std::uint64_t unconsumed = 0;         ///< bytes of its body for which its window was not given back
  std::uint64_t body_heard = 0;         ///< bytes of its body, those that nobody wants included
  std::optional<std::uint64_t> length;  ///< what Content-Length says of them
  base::Monotonic read_away_since{};    ///< its answer is written, and its client still sends; the epoch = it does not
  std::uint64_t read_away = 0;          ///< bytes of its body since then
  bool heard_all : 1 = false;           ///< the client has ended its side
  bool waits_for_room : 1 = false;      ///< for a place in the Intake
  bool submitted : 1 = false;           ///< the head of its answer is on its way
  bool out_ended : 1 = false;           ///< nothing comes behind what is in `out`
  bool breaking : 1 = false;            ///< the response cannot go on behind what is in `out`
  bool deferred : 1 = false;            ///< it stands aside until `out` has bytes
  bool queued : 1 = false;              ///< in the connection's list of those that may have a step
  bool watched : 1 = false;             ///< somebody writes its response, or reads its body, piece by piece
  bool gone : 1 = false;                ///< reset, by either side: nothing of it is sent any more
  bool closed : 1 = false;              ///< the library has forgotten it

  [[nodiscard]] bool answering() const { return request.message && request.phase == Phase::kNone; }
  /// Its answer is complete, and fields stand behind the body.
  [[nodiscard]] bool has_trailers() const { return answering() && !request.message->departure.trailers.empty(); }
  /// Its answer is complete, and may have been written: nobody wants more of the request.
  [[nodiscard]] bool answered() const { return !request.message || answering(); }
};

/// Gives back where the stream lay.
struct StreamEnd {
  void operator()(Stream* stream) const noexcept {
    base::SpareBlocks& blocks = stream->blocks;
    stream->~Stream();
    blocks.release(stream);
  }
};
using OwnedStream = std::unique_ptr<Stream, StreamEnd>;

/// Of these blocks, which outlive it. Throws std::bad_alloc.
inline OwnedStream make_stream(RequestId id, base::SpareBlocks& blocks) {
  void* const room = blocks.allocate(sizeof(Stream));
  if (!room) throw std::bad_alloc();
  return OwnedStream{new (room) Stream(id, blocks)};
}

}  // namespace orrery::http::h2
