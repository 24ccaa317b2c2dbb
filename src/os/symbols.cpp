#include "os/symbols.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <memory>
#include <span>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <vector>

#include "base/unique_fd.hpp"

namespace orrery::os {

namespace {

struct Function {
  std::uintptr_t begin = 0;  ///< relative to where the file is loaded
  std::uintptr_t end = 0;
  std::string name;
};

/// The bytes of a file, mapped.
class MappedFile {
 public:
  explicit MappedFile(const char* path) {
    const base::UniqueFd file{::open(path, O_RDONLY | O_CLOEXEC)};
    struct stat about {};
    if (!file || ::fstat(file.get(), &about) != 0 || about.st_size <= 0) return;
    void* memory = ::mmap(nullptr, static_cast<std::size_t>(about.st_size), PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (memory != MAP_FAILED) bytes_ = {static_cast<const char*>(memory), static_cast<std::size_t>(about.st_size)};
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }
  /// `count` of T at `offset`; empty when the file does not reach so far.
  template <class T>
  [[nodiscard]] std::span<const T> at(std::uint64_t offset, std::uint64_t count) const {
    if (offset > bytes_.size() || count > (bytes_.size() - offset) / sizeof(T)) return {};
    return {reinterpret_cast<const T*>(bytes_.data() + offset), static_cast<std::size_t>(count)};
  }

 private:
  std::string_view bytes_;
};

void add_functions(const MappedFile& file, const Elf64_Shdr& table, const Elf64_Shdr& names,
                   std::vector<Function>& functions) {
  const auto text = file.at<char>(names.sh_offset, names.sh_size);
  for (const Elf64_Sym& symbol : file.at<Elf64_Sym>(table.sh_offset, table.sh_size / sizeof(Elf64_Sym))) {
    const bool code = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_size > 0;
    if (!code || symbol.st_name >= text.size()) continue;
    const std::string_view rest{text.data() + symbol.st_name, text.size() - symbol.st_name};
    functions.push_back(
        {symbol.st_value, symbol.st_value + symbol.st_size, std::string{rest.substr(0, rest.find('\0'))}});
  }
}

std::vector<Function> read_functions() {
  std::vector<Function> functions;
  const MappedFile file{"/proc/self/exe"};
  const auto header = file.at<Elf64_Ehdr>(0, 1);
  if (header.empty() || !std::equal(ELFMAG, ELFMAG + SELFMAG, header[0].e_ident)) return functions;
  const auto sections = file.at<Elf64_Shdr>(header[0].e_shoff, header[0].e_shnum);
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type == SHT_SYMTAB && section.sh_link < sections.size())
      add_functions(file, section, sections[section.sh_link], functions);
  }
  std::sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) { return a.begin < b.begin; });
  return functions;
}

/// Null when the executable has no name for it.
const Function* function_at(std::uintptr_t offset) {
  static const std::vector<Function> functions = read_functions();
  auto found = std::upper_bound(functions.begin(), functions.end(), offset,
                                [](std::uintptr_t value, const Function& function) { return value < function.begin; });
  if (found == functions.begin()) return nullptr;
  --found;
  return offset < found->end ? &*found : nullptr;
}

std::string readable(const char* name) {
  const std::unique_ptr<char, decltype(&std::free)> text{abi::__cxa_demangle(name, nullptr, nullptr, nullptr),
                                                         std::free};
  return text ? spoken_name(text.get()) : name;
}

}  // namespace

std::string spoken_name(std::string_view demangled) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)::";
  constexpr std::string_view kCall = "operator()";
  // Their brackets belong to the name.
  constexpr std::array<std::string_view, 4> kOperators{"operator<=>", "operator<<", "operator<", "operator->"};
  std::string name;
  int inside = 0;  // of parameters and template arguments
  for (std::size_t i = 0; i < demangled.size(); ++i) {
    const std::string_view rest = demangled.substr(i);
    const auto own = std::find_if(kOperators.begin(), kOperators.end(),
                                  [&](std::string_view text) { return rest.starts_with(text); });
    if (rest.starts_with(kAnonymous)) {
      i += kAnonymous.size() - 1;
    } else if (rest.starts_with(kCall)) {
      if (inside == 0) name += "operator";
      i += kCall.size() - 1;
    } else if (own != kOperators.end()) {
      if (inside == 0) name += *own;
      i += own->size() - 1;
    } else if (rest[0] == '(' || rest[0] == '<') {
      ++inside;
    } else if (rest[0] == ')' || rest[0] == '>') {
      --inside;
    } else if (inside == 0) {
      name += rest[0];
    }
  }
  name.resize(std::min(name.size(), name.find(" [clone")));
  if (name.ends_with(" const")) name.resize(name.size() - 6);
  const std::size_t blank = name.find(' ');
  return blank == std::string::npos || name.find("operator") < blank ? name : name.substr(blank + 1);
}

std::string symbol_at(std::uintptr_t address) {
  Dl_info info{};
  Dl_info own{};
  if (::dladdr(reinterpret_cast<void*>(address), &info) == 0) return fmt::format("{:#x}", address);
  const std::uintptr_t offset = address - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
  ::dladdr(reinterpret_cast<void*>(&symbol_at), &own);
  if (info.dli_fbase == own.dli_fbase) {
    if (const Function* function = function_at(offset))
      return fmt::format("{}+{:#x}", readable(function->name.c_str()), offset - function->begin);
  }
  if (info.dli_sname != nullptr) {
    const auto begin = reinterpret_cast<std::uintptr_t>(info.dli_saddr);
    return fmt::format("{}+{:#x}", readable(info.dli_sname), address - begin);
  }
  const std::string_view path{info.dli_fname};
  return fmt::format("{}+{:#x}", path.substr(path.rfind('/') + 1), offset);
}

}  // namespace orrery::os
