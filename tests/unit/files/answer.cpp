#include "files/answer.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "orrery/conditional.hpp"

#include "support/connection_driver.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::files {
namespace {

constexpr std::int64_t kChanged = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr const char* kChangedText = "Sun, 06 Nov 1994 08:49:37 GMT";
const FixedFields kWhole{{"X-Of", "whole"}};
const FixedFields kUnchanged{{"X-Of", "unchanged"}};

/// One file of so many bytes, and its answers.
struct OneFile {
  explicit OneFile(std::size_t size) : bytes(size, '\0') {
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i % 26);
    std::ofstream{path} << bytes;
    const std::array<timespec, 2> times{timespec{kChanged, 0}, timespec{kChanged, 0}};
    ::utimensat(AT_FDCWD, path.c_str(), times.data(), 0);
  }
  test::SeenResponse ask(const std::string& fields = {}, const std::string& method = "GET",
                         Kept* kept = nullptr) const {
    test::ConnectionDriver driver;
    driver.answer_with([&](const Request& request) {
      return answer(request, {os::open_to_read(path), path, "text/plain"}, {&kWhole, &kUnchanged}, kept);
    });
    driver.receive(method + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    return test::read_responses(driver.output(), {method}).at(0);
  }
  [[nodiscard]] std::string tag() const {
    return entity_tag_of(os::open_to_read(path).facts, ContentCoding::kIdentity);
  }

  test::TemporaryDirectory directory;
  std::string path = directory.file("one.txt");
  std::string bytes;
};

}  // namespace

TEST_CASE("file answer: whole, with what tells its state, whatever its size") {
  const auto size = GENERATE(as<std::size_t>{}, 0, 1, 1000, 32768, 32769, 100'000);
  CAPTURE(size);
  const OneFile file{size};
  const auto whole = file.ask();
  CHECK(whole.status == 200);
  CHECK((whole.body == file.bytes));
  CHECK(whole.field("Content-Length") == std::to_string(size));
  CHECK(whole.field("Content-Type") == "text/plain");
  CHECK(whole.field("ETag") == file.tag());
  CHECK(whole.field("Last-Modified") == kChangedText);
  CHECK(whole.field("X-Of") == "whole");
  CHECK_FALSE(whole.field("Content-Encoding"));
  const auto head = file.ask("Range: bytes=0-0\r\n", "HEAD");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.field("Content-Length") == std::to_string(size));
}

