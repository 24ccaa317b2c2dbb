// Ongoing: what of one connection's requests goes on piece by piece: the writers of responses and the readers of
// bodies.
//
// Most requests have nothing of it: then this is a null pointer. HTTP/1.1 has one at most, HTTP/2 a few. A writer or
// reader that is told something may write, end a stream, or end the connection: nothing of the list is kept over such a
// call, the caller looks anew. Loop thread only; it knows neither bytes nor sockets.
#pragma once

#include <memory>
#include <vector>

#include "orrery/app.hpp"

#include "http/next.hpp"

namespace orrery::worker {

class Outlet;

class Ongoing {
 public:
  /// Of one request.
  struct Pieces {
    http::RequestId request = 0;
    std::unique_ptr<Pieces> next;
    std::weak_ptr<Outlet> outlet;
    BodyReader::Callback body_callback;
    bool wants_drain = false;
    bool body_ended = false;  ///< the reader has had the last bytes, not yet the end
  };

  [[nodiscard]] explicit operator bool() const { return first_ != nullptr; }

  /// The place of the request before, on a connection that has one at a time, is the next one's.
  void reuse() {
    if (first_) *first_ = {};
  }
  /// Of this request; made where there are none. `alone`: see reuse().
  Pieces& of(http::RequestId request, bool alone);
  /// Null where this request has none.
  [[nodiscard]] Pieces* find(http::RequestId request) const;
  /// The first for which `test` holds; null where there is none.
  template <class Test>
  [[nodiscard]] Pieces* find_if(Test&& test) const {
    Pieces* one = first_.get();
    while (one && !test(*one)) one = one->next.get();
    return one;
  }
  /// Takes it out; null where this request has none.
  std::unique_ptr<Pieces> take(http::RequestId request);
  std::unique_ptr<Pieces> take_first();
  [[nodiscard]] std::vector<std::weak_ptr<Outlet>> outlets() const;

 private:
  std::unique_ptr<Pieces> first_;
};

/// What a reader throws is logged.
void tell_reader(const BodyReader::Callback& callback, const BodyPiece& piece);
/// Its request is over: the reader of its body, and the writer of its response, get to know.
void tell_over(Ongoing::Pieces& pieces);

}  // namespace orrery::worker
