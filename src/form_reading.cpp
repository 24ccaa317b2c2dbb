#include <functional>
#include <memory>
#include <utility>

#include "orrery/multipart.hpp"

namespace orrery {

namespace {

/// One form on its way: keeps itself by the callback that waits for its next piece.
class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(const BodyReader& body, Multipart parts, std::function<void(const Result<void>&)> done)
      : body_(body), parts_(std::move(parts)), done_(std::move(done)) {}

  void next() {
    body_.read([self = shared_from_this()](const BodyPiece& piece) { self->take(piece); });
  }

 private:
  void take(const BodyPiece& piece) {
    if (piece.kind == BodyPiece::Kind::kAborted) return done_(fail("the client left before the form's end"));
    if (piece.kind == BodyPiece::Kind::kEnd) return done_(parts_.end());
    if (const auto fed = parts_.feed(piece.bytes); !fed) return done_(fed);
    next();
  }

  BodyReader body_;
  Multipart parts_;
  std::function<void(const Result<void>&)> done_;
};

}  // namespace

void read_multipart(const Request& request, const BodyReader& body, const MultipartLimits& limits,
                    Multipart::Callback each, std::function<void(const Result<void>&)> done) {
  auto parts = Multipart::begin(request.field("content-type").value_or(""), limits, std::move(each));
  if (!parts) return done(fail(parts));
  std::make_shared<Reading>(body, *std::move(parts), std::move(done))->next();
}

}  // namespace orrery
