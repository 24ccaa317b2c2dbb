#include "master/reload_watch.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fmt/core.h>
#include <glob.h>
#include <sys/stat.h>
#include <system_error>

namespace orrery::master {

namespace {

namespace fs = std::filesystem;

/// Without events for this long, it is quiet: a build that writes several files is one change.
constexpr base::Nanoseconds kQuiet = std::chrono::milliseconds{100};
/// Where it is never quiet, because something writes into the same directory all the time.
constexpr base::Nanoseconds kLongest = std::chrono::seconds{2};
/// A directory that is not there is looked for so often: nothing tells that it comes back.
constexpr base::Nanoseconds kAgain = std::chrono::seconds{1};
/// Names in a sentence.
constexpr std::size_t kNamed = 3;

bool has_pattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

std::vector<std::string> matches(const std::string& pattern) {
  if (!has_pattern(pattern)) return {pattern};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return paths;
}

/// What editors and version control leave beside the files that are meant.
bool is_hidden(const fs::path& path) {
  const std::string name = path.filename();
  return name.empty() || name.front() == '.' || name.front() == '#' || name.back() == '~';
}

/// The files below a directory, and in `directories` all that could get another one.
void walk(const fs::path& top, std::set<std::string>& directories, std::vector<std::string>& files) {
  std::error_code failed;
  directories.insert(top);
  for (fs::recursive_directory_iterator at{top, fs::directory_options::skip_permission_denied, failed}, end;
       !failed && at != end; at.increment(failed)) {
    std::error_code ignored;
    const bool directory = at->is_directory(ignored);
    if (is_hidden(at->path())) {
      at.disable_recursion_pending();
    } else if (directory) {
      directories.insert(at->path());
    } else {
      files.push_back(at->path());
    }
  }
}

/// Where `path` lies, and where the file lies that a link of that name leads to.
void add_homes(const std::string& path, std::set<std::string>& directories) {
  const fs::path parent = fs::path{path}.parent_path();
  if (has_pattern(parent)) {
    for (const std::string& one : matches(parent)) directories.insert(one);
    // One more may appear beside them.
    fs::path fixed = parent;
    while (has_pattern(fixed)) fixed = fixed.parent_path();
    directories.insert(fixed);
  } else {
    directories.insert(parent);
  }
  std::error_code failed;
  // Another link in the place of one on the way leads elsewhere.
  for (fs::path at = parent; at.has_relative_path(); at = at.parent_path())
    if (fs::is_symlink(at, failed)) directories.insert(at.parent_path());
  const fs::path real = fs::canonical(path, failed);
  if (!failed) directories.insert(real.parent_path());
}

}  // namespace

Result<ReloadWatch> ReloadWatch::make(Watched watched) {
  auto watch = os::DirectoryWatch::open();
  if (!watch) return fail(watch);
  ReloadWatch made{std::move(*watch)};
  made.aim(std::move(watched));
  return made;
}

void ReloadWatch::aim(Watched watched) {
  watched_ = std::move(watched);
  Prints fresh = look();
  for (const auto& [path, print] : known_)
    if (fresh.contains(path)) fresh[path] = print;
  known_ = std::move(fresh);
}

// Watches first and looks then: what changes in between is told.
ReloadWatch::Prints ReloadWatch::look() {
  std::set<std::string> directories;
  std::vector<std::string> files;
  for (const std::string& path : watched_.application) {
    add_homes(path, directories);
    files.push_back(path);
  }
  for (const std::string& pattern : watched_.extra) {
    add_homes(pattern, directories);
    for (const std::string& path : matches(pattern)) {
      std::error_code failed;
      if (fs::is_directory(path, failed))
        walk(path, directories, files);
      else
        files.push_back(path);
    }
  }
  complete_ = watch_.watch(directories);
  Prints prints;
  for (const std::string& path : files) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) continue;
    prints[path] = {found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
  }
  return prints;
}

bool ReloadWatch::is_written(const std::string& path) const {
  if (written_.empty()) return false;
  std::error_code failed;
  return written_.contains(path) || written_.contains(fs::canonical(path, failed));
}

bool ReloadWatch::application_is_written() const {
  return std::ranges::any_of(watched_.application, [this](const std::string& path) { return is_written(path); });
}

bool ReloadWatch::is_application(const std::string& path) const {
  return std::ranges::find(watched_.application, path) != watched_.application.end();
}

void ReloadWatch::note(const std::vector<os::DirectoryWatch::Change>& changes, base::Monotonic now) {
  using Kind = os::DirectoryWatch::Change::Kind;
  for (const auto& change : changes) {
    if (change.kind == Kind::kBegun)
      written_.insert(change.path);
    else
      written_.erase(change.path);
    if (change.kind == Kind::kDirectory) (void)look();
    if (change.path.empty()) written_.clear();  // the kernel has lost count, perhaps of the end of one
  }
  if (changes.empty()) return;
  if (!first_) first_ = now;
  due_ = std::min(now + kQuiet, *first_ + kLongest);
}

std::vector<std::string> ReloadWatch::changed(base::Monotonic now) {
  note(watch_.take(), now);
  if (!due_ && !complete_) due_ = now + kAgain;
  if (!due_ || now < *due_) return {};
  first_ = due_ = std::nullopt;
  if (application_is_written()) return {};  // its end is an event too
  const bool was_complete = complete_;
  Prints fresh = look();
  if (complete_ && !was_complete) {
    due_ = now + kQuiet;  // what is in a directory that came back may be being written
    return {};
  }
  std::vector<std::string> paths;
  for (const auto& [path, print] : known_) {
    const bool here = fresh.contains(path);
    if (is_written(path) || (!here && is_application(path)))
      fresh[path] = print;
    else if (!here)
      paths.push_back(path);
  }
  for (auto at = fresh.begin(); at != fresh.end();) {
    const auto before = known_.find(at->first);
    if (before == known_.end() && is_written(at->first)) {
      at = fresh.erase(at);
      continue;
    }
    if (before == known_.end() || before->second != at->second) paths.push_back(at->first);
    ++at;
  }
  known_ = std::move(fresh);
  std::ranges::sort(paths);
  return paths;
}

std::string spoken_files(const std::vector<std::string>& paths) {
  std::string text;
  const std::size_t named = paths.size() > kNamed + 1 ? kNamed : paths.size();
  for (std::size_t i = 0; i < named; ++i) {
    if (i > 0) text += i + 1 == paths.size() ? " and " : ", ";
    text += fs::path{paths[i]}.filename();
  }
  if (named < paths.size()) text += fmt::format(" and {} more", paths.size() - named);
  return text;
}

}  // namespace orrery::master
