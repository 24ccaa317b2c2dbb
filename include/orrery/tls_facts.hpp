// TlsFacts: what a connection that speaks TLS has agreed on, as a handler sees it (Request::tls()).
//
// Made once, when the handshake ends, and the same for all requests of the connection. Any thread; it lives as long as
// the request does. Behind a proxy that speaks TLS in the server's place there is none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery {

struct TlsFacts {
  std::string_view version;  ///< "TLSv1.2" or "TLSv1.3"
  std::string_view cipher;   ///< "TLS_AES_256_GCM_SHA384"
  std::string server_name;   ///< that the client asked for (SNI); empty = none
  bool resumed = false;      ///< from a ticket of an earlier connection

  // --- of the client's certificate, which ca_certs vouch for; all empty when it has shown none ---
  std::string subject;  ///< as RFC 2253 writes it: "CN=billing,O=Example"
  std::vector<std::string>
      names;                ///< its alternative names: "DNS:a.example", "URI:spiffe://…", "email:…", "IP:192.0.2.1"
  std::string fingerprint;  ///< SHA-256 of it, 64 hexadecimal digits in lower case
};

}  // namespace orrery
