// Calls every system call with wrong arguments, as an unprivileged user in a directory of its own, and prints what each answers.
//   errno FAMILY DIRECTORY    one family of calls; DIRECTORY is made if it is not there
//   errno families            the names of the families
//   errno covered             the numbers of all calls that some family calls
//   errno excluded            number, name and reason of those that none calls

#include "errno.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

FILE *output;

const char *errno_name(int number) {
#define NAME(name) case name: return #name;
  switch (number) {
    NAME(EPERM) NAME(ENOENT) NAME(ESRCH) NAME(EINTR) NAME(EIO) NAME(ENXIO) NAME(E2BIG) NAME(ENOEXEC) NAME(EBADF) NAME(ECHILD) NAME(EAGAIN)
        NAME(ENOMEM)
    NAME(EACCES) NAME(EFAULT) NAME(ENOTBLK) NAME(EBUSY) NAME(EEXIST) NAME(EXDEV) NAME(ENODEV) NAME(ENOTDIR) NAME(EISDIR) NAME(EINVAL)
        NAME(ENFILE)
    NAME(EMFILE) NAME(ENOTTY) NAME(ETXTBSY) NAME(EFBIG) NAME(ENOSPC) NAME(ESPIPE) NAME(EROFS) NAME(EMLINK) NAME(EPIPE) NAME(EDOM)
        NAME(ERANGE)
    NAME(EDEADLK) NAME(ENAMETOOLONG) NAME(ENOLCK) NAME(ENOSYS) NAME(ENOTEMPTY) NAME(ELOOP) NAME(ENOMSG) NAME(EIDRM) NAME(ENODATA)
        NAME(ETIME)
    NAME(EPROTO) NAME(EBADMSG) NAME(EOVERFLOW) NAME(EBADFD) NAME(ENOTSOCK) NAME(EDESTADDRREQ) NAME(EMSGSIZE) NAME(EPROTOTYPE)
        NAME(ENOPROTOOPT)
    NAME(EPROTONOSUPPORT) NAME(ESOCKTNOSUPPORT) NAME(EOPNOTSUPP) NAME(EPFNOSUPPORT) NAME(EAFNOSUPPORT) NAME(EADDRINUSE) NAME(EADDRNOTAVAIL)
    NAME(ENETUNREACH) NAME(ECONNABORTED) NAME(ECONNRESET) NAME(ENOBUFS) NAME(EISCONN) NAME(ENOTCONN) NAME(ETIMEDOUT) NAME(ECONNREFUSED)
    NAME(EHOSTUNREACH) NAME(EALREADY) NAME(EINPROGRESS) NAME(ENOKEY) NAME(ECANCELED) NAME(EUSERS)
  }
  static char text[16];
  snprintf(text, sizeof text, "E%d", number);
  return text;
}

/* The same user, limits and descriptors wherever it runs. */
static void settle(const char *directory) {
  mkdir(directory, 0755);
  if (getuid() == 0) {
    if (chown(directory, NOBODY, NOBODY) | setgroups(0, NULL) | setresgid(NOBODY, NOBODY, NOBODY) | setresuid(NOBODY, NOBODY, NOBODY))
        exit(2);
  }
  if (chdir(directory) != 0) exit(2);
  umask(022);
  setsid();
  dup2(1, OUTPUT);
  for (int fd = 3; fd < 1024; fd++)
    if (fd != OUTPUT) close(fd);
  int here = open(".", O_RDONLY);
  dup2(here, HOME);
  close(here);
  int nothing = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(nothing, fd);
  close(nothing);
  output = fdopen(OUTPUT, "w");
  static const struct {
    int resource;
    long value;
  } limits[] = {
      {RLIMIT_NOFILE, 1024}, {RLIMIT_FSIZE, 1 << 20}, {RLIMIT_AS, 64 << 20}, {RLIMIT_DATA, 64 << 20}, {RLIMIT_STACK, 1 << 20},
          {RLIMIT_MEMLOCK, 64 << 10}, {RLIMIT_CORE, 0},
      {RLIMIT_NICE, 0}, {RLIMIT_RTPRIO, 0}, {RLIMIT_SIGPENDING, 1000}, {RLIMIT_MSGQUEUE, 819200}, {RLIMIT_NPROC, 1000},
  };
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct rlimit limit = {limits[i].value, limits[i].value};
    setrlimit(limits[i].resource, &limit);
  }
  for (int number = 1; number < 32; number++)
    if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static long run_hand_row(const void *context, int index) {
  const struct hand_row *all = context;
  return all[index].run();
}

static void run_hand_rows(const struct hand_row *all) {
  for (; all && all->name; all++) {
    struct plan plan = {1, run_hand_row, all, all->result};
    struct outcome outcome;
    run_plan(&plan, &outcome);
    fprintf(output, "%s: %s\n", all->name, outcome.text);
  }
}

int main(int count, char **arguments) {
  const char *wanted = count > 1 ? arguments[1] : "";
  if (!strcmp(wanted, "families"))
    for (const struct family *family = families; family->name; family++) printf("%s\n", family->name);
  if (!strcmp(wanted, "covered"))
    for (const struct family *family = families; family->name; family++)
      for (const struct signature *signature = family->signatures; signature && signature->name; signature++) printf("%d\n",
          signature->number);
  if (!strcmp(wanted, "excluded"))
    for (const struct excluded *row = excluded_calls; row->name; row++) printf("%d %s: %s\n", row->number, row->name, row->reason);
  if (count < 3) return 0;
  settle(arguments[2]);
  make_zones();
  make_directory();
  for (const struct family *family = families; family->name; family++) {
    if (strcmp(family->name, wanted)) continue;
    for (const struct signature *signature = family->signatures; signature && signature->name; signature++)
      if (count == 3 || !strcmp(signature->name, arguments[3])) run_signature(signature);
    if (count == 3) run_hand_rows(family->hand_rows);
    fflush(output);
  }
  return 0;
}
