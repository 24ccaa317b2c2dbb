#include "config/manual.hpp"

#include <fmt/core.h>
#include <string_view>

#include "config/commands.hpp"
#include "config/number.hpp"
#include "config/reference.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

namespace orrery::config {
namespace {

/// Text as roff: what stands in backquotes is bold, dashes are the keyboard's, and no line is taken for a request.
std::string roff(std::string_view text) {
  std::string out;
  bool bold = false;
  for (const char c : text) {
    if (c == '`') {
      out += bold ? "\\fR" : "\\fB";
      bold = !bold;
      continue;
    }
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += fmt::format("\\&{}", c);
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '^') {
      out += "\\(ha";
    } else {
      out += c;
    }
  }
  return out;
}

constexpr std::string_view kCommandsStart = R"(.SH COMMANDS
A first word instead of a flag makes the program the operator's tool. It asks the admin process of a service
that runs, and serves nothing; \fBmigrate\fR asks none.
)";

constexpr std::string_view kCommandsEnd = R"(.PP
The admin process is looked for at \fB\-\-socket\fR, \fB\-\-url\fR, \fBORRERY_ADMIN\fR, at what \fBadmin\fR of the
configuration says, and then as \fIadmin.sock\fR in \fB$RUNTIME_DIRECTORY\fR and \fI/run/orrery\fR, and as
\fIorrery\-admin.sock\fR in \fB$XDG_RUNTIME_DIR\fR.
.PP
Exit status of a command: 0 done, 1 refused or failed, 2 a wrong command line, 3 the admin process cannot be
reached. That of \fBmigrate\fR: 0 all was understood, 1 something is left for a hand, 2 a wrong command line.
)";

std::string page_start(std::string_view name, int section, const std::string& version) {
  return fmt::format(
      ".\\\" Made from the settings table in src/config/settings.cpp.\n"
      ".TH {} {} \"\" \"Orrery {}\" \"Orrery\"\n",
      name, section, roff(version));
}

std::string flags_line(const Setting& setting) {
  std::string line;
  if (setting.letter != 0) line = fmt::format("\\fB\\-{}\\fR", setting.letter);
  for (const auto flag : setting.flags) line += fmt::format("{}\\fB\\-\\-{}\\fR", line.empty() ? "" : ", ", roff(flag));
  if (!setting.placeholder.empty()) line += fmt::format(" \\fI{}\\fR", setting.placeholder);
  return line;
}

std::string sentence(std::string_view text) {
  std::string out = roff(text);
  if (!out.empty() && out.back() != '.') out += '.';
  return out + '\n';
}

std::string options() {
  std::string out;
  const auto row = [&](const Setting& setting) {
    out += fmt::format(".TP\n{}\n{}", flags_line(setting), sentence(summary(setting)));
    if (!is_command(setting)) out += sentence(fmt::format("Default: {}", default_text(setting)));
  };
  for_each_by_group([&](Group group) { out += fmt::format(".SS {}\n", group_title(group)); }, row);
  return out;
}

std::string command_entries() {
  std::string out = std::string{kCommandsStart};
  for (const Command& command : commands())
    out += fmt::format(".TP\n\\fB{}{}\\fR {}\n{}", command.under_ctl ? "ctl " : "", roff(command.name),
                       roff(command.operands), sentence(command.doc));
  out += ".SS Options of the commands\n";
  for (const CommandOption& option : command_options()) {
    const std::string letter = option.letter == 0 ? "" : fmt::format("\\fB\\-{}\\fR, ", option.letter);
    out += fmt::format(".TP\n{}\\fB\\-\\-{}\\fR{}\n{}", letter, roff(option.name),
                       option.placeholder.empty() ? "" : fmt::format(" \\fI{}\\fR", option.placeholder),
                       sentence(option.doc));
  }
  return out + std::string{kCommandsEnd};
}

std::string file_entry(const Setting& setting) {
  std::string out = fmt::format(".TP\n.B {}\n{}", roff(setting.name), sentence(setting.doc));
  out += fmt::format(".br\n{}", sentence(fmt::format("Default: {}", default_text(setting))));
  if (const auto range = describe_range(setting); !range.empty())
    out += sentence(fmt::format("Values: {}{}{}{}", range, setting.unit.empty() ? "" : " (", setting.unit,
                                setting.unit.empty() ? "" : ")"));
  if (!setting.environment.empty()) out += sentence(fmt::format("Environment: `{}`", setting.environment));
  return out + sentence(fmt::format("On reload: {}", impact_sentence(setting.impact)));
}

