#include "master/descriptors.hpp"

#include <catch2/catch.hpp>

namespace orrery::master {

TEST_CASE("descriptors: each worker, address and log needs its own") {
  Config config;
  config.bind = {"127.0.0.1:0"};
  config.accesslog = "";
  const std::size_t master = descriptors_of_master(config, 1), worker = descriptors_of_worker(config);
  CHECK(descriptors_of_master(config, 5) == master + 4);
  CHECK(descriptors_of_worker(config) == worker);
  config.bind.push_back("127.0.0.1:1");
  CHECK(descriptors_of_worker(config) == worker + 1);
  CHECK(descriptors_of_master(config, 1) == master + 2);  // a reload holds two generations
  config.accesslog = "access.log";
  CHECK(descriptors_of_worker(config) == worker + 2);
}

TEST_CASE("descriptors: too few are a sentence with the number that is needed") {
  Config config;
  config.bind = {"127.0.0.1:0"};
  const std::size_t needed = std::max(descriptors_of_master(config, 2), descriptors_of_worker(config));
  CHECK(too_few_descriptors(config, 2, needed).empty());
  const std::string why = too_few_descriptors(config, 2, needed - 1);
  CHECK(why.find("needs at least " + std::to_string(needed) + " for 2 workers") != std::string::npos);
}

}  // namespace orrery::master
