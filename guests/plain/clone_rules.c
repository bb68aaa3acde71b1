// Making processes and threads: what clone, clone3, vfork, unshare and execveat accept, and what a child shares.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "report.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#define CLEAR_SIGHAND 0x100000000ull
#define INTO_CGROUP 0x200000000ull

struct arguments {
  uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup, more[4];
};

static char stack[65536] __attribute__((aligned(16)));
static volatile int *shared;
static volatile int value;
static char program[64];
/* For set_tid: where it may be any number, the next one is tried if another process has it. */
static int *any_number;

/* The child ends with 0; the parent waits for it and tells the status. */
static void try(const char *what, struct arguments arguments, size_t size, int options) {
  fflush(stdout);
  int tid = -1;
  long pid;
  do pid = syscall(SYS_clone3, &arguments, size);
  while (pid < 0 && errno == EEXIST && any_number && ++*any_number);
  if (pid == 0) {
    value = 77;
    _exit(getppid() == shared[0] ? 1 : 2);
  }
  int error = errno, status = 0;
  if (pid > 0) tid = waitpid((pid_t)pid, &status, options);
  errno = error;
  report(pid > 0 ? 0 : pid, "%s: status %x%s", what, status, pid > 0 && tid != pid ? ", not waited for" : "");
}

static void clone3_arguments(void) {
  int fd = -1, tid = 0;
  struct arguments plain = {.exit_signal = SIGCHLD}, one;
  try("plain", plain, 64, 0);
  try("88 bytes", plain, 88, 0);
  try("longer, zero", plain, sizeof plain, 0);
  one = plain, one.more[2] = 1, try("longer, not zero", one, sizeof one, 0);
  try("short", plain, 63, 0);
  try("huge", plain, 4097, 0);
  report(syscall(SYS_clone3, (void *)8, 88), "from nowhere");
  one = plain, one.flags = 1ull << 40, try("an unknown flag", one, 88, 0);
  one = plain, one.flags = SIGCHLD, try("a signal in the flags", one, 88, 0);
  one = plain, one.flags = 0x400000, try("CLONE_DETACHED", one, 88, 0);
  one = plain, one.exit_signal = 65, try("signal 65", one, 88, 0);
  one = plain, one.exit_signal = 0x100 + SIGCHLD, try("signal 0x111", one, 88, 0);
  one = plain, one.exit_signal = 0, try("no signal", one, 88, __WALL);
  one = plain, one.exit_signal = SIGUSR1, signal(SIGUSR1, SIG_IGN), try("SIGUSR1", one, 88, __WCLONE);
  one = plain, one.flags = CLONE_PARENT, try("CLONE_PARENT with a signal", one, 88, 0);
  one = plain, one.flags = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND, try("CLONE_THREAD with a signal", one, 88, 0);
  one = plain, one.flags = CLONE_SIGHAND, try("CLONE_SIGHAND without CLONE_VM", one, 88, 0);
  one = plain, one.exit_signal = 0, one.flags = CLONE_THREAD | CLONE_VM, try("CLONE_THREAD without CLONE_SIGHAND", one, 88, 0);
  one = plain, one.flags = CLONE_SIGHAND | CLONE_VM | CLEAR_SIGHAND, try("CLEAR_SIGHAND with CLONE_SIGHAND", one, 88, 0);
  one = plain, one.stack = (uintptr_t)stack, try("a stack without size", one, 88, 0);
  one = plain, one.stack_size = 4096, try("a size without stack", one, 88, 0);
  one = plain, one.stack = 1ull << 63, one.stack_size = 4096, try("a stack nowhere", one, 88, 0);
  one = plain, one.flags = CLONE_SETTLS, one.tls = 1ull << 63, try("TLS nowhere", one, 88, 0);
  one = plain, one.set_tid_size = 1, try("set_tid_size without set_tid", one, 80, 0);
  one = plain, one.set_tid = (uintptr_t)&tid, try("set_tid without size", one, 80, 0);
  one = plain, one.set_tid = (uintptr_t)&tid, one.set_tid_size = 33, try("33 levels", one, 80, 0);
  one = plain, one.set_tid = (uintptr_t)&tid, one.set_tid_size = 1, try("set_tid 0", one, 80, 0);
  tid = 4194304, try("set_tid beyond the last", one, 80, 0);
  tid = -5, try("set_tid -5", one, 80, 0);
  tid = getpid(), try("set_tid in use", one, 80, 0);
  tid = 31001, any_number = &tid, try("set_tid", one, 80, 0), any_number = NULL;
  one = plain, one.set_tid = 8, one.set_tid_size = 1, try("set_tid from nowhere", one, 80, 0);
  one = plain, one.flags = INTO_CGROUP, one.cgroup = 1ull << 31, try("a cgroup that is no descriptor", one, 88, 0);
  one = plain, one.flags = INTO_CGROUP, one.cgroup = 0, try("a cgroup in a short structure", one, 80, 0);
  one = plain, one.flags = INTO_CGROUP, one.cgroup = 999, try("a cgroup that is not open", one, 88, 0);
  one = plain, one.flags = CLONE_NEWNS | CLONE_FS, try("CLONE_NEWNS with CLONE_FS", one, 88, 0);
  one = plain, one.flags = CLONE_PIDFD, one.pidfd = 8, try("a pidfd into nowhere", one, 88, 0);
  one = plain, one.flags = CLONE_PIDFD | CLONE_PARENT_SETTID, one.pidfd = one.parent_tid = (uintptr_t)&fd, try("pidfd and tid in one place", one, 88, 0);
  one = plain, one.flags = CLONE_PARENT_SETTID, one.parent_tid = 8, try("the tid into nowhere", one, 88, 0);
  one = plain, one.flags = CLONE_PIDFD, one.pidfd = (uintptr_t)&fd, try("a pidfd", one, 88, 0);
  struct pollfd poller = {.fd = fd, .events = POLLIN};
  int ready = poll(&poller, 1, 0);
  printf("pidfd: close-on-exec %d flags %x poll %d %x\n", fcntl(fd, F_GETFD), fcntl(fd, F_GETFL) & ~0x8000, ready, poller.revents);
  close(fd);
  struct sigaction action = {.sa_handler = SIG_DFL};
  signal(SIGUSR2, exit);
  signal(SIGHUP, SIG_IGN);
  one = plain, one.flags = CLEAR_SIGHAND;
  fflush(stdout);
  if (syscall(SYS_clone3, &one, 88) == 0) {
    sigaction(SIGUSR2, NULL, &action);
    int handled = action.sa_handler != SIG_DFL;
    sigaction(SIGHUP, NULL, &action);
    printf("CLEAR_SIGHAND leaves handled %d, ignored %d\n", handled, action.sa_handler == SIG_IGN);
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
}

static void raw_clone(void) {
  static const struct { const char *name; unsigned long flags; int options; } tries[] = {
      {"SIGCHLD", SIGCHLD, 0}, {"no signal", 0, __WALL}, {"signal 65", 65, __WALL}, {"signal 200", 200, __WALL},
      {"CLONE_DETACHED", 0x400000 | SIGCHLD, 0}, {"CLONE_DETACHED with CLONE_PIDFD", 0x400000 | CLONE_PIDFD | SIGCHLD, 0},
      {"CLONE_PARENT_SETTID with CLONE_PIDFD", CLONE_PARENT_SETTID | CLONE_PIDFD | SIGCHLD, 0}, {"CLONE_THREAD alone", CLONE_THREAD, 0},
      {"CLONE_IO and CLONE_SYSVSEM", 0x80000000 | CLONE_SYSVSEM | SIGCHLD, 0}, {"CLONE_UNTRACED and CLONE_PTRACE", CLONE_UNTRACED | CLONE_PTRACE | SIGCHLD, 0}};
  for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
    int tid = 0;
    fflush(stdout);
    long pid = syscall(SYS_clone, tries[i].flags, 0, &tid, NULL, 0);
    if (pid == 0) _exit(3);
    int error = errno, status = 0;
    long waited = pid > 0 ? waitpid((pid_t)pid, &status, tries[i].options) : pid;
    errno = error;
    report(pid > 0 ? 0 : -1, "clone %s: waited %d status %x", tries[i].name, waited == pid, status);
  }
  /* The child's settid and cleartid. */
  int tid = 0, tids[2] = {0, 0};
  shared[1] = 0;
  fflush(stdout);
  long pid = syscall(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &tid, &tids[1], 0);
  if (pid == 0) {
    shared[1] = tids[1] == getpid() && tid == 0;
    _exit(0);
  }
  waitpid((pid_t)pid, NULL, 0);
  printf("tid in the parent %d, in the child %d, not here %d\n", tid == pid, shared[1], tids[1]);
}

