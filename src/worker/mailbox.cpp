#include "worker/mailbox.hpp"

#include <memory>
#include <utility>

namespace orrery::worker {

Mailbox::Mailbox(uv::Loop& loop)
    : loop_thread_(std::this_thread::get_id()), wakeup_(std::make_unique<uv::Wakeup>(loop, [this] { deliver(); })) {}

void Mailbox::post(Task task) {
  const std::lock_guard lock{mutex_};
  if (!wakeup_) return;
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1) wakeup_->send();
}

void Mailbox::deliver() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock{mutex_};
    tasks.swap(tasks_);
  }
  for (Task& task : tasks) task();
}

void Mailbox::close() {
  std::vector<Task> unread;
  const std::lock_guard lock{mutex_};
  wakeup_.reset();
  unread.swap(tasks_);
}

bool Mailbox::closed() {
  const std::lock_guard lock{mutex_};
  return !wakeup_;
}

}  // namespace orrery::worker
