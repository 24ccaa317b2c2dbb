// Compiled once for each test program instead of once for each of its files: Catch2 is three quarters of what a test
// costs to compile. Nothing of the project's own belongs here: a test that leans on it would not say what it uses.
#include <catch2/catch.hpp>
