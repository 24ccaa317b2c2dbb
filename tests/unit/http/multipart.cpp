#include "orrery/multipart.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace orrery {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=B";

struct Part {
  std::string name;
  std::string filename = "-";
  std::string media_type = "text/plain";
  std::string content;
  friend bool operator==(const Part&, const Part&) = default;
};

std::ostream& operator<<(std::ostream& out, const Part& part) {
  return out << part.name << "|" << part.filename << "|" << part.media_type << "|" << part.content;
}

struct Form {
  std::vector<Part> parts;
  std::string error;
  bool ended = false;
  std::size_t open = 0;
};

/// The form in pieces of `size` bytes.
Form read(const std::string& body, std::size_t size = SIZE_MAX, const MultipartLimits& limits = {},
          const std::string& type = kType) {
  Form form;
  auto multipart = Multipart::begin(type, limits, [&](const MultipartEvent& event) {
    switch (event.kind) {
      case MultipartEvent::Kind::kPart:
        ++form.open;
        form.parts.push_back({event.head->name, event.head->filename.value_or("-"), event.head->media_type, ""});
        break;
      case MultipartEvent::Kind::kData:
        CHECK(form.open == 1);
        CHECK_FALSE(event.bytes.empty());
        form.parts.back().content += event.bytes;
        break;
      case MultipartEvent::Kind::kPartEnd: --form.open; break;
      case MultipartEvent::Kind::kEnd: form.ended = true; break;
    }
  });
  if (!multipart) {
    form.error = multipart.error().message;
    return form;
  }
  for (std::size_t at = 0; at < body.size() && form.error.empty(); at += std::min(size, body.size() - at)) {
    // A block of its own: what is kept too long is seen.
    const std::string piece = body.substr(at, size);
    if (const auto fed = multipart->feed(piece); !fed) form.error = fed.error().message;
  }
  if (form.error.empty())
    if (const auto end = multipart->end(); !end) form.error = end.error().message;
  return form;
}

std::string part(const std::string& fields, const std::string& content) {
  return "--B\r\n" + fields + "\r\n\r\n" + content + "\r\n";
}
std::string named(const std::string& name) { return "Content-Disposition: form-data; name=\"" + name + "\""; }

}  // namespace

TEST_CASE("multipart: fields and files, in pieces of any size") {
  const std::string body = part(named("a"), "one") +
                           part(named("f") + "; filename=\"x.txt\"\r\nContent-Type: text/html; charset=utf-8",
                                "line\r\n--\r\n--Bx is not it\r\n--\rB") +
                           part(named("empty"), "") + "--B--\r\nepilogue";
  const std::string refused = "a boundary of the form is followed by other text";
  CHECK(read(body).error == refused);
  const std::string good = part(named("a"), "one") +
                           part(named("f") + "; filename=\"x.txt\"\r\nContent-Type: text/html; charset=utf-8",
                                "line\r\n--\r\n-B\r\n--C\r\n\r\n--\rB") +
                           part(named("empty"), "") + "--B--\r\nepilogue";
  for (std::size_t size = 1; size <= good.size(); ++size) {
    INFO(size);
    const Form form = read(good, size);
    REQUIRE(form.error.empty());
    CHECK(form.ended);
    CHECK(form.parts ==
          std::vector<Part>{{"a", "-", "text/plain", "one"},
                            {"f", "x.txt", "text/html; charset=utf-8", "line\r\n--\r\n-B\r\n--C\r\n\r\n--\rB"},
                            {"empty", "-", "text/plain", ""}});
  }
}

TEST_CASE("multipart: what may stand around the parts") {
  CHECK(read("--B--").ended);
  CHECK(read("--B--").parts.empty());
  CHECK(read("preamble\r\n" + part(named("a"), "1") + "--B--").parts.size() == 1);
  CHECK(read("--B \t\r\n" + named("a") + "\r\n\r\n1\r\n--B--\r\n").parts.size() == 1);
  CHECK(read("x--B\r\n" + part(named("a"), "1") + "--B--").parts.size() == 1);
}

TEST_CASE("multipart: names as browsers and others send them") {
  struct Row {
    const char* disposition;
    Part expected;
  };
  const Row row =
      GENERATE(Row{"form-data; name=a", {"a", "-", "text/plain", "x"}},
               Row{"Form-Data;name=\"a b\"", {"a b", "-", "text/plain", "x"}},
               Row{"form-data; name=\"a%22b%0D%0A\"", {"a\"b\r\n", "-", "text/plain", "x"}},
               Row{"form-data; name=\"a\\\"b\"", {"a\"b", "-", "text/plain", "x"}},
               Row{"form-data; name=\"\"", {"", "-", "text/plain", "x"}},
               Row{"form-data; name=\"f\"; filename=\"\"", {"f", "", "text/plain", "x"}},
               Row{"form-data; filename=\"a.b\"; name=\"f\"", {"f", "a.b", "text/plain", "x"}},
               Row{"form-data; name=\"f\"; filename=\"../../etc/passwd\"", {"f", "passwd", "text/plain", "x"}},
               Row{"form-data; name=\"f\"; filename=\"C:\\dir\\a.b\"", {"f", "a.b", "text/plain", "x"}},
               Row{"form-data; name=\"f\"; filename*=UTF-8''evil; filename=\"a\"", {"f", "a", "text/plain", "x"}},
               Row{"form-data; name=\"ü\"; x=y", {"ü", "-", "text/plain", "x"}});
  INFO(row.disposition);
  const Form form = read(part(std::string{"Content-Disposition: "} + row.disposition, "x") + "--B--");
  CHECK(form.error.empty());
  CHECK(form.parts == std::vector<Part>{row.expected});
}

