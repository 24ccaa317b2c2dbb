// The stack of the report of a death, for the binary that needs no library but libc: the C library's own
// backtrace() loads libgcc_s, which an empty system has not. This one takes its place in the binary and asks the
// unwinder that is linked in.
//
// Runs in a signal handler of a worker: it must not allocate, lock or load anything.
#include <execinfo.h>
#include <unwind.h>

namespace {

struct Walk {
  void** frames;
  int size;
  int depth;
};

_Unwind_Reason_Code take(_Unwind_Context* context, void* data) {
  auto& walk = *static_cast<Walk*>(data);
  // The first is backtrace() itself.
  if (walk.depth >= 0) walk.frames[walk.depth] = reinterpret_cast<void*>(_Unwind_GetIP(context));
  return ++walk.depth < walk.size ? _URC_NO_REASON : _URC_END_OF_STACK;
}

}  // namespace

extern "C" int backtrace(void** frames, int size) {
  Walk walk{frames, size, -1};
  _Unwind_Backtrace(take, &walk);
  // The outermost caller has none.
  if (walk.depth > 0 && frames[walk.depth - 1] == nullptr) --walk.depth;
  return walk.depth < 0 ? 0 : walk.depth;
}
