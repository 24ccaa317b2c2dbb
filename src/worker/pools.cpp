#include "worker/pools.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace orrery::worker {

Pools::Pools(const std::vector<Pool>& pools, os::Slot& slot, std::size_t first, Mailbox& mailbox, Threads threads)
    : slot_(slot), mailbox_(mailbox), own_threads_(threads) {
  for (const Pool& pool : pools) {
    entries_.push_back({pool, first, entries_.size() + 1, nullptr});
    first += pool.size().threads;
  }
}

Pools::Entry& Pools::find(const Pool& pool) {
  const auto found = std::ranges::find(entries_, pool, &Entry::pool);
  if (found == entries_.end())
    throw std::logic_error("the pool `" + pool.name() + "` was made for another App than the one that is served");
  return *found;
}

Pools::Ticket Pools::add(const Pool& pool, Job job, base::Monotonic deadline) {
  Entry& entry = find(pool);
  if (own_threads_ == Threads::kNone) return add_here(std::move(job));
  const PoolSize size = pool.size();
  if (!entry.threads)
    entry.threads = std::make_unique<ThreadPool>(size.threads, size.queue, slot_, entry.first, entry.number);
  const Ticket ticket = entry.threads->add(std::move(job), deadline);
  if (ticket != 0) entry.threads->start();
  return ticket;
}

bool Pools::withdraw(const Pool& pool, Ticket ticket) {
  if (own_threads_ == Threads::kNone)
    return std::erase_if(here_, [ticket](const Waiting& one) { return one.ticket == ticket; }) > 0;
  const Entry& entry = find(pool);
  return entry.threads && entry.threads->withdraw(ticket);
}

Pools::Ticket Pools::add_here(Job job) {
  here_.push_back({++last_, std::move(job)});
  mailbox_.post([this, ticket = last_] { run_here(ticket); });
  return last_;
}

void Pools::run_here(Ticket ticket) {
  const auto found = std::ranges::find(here_, ticket, &Waiting::ticket);
  if (found == here_.end()) return;
  Job job = std::move(found->job);
  here_.erase(found);
  if (const ThreadPool::Report report = job()) report();
}

void Pools::on_thread(Flights& flights, int cell, pid_t thread) {
  const std::lock_guard lock{recording_};
  flights.on_thread(cell, thread);
}

bool Pools::exhausted(base::Monotonic now) const {
  return std::ranges::any_of(
      entries_, [now](const Entry& entry) { return entry.threads && entry.threads->all_past_deadline(now); });
}

bool Pools::stop() {
  bool all = true;
  for (const Entry& entry : entries_)
    if (entry.threads && !entry.threads->stop()) all = false;
  return all;
}

}  // namespace orrery::worker
