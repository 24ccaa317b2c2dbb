#include "support/corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace orrery::test {

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first word of `line`, which loses it and the space behind it.
std::string take_word(std::string& line) {
  const std::size_t end = line.find(' ');
  std::string word = line.substr(0, end);
  line.erase(0, end == std::string::npos ? end : end + 1);
  return word;
}

void read_expectation(const std::string& text, WireCase& wire) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::string keyword = take_word(line);
    if (keyword == "request") {
      ExpectedRequest request;
      request.method = take_word(line);
      request.target = decode_wire(line);
      wire.requests.push_back(std::move(request));
    } else if (keyword == "status") {
      while (!line.empty()) wire.statuses.push_back(std::stoi(take_word(line)));
    } else if (keyword == "reject") {
      wire.reject = line;
    } else if (keyword == "end") {
      wire.end = line;
    } else if (keyword == "header_map" || keyword == "encoded_slash" || keyword == "http2") {
      wire.setting = keyword + " " + line;
    } else if (!wire.requests.empty()) {
      wire.requests.back().lines.emplace_back(keyword, decode_wire(line));
    } else {
      throw std::runtime_error(wire.name + ": what is `" + keyword + "`?");
    }
  }
}

}  // namespace

std::string decode_wire(std::string_view text) {
  std::string bytes;
  bool line_begins = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (line_begins && c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    line_begins = c == '\n';
    if (c == '\n') continue;
    if (c != '\\') {
      bytes += c;
      continue;
    }
    const char escape = ++i < text.size() ? text[i] : '\0';
    switch (escape) {
      case 'r': bytes += '\r'; break;
      case 'n': bytes += '\n'; break;
      case 't': bytes += '\t'; break;
      case '\\': bytes += '\\'; break;
      case 'x':
        bytes += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
        i += 2;
        break;
      default: throw std::runtime_error("unknown escape in " + std::string{text});
    }
  }
  return bytes;
}

std::vector<WireCase> read_corpus(const std::string& folder) {
  std::vector<WireCase> cases;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".http") continue;
    WireCase wire;
    wire.name = entry.path().stem();
    wire.bytes = decode_wire(read_file(entry.path()));
    read_expectation(read_file(std::filesystem::path{entry.path()}.replace_extension(".expect")), wire);
    cases.push_back(std::move(wire));
  }
  std::sort(cases.begin(), cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return cases;
}

}  // namespace orrery::test
