#include "os/contract.hpp"

namespace orrery::os {

std::string Listener::url() const {
  if (address.family == base::Address::Family::kUnix) return "unix:" + target.path;
  return "http://" + address.to_string();
}

}  // namespace orrery::os
