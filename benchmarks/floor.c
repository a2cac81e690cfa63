/* The least that a durable result costs: for each item a folder, and in it one file that is created,
   written, synced, renamed, and whose folder is synced. With "spawn" a process of `true` comes before,
   its output in a log file. Prints the seconds that it took.

   usage: floor FOLDER ITEMS [spawn] */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void must(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  exit(3);
}

static void spawn_true(const char *log) {
  char *words[] = {"true", NULL}, *none[] = {NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0666);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t process;
  must((errno = posix_spawn(&process, "/bin/true", &actions, NULL, words, none)) == 0, "spawn");
  posix_spawn_file_actions_destroy(&actions);
  int status;
  must(waitpid(process, &status, 0) == process && status == 0, "wait");
}

int main(int count, char **words) {
  if (count < 3) return 2;
  int items = atoi(words[2]);
  int spawns = count > 3 && strcmp(words[3], "spawn") == 0;
  char record[600];
  memset(record, 'x', sizeof record);
  must(mkdir(words[1], 0777) == 0 && chdir(words[1]) == 0, words[1]);
  double start = now();
  for (int i = 0; i < items; i++) {
    char folder[64], draft[96], name[96], log[96];
    snprintf(folder, sizeof folder, "%d", i);
    snprintf(draft, sizeof draft, "%d/draft", i);
    snprintf(name, sizeof name, "%d/done.json", i);
    snprintf(log, sizeof log, "%d/log.txt", i);
    must(mkdir(folder, 0777) == 0, "mkdir");
    if (spawns) spawn_true(log);
    int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    must(file >= 0 && write(file, record, sizeof record) == sizeof record, "write");
    must(fsync(file) == 0 && close(file) == 0, "sync");
    must(rename(draft, name) == 0, "rename");
    int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(opened >= 0 && fsync(opened) == 0 && close(opened) == 0, "sync folder");
  }
  printf("%.6f\n", now() - start);
  return 0;
}
