#include "orrery/compression.hpp"

#include <array>
#include <brotli/decode.h>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <zlib.h>
#include <zstd.h>

#include "support/connection_driver.hpp"

namespace orrery {
namespace {

/// What a decoder makes of the first bytes of a body, though its end may be missing.
std::string decoded_gzip(std::string_view bytes) {
  z_stream stream{};
  REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out;
  std::array<char, 4096> piece{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  int state = Z_OK;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = ::inflate(&stream, Z_SYNC_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
  } while (state == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
  ::inflateEnd(&stream);
  return out;
}

std::string decoded_zstd(std::string_view bytes) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context{ZSTD_createDCtx(), ZSTD_freeDCtx};
  std::string out;
  std::array<char, 4096> piece{};
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t written = 0;
  do {
    ZSTD_outBuffer to{piece.data(), piece.size(), 0};
    REQUIRE(ZSTD_isError(ZSTD_decompressStream(context.get(), &to, &in)) == 0);
    out.append(piece.data(), written = to.pos);
  } while (in.pos < in.size || written == piece.size());
  return out;
}

std::string decoded_brotli(std::string_view bytes) {
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance};
  std::string out;
  std::size_t left = bytes.size();
  const auto* next = reinterpret_cast<const std::uint8_t*>(bytes.data());
  BrotliDecoderResult result{};
  do {
    std::size_t room = 0;
    result = BrotliDecoderDecompressStream(state.get(), &left, &next, &room, nullptr, nullptr);
    std::size_t size = 0;
    const auto* const made = BrotliDecoderTakeOutput(state.get(), &size);
    out.append(reinterpret_cast<const char*>(made), size);
  } while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
  REQUIRE(result != BROTLI_DECODER_RESULT_ERROR);
  return out;
}

std::string decoded(std::string_view coding, std::string_view bytes) {
  if (coding == "gzip") return decoded_gzip(bytes);
  if (coding == "zstd") return decoded_zstd(bytes);
  return decoded_brotli(bytes);
}

/// Text with something to say, so that it neither vanishes nor grows.
std::string prose(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += "line " + std::to_string(i * 2654435761U % 9973) + "\n";
  text.resize(size);
  return text;
}

using Make = std::function<Response()>;

test::SeenResponse asked(const std::string& fields, const Make& make, const Compression& compression = {},
                         const std::string& method = "GET") {
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    Response response = make();
    compress(request, response, compression);
    return response;
  });
  driver.receive(method + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  return test::read_responses(driver.output(), {method}).at(0);
}

constexpr const char* kAll = "Accept-Encoding: gzip, zstd, br\r\n";

}  // namespace

TEST_CASE("compression: a body comes smaller, and is the same") {
  const std::string coding = GENERATE("gzip", "zstd", "br");
  const auto size = GENERATE(as<std::size_t>{}, 1024, 20'000, 3'000'000);
  CAPTURE(coding, size);
  const std::string text = prose(size);
  const auto answer = asked("Accept-Encoding: " + coding + "\r\n", [&] { return Response::text(text); });
  CHECK(answer.field("Content-Encoding") == coding);
  CHECK(answer.field("Vary") == "Accept-Encoding");
  CHECK(answer.field("Content-Length") == std::to_string(answer.body.size()));
  CHECK(answer.body.size() < size / 2);
  CHECK((decoded(coding, answer.body) == text));
}

TEST_CASE("compression: a stream comes piece by piece, each of which can be read") {
  const std::string coding = GENERATE("gzip", "zstd", "br");
  CAPTURE(coding);
  int calls = 0;
  std::string all;
  std::string given;
  std::string out;
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    Response response = Response::stream("text/plain", [&](std::string& piece) {
      piece = calls == 2 ? std::string{} : prose(5000) + std::to_string(calls);
      given += piece;
      return ++calls < 5;
    });
    compress(request, response);
    const auto pull = response.take_pull();
    for (bool more = true; more;) {
      out.clear();
      more = pull(out);
      all += out;
      CHECK((decoded(coding, all) == given));
    }
    return Response::text("");
  });
  driver.receive("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + coding + "\r\n\r\n");
  CHECK(calls == 5);
  CHECK(all.size() < given.size() / 2);
}

TEST_CASE("compression: a stream loses its length, and breaks off where it falls short of it") {
  const auto answer = asked(kAll, [] {
    return Response::stream(
        "text/plain", [](std::string& out) { return out = std::string(5000, 'x'), false; }, 5000);
  });
  CHECK(answer.field("Content-Encoding") == "br");
  CHECK_FALSE(answer.field("Content-Length"));
  CHECK((decoded("br", answer.body) == std::string(5000, 'x')));
  CHECK_THROWS(asked(kAll, [] {
    return Response::stream(
        "text/plain", [](std::string& out) { return out = "short", false; }, 5000);
  }));
}

