// Files as a service: `FILES=/srv/files files -w 2`.
#include <cstdlib>

#include "app.hpp"

int main(int argc, char** argv) {
  const char* const directory = std::getenv("FILES");
  return orrery::run(argc, argv, make_app(directory ? directory : "."), {.name = "files", .version = "1.0"});
}
