// Foreign: the settings of gunicorn, and what becomes of each here.
//
// Pure and constant. An operator with a gunicorn configuration is told what becomes of a setting, instead of
// being sent to one that only looks alike (`--reload` is not `--reload-strategy`). Asked when a name or flag
// has no row in the table of settings; printed whole into config/FROM_GUNICORN.md. It must never know a
// setting of ours by another name than the table of settings does.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace orrery::config {

/// What becomes of a setting that gunicorn has and this server does not.
enum class Fate : std::uint8_t {
  kOtherName,  ///< it is here, in another way
  kNotNeeded,  ///< what it is for is always so here, or cannot happen
  kPython,     ///< it speaks of Python
  kStricter,   ///< it loosens what is never loose here
  kAbsent,     ///< what it does is not done here
};

struct ForeignSetting {
  std::string_view name;
  std::string_view flags;  ///< "--statsd-host", or several with blanks between them; empty where it has none
  Fate fate;
  std::string_view sentence;  ///< goes on after "`name` is "
};

/// Every setting of gunicorn that has no row in the table of settings.
std::span<const ForeignSetting> foreign_settings();

/// A setting that both have under one name.
struct SharedSetting {
  std::string_view name;
  std::string_view sentence;  ///< how its meaning or default differs from gunicorn's; empty where it does not
};

/// Every setting of gunicorn that has a row in the table of settings.
std::span<const SharedSetting> shared_settings();

/// A sentence on this setting of gunicorn, by its name in a file or its flag (`statsd_host`, `statsd-host`,
/// `--statsd-host`,
/// `-R`); empty when it has none.
std::string_view explain_foreign(std::string_view name);

std::string_view fate_words(Fate fate);

}  // namespace orrery::config