TEST_CASE("compression: what is left alone") {
  struct Row {
    const char* name;
    Make make;
  };
  const auto text = [] { return Response::text(prose(5000)); };
  for (const Row& row : {
           Row{"a short body", [] { return Response::text(prose(1023)); }},
           Row{"an empty one", [] { return Response::text(""); }},
           Row{"a picture", [] { return Response::bytes("image/png", prose(5000)); }},
           Row{"what is coded", [&] { return text().with_field("Content-Encoding", "gzip"); }},
           Row{"what is not to be changed", [&] { return text().with_field("Cache-Control", "public, No-Transform"); }},
           Row{"a part", [&] { return text().with_status(206).with_field("Content-Range", "bytes 0-4999/9999"); }},
           Row{"what has parts", [&] { return text().with_field("Accept-Ranges", "bytes"); }},
           Row{"no content", [] { return Response::status(204); }},
           Row{"not modified", [] { return Response::status(304); }},
           Row{"what sets a cookie", [&] { return text().with_field("Set-Cookie", "a=b"); }},
           Row{"what is private", [&] { return text().with_field("Cache-Control", "max-age=1, private"); }},
       }) {
    INFO(row.name);
    const auto plain = asked("", row.make);
    const auto answer = asked(kAll, row.make);
    CHECK(answer.status == plain.status);
    CHECK((answer.body == plain.body));
    CHECK(answer.field("Content-Encoding") == plain.field("Content-Encoding"));
    CHECK_FALSE(answer.field("Vary"));
  }
}

TEST_CASE("compression: what is secret is compressed only when it is said to be harmless") {
  const auto text = [] { return Response::text(prose(5000)); };
  const auto open = [&] { return text().with_field("Cache-Control", "public"); };
  Compression all;
  all.secrets = true;
  for (const char* fields : {"Cookie: a=b\r\n", "Authorization: Basic eA==\r\n"}) {
    INFO(fields);
    CHECK_FALSE(asked(std::string{kAll} + fields, text).field("Content-Encoding"));
    CHECK(asked(std::string{kAll} + fields, open).field("Content-Encoding"));
    CHECK(asked(std::string{kAll} + fields, text, all).field("Content-Encoding"));
  }
  CHECK(asked(kAll, text).field("Content-Encoding"));
}

TEST_CASE("compression: what the client does not take stays as it is, and says that it varies") {
  const auto text = [] { return Response::text(prose(5000)).with_field("Vary", "Origin").with_field("ETag", "\"a\""); };
  for (const char* fields : {"", "Accept-Encoding: identity\r\n", "Accept-Encoding: deflate\r\n",
                             "Accept-Encoding: br;q=0, gzip;q=0\r\n", "Accept-Encoding: *;q=0\r\n"}) {
    INFO(fields);
    const auto answer = asked(fields, text);
    CHECK_FALSE(answer.field("Content-Encoding"));
    CHECK(answer.body.size() == 5000);
    CHECK(answer.field("ETag") == "\"a\"");
  }
  const auto varied = asked(kAll, text);
  CHECK(varied.field("ETag") == "W/\"a\"");
  const auto known = asked("", [] { return Response::text(prose(5000)).with_field("Vary", "accept-encoding, *"); });
  CHECK(known.field("Vary") == "accept-encoding, *");
}

TEST_CASE("compression: what would grow stays as it is") {
  std::string noise(2000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * i * 2654435761U >> 11);
  Compression quick;
  quick.level = 1;
  const auto answer = asked(
      kAll, [&] { return Response::text(noise); }, quick);
  CHECK((answer.body == noise || answer.body.size() < noise.size()));
}

TEST_CASE("compression: options") {
  const auto text = [] { return Response::text(prose(100)); };
  Compression small;
  small.least = 50;
  small.codings = {ContentCoding::kGzip};
  CHECK(asked(kAll, text, small).field("Content-Encoding") == "gzip");
  CHECK_FALSE(asked("Accept-Encoding: br\r\n", text, small).field("Content-Encoding"));
  CHECK(asked(kAll, text, small, "HEAD").field("Content-Encoding") == "gzip");
  CHECK(compressed("abc", ContentCoding::kIdentity) == "abc");
  CHECK(decoded("br", compressed("", ContentCoding::kBrotli)).empty());
  CHECK(decoded("gzip", compressed("abc", ContentCoding::kGzip, 99)) == "abc");
  CHECK(decoded("zstd", compressed("abc", ContentCoding::kZstd, -5)) == "abc");
}

}  // namespace orrery
