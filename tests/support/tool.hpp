// Tool: a program that is run to its end, and what it said.
//
// Blocks until the program ends, with a limit after which it is killed. What it prints goes into files of a directory
// of its own, so that nothing it says can make it wait.
#pragma once

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::test {

struct Said {
  int exit = -1;  ///< -1: killed, or it did not end
  std::string output, complaint;
};

inline std::string text_of_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// `environment` is added to this process's; an empty value removes the variable.
inline Said run_tool(const std::string& program, std::vector<std::string> words,
                     const std::vector<std::pair<std::string, std::string>>& environment = {}) {
  const TemporaryDirectory directory;
  const std::string output = directory.file("output"), complaint = directory.file("complaint");
  const pid_t pid = in_child([&] {
    for (const auto& [name, value] : environment)
      value.empty() ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), value.c_str(), 1);
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    ::dup2(::open(complaint.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    return 127;
  });
  const auto status = wait_for(pid);
  Said said;
  if (status && WIFEXITED(*status)) said.exit = WEXITSTATUS(*status);
  said.output = text_of_file(output);
  said.complaint = text_of_file(complaint);
  return said;
}

/// What a command of the shell says, with its errors.
inline std::string said_by(const std::string& command) {
  std::string said;
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> piece{};
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe)) said.append(piece.data(), size);
  ::pclose(pipe);
  return said;
}

}  // namespace orrery::test
