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
extern int prctl(int option, ...);
extern int renameat2(
    int folder, const char *path, int other_folder, const char *other, unsigned int flags);
extern int prlimit64(
    int process, unsigned int resource, const struct ablate_limit *limit, struct ablate_limit *old);

/* Returns when everything written to the file system that holds an open file would outlive a power
   cut: one wait for many files. */
static inline int ablate_sync_file_system(int descriptor) { return syncfs(descriptor); }

/* A pipe whose ends no child inherits, made so at once. */
static inline int ablate_pipe(int ends[2], int flags) { return pipe2(ends, flags); }

/* Gives two files or folders each other's names, at one instant. */
static inline int ablate_exchange(const char *path, const char *other) {
  const int here = -100;              /* AT_FDCWD of Linux, on every architecture */
  const unsigned int exchange = 1u << 1; /* RENAME_EXCHANGE */
  return renameat2(here, path, here, other, exchange);
}

/* Limits the data of another process (its heap, its private mappings) to so many bytes; it cannot
   take the limit back. */
static inline int ablate_limit_data(int process, unsigned long bytes) {
  const struct ablate_limit limit = {bytes, bytes};
  const unsigned int data = 2; /* RLIMIT_DATA of Linux, on every architecture */
  return prlimit64(process, data, &limit, (struct ablate_limit *)0);
}

/* Makes this process the parent of every descendant whose own parent dies, so that it can find and end
   them. */
static inline int ablate_adopt_orphans(void) {
  return prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1L, 0L, 0L, 0L);
}

#endif
