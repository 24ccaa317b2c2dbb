#include "admin/app.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fmt/core.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/adviser.hpp"
#include "admin/autoscaler.hpp"
#include "admin/desk.hpp"
#include "admin/door.hpp"
#include "admin/followers.hpp"
#include "admin/metrics.hpp"
#include "admin/orders.hpp"
#include "admin/page.hpp"
#include "admin/pusher.hpp"
#include "admin/stacks.hpp"
#include "admin/status.hpp"
#include "admin/tail.hpp"
#include "admin/view.hpp"
#include "base/clock.hpp"
#include "base/counted.hpp"
#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/whole_number.hpp"
#include "metrics/family.hpp"
#include "os/open_files.hpp"
#include "os/process.hpp"

namespace orrery::admin {

namespace {

/// The master goes round each second. It may read a large configuration meanwhile, and bind.
constexpr std::chrono::seconds kMasterSilence{10};

const FixedFields& never_stored() {
  static const FixedFields fields{{"Cache-Control", "no-store"}};
  return fields;
}

Response told(int status, std::string text) {
  return Response::text(std::move(text)).with_status(status).with_fixed_fields(never_stored());
}

Response answer_livez(const View& view) {
  if (view.master_silence <= kMasterSilence) return told(200, "alive\n");
  return told(
      503, fmt::format("not alive: the master has not gone round for {:.1f} s\n", base::seconds(view.master_silence)));
}

std::string details(const View& view) {
  const os::ServiceFacts& facts = view.facts;
  std::string text =
      fmt::format("state: {}\nworkers: {} of {} ready, at least {} must be\ngeneration: {}\n", word_for(facts.state),
                  facts.ready, base::counted(facts.target, "worker"), facts.least_ready, facts.generation);
  text += fmt::format("drained by order: {}\ncrash loop: {}\nupgrade under way: {}\nmaster went round: {:.1f} s ago\n",
                      facts.drained ? "yes" : "no", facts.crash_loop ? "yes" : "no", facts.upgrading ? "yes" : "no",
                      base::seconds(view.master_silence));
  if (!facts.reload.why.view().empty()) text += fmt::format("last reload failed: {}\n", facts.reload.why.view());
  return text;
}

Response answer_readyz(const View& view, bool verbose) {
  const std::string reason = os::why_not_ready(view.facts);
  std::string text = reason.empty() ? "ready\n" : "not ready: " + reason + "\n";
  if (verbose) text += details(view);
  return told(reason.empty() ? 200 : 503, std::move(text));
}

Response json(std::string text) { return Response::json(std::move(text)).with_fixed_fields(never_stored()); }

Cost cost_of(pid_t pid) { return {os::cpu_time(pid), os::private_memory(pid), os::open_files(pid)}; }

/// Of each worker. The kernel walks all of its memory for the answer: not anew for each of many who ask.
class Costs {
 public:
  Cost of(pid_t pid, base::Monotonic now) {
    if (now - taken_ >= kPeriod) {
      taken_ = now;
      known_.clear();
    }
    const auto [at, fresh] = known_.try_emplace(pid);
    if (fresh) at->second = cost_of(pid);
    return at->second;
  }

