// Checks for guest programs: a line for each, and an exit code that says whether all held.

#ifndef GUESTS_CHECK_H
#define GUESTS_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failures;

static inline void check(int holds, const char *what) {
  printf("%s %s\n", holds ? "ok" : "FAILED", what);
  if (!holds) check_failures++;
}

/* For calls that must fail, with the errno's name: check_errno(close(-1), EBADF, "closing nothing"). */
#define check_errno(result, expected, what) check_errno_named(result, expected, #expected, what)

static inline void check_errno_named(long result, int expected, const char *name, const char *what) {
  int got = errno;
  int holds = result == -1 && got == expected;
  printf("%s %s: %s\n", holds ? "ok" : "FAILED", what, name);
  if (!holds) {
    printf("  returned %ld, errno %d\n", result, result == -1 ? got : 0);
    check_failures++;
  }
}

static inline int check_result(void) {
  fflush(stdout);
  return check_failures != 0;
}

static inline void must(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(2);
}

#endif
