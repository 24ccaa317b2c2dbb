// The notes as a service: `notes --app-database /var/lib/notes.db -w 2`.
#include "app.hpp"

int main(int argc, char** argv) {
  return orrery::run(argc, argv, section(), make_app, {.name = "notes", .version = "1.0"});
}
