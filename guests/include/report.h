// Reports of guest programs: one line for each call, its result as a number or as the name of its error.
// The same text natively and in a machine, with any C library.

#ifndef GUESTS_REPORT_H
#define GUESTS_REPORT_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *error_name(int error) {
  static const struct { int number; const char *name; } names[] = {
#define NAME(error) {error, #error}
      NAME(EPERM), NAME(ENOENT), NAME(ESRCH), NAME(EINTR), NAME(EIO), NAME(ENXIO), NAME(E2BIG), NAME(ENOEXEC), NAME(EBADF), NAME(ECHILD),
      NAME(EAGAIN), NAME(ENOMEM), NAME(EACCES), NAME(EFAULT), NAME(EBUSY), NAME(EEXIST), NAME(ENODEV), NAME(ENOTDIR), NAME(EISDIR),
      NAME(EINVAL), NAME(EMFILE), NAME(ENOTTY), NAME(ETXTBSY), NAME(EFBIG), NAME(ENOSPC), NAME(ESPIPE), NAME(EPIPE), NAME(ERANGE),
      NAME(EDEADLK), NAME(ENAMETOOLONG), NAME(ENOSYS), NAME(ELOOP), NAME(EOVERFLOW), NAME(EOPNOTSUPP), NAME(ETIMEDOUT), NAME(EOWNERDEAD),
      NAME(ENOTRECOVERABLE), NAME(EREMOTE),
#undef NAME
  };
  static char other[16];
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].number == error) return names[i].name;
  snprintf(other, sizeof other, "E%d", error);
  return other;
}

/* report(kill(0, 99), "kill %d", 99): "kill 99: EINVAL". */
__attribute__((format(printf, 2, 3))) static inline void report(long result, const char *format, ...) {
  int error = errno;
  va_list values;
  va_start(values, format);
  vprintf(format, values);
  va_end(values);
  if (result == -1) printf(": %s\n", error_name(error));
  else printf(": %ld\n", result);
  fflush(stdout);
}

/* For calls that return the error, as pthread functions do. */
static inline const char *outcome(int error) {
  return error == 0 ? "0" : error_name(error);
}

static inline void must(int holds, const char *what) {
  if (holds) return;
  printf("FAILED %s: %s\n", what, error_name(errno));
  exit(2);
}

#endif
