#include "migrate/source.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <ios>
#include <system_error>
#include <utility>

#include "base/lower_case.hpp"
#include "config/expansion.hpp"
#include "migrate/conf_file.hpp"
#include "migrate/dockerfile.hpp"
#include "migrate/manifest.hpp"
#include "migrate/plain_files.hpp"
#include "migrate/text_lines.hpp"
#include "migrate/unit.hpp"

namespace orrery::migrate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = 1024 * 1024;
constexpr std::array kTemplateEndings{".j2", ".jinja", ".jinja2", ".tmpl", ".template", ".templ", ".in", ".example"};
constexpr std::string_view kOwnFile = "gunicorn.conf.py";

std::string plain_name(std::string_view path) {
  std::string name = base::lower_case(path.substr(path.rfind('/') + 1));
  for (const std::string_view ending : kTemplateEndings)
    if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
  return name;
}

/// Whether a line begins with `word`, in whatever letters.
bool begins_a_line(std::string_view text, std::string_view word) {
  return std::ranges::any_of(cut_lines(text, Joining::kNone),
                             [&](const TextLine& line) { return base::lower_case(line.text).starts_with(word); });
}

Kind recognise_content(std::string_view text) {
  if (text.starts_with("#!")) {
    const auto first = text.substr(0, text.find('\n'));
    return first.ends_with("sh")                            ? Kind::kShellScript
           : first.find("python") != std::string_view::npos ? Kind::kConfFile
                                                            : Kind::kUnknown;
  }
  if (begins_a_line(text, "[program:")) return Kind::kSupervisor;
  if (begins_a_line(text, "[service]") || begins_a_line(text, "[socket]")) return Kind::kUnit;
  if (begins_a_line(text, "from ") && (begins_a_line(text, "cmd") || begins_a_line(text, "entrypoint")))
    return Kind::kDockerfile;
  if (begins_a_line(text, "gunicorn_cmd_args=")) return Kind::kVariables;
  return Kind::kUnknown;
}

Result<std::string> read_text(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return fail(fmt::format("{} is no file that can be read", path));
  if (fs::file_size(path, error) > kLargest) return fail(fmt::format("{} is larger than 1 MiB", path));
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargest, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) return fail(fmt::format("{} cannot be read", path));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::equivalent(a, b, error);
}

/// Where a path that `from` names may lie: as it is written, and beside `from`.
std::string find_beside(const std::string& path, const std::string& from) {
  const std::string beside = (fs::path{from}.parent_path() / path).string();
  std::error_code error;
  for (const std::string& candidate : {path, beside})
    if (fs::is_regular_file(candidate, error)) return candidate;
  return "";
}

/// "dir/Procfile:3" is a place in dir/Procfile.
std::string file_of(const std::string& where) { return where.substr(0, where.rfind(':')); }

class NamedFiles {
 public:
  NamedFiles(const std::vector<std::string>& given, Findings& findings) : seen_(given), findings_(findings) {}

  void read() {
    // A settings file names no other, so the list does not grow meanwhile.
    const auto files = findings_.files;
    for (const auto& [path, where] : files) read_named(path, where);
    if (!files.empty() || findings_.command.empty()) return;
    const std::string own = find_beside(std::string{kOwnFile}, file_of(findings_.command_where));
    if (!own.empty()) read_once(own);
  }

 private:
  void read_named(std::string path, const std::string& where) {
    const auto expanded = config::expand(path, {});
    if (expanded && expanded->variables.empty()) path = expanded->text;
    if (path.starts_with("file:")) path.erase(0, 5);
    const std::string found = find_beside(path, file_of(where));
    if (!found.empty()) return read_once(found);
    const bool given = std::ranges::any_of(
        seen_, [&](const std::string& one) { return fs::path{one}.filename() == fs::path{path}.filename(); });
    if (given) return;
    const bool module = path.starts_with("python:");
    findings_.left.push_back({where, module
                                         ? fmt::format("the settings of `{}` are a Python module; give its file", path)
                                         : fmt::format("the settings file {} is not here; give it too", path)});
  }

  void read_once(const std::string& path) {
    if (std::ranges::any_of(seen_, [&](const std::string& one) { return is_same_file(one, path); })) return;
    seen_.push_back(path);
    if (auto done = read_source(path, findings_); !done) findings_.left.push_back({path, done.error().message});
  }

  std::vector<std::string> seen_;
  Findings& findings_;
};

}  // namespace

Kind recognise(std::string_view path, std::string_view text) {
  const std::string name = plain_name(path);
  if (name.starts_with("procfile")) return Kind::kProcfile;
  if (name.find("dockerfile") != std::string::npos || name == "containerfile") return Kind::kDockerfile;
  if (name.ends_with(".service") || name.ends_with(".socket")) return Kind::kUnit;
  if (name.ends_with(".yml") || name.ends_with(".yaml") || name.ends_with(".json")) return Kind::kManifest;
  if (name.ends_with(".py")) return Kind::kConfFile;
  if (name.ends_with(".sh")) return Kind::kShellScript;
  if (name.ends_with(".env")) return Kind::kVariables;
  const Kind kind = recognise_content(text);
  // gunicorn takes a settings file of any name.
  const bool conf = name.find("gunicorn") != std::string::npos && (name.ends_with(".conf") || name.ends_with(".cfg"));
  return kind == Kind::kUnknown && conf ? Kind::kConfFile : kind;
}

Result<void> read_source(const std::string& path, Findings& findings) {
  const auto text = read_text(path);
  if (!text) return fail(text);
  switch (recognise(path, *text)) {
    case Kind::kProcfile: read_procfile(*text, path, findings); return {};
    case Kind::kDockerfile: read_dockerfile(*text, path, findings); return {};
    case Kind::kUnit: read_unit(*text, path, findings); return {};
    case Kind::kSupervisor: read_supervisor(*text, path, findings); return {};
    case Kind::kConfFile: read_conf_file(*text, path, findings); return {};
    case Kind::kShellScript: read_shell_script(*text, path, findings); return {};
    case Kind::kVariables: read_variables_file(*text, path, findings); return {};
    case Kind::kManifest:
      if (auto done = read_manifest(*text, path, findings); !done)
        return fail(fmt::format("{}: {}", path, done.error().message));
      return {};
    case Kind::kUnknown: break;
  }
  return fail(
      fmt::format("{} is of no kind that is known here: Procfile, Dockerfile, systemd unit, supervisord, compose, "
                  "Kubernetes, Ansible, shell script, file of variables (.env), or gunicorn's settings (.py)",
                  path));
}

void read_named_files(const std::vector<std::string>& given, Findings& findings) { NamedFiles(given, findings).read(); }

}  // namespace orrery::migrate