static int child_of_parent(void *unused) {
  (void)unused;
  shared[2] = getppid();
  return 5;
}

static int sets_value(void *to) {
  usleep(2000);
  value = (int)(intptr_t)to;
  return 0;
}

static void relations(void) {
  value = 0;
  clone(sets_value, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)(intptr_t)78);
  printf("CLONE_VFORK waits, CLONE_VM shares: %d\n", value);
  wait(NULL);
  fflush(stdout);
  pid_t middle = fork();
  if (middle == 0) {
    clone(child_of_parent, stack + sizeof stack, CLONE_PARENT, NULL);
    report(waitpid(-1, NULL, 0), "CLONE_PARENT gives no child");
    _exit(0);
  }
  int status, got = 0, fives = 0;
  while (waitpid(-1, &status, __WALL) > 0) {
    got++;
    fives += WEXITSTATUS(status) == 5;
  }
  printf("but a sibling: %d, ended with 5: %d, whose parent is this %d\n", got, fives, shared[2] == getpid());
}

static int changes(void *unused) {
  (void)unused;
  close(1000);
  chdir("/proc");
  umask(0123);
  return 0;
}

static void sharing(void) {
  for (int together = 0; together < 2; together++) {
    dup2(1, 1000);
    chdir("/");
    umask(022);
    pid_t child = clone(changes, stack + sizeof stack, SIGCHLD | (together ? CLONE_FILES | CLONE_FS : 0), NULL);
    waitpid(child, NULL, 0);
    char directory[64];
    report(fcntl(1000, F_GETFD), "%s descriptors", together ? "shared" : "own");
    report(chdir("self") == 0 && getcwd(directory, 64) != NULL, "in another directory");
    printf("umask %o\n", umask(022));
    close(1000);
  }
  chdir("/");
  report(unshare(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM), "unshare");
  report(unshare(CLONE_THREAD), "unshare CLONE_THREAD");
  report(unshare(CLONE_SIGHAND | CLONE_VM), "unshare CLONE_VM");
  report(unshare(CLONE_PARENT), "unshare CLONE_PARENT");
  report(unshare(0), "unshare nothing");
}

