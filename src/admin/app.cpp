#include "admin/app.hpp"

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>

#include "admin/metrics.hpp"
#include "admin/status.hpp"
#include "admin/view.hpp"
#include "base/counted.hpp"

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

double seconds(base::Nanoseconds span) { return std::chrono::duration<double>(span).count(); }

Response answer_livez(const View& view) {
  if (view.master_silence <= kMasterSilence) return told(200, "alive\n");
  return told(503,
              fmt::format("not alive: the master has not gone round for {:.1f} s\n", seconds(view.master_silence)));
}

std::string details(const View& view) {
  const os::ServiceFacts& facts = view.facts;
  std::string text =
      fmt::format("state: {}\nworkers: {} of {} ready, at least {} must be\ngeneration: {}\n", word_for(facts.state),
                  facts.ready, base::counted(facts.target, "worker"), facts.least_ready, facts.generation);
  text += fmt::format("crash loop: {}\nupgrade under way: {}\nmaster went round: {:.1f} s ago\n",
                      facts.crash_loop ? "yes" : "no", facts.upgrading ? "yes" : "no", seconds(view.master_silence));
  if (!facts.reload.why.view().empty()) text += fmt::format("last reload failed: {}\n", facts.reload.why.view());
  return text;
}

Response answer_readyz(const View& view, bool verbose) {
  const std::string reason = os::why_not_ready(view.facts);
  std::string text = reason.empty() ? "ready\n" : "not ready: " + reason + "\n";
  if (verbose) text += details(view);
  return told(reason.empty() ? 200 : 503, std::move(text));
}

}  // namespace

App make_monitor(const os::Scoreboard& board) {
  const auto viewer = std::make_shared<Viewer>(board);
  const auto look = [viewer] { return viewer->look(base::monotonic_now()); };
  App app;
  app.get("/livez", [look](const Request&) { return answer_livez(look()); });
  app.get("/readyz",
          [look](const Request& request) { return answer_readyz(look(), request.query("verbose").has_value()); });
  app.get("/metrics", [look](const Request&) {
    return Response::bytes(kMetricsType, metrics_text(look())).with_fixed_fields(never_stored());
  });
  return app;
}

App make_admin(const os::Scoreboard& board) {
  App app = make_monitor(board);
  const auto viewer = std::make_shared<Viewer>(board);
  app.get("/status", [viewer](const Request&) {
    return Response::json(status_json(viewer->look(base::monotonic_now()))).with_fixed_fields(never_stored());
  });
  return app;
}

}  // namespace orrery::admin
