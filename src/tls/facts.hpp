// Facts: what a handshake that is over has agreed on, as applications see it (TlsFacts).
//
// Read once from a connection of OpenSSL's, in the worker. It judges nothing: the handshake has. Only files of tls/
// include this.
#pragma once

#include <string>
#include <vector>

#include "orrery/tls_facts.hpp"

#include "tls/openssl.hpp"

namespace orrery::tls {

/// Of a connection that is established.
TlsFacts facts_of(SSL* ssl);

/// Its subjectAltName, each with its kind: "DNS:a.example", "URI:…", "email:…", "IP:…". Other kinds are left out.
std::vector<std::string> alternative_names(X509* certificate);

}  // namespace orrery::tls