static void executed(const char *what, int directory, const char *path, char *const *arguments, int flags) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    char *const environment[] = {"A=1", NULL};
    syscall(SYS_execveat, directory, path, arguments, environment, flags);
    report(-1, "%s", what);
    _exit(99);
  }
  int status;
  waitpid(child, &status, 0);
  if (WEXITSTATUS(status) != 99) printf("%s: status %x\n", what, status);
}

static void file(const char *name, const char *text, int mode) {
  int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0700);
  must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), name);
  fchmod(fd, (mode_t)mode);
  close(fd);
}

static void execution(void) {
  char directory[] = "/tmp/clone-XXXXXX", line[256];
  must(mkdtemp(directory) != NULL && chdir(directory) == 0, "mkdtemp");
  char *const shown[] = {"zero", "show", "two", NULL}, *const none[] = {NULL};
  must(symlink(program, "link") == 0, "symlink");
  int here = open(".", O_RDONLY | O_DIRECTORY), self = open(program, O_RDONLY), closing = open(program, O_RDONLY | O_CLOEXEC);
  here = dup2(here, 100), self = dup2(self, 101), closing = fcntl(closing, F_DUPFD_CLOEXEC, 102);
  executed("by path", AT_FDCWD, program, shown, 0);
  executed("by link", AT_FDCWD, "link", shown, 0);
  executed("by link, not followed", AT_FDCWD, "link", shown, AT_SYMLINK_NOFOLLOW);
  executed("in a directory", here, "link", shown, 0);
  executed("by descriptor", self, "", shown, AT_EMPTY_PATH);
  executed("by a descriptor that closes", closing, "", shown, AT_EMPTY_PATH);
  executed("an empty path", self, "", shown, 0);
  executed("no descriptor", 999, "x", shown, 0);
  executed("a file as a directory", self, "x", shown, 0);
  executed("odd flags", AT_FDCWD, program, shown, 0x40000);
  executed("without arguments", AT_FDCWD, program, none, 0);
  executed("a directory", AT_FDCWD, "/", shown, 0);
  executed("nothing", AT_FDCWD, "nothing", shown, 0);
  executed("arguments nowhere", AT_FDCWD, program, (void *)8, 0);
  snprintf(line, sizeof line, "#!%s show one word\nrest\n", program);
  file("script", line, 0755);
  executed("a script", AT_FDCWD, "script", shown, 0);
  executed("a script in a directory", here, "script", shown, 0);
  int script = open("script", O_RDONLY);
  script = dup2(script, 105);
  executed("a script by descriptor", script, "", shown, AT_EMPTY_PATH);
  fcntl(script, F_SETFD, FD_CLOEXEC);
  executed("a script by a descriptor that closes", script, "", shown, AT_EMPTY_PATH);
  snprintf(line, sizeof line, "#!  %s \t show\t \n", program);
  file("spaces", line, 0755);
  executed("a script with spaces", AT_FDCWD, "spaces", shown, 0);
  snprintf(line, sizeof line, "#!%s", program);
  file("bare", line, 0755);
  executed("a script of one line without an end", AT_FDCWD, "bare", shown, 0);
  file("empty", "#!\n", 0755);
  executed("a script that names nothing", AT_FDCWD, "empty", shown, 0);
  file("blank", "#!   \n", 0755);
  executed("a script that names blanks", AT_FDCWD, "blank", shown, 0);
  file("missing", "#!/no/such/interpreter\n", 0755);
  executed("a script whose interpreter is missing", AT_FDCWD, "missing", shown, 0);
  file("text", "hello\n", 0755);
  executed("a text", AT_FDCWD, "text", shown, 0);
  file("nothing", "", 0755);
  executed("an empty file", AT_FDCWD, "nothing", shown, 0);
  file("plain", line, 0644);
  executed("a file that is not executable", AT_FDCWD, "plain", shown, 0);
  for (int i = 1; i <= 6; i++) {
    char name[16];
    snprintf(name, sizeof name, "s%d", i);
    snprintf(line, sizeof line, "#!%s/s%d\n", directory, i - 1);
    if (i == 1) snprintf(line, sizeof line, "#!%s show\n", program);
    file(name, line, 0755);
  }
  executed("scripts of scripts, four", AT_FDCWD, "s4", shown, 0);
  executed("five", AT_FDCWD, "s5", shown, 0);
  executed("six", AT_FDCWD, "s6", shown, 0);
  char *long_line = malloc(400);
  memset(long_line, 'x', 399);
  memcpy(long_line, "#!/", 3);
  long_line[399] = 0;
  file("long", long_line, 0755);
  executed("a script with a long name", AT_FDCWD, "long", shown, 0);
  long_line[20] = ' ';
  file("long", long_line, 0755);
  executed("a script with a long argument", AT_FDCWD, "long", shown, 0);
  static const char *const left[] = {"script", "spaces", "bare", "empty", "blank", "missing", "text", "nothing", "plain", "s1", "s2", "s3", "s4", "s5", "s6", "long", "link"};
  for (unsigned i = 0; i < sizeof left / sizeof *left; i++) unlink(left[i]);
  chdir("/");
  rmdir(directory);
}

