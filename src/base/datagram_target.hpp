// DatagramTarget: where datagrams are sent, as a setting says it: HOST:PORT, udp://HOST:PORT, unix:PATH or unix://PATH.
//
// Pure, for the check of the setting and for the process that sends; any process, any thread. Looks no name up and
// opens nothing.
#pragma once

#include <string>
#include <string_view>

#include "orrery/result.hpp"

namespace orrery::base {

struct DatagramTarget {
  std::string path;  ///< of a unix socket, or `@name` of the abstract namespace; empty = UDP
  std::string host;  ///< a name or an address, without brackets
  std::string port;  ///< a number
};

/// `port`: where none is given. The error is a sentence without the name of the setting.
Result<DatagramTarget> parse_datagram_target(std::string_view text, std::string_view port);

}  // namespace orrery::base
