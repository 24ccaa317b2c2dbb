#include "fuzz/seeds.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "base/lower_case.hpp"
#include "support/corpus.hpp"
#include "support/http2_frames.hpp"

namespace orrery::fuzz {

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string_view behind(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
}

std::string target_in(std::string_view request) {
  const std::string_view rest = behind(request, " ");
  return std::string{rest.substr(0, rest.find(' '))};
}

/// A message of HTTP/1.1 as frames of HTTP/2, faults and all; twice, with a PING between.
std::string frames_of(std::string_view message) {
  namespace http2 = test::http2;
  http2::Fields fields{{":method", std::string{message.substr(0, message.find(' '))}},
                       {":scheme", "http"},
                       {":path", target_in(message)}};
  const std::string_view head = message.substr(0, message.find("\r\n\r\n"));
  for (std::string_view lines = behind(head, "\r\n"); !lines.empty(); lines = behind(lines, "\r\n")) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    std::string name{line.substr(0, line.find(':'))};
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return base::lower_case(c); });
    std::string_view value = behind(line, ":");
    while (value.starts_with(' ')) value.remove_prefix(1);
    fields.emplace_back(std::move(name), value);
  }
  const std::string body{behind(message, "\r\n\r\n").substr(0, 16384)};
  return http2::headers(1, fields, http2::kEndHeaders) + http2::data(1, body, http2::kEndStream) + http2::ping() +
         http2::headers(3, fields);
}

/// A script for the exchange, as a flag byte, a count and pairs of action and argument.
std::string scripted(std::string_view script, const std::string& stream) {
  std::string bytes(1, '\0');
  bytes += static_cast<char>(script.size() / 2);
  bytes += script;
  return bytes + stream;
}

void add(std::vector<Seed>& seeds, const std::string& name, std::string bytes) {
  seeds.push_back({name, std::move(bytes)});
}

void convert(std::string_view target, const test::WireCase& wire, std::vector<Seed>& seeds) {
  using namespace std::string_literals;
  const std::string body{behind(wire.bytes, "\r\n\r\n")};
  if (target == "head") {
    add(seeds, wire.name, "\0"s + wire.bytes);
    add(seeds, wire.name + "-low", "\1"s + wire.bytes);
  } else if (target == "pieces") {
    add(seeds, wire.name, "\0\0"s + wire.bytes);
    add(seeds, wire.name + "-low", "\1\2\7\3"s + wire.bytes);
  } else if (target == "exchange") {
    add(seeds, wire.name, scripted("\0\0"s, wire.bytes));
    for (char plan = 1; plan < 16; ++plan) {
      add(seeds, wire.name + "-" + std::to_string(plan), scripted("\3"s + plan + "\0\x28\4\x10\0\0"s, wire.bytes));
    }
  } else if (target == "chunked" && wire.bytes.find("chunked") != std::string::npos && !body.empty()) {
    add(seeds, wire.name, "\0\0"s + body);
    add(seeds, wire.name + "-low", "\1\3"s + body);
  } else if (target == "http2") {
    const std::string frames = frames_of(wire.bytes);
    add(seeds, wire.name, "\0\0"s + frames);
    add(seeds, wire.name + "-low", "\1\0"s + frames);
    add(seeds, wire.name + "-late", "\14\4\0\x20\3\1\2\2\11\5"s + frames);
  } else if (target == "target") {
    add(seeds, wire.name, target_in(wire.bytes));
  }
}

void add_files(const fs::path& folder, std::vector<Seed>& seeds) {
  if (!fs::is_directory(folder)) return;
  for (const auto& entry : fs::directory_iterator{folder}) {
    add(seeds, entry.path().filename().string(), read_file(entry.path()));
  }
}

}  // namespace

std::vector<Seed> seeds_of(std::string_view target, const std::string& tests) {
  std::vector<Seed> seeds;
  for (const char* kind : {"valid", "invalid"}) {
    for (const auto& wire : test::read_corpus(tests + "/corpus/http/" + kind)) convert(target, wire, seeds);
  }
  add_files(tests + "/fuzz/seeds/" + std::string{target}, seeds);
  add_files(tests + "/fuzz/findings/" + std::string{target}, seeds);
  return seeds;
}

}  // namespace orrery::fuzz
