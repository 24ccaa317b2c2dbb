// Symbols: what function an address belongs to, in this process and in those forked from it.
//
// Reads the symbol table of the executable once, when the first name is asked for: backtrace_symbols() knows exported
// functions only, and hardly any of ours is. A stripped executable, and every library, falls back to what dladdr tells,
// and to the offset in the file (for addr2line). Master only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::os {

/// "orrery::worker::Runtime::run+0x1f"; "libc.so.6+0x4f2a0"; "0x7ffd1234".
std::string symbol_at(std::uintptr_t address);

/// A C++ function's name as a person says it: without return type, parameters, template arguments and anonymous
/// namespaces.
std::string spoken_name(std::string_view demangled);

}  // namespace orrery::os
