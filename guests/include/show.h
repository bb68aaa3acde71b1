// For guest programs that print what every call answers: a value, or the errno's name. The same text is expected here and on Linux.

#ifndef GUESTS_SHOW_H
#define GUESTS_SHOW_H

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAME_OF(error) [error] = #error

static const char *const errno_names[] = {
    NAME_OF(EPERM),        NAME_OF(ENOENT),       NAME_OF(ESRCH),           NAME_OF(EINTR),        NAME_OF(EIO),         NAME_OF(ENXIO),
    NAME_OF(E2BIG),        NAME_OF(ENOEXEC),      NAME_OF(EBADF),           NAME_OF(ECHILD),       NAME_OF(EAGAIN),      NAME_OF(ENOMEM),
    NAME_OF(EACCES),       NAME_OF(EFAULT),       NAME_OF(ENOTBLK),         NAME_OF(EBUSY),        NAME_OF(EEXIST),      NAME_OF(EXDEV),
    NAME_OF(ENODEV),       NAME_OF(ENOTDIR),      NAME_OF(EISDIR),          NAME_OF(EINVAL),       NAME_OF(ENFILE),      NAME_OF(EMFILE),
    NAME_OF(ENOTTY),       NAME_OF(ETXTBSY),      NAME_OF(EFBIG),           NAME_OF(ENOSPC),       NAME_OF(ESPIPE),      NAME_OF(EROFS),
    NAME_OF(EMLINK),       NAME_OF(EPIPE),        NAME_OF(ERANGE),          NAME_OF(EDEADLK),      NAME_OF(ENAMETOOLONG), NAME_OF(ENOLCK),
    NAME_OF(ENOSYS),       NAME_OF(ENOTEMPTY),    NAME_OF(ELOOP),           NAME_OF(ENODATA),      NAME_OF(EOVERFLOW),   NAME_OF(ENOTSOCK),
    NAME_OF(EOPNOTSUPP),   NAME_OF(ETIMEDOUT),    NAME_OF(ESTALE),          NAME_OF(EDQUOT),       NAME_OF(EBADR),
    NAME_OF(EDESTADDRREQ), NAME_OF(EMSGSIZE),     NAME_OF(EPROTOTYPE),      NAME_OF(ENOPROTOOPT),  NAME_OF(EPROTONOSUPPORT),
    NAME_OF(ESOCKTNOSUPPORT), NAME_OF(EAFNOSUPPORT), NAME_OF(EADDRINUSE),   NAME_OF(EADDRNOTAVAIL), NAME_OF(ENETUNREACH),
    NAME_OF(ECONNABORTED), NAME_OF(ECONNRESET),   NAME_OF(ENOBUFS),         NAME_OF(EISCONN),      NAME_OF(ENOTCONN),
    NAME_OF(ETOOMANYREFS), NAME_OF(ECONNREFUSED), NAME_OF(EALREADY),        NAME_OF(EINPROGRESS),  NAME_OF(EDOM),
};

/* Prints "WHAT: VALUE" or "WHAT: ENAME"; returns the value. */
static inline long show(long result, const char *what) {
  int error = errno;
  if (result != -1) printf("%s: %ld\n", what, result);
  else if (error < (int)(sizeof errno_names / sizeof *errno_names) && errno_names[error]) printf("%s: %s\n", what, errno_names[error]);
  else printf("%s: errno %d\n", what, error);
  errno = 0;
  return result;
}

/* Prints the call itself in front of its answer. */
#define SHOW(call) show((long)(call), #call)

static inline void must(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(2);
}

/* Memory where nothing is; volatile, so that the compiler does not see through it. */
static void *volatile nowhere = (void *)8;

/* Privileges are given up where there are any, so that the answers are an ordinary user's. */
static inline void be_nobody(void) {
  if (geteuid() != 0) return;
  must(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0, "giving up privileges");
}

/* An empty directory of tmpfs becomes the working directory; leave_empty_directory removes it, and says if that is not possible. */
static char empty_directory[] = "/dev/shm/guest-XXXXXX";

static inline void enter_empty_directory(void) {
  must(mkdtemp(empty_directory) && chdir(empty_directory) == 0, "an empty directory");
}

static inline void leave_empty_directory(void) {
  must(chdir("/") == 0, "chdir");
  show(rmdir(empty_directory), "at last, rmdir of the directory");
}

#endif