constexpr std::string_view kProgramStart = R"(.SH NAME
orrery \- pre\-forking web server
.SH SYNOPSIS
.B orrery
[\fB\-c\fR \fIFILE\fR]
[\fIFLAGS\fR]
.br
.B orrery ctl
[\fIOPTIONS\fR] \fICOMMAND\fR
.br
.B orrery top\fR|\fBplan\fR|\fBdoctor
[\fIOPTIONS\fR]
.br
.B orrery migrate gunicorn
\fIFILE\fR|\fICOMMAND\fR...
.SH DESCRIPTION
.B orrery
serves HTTP/1.1. A master reads the configuration, opens the sockets, starts workers that share them, and
replaces workers that die or stand still. Setting names, flags and signals are those of gunicorn. The program
that is installed serves the positions of Sun, Moon and planets; the same command line is that of every program
made with the library.
.PP
Weakest to strongest: defaults; the variables \fBWEB_CONCURRENCY\fR, \fBPORT\fR and \fBFORWARDED_ALLOW_IPS\fR; the file;
the variable \fBORRERY_CMD_ARGS\fR; the command line.
.PP
A TIME is in seconds or has a unit: 500ms, 10s, 2m, 1h. A SIZE is in bytes or has a unit: 64k, 1m, 2g.
.SH OPTIONS
)";

constexpr std::string_view kProgramEnd = R"page(.SH SIGNALS
Sent to the master.
.TP
.B TERM
Stop gracefully: requests in flight are answered, within \fBgraceful_timeout\fR.
.TP
.BR INT ", " QUIT
Stop quickly.
.TP
.B HUP
Read the configuration again and replace the workers. A bad file changes nothing.
.TP
.B USR2
Upgrade: run the binary that lies on disk, and leave when it serves. No request is lost.
.TP
.BR TTIN ", " TTOU
One worker more, one less.
.TP
.B USR1
Open the log files again.
.TP
.B WINCH
Retire all workers and wait for \fBHUP\fR.
.SH ENVIRONMENT
.TP
.B WEB_CONCURRENCY
The number of workers.
.TP
.B PORT
The port, on all addresses of IPv4.
.TP
.B FORWARDED_ALLOW_IPS
The proxies that are believed.
.TP
.B ORRERY_CMD_ARGS
Flags, as on the command line.
.TP
.B ORRERY_ADMIN
Where the commands find the admin process: a path, or \fIhttp://HOST:PORT\fR.
.TP
.B NO_COLOR
Where it is set, log lines have no colour.
.SH FILES
.TP
.I /etc/orrery/planets.yaml
The configuration of the service that is installed.
.SH EXIT STATUS
.TP
.B 0
Stopped as asked.
.TP
.B 1
A failure while it ran.
.TP
.B 2
A bad configuration or command line.
.TP
.B 3
Workers could not boot.
.TP
.B 4
The application failed to start.
.SH EXAMPLES
.EX
orrery \-c /etc/orrery/planets.yaml \-\-check\-config
orrery \-c /etc/orrery/planets.yaml \-w 4 \-b 0.0.0.0:8000
orrery ctl status
orrery ctl reload && orrery ctl events
orrery migrate gunicorn Procfile gunicorn.conf.py > orrery.yaml
kill \-HUP "$(cat /run/orrery.pid)"
.EE
.SH SEE ALSO
.BR orrery.yaml (5)
)page";

constexpr std::string_view kFileStart = R"(.SH NAME
orrery.yaml \- configuration of orrery
.SH DESCRIPTION
A YAML file of lines \fIname\fB:\fR \fIvalue\fR, given to
.BR orrery (1)
with \fB\-c\fR. Times are in seconds or have a unit (500ms, 10s, 2m, 1h); sizes are in bytes or have one (64k,
1m, 2g); switches are \fBtrue\fR or \fBfalse\fR; a list stands in brackets or has a line for each entry. A
mapping under a name that begins with \fBx\-\fR is no setting but a place for an anchor.
.PP
In a value \fB${NAME}\fR is what the variable NAME of the environment holds, \fB${NAME:\-default}\fR the default
where it is not set or empty, and \fB$$\fR a dollar sign. A variable that is not set and has no default is a mistake.
.PP
.B orrery \-c FILE \-\-check\-config
tells what is wrong with a file, with line and column, and changes nothing.
)";

constexpr std::string_view kFileEnd = R"(.SH EXAMPLES
.EX
bind: 0.0.0.0:8000
workers: auto
graceful_timeout: 25s
accesslog: /var/log/orrery/access.log
.EE
.SH SEE ALSO
.BR orrery (1)
)";

}  // namespace

std::string render_program_page(const std::string& version) {
  return page_start("ORRERY", 1, version)
      .append(kProgramStart)
      .append(options())
      .append(command_entries())
      .append(kProgramEnd);
}

std::string render_file_page(const std::string& version) {
  std::string out = page_start("ORRERY.YAML", 5, version).append(kFileStart);
  for_each_by_group([&](Group group) { out += fmt::format(".SH {}\n", group_title(group)); },
                    [&](const Setting& setting) { out += file_entry(setting); },
                    [](const Setting& setting) { return !is_command(setting); });
  return out.append(kFileEnd);
}

}  // namespace orrery::config
