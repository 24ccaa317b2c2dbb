// Reading parts of open files: what stands in for sendfile(2) where the kernel cannot send the bytes itself.
//
// A transport that changes bytes on their way (TLS) reads them by read_part() and sends what it made of them; plain
// connections read only small pieces. Any process, any thread; a read that may wait for a disk says so by its name.
#pragma once

#include <cstddef>
#include <cstdint>

#include "orrery/open_file.hpp"

namespace orrery::base {

/// What a read returns where the file ends before its part does.
constexpr long kFileEnded = 0;

/// Reads the next bytes of `part`, at most `most`, and takes them off it. How many; kFileEnded; or a negative errno.
/// Waits for the disk where it must.
long read_part(FilePart& part, char* to, std::size_t most);

/// The same, but returns -EAGAIN rather than to wait for a disk; -EOPNOTSUPP where the file system cannot tell.
long read_part_in_memory(FilePart& part, char* to, std::size_t most);

/// Whether the first and the last of the next `size` bytes are in memory, or lie behind the file's end: then those
/// between them are as well, since files are read ahead in order. False also where the file system cannot tell.
bool is_in_memory(const FilePart& part, std::size_t size);

/// Brings the next `size` bytes into memory and has those behind them begun with. Waits for the disk. 0 or a negative
/// errno.
int read_ahead(const FilePart& part, std::size_t size);

}  // namespace orrery::base
