#include "admin/settings.hpp"

#include <chrono>
#include <utility>

namespace orrery::admin {

std::vector<std::string> admin_addresses(const Config& service, const Directories& directories) {
  if (service.admin == std::vector<std::string>{"off"}) return {};
  if (service.admin != std::vector<std::string>{"auto"}) return service.admin;
  const std::string_view runtime = directories.runtime.substr(0, directories.runtime.find(':'));
  if (!runtime.empty()) return {"unix:" + std::string{runtime} + "/admin.sock"};
  if (directories.xdg_runtime.empty()) return {};
  return {"unix:" + std::string{directories.xdg_runtime} + "/" + service.proc_name + "-admin.sock"};
}

Config settings_for(const Config& service, std::vector<std::string> addresses) {
  Config own;
  own.bind = std::move(addresses);
  own.workers = 1;
  own.worker_class = WorkerClass::kAsync;
  own.worker_connections = 1000;
  own.timeout = service.timeout;
  own.graceful_timeout = std::chrono::milliseconds{800};  // the master waits for a second
  own.limit_request_body = 0;
  own.quarantine = std::chrono::milliseconds{0};
  own.error_form = ErrorForm::kText;
  own.forwarded_allow_ips.clear();
  own.proc_name = service.proc_name;
  own.errorlog = service.errorlog;
  own.loglevel = service.loglevel;
  own.accesslog.clear();
  return own;
}

}  // namespace orrery::admin
