#include "module.hpp"

#include <cstdint>
#include <dlfcn.h>
#include <fmt/core.h>
#include <string_view>

#include "orrery/module.hpp"

#include "base/thrown.hpp"

namespace orrery {

namespace {

/// What dlopen says begins with the copy's name, which tells nobody anything.
std::string loader_says(const os::SealedFile& copy) {
  const char* const said = ::dlerror();
  std::string text = said != nullptr ? said : "it does not say why";
  const std::string prefix = copy.path() + ": ";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return text;
}

std::string shown(std::uint32_t version) {
  return fmt::format("{}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

std::string mismatch(const std::string& name, const ModuleAbi& found) {
  const ModuleAbi ours;
  if (found.headers != ours.headers)
    return fmt::format("{} was compiled with the headers of Orrery {}, and this is {}: compile it anew", name,
                       shown(found.headers), shown(ours.headers));
  return fmt::format(
      "{} was compiled with another standard library, or with other options, than this program: its objects have "
      "another form",
      name);
}

}  // namespace

Result<Module> Module::load(const os::SealedFile& copy, const std::string& name) {
  void* const library = ::dlopen(copy.path().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(fmt::format("cannot load {}: {}", name, loader_says(copy)));
  const auto* const entry = static_cast<const ModuleEntry*>(::dlsym(library, "orrery_module"));
  if (entry == nullptr || entry->magic != ModuleEntry::kMagic)
    return fail(fmt::format("{} is no application of Orrery: it has no ORRERY_APP(make_app)", name));
  if (!(entry->abi == ModuleAbi{})) return fail(mismatch(name, entry->abi));
  return Module{*entry, name};
}

Result<App> Module::make(const sections::Sources& sources) const {
  try {
    auto app = entry_->make(sources);
    if (!app) return fail(fmt::format("{}: {}", name_, app.error().message));
    return app;
  } catch (...) {
    return fail(fmt::format("{} cannot make its application: {}", name_, base::describe_exception()));
  }
}

}  // namespace orrery