TEST_CASE("file answer: the range that is asked for") {
  const auto size = GENERATE(as<std::size_t>{}, 1, 1000, 100'000);
  CAPTURE(size);
  const OneFile file{size};
  struct Row {
    std::size_t offset;
    std::size_t length;
  };
  for (const Row row : {Row{0, 1}, Row{size - 1, 1}, Row{0, size}, Row{size / 2, size - size / 2}}) {
    const std::string range = std::to_string(row.offset) + "-" + std::to_string(row.offset + row.length - 1);
    INFO(range);
    const auto part = file.ask("Range: bytes=" + range + "\r\n");
    CHECK(part.status == 206);
    CHECK((part.body == file.bytes.substr(row.offset, row.length)));
    CHECK(part.field("Content-Range") == "bytes " + range + "/" + std::to_string(size));
    CHECK(part.field("ETag") == file.tag());
    CHECK(part.field("X-Of") == "whole");
  }
  const auto none = file.ask("Range: bytes=" + std::to_string(size) + "-\r\n");
  CHECK(none.status == 416);
  CHECK(none.field("Content-Range") == "bytes */" + std::to_string(size));
  CHECK(file.ask("Range: bytes=0-0,-1\r\n").status == 200);
  CHECK((file.ask("Range: bytes=0-0,-1\r\n").body == file.bytes));
}

TEST_CASE("file answer: conditions in the order of RFC 9110, before the range") {
  const OneFile file{1000};
  const std::string tag = file.tag();
  const std::string since = std::string{kChangedText} + "\r\n";
  struct Row {
    std::string fields;
    int status;
  };
  for (const Row& row : {
           Row{"If-None-Match: " + tag + "\r\n", 304},
           Row{"If-None-Match: W/" + tag + "\r\n", 304},
           Row{"If-None-Match: *\r\n", 304},
           Row{"If-None-Match: \"x\"\r\n", 200},
           Row{"If-Modified-Since: " + since, 304},
           Row{"If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 200},
           Row{"If-None-Match: \"x\"\r\nIf-Modified-Since: " + since, 200},
           Row{"If-Match: " + tag + "\r\n", 200},
           Row{"If-Match: *\r\n", 200},
           Row{"If-Match: \"x\"\r\n", 412},
           Row{"If-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n", 412},
           Row{"If-Unmodified-Since: " + since, 200},
           Row{"If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 412},
           Row{"If-Match: \"x\"\r\nRange: bytes=5000-\r\n", 412},
           Row{"If-None-Match: " + tag + "\r\nRange: bytes=5000-\r\n", 304},
           Row{"If-Range: " + tag + "\r\nRange: bytes=0-0\r\n", 206},
           Row{"If-Range: W/" + tag + "\r\nRange: bytes=0-0\r\n", 200},
           Row{"If-Range: \"x\"\r\nRange: bytes=5000-\r\n", 200},
           Row{"If-Range: " + since + "Range: bytes=0-0\r\n", 206},
           Row{"If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\nRange: bytes=0-0\r\n", 200},
           Row{"If-Range: " + tag + "\r\n", 200},
       }) {
    INFO(row.fields);
    const auto answer = file.ask(row.fields);
    CHECK(answer.status == row.status);
    if (row.status == 304) {
      CHECK(answer.field("ETag") == tag);
      CHECK(answer.field("X-Of") == "unchanged");
      CHECK_FALSE(answer.field("Last-Modified"));
      CHECK_FALSE(answer.field("Content-Type"));
      CHECK(answer.body.empty());
    }
  }
}

TEST_CASE("file answer: nothing is said to have changed after now") {
  const OneFile file{10};
  const std::array<timespec, 2> times{timespec{4'000'000'000, 0}, timespec{4'000'000'000, 0}};
  ::utimensat(AT_FDCWD, file.path.c_str(), times.data(), 0);
  const auto modified = read_http_date(*file.ask().field("Last-Modified"));
  REQUIRE(modified);
  CHECK(*modified <= std::chrono::system_clock::now());
}

TEST_CASE("file answer: what is kept is asked about each time") {
  const OneFile file{1000};
  Kept kept{100'000};
  // Its inode has just changed: nothing is kept before that is two seconds old.
  CHECK((file.ask({}, "GET", &kept).body == file.bytes));
  CHECK(kept.size() == 0);
  const os::FileFacts facts = os::open_to_read(file.path).facts;
  kept.keep(facts, std::make_shared<const std::string>(1000, 'K'), facts.changed + 3'000'000'000);
  CHECK((file.ask({}, "GET", &kept).body == std::string(1000, 'K')));
  CHECK((file.ask("Range: bytes=10-19\r\n", "GET", &kept).body == std::string(10, 'K')));
  std::ofstream{file.path} << std::string(1000, 'n');
  CHECK((file.ask({}, "GET", &kept).body == std::string(1000, 'n')));
}

TEST_CASE("file answer: each state and each coding has a tag of its own") {
  os::FileFacts one;
  one.inode = 0xabc;
  one.size = 16;
  one.modified = 255;
  CHECK(entity_tag_of(one, ContentCoding::kIdentity) == "\"abc-10-ff\"");
  CHECK(entity_tag_of(one, ContentCoding::kBrotli) == "\"abc-10-ff-br\"");
  CHECK(entity_tag_of(one, ContentCoding::kGzip) == "\"abc-10-ff-gzip\"");
  os::FileFacts later = one;
  later.modified = 256;
  CHECK(entity_tag_of(one, ContentCoding::kIdentity) != entity_tag_of(later, ContentCoding::kIdentity));
}

TEST_CASE("file answer: why a file could not be opened is told by a status") {
  struct Row {
    int error;
    int status;
  };
  const Row row = GENERATE(Row{ENOENT, 404}, Row{EXDEV, 404}, Row{ELOOP, 404}, Row{ENAMETOOLONG, 404}, Row{ENXIO, 404},
                           Row{EACCES, 403}, Row{EPERM, 403}, Row{EMFILE, 503}, Row{ENFILE, 503}, Row{EIO, 500});
  INFO(row.error);
  try {
    refuse(row.error, "file");
  } catch (const HttpError& error) {
    CHECK(error.status == row.status);
    CHECK_FALSE(error.message.empty());
  }
}

}  // namespace orrery::files
