#include "os/build_id.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <link.h>
#include <optional>
#include <vector>

#include "base/unique_fd.hpp"

namespace orrery::os {

namespace {

using FileHeader = ElfW(Ehdr);
using ProgramHeader = ElfW(Phdr);
using NoteHeader = ElfW(Nhdr);

constexpr std::size_t kLongestNotes = 64 * 1024;
constexpr std::size_t kMostSegments = 64;

/// What of `size` bytes at `offset` there is.
std::string read_at(int file, std::size_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t got = ::pread(file, bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return bytes;
}

template <class T>
std::optional<T> take(std::string_view bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::string in_digits(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) fmt::format_to(std::back_inserter(digits), "{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

constexpr std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

/// Of a segment of notes: name and description of each are padded to four bytes.
std::string find_build_id(std::string_view notes) {
  for (std::size_t at = 0; const auto note = take<NoteHeader>(notes, at);) {
    const std::size_t name = at + sizeof(NoteHeader);
    const std::size_t description = name + padded(note->n_namesz);
    if (description > notes.size() || note->n_descsz > notes.size() - description) return {};
    const bool gnu = note->n_namesz == 4 && notes.substr(name, 4) == std::string_view{"GNU\0", 4};
    if (gnu && note->n_type == NT_GNU_BUILD_ID) return in_digits(notes.substr(description, note->n_descsz));
    at = description + padded(note->n_descsz);
  }
  return {};
}

bool is_ours(const FileHeader& header) {
  const auto own = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  return std::equal(ELFMAG, ELFMAG + SELFMAG, header.e_ident) && header.e_ident[EI_CLASS] == own &&
         header.e_phentsize == sizeof(ProgramHeader);
}

}  // namespace

std::string build_id(const std::string& path) {
  const base::UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!file) return {};
  const auto header = take<FileHeader>(read_at(file.get(), 0, sizeof(FileHeader)), 0);
  if (!header || !is_ours(*header)) return {};
  const std::size_t count = std::min<std::size_t>(header->e_phnum, kMostSegments);
  const std::string segments = read_at(file.get(), header->e_phoff, count * sizeof(ProgramHeader));
  for (std::size_t i = 0; i < count; ++i) {
    const auto segment = take<ProgramHeader>(segments, i * sizeof(ProgramHeader));
    if (!segment || segment->p_type != PT_NOTE) continue;
    const std::string notes =
        read_at(file.get(), segment->p_offset, std::min<std::size_t>(segment->p_filesz, kLongestNotes));
    if (std::string id = find_build_id(notes); !id.empty()) return id;
  }
  return {};
}

std::string spoken_build_id(std::string_view id) {
  return id.empty() ? "without a build id" : fmt::format("build {}", id);
}

}  // namespace orrery::os
