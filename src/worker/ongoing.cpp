#include "worker/ongoing.hpp"

#include <string>
#include <utility>

#include "base/log.hpp"
#include "worker/fence.hpp"
#include "worker/reply.hpp"

namespace orrery::worker {

Ongoing::Pieces& Ongoing::of(http::RequestId request, bool alone) {
  if (Pieces* const found = find(request)) return *found;
  if (first_ && alone) {
    reuse();
  } else {
    auto made = std::make_unique<Pieces>();
    made->next = std::move(first_);
    first_ = std::move(made);
  }
  first_->request = request;
  return *first_;
}

Ongoing::Pieces* Ongoing::find(http::RequestId request) const {
  return find_if([request](const Pieces& one) { return one.request == request; });
}

std::unique_ptr<Ongoing::Pieces> Ongoing::take(http::RequestId request) {
  for (std::unique_ptr<Pieces>* at = &first_; *at; at = &(*at)->next) {
    if ((*at)->request != request) continue;
    auto taken = std::move(*at);
    *at = std::move(taken->next);
    return taken;
  }
  return nullptr;
}

std::unique_ptr<Ongoing::Pieces> Ongoing::take_first() { return first_ ? take(first_->request) : nullptr; }

std::vector<std::weak_ptr<Outlet>> Ongoing::outlets() const {
  std::vector<std::weak_ptr<Outlet>> all;
  for (const Pieces* one = first_.get(); one; one = one->next.get()) all.push_back(one->outlet);
  return all;
}

void tell_reader(const BodyReader::Callback& callback, const BodyPiece& piece) {
  const std::string failure = fenced([&] { callback(piece); });
  if (!failure.empty()) base::log_error("a reader of a request body failed: {}", failure);
}

void tell_over(Ongoing::Pieces& pieces) {
  if (const auto callback = std::exchange(pieces.body_callback, {}))
    tell_reader(callback, {BodyPiece::Kind::kAborted, {}});
  if (const auto outlet = pieces.outlet.lock()) outlet->tell_closed();
}

}  // namespace orrery::worker