/* Printed by the executed program: arguments, name, with directories that change replaced. */
static int show(int argc, char **argv) {
  char name[17];
  prctl(PR_GET_NAME, name);
  printf("  %s, %d:", strncmp(name, "clone_rules", 11) ? name : "[program]", argc);
  for (int i = 0; i < argc; i++) {
    const char *temporary = strstr(argv[i], "clone-");
    if (strstr(argv[i], "clone_rules")) printf(" [program]");
    else if (temporary) printf(" [directory]%s", temporary + 12);
    else printf(" [%s]", argv[i]);
  }
  printf("\n");
  fflush(stdout);
  return 11;
}

int main(int argc, char **argv) {
  char target[64];
  ssize_t length = readlink("/proc/self/exe", target, sizeof target - 1);
  target[length < 0 ? 0 : length] = 0;
  if (argc != 1 || getenv("A")) return show(argc, argv);
  char made[] = "/tmp/clone_rules-XXXXXX";
  int out = mkstemp(made), in = open("/proc/self/exe", O_RDONLY);
  char buffer[65536];
  ssize_t count;
  while ((count = read(in, buffer, sizeof buffer)) > 0) must(write(out, buffer, (size_t)count) == count, "copy");
  fchmod(out, 0755);
  close(out), close(in);
  strcpy(program, made);
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared[0] = getpid();
  clone3_arguments();
  raw_clone();
  relations();
  sharing();
  execution();
  unlink(made);
  return 0;
}
