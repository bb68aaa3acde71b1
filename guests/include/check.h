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

/* For calls that must fail: prints the errno it got when that is another one. */
static inline void check_errno(long result, int expected, const char *what) {
  int got = errno;
  int holds = result == -1 && got == expected;
  printf("%s %s: %s\n", holds ? "ok" : "FAILED", what, strerror(expected));
  if (!holds) {
    printf("  returned %ld, errno %s\n", result, result == -1 ? strerror(got) : "-");
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
