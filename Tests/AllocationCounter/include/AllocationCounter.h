#pragma once

#include <stddef.h>

/// What a thread has asked of the allocator since it began. Freeing is not counted.
struct AllocationCount {
  size_t calls;
  size_t bytes;
};

/// The count of the calling thread.
struct AllocationCount allocation_count(void);
