#include "uv/off_loop.hpp"

#include <memory>
#include <utility>
#include <uv.h>

namespace orrery::uv {

namespace {

struct Errand {
  uv_work_t request{};
  std::function<void()> work;
  std::function<void()> done;
};

}  // namespace

void run_off_loop(Loop& loop, std::function<void()> work, std::function<void()> done) {
  auto errand = std::make_unique<Errand>(Errand{.work = std::move(work), .done = std::move(done)});
  errand->request.data = errand.get();
  const int error = uv_queue_work(
      loop.raw(), &errand->request, [](uv_work_t* request) { static_cast<Errand*>(request->data)->work(); },
      [](uv_work_t* request, int) {
        const std::unique_ptr<Errand> own{static_cast<Errand*>(request->data)};
        own->done();
      });
  if (error == 0) return static_cast<void>(errand.release());
  errand->work();
  errand->done();
}

}  // namespace orrery::uv
