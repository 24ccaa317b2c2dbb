#include "os/lead_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utility>

namespace orrery::os {

Result<LeadLock> LeadLock::make() {
  base::UniqueFd file{::memfd_create("orrery-lead", MFD_CLOEXEC)};
  if (!file) return fail(fmt::format("cannot make the lock of the lead: {}", std::strerror(errno)));
  return LeadLock{std::move(file)};
}

std::optional<LeadLock> LeadLock::adopt(base::UniqueFd file) {
  struct stat found {};
  const bool fits = ::fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode) && found.st_nlink == 0 &&
                    ::fcntl(file.get(), F_SETFD, FD_CLOEXEC) == 0;
  if (!fits) return std::nullopt;
  return LeadLock{std::move(file)};
}

// By the link in /proc, which gives a new description where dup() would give the same one.
Result<base::UniqueFd> LeadLock::open_own() const {
  const std::string link = fmt::format("/proc/self/fd/{}", file_.get());
  base::UniqueFd own{::open(link.c_str(), O_RDWR | O_CLOEXEC)};
  if (!own) return fail(fmt::format("cannot open the lock of the lead ({}): {}", link, std::strerror(errno)));
  return own;
}

bool wait_for_lead(const base::UniqueFd& own) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  for (;;) {
    if (::fcntl(own.get(), F_OFD_SETLKW, &whole) == 0) return true;
    if (errno != EINTR) return false;
  }
}

}  // namespace orrery::os
