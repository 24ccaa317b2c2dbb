#include "master/process_title.hpp"

#include <fmt/core.h>

namespace orrery::master {

namespace {

constexpr std::size_t kLongestName = 64, kLongestAddress = 64;

std::string_view class_name(WorkerClass worker_class) {
  switch (worker_class) {
    case WorkerClass::kAsync: return "async";
    case WorkerClass::kSync: return "sync";
    case WorkerClass::kThreads: return "threads";
  }
  return "?";
}

std::string cut_end(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, most - 3) + "...";
}

/// The end of a path tells more than its beginning.
std::string cut_path(const std::string& path, std::size_t most) {
  return path.size() <= most ? path : "..." + path.substr(path.size() - (most - 3));
}

/// " 127.0.0.1:8000", " unix:/run/a.sock +2": the first address, and how many more there are.
std::string shown_addresses(const ListenerSet& listeners) {
  if (listeners.empty()) return "";
  constexpr std::string_view kScheme = "http://", kUnix = "unix:";
  std::string first = listeners.front()->url();
  if (first.starts_with(kScheme)) first.erase(0, kScheme.size());
  if (first.starts_with(kUnix))
    first = std::string{kUnix} + cut_path(first.substr(kUnix.size()), kLongestAddress - kUnix.size());
  return listeners.size() == 1 ? " " + first : fmt::format(" {} +{}", first, listeners.size() - 1);
}

}  // namespace

std::string process_title(const Config& config, const ListenerSet& listeners, std::string_view role,
                          std::string_view more) {
  return fmt::format("{}: {} [{}]{}{}{}", cut_end(config.proc_name, kLongestName), role,
                     class_name(config.worker_class), more.empty() ? "" : " ", more, shown_addresses(listeners));
}

}  // namespace orrery::master
