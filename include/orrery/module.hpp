// Module: an application as a shared object, which the program `orrery` serves: `orrery ./libchat.so -c chat.yaml`.
//
//   orrery::App make_app() { … }
//   ORRERY_APP(make_app)
//
//   c++ -std=c++20 -fPIC -shared chat.cpp -o libchat.so $(pkg-config --cflags orrery-module)
//
// make_app is called in each worker after its fork, and once in the process of --check-config; with `preload_app` in
// the master instead. What it throws is told as a sentence, and the worker ends with exit code 4. The module links no
// library of Orrery: the program has it. It must have been compiled with the headers of the program's version.
//
// ORRERY_APP(section(), make_app) is one with settings of its own (section.hpp), which make_app gets. They are read
// where it is called: in each worker, with its rights, so a Secret's file must be the workers' to read, and its path
// whole.
#pragma once

#include <cstdint>

#include "orrery/app.hpp"
#include "orrery/config.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"
#include "orrery/result.hpp"
#include "orrery/section.hpp"
#include "orrery/version.hpp"

namespace orrery {

/// What the program and a module must have alike, so that each understands the other's objects. Of numbers only: they
/// are part of the module's data, and no symbol of the program could stand for them.
struct ModuleAbi {
  std::uint32_t headers = ORRERY_VERSION_NUMBER;
#ifdef _GLIBCXX_USE_CXX11_ABI
  std::uint32_t strings = _GLIBCXX_USE_CXX11_ABI;
#else
  std::uint32_t strings = 2;
#endif
  std::uint32_t app = sizeof(App);
  std::uint32_t config = sizeof(Config);
  std::uint32_t route = sizeof(Route);
  std::uint32_t response = sizeof(Response);
  std::uint32_t request = sizeof(Request);
  std::uint32_t settings = sizeof(sections::Sources);
  bool operator==(const ModuleAbi&) const = default;
};

/// The one symbol that a module shows. Its first two members stay where they are in every version.
struct ModuleEntry {
  std::uint64_t magic = kMagic;
  ModuleAbi abi{};
  /// Of what the configuration says for the application; fails with a sentence.
  Result<App> (*make)(const sections::Sources&) = nullptr;
  static constexpr std::uint64_t kMagic = 0x6f72726572790001;  // "orrery", and 1
};

namespace modules {

template <class Make>
Result<App> make(const sections::Sources& sources, const Make& make_app) {
  if (!sources.given.empty())
    return fail(sources.given.front().name_where + ": the application has no settings of its own; remove them");
  return App{make_app()};
}

template <class T, class Make>
Result<App> make(const sections::Sources& sources, const Section<T>& section, const Make& make_app) {
  const auto settings = sections::read(section.table(), sources);
  if (!settings) return fail(settings);
  return App{make_app(*static_cast<const T*>(settings->get()))};
}

}  // namespace modules

}  // namespace orrery

/// Once in a module, outside of every namespace: the application is what `make_app` returns, a function without
/// arguments, or, behind a Section, one that takes its settings.
#define ORRERY_APP(...)                                                                                              \
  extern "C" ORRERY_EXPORT const orrery::ModuleEntry orrery_module;                                                  \
  extern "C" const orrery::ModuleEntry orrery_module{                                                                \
      orrery::ModuleEntry::kMagic, {}, [](const orrery::sections::Sources& sources) -> orrery::Result<orrery::App> { \
        return orrery::modules::make(sources, __VA_ARGS__);                                                          \
      }};
