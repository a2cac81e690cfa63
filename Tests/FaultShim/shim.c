// Loaded before the C library (LD_PRELOAD), it counts the calls that change files under one folder and
// lets the n-th go wrong: the call fails, or the process is killed just before or just after it. SQLite's
// calls come through here as well as our own.
//
//   FAULT_UNDER   absolute path of the folder
//   FAULT_NOTE    a file of 16 bytes, zero at first: how many calls were counted, and 1 once the n-th was
//                 reached. Processes that share it count together.
//   FAULT_AT      n, from 1; 0 counts only
//   FAULT_MANNER  once: the n-th fails · ever: the n-th and all later ones fail
//                 before, after: the process is killed then
//   FAULT_ERRNO   the error of a call that fails
//
// Kill means SIGKILL: no destructor runs and no buffer is written out.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct note {
  _Atomic uint64_t calls;
  _Atomic uint64_t reached;
};

enum manner { ONCE, EVER, BEFORE, AFTER };

static const char *folder;
static size_t folder_length;
static struct note *note;
static uint64_t at;
static enum manner manner;
static int error;

// By system calls alone: nothing here may come through the functions below.
__attribute__((constructor)) static void start(void) {
  const char *under = getenv("FAULT_UNDER"), *file = getenv("FAULT_NOTE");
  const char *number = getenv("FAULT_AT"), *how = getenv("FAULT_MANNER");
  const char *code = getenv("FAULT_ERRNO");
  if (!under || !file || !number || !how || !code) return;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
  if (descriptor < 0) _exit(121);
  void *shared =
      mmap(NULL, sizeof(struct note), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  syscall(SYS_close, descriptor);
  if (shared == MAP_FAILED) _exit(122);
  at = strtoull(number, NULL, 10);
  error = atoi(code);
  if (!strcmp(how, "once")) manner = ONCE;
  else if (!strcmp(how, "ever")) manner = EVER;
  else if (!strcmp(how, "before")) manner = BEFORE;
  else if (!strcmp(how, "after")) manner = AFTER;
  else _exit(123);
  folder = under;
  folder_length = strlen(under);
  note = shared;
}

static int is_under(const char *path) {
  return note && path && !strncmp(path, folder, folder_length) &&
         (path[folder_length] == '/' || path[folder_length] == 0);
}

static int is_file_under(int descriptor) {
  if (!note) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_under(path);
}

static void die(void) {
  syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

enum verdict { PASS, FAIL, DIE_AFTER };

static enum verdict count(int is_ours) {
  if (!is_ours) return PASS;
  uint64_t n = ++note->calls;
  if (at == 0 || n < at || (n > at && manner != EVER)) return PASS;
  note->reached = 1;
  if (manner == BEFORE) die();
  return manner == AFTER ? DIE_AFTER : FAIL;
}

// The body of a function that takes the place of another: count, then fail, pass on or die.
#define STEP(type, name, is_ours, signature, ...)               \
  enum verdict verdict = count(is_ours);                        \
  if (verdict == FAIL) {                                        \
    errno = error;                                              \
    return -1;                                                  \
  }                                                             \
  static type(*next) signature;                                 \
  if (!next) next = (type(*) signature)dlsym(RTLD_NEXT, #name); \
  type result = next(__VA_ARGS__);                              \
  if (verdict == DIE_AFTER) die();                              \
  return result

ssize_t write(int file, const void *bytes, size_t length) {
  STEP(ssize_t, write, is_file_under(file), (int, const void *, size_t), file, bytes, length);
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t place) {
  STEP(ssize_t, pwrite, is_file_under(file), (int, const void *, size_t, off_t), file, bytes,
       length, place);
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t place) {
  STEP(ssize_t, pwrite64, is_file_under(file), (int, const void *, size_t, off64_t), file, bytes,
       length, place);
}
int fsync(int file) { STEP(int, fsync, is_file_under(file), (int), file); }
int fdatasync(int file) { STEP(int, fdatasync, is_file_under(file), (int), file); }
int syncfs(int file) { STEP(int, syncfs, is_file_under(file), (int), file); }
int ftruncate(int file, off_t length) {
  STEP(int, ftruncate, is_file_under(file), (int, off_t), file, length);
}
int ftruncate64(int file, off64_t length) {
  STEP(int, ftruncate64, is_file_under(file), (int, off64_t), file, length);
}
int truncate(const char *path, off_t length) {
  STEP(int, truncate, is_under(path), (const char *, off_t), path, length);
}
int truncate64(const char *path, off64_t length) {
  STEP(int, truncate64, is_under(path), (const char *, off64_t), path, length);
}
int rename(const char *old, const char *new) {
  STEP(int, rename, is_under(new), (const char *, const char *), old, new);
}
int link(const char *old, const char *new) {
  STEP(int, link, is_under(new), (const char *, const char *), old, new);
}
int linkat(int base, const char *old, int other, const char *new, int flags) {
  STEP(int, linkat, is_under(new), (int, const char *, int, const char *, int), base, old, other, new,
       flags);
}
int unlink(const char *path) { STEP(int, unlink, is_under(path), (const char *), path); }
int rmdir(const char *path) { STEP(int, rmdir, is_under(path), (const char *), path); }
int mkdir(const char *path, mode_t mode) {
  STEP(int, mkdir, is_under(path), (const char *, mode_t), path, mode);
}
int utimensat(int base, const char *path, const struct timespec times[2], int flags) {
  STEP(int, utimensat, is_under(path), (int, const char *, const struct timespec *, int), base,
       path, times, flags);
}

// Opening to read changes nothing and is not counted.
static int changes(int flags) {
  return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
}

static mode_t mode_of(int flags, va_list rest) {
  int creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  return creates ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  STEP(int, open, changes(flags) && is_under(path), (const char *, int, ...), path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  STEP(int, open64, changes(flags) && is_under(path), (const char *, int, ...), path, flags, mode);
}
int openat(int base, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  STEP(int, openat, changes(flags) && is_under(path), (int, const char *, int, ...), base, path,
       flags, mode);
}
