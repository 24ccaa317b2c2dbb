#include "app.hpp"

#include <catch2/catch.hpp>
#include <orrery/test_client.hpp>

TEST_CASE("thumbnails: a picture of half the size, each pixel the mean of four") {
  struct Row {
    const char* name;
    std::string picture;
    std::string half;
  };
  const Row rows[] = {{"two by two", "P5 2 2 255\n" + std::string("\x00\x04\x04\x08", 4), "P5 1 1 255\n\x04"},
                      {"one pixel", "P5 1 1 255\nx", "P5 1 1 255\nx"},
                      {"an odd width", "P5 3 1 255\n\x02\x04\x08", "P5 2 1 255\n\x03\x08"},
                      {"white space", "P5\n2\t1\r\n255 ab", "P5 1 1 255\nb"}};
  orrery::TestClient client{make_app()};
  for (const Row& row : rows) {
    INFO(row.name);
    const auto answer = client.post("/half").body("image/x-portable-graymap", row.picture).send();
    CHECK(answer.status == 200);
    CHECK(answer.body == row.half);
  }
}

TEST_CASE("thumbnails: what is no picture is refused") {
  orrery::TestClient client{make_app()};
  for (const char* body : {"", "GIF89a", "P5 2 2 255\nabc", "P5 2 2 255\nabcde", "P5 0 0 255\n", "P5 2 -2 255\nabcd",
                           "P5 99999999999999999999 1 255\na", "P5 4294967296 4294967296 255\na", "P5 1 1 65535\nab"}) {
    INFO(body);
    CHECK(client.post("/half").body("image/x-portable-graymap", body).send().status == 400);
  }
}

TEST_CASE("thumbnails: a picture may be larger than other bodies") {
  orrery::TestClient client{make_app()};
  const std::string picture = "P5 2000 1000 255\n" + std::string(2'000'000, 'x');
  CHECK(client.post("/half").body("image/x-portable-graymap", picture).send().body.size() ==
        std::string{"P5 1000 500 255\n"}.size() + 500'000);
  CHECK(client.post("/half").body("image/x-portable-graymap", std::string(16 * 1024 * 1024 + 1, 'x')).send().status ==
        413);
}

TEST_CASE("thumbnails: the health route answers") {
  orrery::TestClient client{make_app()};
  CHECK(client.get("/health").send().body == "well\n");
}
