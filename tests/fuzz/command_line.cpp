// CommandLine: any words as arguments load, or are complained about; and a variable says what the words themselves say.
//
// Input: the text of ORRERY_CMD_ARGS.
#include "config/command_line.hpp"

#include "config/shell_words.hpp"
#include "fuzz/input.hpp"
#include "fuzz/settings_loop.hpp"

namespace orrery::fuzz {
namespace {

std::string quoted(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += " '";
    for (const char c : word) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
    out += '\'';
  }
  return out;
}

void check_same(const config::CommandLine& a, const config::CommandLine& b) {
  claim(a.file == b.file && a.help == b.help && a.version == b.version, "a variable orders what the words order");
  claim(a.check_config == b.check_config && a.print_config == b.print_config, "a variable orders what the words order");
  claim(a.reading.complaints.size() == b.reading.complaints.size(), "a variable is complained about as the words are");
  claim(a.reading.given.size() == b.reading.given.size(), "a variable gives what the words give");
  for (std::size_t i = 0; i < a.reading.given.size(); ++i) {
    const config::Given& left = a.reading.given[i];
    const config::Given& right = b.reading.given[i];
    claim(left.setting == right.setting && left.texts.size() == right.texts.size(), "the same settings are given");
    for (std::size_t j = 0; j < left.texts.size(); ++j) {
      claim(left.texts[j].text == right.texts[j].text, "the same texts are given");
    }
  }
}

void run(Input input) {
  const std::string text{input.take_rest()};
  config::Sources sources;
  sources.environment["ORRERY_CMD_ARGS"] = text;
  const auto words = config::split_words(text);
  if (!words) {
    claim(!words.error().message.empty(), "what cannot be cut is said");
    return claim(!config::load(sources).complaints.empty(), "what cannot be cut is complained about");
  }
  claim(config::split_words(quoted(*words)).value() == *words, "quoted words are cut as they were");
  const config::CommandLine line = config::read_arguments(*words);
  check_complaints(line.reading.complaints);
  check_same(line, config::read_arguments(*words, "ORRERY_CMD_ARGS"));
  if (!line.file.empty()) return;  // any file of this machine
  check_outcome(config::load(sources));
  sources = {};
  sources.arguments = *words;
  check_outcome(config::load(sources));
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
