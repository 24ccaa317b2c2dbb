// Module: an application as a shared object, which the program `orrery` serves: `orrery ./libchat.so -c chat.yaml`.
//
//   orrery::App make_app() { … }
//   ORRERY_APP(make_app)
//
//   c++ -std=c++20 -fPIC -shared chat.cpp -o libchat.so $(pkg-config --cflags orrery-module)
//
// make_app is called in each worker after its fork, and once in the process of --check-config; with `preload_app` once
// in the master instead. What it throws is told as a sentence, and the worker ends with exit code 4. The module links
// no library of Orrery: the program has it. It must have been compiled with the headers of the program's version.
#pragma once

#include <cstdint>

#include "orrery/app.hpp"
#include "orrery/config.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"
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
  bool operator==(const ModuleAbi&) const = default;
};

/// The one symbol that a module shows. Its first two members stay where they are in every version.
struct ModuleEntry {
  std::uint64_t magic = kMagic;
  ModuleAbi abi{};
  App (*make)() = nullptr;
  static constexpr std::uint64_t kMagic = 0x6f72726572790001;  // "orrery", and 1
};

}  // namespace orrery

/// Once in a module, outside of every namespace: the application is what `make_app`, a function without arguments,
/// returns.
#define ORRERY_APP(make_app)                                        \
  extern "C" ORRERY_EXPORT const orrery::ModuleEntry orrery_module; \
  extern "C" const orrery::ModuleEntry orrery_module{               \
      orrery::ModuleEntry::kMagic, {}, [] { return orrery::App{make_app()}; }};
