#include "admin/tail.hpp"

#include <algorithm>
#include <atomic>
#include <fmt/core.h>
#include <utility>

#include "base/json_text.hpp"
#include "base/whole_number.hpp"

namespace orrery::admin {

namespace {

constexpr std::chrono::milliseconds kPeriod{20};
constexpr std::uint64_t kLooksInSilence = kLongestSilence / kPeriod;

/// "5xx", "404" or "none".
bool read_status(std::string_view text, TailFilter& filter) {
  if (text == "none") {
    filter.least_status = filter.most_status = 0;
    return true;
  }
  const bool a_class = text.size() == 3 && text.ends_with("xx");
  const auto number = base::whole_number<int>(a_class ? text.substr(0, 1) : text);
  if (!number || *number < (a_class ? 1 : 100) || *number > (a_class ? 5 : 599)) return false;
  filter.least_status = a_class ? *number * 100 : *number;
  filter.most_status = a_class ? *number * 100 + 99 : *number;
  return true;
}

base::Nanoseconds duration_of(const os::RequestRecord& record) {
  return base::Nanoseconds{std::max<std::int64_t>(record.finished_ns - record.started_ns, 0)};
}

}  // namespace

Result<TailFilter> TailFilter::read(const Request& request) {
  TailFilter filter;
  if (const auto status = request.query("status"); status && !read_status(*status, filter))
    return fail("`status` is a number from 100 to 599, a class such as 5xx, or none");
  filter.route = request.query("route").value_or("");
  if (const auto slower = request.query("slower")) {
    const auto seconds = base::whole_number<double>(*slower);
    if (!seconds || !(*seconds >= 0) || *seconds > 1e6) return fail("`slower` is a number of seconds");
    filter.slower = std::chrono::duration_cast<base::Nanoseconds>(std::chrono::duration<double>(*seconds));
  }
  return filter;
}

bool TailFilter::wants(const os::RequestRecord& record, std::string_view pattern) const {
  return record.status >= least_status && record.status <= most_status && (route.empty() || route == pattern) &&
         duration_of(record) >= slower;
}

TailReader::TailReader(const os::Scoreboard& board) : board_(board) {
  for (std::size_t i = 0; const os::Slot& slot : board_.workers()) {
    places_[i++] = {slot.number.load(std::memory_order_relaxed), slot.finished_next.load(std::memory_order_acquire)};
  }
}

TailReader::News TailReader::read() {
  News news;
  for (std::size_t i = 0; const os::Slot& slot : board_.workers()) read_slot(slot, places_[i++], news);
  std::ranges::stable_sort(news.lines, {}, [](const Line& line) { return line.record.finished_ns; });
  return news;
}

void TailReader::read_slot(const os::Slot& slot, Place& place, News& news) const {
  const std::uint32_t worker = slot.number.load(std::memory_order_relaxed);
  const std::uint32_t next = slot.finished_next.load(std::memory_order_acquire);
  // Another worker has the slot, and its ring begins anew.
  if (std::exchange(place.worker, worker) != worker || next < place.next) place.next = 0;
  std::uint32_t from = place.next;
  if (next - from > os::kFinishedCells) {
    news.missed += next - from - os::kFinishedCells;
    from = next - static_cast<std::uint32_t>(os::kFinishedCells);
  }
  for (std::uint32_t at = from; at != next; ++at) {
    const auto record = slot.finished[at % os::kFinishedCells].read();
    // It may have become a newer one's by now.
    const bool old = slot.finished_next.load(std::memory_order_acquire) - at <= os::kFinishedCells;
    if (record && record->finished_ns != 0 && old)
      news.lines.push_back({worker, *record});
    else
      ++news.missed;
  }
  place.next = next;
}

std::string tail_json(const TailReader::Line& line, std::string_view route, base::Monotonic now, base::WallTime utc) {
  const os::RequestRecord& record = line.record;
  const base::Nanoseconds ago = now.time_since_epoch() - base::Nanoseconds{record.finished_ns};
  return fmt::format(R"({{"time":{},"worker":{},"id":{},"method":{},"route":{},"target":{},"client":{},"status":{},)"
                     R"("duration_seconds":{:.6f}}})",
                     moment((utc.time_since_epoch() - ago).count()), line.worker, base::json_text(record.id_view()),
                     base::json_text(record.method_view()), route.empty() ? "null" : base::json_text(route),
                     base::json_text(record.target_view()), base::json_text(record.peer.to_string()),
                     record.status == 0 ? "null" : std::to_string(record.status), base::seconds(duration_of(record)));
}

void Tail::join(Stream stream, TailFilter filter) {
  const auto follower =
      std::make_shared<Follower>(Follower{{std::move(stream)}, std::move(filter), TailReader{board_}});
  Followed::notice_end(follower);
  streams_.push_back(follower);
  follower->gone = !follower->stream.write(": requests as they are answered\n\n");
  // A process that nobody follows need not wake up for it.
  if (!std::exchange(looks_on_, true)) worker_->every(kPeriod, [this] { look(); });
}

void Tail::look() {
  if (streams_.empty()) return;
  const bool breaks_silence = ++looks_ % kLooksInSilence == 0;
  for (const auto& follower : streams_) {
    tell(*follower);
    if (breaks_silence) follower->break_silence();
  }
  std::erase_if(streams_, [](const auto& follower) { return follower->over(); });
}

void Tail::tell(Follower& follower) {
  TailReader::News news = follower.reader.read();
  const base::Monotonic now = base::monotonic_now();
  const base::WallTime utc = base::wall_now();
  std::string events;
  const bool behind = follower.stream.behind();
  for (const TailReader::Line& line : news.lines) {
    const std::string route = route_ ? route_(line.record.method_view(), line.record.target_view()) : std::string{};
    if (!follower.filter.wants(line.record, route)) continue;
    if (behind)
      ++news.missed;
    else
      events += "data: " + tail_json(line, route, now, utc) + "\n\n";
  }
  follower.missed += news.missed;
  if (behind || follower.gone) return;
  if (follower.missed > 0) events += fmt::format("data: {{\"missed\":{}}}\n\n", std::exchange(follower.missed, 0));
  if (!events.empty()) follower.gone = !follower.stream.write(events);
}

}  // namespace orrery::admin