 private:
  static constexpr std::chrono::seconds kPeriod{2};
  base::Monotonic taken_{};
  std::map<pid_t, Cost> known_;
};

using Guard = std::shared_ptr<const Door>;

/// A route that tells: a request that is let in gets what `answer` says.
template <class Answer>
void tell_at(App& app, const char* path, const Guard& door, Answer answer) {
  app.get(path, [door, answer](const Request& request) -> Response {
    if (auto refused = door->refuse(request)) return std::move(*refused);
    return answer(request);
  });
}

void add_health(App& app, const os::Scoreboard& board, const std::shared_ptr<Viewer>& viewer, const Guard& door,
                const Families& families) {
  const auto look = [viewer] { return viewer->look(base::monotonic_now()); };
  tell_at(app, "/livez", door, [look](const Request&) { return answer_livez(look()); });
  tell_at(app, "/readyz", door,
          [look](const Request& request) { return answer_readyz(look(), request.query("verbose").has_value()); });
  const auto costs = std::make_shared<Costs>();
  tell_at(app, "/metrics", door, [&board, viewer, families, costs](const Request& request) {
    const Exposure form = exposure_for(request.field("Accept").value_or(""));
    const base::Monotonic now = base::monotonic_now();
    View view = viewer->look_whole(now);
    for (WorkerView& worker : view.workers) worker.cost = costs->of(worker.pid, now);
    view.open_files_limit = os::open_files_limit();
    view.listen_queues = os::listen_queues();
    return Response::bytes(media_type_of(form), metrics_text(view, form, families, board.ledger()))
        .with_fixed_fields(never_stored());
  });
}

std::string config_json(const os::Scoreboard& board) {
  const auto config = board.config();
  if (!config || config->text.empty()) return "{\"file\":null,\"generation\":null,\"settings\":[]}\n";
  return fmt::format("{{\"generation\":{},{}}}\n", config->generation, config->text);
}

void add_lists(App& app, const os::Scoreboard& board, const std::shared_ptr<Viewer>& viewer, const Guard& door,
               const RouteOf& route) {
  const auto look = [viewer] { return viewer->look(base::monotonic_now()); };
  tell_at(app, "/status", door,
          [viewer](const Request&) { return json(status_json(viewer->look_whole(base::monotonic_now()))); });
  tell_at(app, "/workers", door, [look](const Request&) { return json(workers_json(look(), cost_of)); });
  tell_at(app, "/requests", door,
          [&board, route](const Request&) { return json(requests_json(board, route, base::monotonic_now())); });
  tell_at(app, "/deaths", door, [&board](const Request&) { return json(deaths_json(board.deaths().after(0))); });
  tell_at(app, "/config", door, [&board](const Request&) { return json(config_json(board)); });
  tell_at(app, "/log-level", door, [look](const Request&) {
    return json(fmt::format("{{\"log_level\":\"{}\"}}\n", base::word_for(look().facts.log_level)));
  });
}

/// The number behind which the client has read nothing yet.
std::uint64_t begins_after(const Request& request, const os::EventRing& ring) {
  const auto text = request.field("Last-Event-ID").value_or(request.query("after").value_or(""));
  const std::uint64_t sequence = base::whole_number<std::uint64_t>(text).value_or(0);
  return sequence > ring.newest() ? 0 : sequence;  // of another master
}

void add_events(App& app, const os::EventRing& ring, const Guard& door) {
  const auto followers = std::make_shared<Followers>(ring);
  app.on_worker_start([followers](Worker& worker) -> Result<void> {
    followers->begin(worker);
    return {};
  });
  app.get("/events", [&ring, followers, door](Request request, Responder responder) {
    if (auto refused = door->refuse(request)) return std::move(responder).send(std::move(*refused));
    const std::uint64_t sequence = begins_after(request, ring);
    if (!request.query("follow")) return std::move(responder).send(json(events_json(ring.after(sequence))));
    if (!followers->has_room())
      return std::move(responder).send(told(503, "Too many clients follow the events already.\n"));
    Response head = Response::bytes("text/event-stream", "").with_fixed_fields(never_stored());
    if (request.method() == "HEAD") return std::move(responder).send(std::move(head));
    if (auto stream = std::move(responder).start(std::move(head))) followers->join(std::move(*stream), sequence);
  });
}

void add_pusher(App& app, const os::Scoreboard& board, const Names& names, StatsdTarget target) {
  const auto pusher = std::make_shared<Pusher>(Viewer{board, names}, std::move(target));
  app.on_worker_start([pusher](Worker&) -> Result<void> {
    pusher->begin();
    return {};
  });
  app.on_worker_end([pusher](Worker&) { pusher->end(); });
}

void add_tail(App& app, const os::Scoreboard& board, const Guard& door, const RouteOf& route) {
  const auto tail = std::make_shared<Tail>(board, route);
  app.on_worker_start([tail](Worker& worker) -> Result<void> {
    tail->begin(worker);
    return {};
  });
  app.get("/tail", [tail, door](Request request, Responder responder) {
    if (auto refused = door->refuse(request)) return std::move(responder).send(std::move(*refused));
    auto filter = TailFilter::read(request);
    if (!filter) return std::move(responder).send(told(400, filter.error().message + "\n"));
    if (!tail->has_room())
      return std::move(responder).send(told(503, "Too many clients follow the requests already.\n"));
    Response head = Response::bytes("text/event-stream", "").with_fixed_fields(never_stored());
    if (request.method() == "HEAD") return std::move(responder).send(std::move(head));
    if (auto stream = std::move(responder).start(std::move(head))) tail->join(std::move(*stream), std::move(*filter));
  });
}

/// Nothing when it is no number of workers.
std::optional<unsigned> bound_of(const Request& request, std::string_view name, unsigned fallback) {
  const auto text = request.query(name);
  if (!text) return fallback;
  const auto number = base::whole_number<unsigned>(*text);
  return number && *number >= 1 && *number <= os::kMaxWorkers ? number : std::nullopt;
}

/// Whether what is advised is followed.
std::string_view follows(const os::ServiceFacts::Scaling& scaling) {
  if (scaling.mode == Autoscale::kOff) return "";
  if (scaling.rests) return " Autoscale rests: a number was ordered, or something else is under way.";
  return scaling.mode == Autoscale::kOn ? " Autoscale is on." : " Autoscale is a dry run.";
}

void add_advice(App& app, const os::Scoreboard& board, const Guard& door, const std::shared_ptr<Adviser>& adviser) {
  app.on_worker_start([adviser](Worker& worker) -> Result<void> {
    adviser->begin(worker);
    return {};
  });
  tell_at(app, "/advice", door, [&board, adviser](const Request& request) {
    const auto facts = board.facts();
    const os::ServiceFacts::Scaling scaling = facts ? facts->scaling : os::ServiceFacts::Scaling{};
    const auto least = bound_of(request, "min", scaling.least);
    const unsigned usual = std::max({unsigned{scaling.most}, adviser->workers(), least.value_or(1)});
    const auto most = bound_of(request, "max", usual);
    if (!least || !most || *least > *most)
      return told(400, fmt::format("`min` and `max` are numbers from 1 to {}, and `min` is not above `max`.\n",
                                   os::kMaxWorkers));
    Advice advice = adviser->advice(*least, *most);
    return json(fmt::format("{{\"workers\":{},\"advised\":{},\"text\":{}}}\n", adviser->workers(), advice.workers,
                            base::json_text(advice.text.append(follows(scaling)))));
  });
}

void add_autoscaler(App& app, const std::shared_ptr<Autoscaler>& autoscaler) {
  app.on_worker_start([autoscaler](Worker& worker) -> Result<void> {
    autoscaler->begin(worker);
    return {};
  });
}

std::vector<os::RequestRecord> flights_of(const os::Scoreboard& board) {
  std::vector<os::RequestRecord> records;
  for (const os::Slot& slot : board.workers()) {
    if (slot.state.load(std::memory_order_acquire) == os::WorkerState::kFree) continue;
    for (const os::RequestCell& cell : slot.flights) {
      if (const auto record = cell.read(); record && record->started_ns != 0 && record->finished_ns == 0)
        records.push_back(*record);
    }
  }
  std::ranges::sort(records, {}, &os::RequestRecord::started_ns);
  return records;
}

void add_page(App& app, const os::Scoreboard& board, const std::shared_ptr<Viewer>& viewer, const Guard& door) {
  static const FixedFields kStrict{{"Cache-Control", "no-store"},
                                   {"Content-Security-Policy",
                                    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                                    "frame-ancestors 'none'"},
                                   {"X-Content-Type-Options", "nosniff"},
                                   {"Referrer-Policy", "no-referrer"}};
  tell_at(app, "/", door, [&board, viewer](const Request&) {
    const base::Monotonic now = base::monotonic_now();
    const PageParts parts{viewer->look_whole(now), flights_of(board), board.deaths().after(0), board.events().after(0)};
    return Response::html(page_html(parts, now)).with_fixed_fields(kStrict);
  });
  tell_at(app, "/page.css", door, [](const Request&) {
    return Response::fixed("text/css; charset=utf-8", page_css()).with_fixed_fields(kStrict);
  });
}

}  // namespace

App make_monitor(const os::Scoreboard& board, const Families& families, Names names) {
  App app;
  add_health(app, board, std::make_shared<Viewer>(board, std::move(names)), std::make_shared<const Door>(), families);
  return app;
}

App make_admin(const os::Scoreboard& board, AdminParts parts) {
  App app;
  if (!parts.statsd.host.empty()) add_pusher(app, board, parts.names, std::move(parts.statsd));
  const auto viewer = std::make_shared<Viewer>(board, std::move(parts.names));
  const auto door = std::make_shared<const Door>(std::move(parts.token));
  const auto desk = std::make_shared<Desk>(std::move(parts.orders));
  app.on_worker_start([desk](Worker&) -> Result<void> {
    desk->open();
    return {};
  });
  add_health(app, board, viewer, door, parts.families);
  add_lists(app, board, viewer, door, parts.route);
  add_events(app, board.events(), door);
  add_tail(app, board, door, parts.route);
  add_page(app, board, viewer, door);
  const auto adviser = std::make_shared<Adviser>(board, parts.worker_class, parts.cpus);
  add_advice(app, board, door, adviser);
  add_autoscaler(app, std::make_shared<Autoscaler>(board, adviser, desk));
  add_stacks(app, board, desk, door);
  add_orders(app, desk, door);
  return app;
}

void enter_counts(const os::Scoreboard& board, const Families& families, const Names& names) {
  if (board.ledger() == nullptr) return;
  Viewer{board, names}.look_whole(base::monotonic_now());
  for (const auto& family : families) family->enter(*board.ledger());
}

}  // namespace orrery::admin
