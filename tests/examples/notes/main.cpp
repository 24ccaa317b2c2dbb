// The notes as a service: `NOTES_DATABASE=/var/lib/notes.db notes -w 2 -k threads`.
#include <cstdlib>

#include "app.hpp"

int main(int argc, char** argv) {
  const char* path = std::getenv("NOTES_DATABASE");
  return orrery::run(argc, argv, make_app(path ? path : "notes.db"), {.name = "notes", .version = "1.0"});
}
