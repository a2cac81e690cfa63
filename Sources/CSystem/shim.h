#ifndef ABLATE_CSYSTEM_SHIM_H
#define ABLATE_CSYSTEM_SHIM_H

/* Calls of Linux beyond POSIX, which Swift's view of the C library leaves out: its headers hide them
   from a program that did not ask for extensions before it included anything. Declared here without
   those headers, so that this module owns no type of theirs. */

struct ablate_limit {
  unsigned long soft, hard;
};

extern int syncfs(int descriptor);
extern int pipe2(int ends[2], int flags);
extern int prlimit64(
    int process, unsigned int resource, const struct ablate_limit *limit, struct ablate_limit *old);

/* Returns when everything written to the file system that holds an open file would outlive a power
   cut: one wait for many files. */
static inline int ablate_sync_file_system(int descriptor) { return syncfs(descriptor); }

/* A pipe whose ends no child inherits, made so at once. */
static inline int ablate_pipe(int ends[2], int flags) { return pipe2(ends, flags); }

/* Limits the data of another process (its heap, its private mappings) to so many bytes; it cannot
   take the limit back. */
static inline int ablate_limit_data(int process, unsigned long bytes) {
  const struct ablate_limit limit = {bytes, bytes};
  const unsigned int data = 2; /* RLIMIT_DATA of Linux, on every architecture */
  return prlimit64(process, data, &limit, (struct ablate_limit *)0);
}

#endif
