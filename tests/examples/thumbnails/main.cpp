// The pictures as a service: `thumbnails -w 2`.
#include "app.hpp"

int main(int argc, char** argv) {
  return orrery::run(argc, argv, make_app(), {.name = "thumbnails", .version = "1.0"});
}
