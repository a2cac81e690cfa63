#pragma once

// Two things that Swift cannot say by itself.

// Asks for the cache line of a place that will be written soon.
static inline __attribute__((always_inline)) void ablate_prefetch_for_write(const float *place) {
  __builtin_prefetch(place, 1, 3);
}

// What the processor, and the operating system that saves its registers, can run. The compiler's
// builtin asks `cpuid` and `xgetbv`; Swift has no way to reach it.

static inline int ablate_runs_x86_64_v3(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v3") != 0;
#else
  return 0;
#endif
}

static inline int ablate_runs_x86_64_v4(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v4") != 0;
#else
  return 0;
#endif
}
