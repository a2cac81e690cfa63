// Takes the place of the C library's allocator in the test program, counts, and hands every request on
// to it. Swift's objects and arrays come through here as well.
//
// It runs inside of every allocation of every thread, so it must stay trivial: it takes no lock,
// allocates nothing and touches only two numbers of its own thread, which exist before the thread's
// first instruction. The `__libc_` names are those under which glibc keeps the functions for this use.

#include "AllocationCounter.h"

#include <errno.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local struct AllocationCount thread_count;

static void count(size_t bytes) {
  thread_count.calls += 1;
  thread_count.bytes += bytes;
}

struct AllocationCount allocation_count(void) { return thread_count; }

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  count(size);
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  count(size);
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
    return EINVAL;
  void *found = __libc_memalign(alignment, size);
  if (found == NULL) return ENOMEM;
  *block = found;
  return 0;
}
