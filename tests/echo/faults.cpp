// faults: accept4 of the program it is linked into, which fails as told before it works.
//
// ECHO_ACCEPT_FAULTS="12 103 4": where a connection waits, each process's first accept gives ENOMEM, the second
// ECONNABORTED, the third EINTR; from then on all is well. The connection goes on waiting, as it does when the kernel
// says such a thing.
#include <cerrno>
#include <cstdlib>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

const char* faults_left = nullptr;
bool faults_read = false;

bool faults_are_left() {
  if (!faults_read) faults_left = std::getenv("ECHO_ACCEPT_FAULTS");
  faults_read = true;
  return faults_left != nullptr && *faults_left != '\0';
}

/// The next error to give; 0 when what is left is none.
int next_fault() {
  char* end = nullptr;
  const long fault = std::strtol(faults_left, &end, 10);
  faults_left = end;
  return static_cast<int>(fault);
}

bool somebody_waits(int listener) {
  pollfd waiting{listener, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int accept4(int listener, sockaddr* peer, socklen_t* length,
                                                              int flags) noexcept(noexcept(::accept4(0, nullptr,
                                                                                                     nullptr, 0))) {
  if (faults_are_left() && somebody_waits(listener)) {
    errno = next_fault();
    if (errno != 0) return -1;
  }
  return static_cast<int>(::syscall(SYS_accept4, listener, peer, length, flags));
}
