#include "tls/openssl.hpp"

#include <dlfcn.h>
#include <string>

#include "base/check.hpp"

namespace orrery::tls {

namespace {

constexpr const char* kFile = "libssl.so.3";

/// Constant once it is loaded; what a process has mapped is the process's anyway.
OpenSsl library;
bool loaded = false;

}  // namespace

Result<void> load_openssl() {
  if (loaded) return {};
  void* const file = ::dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
  if (!file)
    return fail(std::string{"TLS needs OpenSSL 3: "} + ::dlerror() + "; install libssl3 (Debian's name for it)");
  const char* missing = nullptr;
#define ORRERY_ROW(name)                                                    \
  library.name = reinterpret_cast<decltype(&::name)>(::dlsym(file, #name)); \
  if (!library.name) missing = #name;
  ORRERY_OPENSSL(ORRERY_ROW)
#undef ORRERY_ROW
  if (missing) return fail(std::string{"TLS needs OpenSSL 3: "} + kFile + " has no " + missing + "; install libssl3");
  library.engine_bio = make_engine_bio(library);
  if (!library.engine_bio) return fail("TLS needs OpenSSL 3, which has no memory to begin");
  loaded = true;
  return {};
}

const OpenSsl& openssl() {
  ORRERY_CHECK(loaded);
  return library;
}

const char* last_failure() {
  const char* const reason = openssl().ERR_reason_error_string(openssl().ERR_peek_last_error());
  return reason ? reason : "it gives no reason";
}

}  // namespace orrery::tls
