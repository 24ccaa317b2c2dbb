#include "admin/stacks.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "admin/orders.hpp"
#include "base/json_text.hpp"
#include "base/whole_number.hpp"
#include "os/stack.hpp"

namespace orrery::admin {

namespace {

using std::chrono::milliseconds;

/// Of the pool; the loop thread comes first.
constexpr std::size_t kMostThreads = 15;
constexpr milliseconds kLook{5};
constexpr int kLooks = 60;

Response refusal(int status, std::string_view text) {
  return tell_outcome("stack", "refused", text).with_status(status);
}

const os::Slot* slot_of(const os::Scoreboard& board, std::uint32_t number) {
  for (const os::Slot& slot : board.workers()) {
    const bool there = slot.state.load(std::memory_order_acquire) != os::WorkerState::kFree;
    if (there && slot.number.load(std::memory_order_relaxed) == number) return &slot;
  }
  return nullptr;
}

std::vector<pid_t> threads_of(const os::Slot& slot) {
  std::vector<pid_t> threads{slot.pid.load(std::memory_order_relaxed)};
  for (const auto& thread : slot.threads) {
    const pid_t id = thread.load(std::memory_order_relaxed);
    if (id != 0 && threads.size() <= kMostThreads) threads.push_back(id);
  }
  return threads;
}

std::string stack_json(pid_t thread, const std::optional<os::StackSample>& sample) {
  std::string frames;
  if (sample) {
    for (const std::string& frame : os::name_frames(*sample))
      frames += (frames.empty() ? "" : ",") + base::json_text(frame);
  }
  return fmt::format(R"({{"thread":{},"frames":[{}],"problem":{}}})", thread, frames,
                     sample ? "null" : R"("it gave no sample: it is stopped, or gone")");
}

/// The sample that the thread gives after it was asked; nothing when it gives none.
Task<std::optional<os::StackSample>> wait_for_sample(const os::Slot& slot, std::uint32_t before, pid_t thread) {
  for (int look = 0; look < kLooks; ++look) {
    if (slot.sample.count() != before) {
      std::optional<os::StackSample> sample = slot.sample.read();
      if (sample && sample->thread == thread) co_return sample;
    }
    co_await sleep_for(kLook);
  }
  co_return std::nullopt;
}

Task<Response> answer_stack(const os::Scoreboard& board, std::shared_ptr<Desk> desk, std::shared_ptr<const Door> door,
                            Request request) {
  if (auto refused = door->refuse(request)) co_return std::move(*refused);
  const auto number = base::whole_number<std::int32_t>(request.query("worker").value_or(""));
  if (!number || *number < 1) co_return refusal(400, "`worker` must be the number of a worker, as /workers tells it.");
  const os::Slot* slot = slot_of(board, static_cast<std::uint32_t>(*number));
  if (slot == nullptr) co_return refusal(404, fmt::format("There is no worker {}.", *number));
  const pid_t pid = slot->pid.load(std::memory_order_relaxed);
  std::string stacks;
  for (const pid_t thread : threads_of(*slot)) {
    os::Order order;
    order.kind = os::OrderKind::kStack;
    order.argument = *number;
    order.thread = thread == pid ? 0 : thread;
    const std::uint32_t before = slot->sample.count();
    const os::OrderAnswer answer = co_await give(desk, order, false, std::chrono::seconds{5});
    const bool asked = answer.outcome == os::OrderOutcome::kDone;
    if (!asked && stacks.empty()) co_return refusal(409, answer.text.view());
    if (!asked) continue;
    const std::optional<os::StackSample> sample = co_await wait_for_sample(*slot, before, thread);
    stacks += (stacks.empty() ? "" : ",") + stack_json(thread, sample);
  }
  co_return Response::json(fmt::format("{{\"worker\":{},\"pid\":{},\"stacks\":[{}]}}\n", *number, pid, stacks));
}

}  // namespace

void add_stacks(App& app, const os::Scoreboard& board, const std::shared_ptr<Desk>& desk,
                const std::shared_ptr<const Door>& door) {
  app.get("/stack",
          [&board, desk, door](Request request) { return answer_stack(board, desk, door, std::move(request)); });
}

}  // namespace orrery::admin
