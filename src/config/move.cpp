#include "config/move.hpp"

#include <fmt/core.h>
#include <string_view>

#include "config/foreign.hpp"

namespace orrery::config {
namespace {

constexpr std::string_view kStart = R"(# From gunicorn

<!-- Made from the tables in src/config; do not edit. To make it anew:
     build/debug/settings_reference gunicorn > config/FROM_GUNICORN.md -->

New code comes with a new binary: `USR2` runs it, `HUP` only reads the configuration again.

`orrery migrate gunicorn FILE|COMMAND... > orrery.yaml` writes the settings file: give it the Procfile, Dockerfile,
unit, manifest, `gunicorn.conf.py` or command line of the service. A comment stands above each line that means
something else; what has no counterpart is listed at the end. Then ask `orrery -c orrery.yaml --check-config`.

Both know all {} settings of gunicorn 26.1 by name and by flag.

## The same name, another meaning or default

| setting | here |
| --- | --- |
)";

/// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string flags_cell(std::string_view flags) { return flags.empty() ? "" : fmt::format("`{}`", flags); }

}  // namespace

std::string render_move() {
  std::string out = fmt::format(kStart, shared_settings().size() + foreign_settings().size());
  std::string same;
  for (const SharedSetting& row : shared_settings()) {
    if (row.sentence.empty()) {
      same += fmt::format("{}`{}`", same.empty() ? "" : " ", row.name);
    } else {
      out += fmt::format("| `{}` | {} |\n", row.name, cell(row.sentence));
    }
  }
  out += fmt::format("\n## The same name, the same meaning\n\n{}\n", same);
  out += "\n## What gunicorn alone has\n\n| setting | flags | | it is |\n| --- | --- | --- | --- |\n";
  for (const ForeignSetting& row : foreign_settings())
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.name, flags_cell(row.flags), fate_words(row.fate),
                       cell(row.sentence));
  return out;
}

}  // namespace orrery::config