TEST_CASE("multipart: what is malformed has a sentence, in pieces of any size") {
  struct Row {
    std::string body;
    const char* error;
  };
  const Row row = GENERATE(
      Row{"", "the form ends before its last boundary"}, Row{"nothing of it", "the form ends before its last boundary"},
      Row{part(named("a"), "1"), "the form ends before its last boundary"},
      Row{"--B\r\n" + named("a") + "\r\n", "the form ends before its last boundary"},
      Row{"--B-", "the form ends before its last boundary"},
      Row{"--Bx\r\n", "a boundary of the form is followed by other text"},
      Row{"--B" + std::string(100, ' '), "a boundary of the form is followed by other text"},
      Row{"--B\r\n\r\n1\r\n--B--", "a part has no Content-Disposition"},
      Row{part("Content-Type: a/b", "1"), "a part has no Content-Disposition"},
      Row{part("Content-Disposition: attachment; name=a", "1"), "the Content-Disposition of a part is not form-data"},
      Row{part("Content-Disposition: form-data", "1"), "a part has no name"},
      Row{part("Content-Disposition: form-data; name=a; name=b", "1"), "a part has two names"},
      Row{part("Content-Disposition: form-data; name=a; filename=b; filename=c", "1"), "a part has two file names"},
      Row{part("Content-Disposition: form-data; name=\"a", "1"), "the Content-Disposition of a part is malformed"},
      Row{part("Content-Disposition: form-data; name", "1"), "the Content-Disposition of a part is malformed"},
      Row{part("Content-Disposition: form-data; name=a b", "1"), "the Content-Disposition of a part is malformed"},
      Row{part(named("a") + "\r\n" + named("b"), "1"), "a part has two Content-Dispositions"},
      Row{part("Content Disposition: x", "1"), "a field of a part is malformed"},
      Row{part(named("a") + "\r\n folded", "1"), "a field of a part is malformed"},
      Row{part(named("a") + "\r\nX: a\nb", "1"), "a field of a part has a control byte"},
      Row{part(named("a") + "\r\nContent-Transfer-Encoding: base64", "1"),
          "a part has a Content-Transfer-Encoding, which forms do not have"});
  for (const std::size_t size : {std::size_t{1}, std::size_t{3}, SIZE_MAX}) {
    INFO(row.body << " " << size);
    CHECK(read(row.body, size).error == row.error);
  }
}

TEST_CASE("multipart: limits") {
  MultipartLimits limits;
  limits.parts = 2;
  limits.head = 100;
  limits.part = 10;
  const std::string two = part(named("a"), "0123456789") + part(named("b"), "");
  CHECK(read(two + "--B--", 7, limits).error.empty());
  CHECK(read(two + part(named("c"), "") + "--B--", 7, limits).error == "the form has more than 2 parts");
  CHECK(read(part(named("a"), "0123456789x") + "--B--", 7, limits).error == "a part is longer than 10 bytes");
  const std::string long_head = named(std::string(100, 'n'));
  CHECK(read(part(long_head, "") + "--B--", 7, limits).error == "the fields of a part are longer than 100 bytes");
  CHECK(read("--B\r\n" + long_head, SIZE_MAX, limits).error == "the fields of a part are longer than 100 bytes");
}

TEST_CASE("multipart: a limit is the same in pieces of any size") {
  MultipartLimits limits;
  limits.head = 100;
  const std::string at_the_limit = named(std::string(100 - named("").size(), 'n'));
  std::vector<std::pair<std::string, bool>> forms{{part(at_the_limit, ""), true},
                                                  {part(at_the_limit + "n", ""), false}};
  for (const auto& [padding, good] : {std::pair{64, true}, std::pair{65, false}})
    forms.emplace_back(
        "--B" + std::string(static_cast<std::size_t>(padding), ' ') + "\r\n" + named("a") + "\r\n\r\n\r\n", good);
  for (const auto& [form, good] : forms)
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, SIZE_MAX}) {
      INFO(form << " " << size);
      CHECK(read(form + "--B--", size, limits).error.empty() == good);
    }
}

TEST_CASE("multipart: nothing comes behind an error") {
  int events = 0;
  auto multipart = Multipart::begin(kType, {}, [&](const MultipartEvent&) { ++events; });
  REQUIRE(multipart);
  CHECK_FALSE(multipart->feed("--Bx\r\n"));
  CHECK_FALSE(multipart->feed(part(named("a"), "1") + "--B--"));
  CHECK_FALSE(multipart->end());
  CHECK(events == 0);
}

TEST_CASE("multipart: the boundary of a Content-Type") {
  const auto begins = [](const std::string& type) {
    return Multipart::begin(type, {}, [](const auto&) {}).has_value();
  };
  for (const char* good :
       {"multipart/form-data; boundary=B", "Multipart/Form-Data;BOUNDARY=B",
        "multipart/form-data; charset=utf-8; boundary=\"a b\"", "multipart/form-data; boundary=----WebKit7"})
    CHECK(begins(good));
  for (const char* bad : {"", "multipart/form-data", "multipart/mixed; boundary=B", "multipart/form-data; boundary=",
                          "multipart/form-data; boundary=\"a ", "multipart/form-data; boundary=\"a \"",
                          "multipart/form-data; boundary=a@b", "application/x-www-form-urlencoded"})
    CHECK_FALSE(begins(bad));
  CHECK(begins("multipart/form-data; boundary=" + std::string(70, 'b')));
  CHECK_FALSE(begins("multipart/form-data; boundary=" + std::string(71, 'b')));
}

}  // namespace orrery
