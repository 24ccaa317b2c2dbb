#include "os/title.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orrery::os {

namespace {

// Process-wide by nature: the area is one per process and the kernel, not we, decides where it lies.
struct TitleArea {
  char* begin = nullptr;
  std::size_t arguments = 0;  // the first bytes, of which nothing may stay
  std::size_t size = 0;       // with the environment behind them
  std::size_t written = 0;
};
TitleArea g_area;  // NOLINT(*-avoid-non-const-global-variables)

struct Bounds {
  std::uintptr_t arguments_begin = 0, arguments_end = 0, environment_begin = 0, environment_end = 0;
};

// Fields 48-51 of proc(5) stat; counted from behind the last ')' since the command name may hold anything.
std::optional<Bounds> read_bounds() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 48; ++field) fields >> skipped;
  Bounds bounds;
  fields >> bounds.arguments_begin >> bounds.arguments_end >> bounds.environment_begin >> bounds.environment_end;
  const bool sane = fields && bounds.arguments_begin != 0 && bounds.arguments_begin < bounds.arguments_end &&
                    bounds.arguments_end <= bounds.environment_begin &&
                    bounds.environment_begin <= bounds.environment_end;
  return sane ? std::optional{bounds} : std::nullopt;
}

std::vector<std::string> read_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

bool is_this_binary(const std::string& path) {
  struct stat named {};
  struct stat running {};
  return ::stat(path.c_str(), &named) == 0 && ::stat("/proc/self/exe", &running) == 0 &&
         named.st_dev == running.st_dev && named.st_ino == running.st_ino;
}

// Where the shell found it; symbolic links stay in the path, since a new release often is a link that points elsewhere.
std::string path_as_started(const std::string& name, const std::string& directory) {
  if (name.empty()) return "";
  if (name[0] == '/') return name;
  if (name.find('/') != std::string::npos) return directory + '/' + name;
  const char* search = std::getenv("PATH");
  std::istringstream directories(search != nullptr ? search : "");
  for (std::string entry; std::getline(directories, entry, ':');) {
    if (entry.empty() || entry[0] != '/') entry = directory + '/' + entry;
    if (is_this_binary(entry + '/' + name)) return entry + '/' + name;
  }
  return "";
}

// Resolved now, while the directory still is the one it was started in; /proc/self/exe says "(deleted)" once a new
// build has replaced the file.
std::string find_binary(const std::string& name, const std::string& directory) {
  std::string started = path_as_started(name, directory);
  if (!started.empty() && is_this_binary(started)) return started;
  char path[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : std::string{};
}

std::string current_directory() {
  char path[PATH_MAX];
  return ::getcwd(path, sizeof path) != nullptr ? path : "";
}

// Never freed: the environment must outlive everything, static destructors included. Kept reachable, since unsetenv
// forgets what it takes out.
void move_environment(const std::vector<std::string>& entries) {
  static auto* const kept = new std::vector<std::string>(entries);
  static auto* const moved = new std::vector<char*>;
  for (std::string& entry : *kept) moved->push_back(entry.data());
  moved->push_back(nullptr);
  environ = moved->data();
}

void free_area() {
  const auto bounds = read_bounds();
  // Of a program that runs inside another one (valgrind, qemu) the kernel knows that one's command line.
  const auto name = reinterpret_cast<std::uintptr_t>(program_invocation_name);
  if (!bounds || name < bounds->arguments_begin || name >= bounds->arguments_end) return;
  program_invocation_name = ::strdup(program_invocation_name);
  program_invocation_short_name = ::strdup(program_invocation_short_name);
  const bool adjacent = bounds->environment_begin - bounds->arguments_end <= 1;
  const std::uintptr_t end = adjacent ? bounds->environment_end : bounds->arguments_end;
  g_area.begin = reinterpret_cast<char*>(bounds->arguments_begin);  // NOLINT(performance-no-int-to-ptr)
  g_area.arguments = bounds->arguments_end - bounds->arguments_begin;
  g_area.size = end - bounds->arguments_begin;
}

Invocation take_invocation() {
  Invocation invocation{read_arguments(), {}, {}, current_directory()};
  invocation.binary = find_binary(invocation.arguments.empty() ? "" : invocation.arguments[0], invocation.directory);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    invocation.environment.emplace_back(*entry);
  }
  move_environment(invocation.environment);
  free_area();
  return invocation;
}

}  // namespace

const Invocation& save_invocation() {
  static const Invocation saved = take_invocation();
  return saved;
}

void set_title(std::string_view title) {
  ::prctl(PR_SET_NAME, std::string(title.substr(0, 15)).c_str());
  if (g_area.size < 2) return;
  std::size_t length = std::min(title.size(), g_area.size - 1);
  // A half address would name another one.
  const std::size_t blank = length < title.size() ? title.rfind(' ', length) : std::string_view::npos;
  if (blank != std::string_view::npos && blank > length / 2) length = blank;
  std::memcpy(g_area.begin, title.data(), length);
  const std::size_t end = std::max({length + 1, g_area.arguments, g_area.written});
  std::memset(g_area.begin + length, 0, end - length);
  g_area.written = length + 1;
}

}  // namespace orrery::os
