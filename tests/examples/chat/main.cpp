// The chat as a service: `chat -w 1`.
#include "app.hpp"

int main(int argc, char** argv) { return orrery::run(argc, argv, make_app(), {.name = "chat", .version = "1.0"}); }
