#include "orrery/orrery.hpp"

#include "planets/api.hpp"

int main(int argc, char** argv) { return orrery::run(argc, argv, orrery::planets::make_app); }
