// Resource limits and their enforcement, and a fork bomb inside one: whoever would go beyond is refused, and everyone is reaped.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "report.h"

enum { BOMB = 40 };

/* This user has no other processes, though there be other copies of the program; the next has none either. */
#define USER (100000 + 2 * (uid_t)first_process)
static pid_t first_process;

static volatile int *shared;
static volatile sig_atomic_t signals;

static void note(int number) { signals = signals * 100 + number; }

static long limit(int resource, unsigned long soft, unsigned long hard) {
  unsigned long pair[2] = {soft, hard};
  return syscall(SYS_prlimit64, 0, resource, pair, NULL);
}

static void become(unsigned user) {
  must(syscall(SYS_setgroups, 0, NULL) == 0 && syscall(SYS_setresgid, user, user, user) == 0 && syscall(SYS_setresuid, user, user, user) == 0, "setresuid");
}

/* Runs in a process of its own, as another user if asked; tells how it ends. */
static void apart(const char *what, void (*program)(void), unsigned user) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (user) become(user);
    program();
    fflush(stdout);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  if (status) printf("%s: status %x\n", what, status);
}

static void rules(void) {
  unsigned long pair[2];
  report(limit(16, 1, 1), "limit 16");
  report(limit(RLIMIT_FSIZE, 2, 1), "soft above hard");
  report(limit(RLIMIT_FSIZE, 1000, 2000), "lower");
  report(limit(RLIMIT_FSIZE, 1500, 2000), "soft raised");
  report(limit(RLIMIT_FSIZE, 1500, 3000), "hard raised");
  report(limit(RLIMIT_NOFILE, 10, 1ul << 40), "more descriptors than there may be");
  report(syscall(SYS_prlimit64, 4194300, RLIMIT_CORE, NULL, pair), "of nobody");
  report(syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, NULL, pair), "of another user's process");
  report(syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, pair), "asked");
  printf("%lu %lu\n", pair[0], pair[1]);
}

static void files(void) {
  char name[] = "/tmp/limits-XXXXXX";
  int fd = mkstemp(name), first;
  unlink(name);
  signal(SIGXFSZ, note);
  limit(RLIMIT_FSIZE, 10, 10);
  report(write(fd, "0123456789abcdef", 16), "write across RLIMIT_FSIZE");
  report(write(fd, "x", 1), "write beyond");
  printf("signals %d\n", signals);
  report(ftruncate(fd, 20), "ftruncate beyond");
  signal(SIGXFSZ, SIG_IGN);
  report(pwrite(fd, "x", 1, 100), "pwrite beyond, ignored");
  report(pwrite(fd, "x", 1, 3), "pwrite within");
  first = dup(0);
  limit(RLIMIT_NOFILE, first + 1, 100);
  report(dup2(0, first) == first, "the last descriptor");
  report(dup(0), "dup beyond RLIMIT_NOFILE");
  report(dup2(0, first + 1), "dup2 beyond");
  report(fcntl(0, F_DUPFD, first + 1), "F_DUPFD beyond");
  report(open("/", O_RDONLY), "open beyond");
  int two[2];
  report(pipe(two), "pipe beyond");
}

static void file_kill(void) {
  char name[] = "/tmp/limits-XXXXXX";
  int fd = mkstemp(name);
  unlink(name);
  limit(RLIMIT_FSIZE, 0, 0);
  if (write(fd, "x", 1) < 0) printf("not reached\n");
}

static void memory(void) {
  limit(RLIMIT_AS, 64 << 20, RLIM_INFINITY);
  void *large = mmap(NULL, 128 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  printf("mmap beyond RLIMIT_AS: %s\n", large == MAP_FAILED ? error_name(errno) : "given");
  void *small = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("mmap within: %s\n", small == MAP_FAILED ? error_name(errno) : "given");
  void *moved = mremap(small, 1 << 20, 128 << 20, MREMAP_MAYMOVE);
  printf("mremap beyond: %s\n", moved == MAP_FAILED ? error_name(errno) : "given");
  limit(RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY);
  limit(RLIMIT_DATA, 8 << 20, RLIM_INFINITY);
  void *data = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("mmap beyond RLIMIT_DATA: %s\n", data == MAP_FAILED ? error_name(errno) : "given");
  data = mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("to read only: %s\n", data == MAP_FAILED ? error_name(errno) : "given");
  report(mprotect(data, 16 << 20, PROT_READ | PROT_WRITE), "to be written later");
  data = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  printf("shared: %s\n", data == MAP_FAILED ? error_name(errno) : "given");
  long brk = syscall(SYS_brk, 0);
  printf("brk beyond: %s\n", syscall(SYS_brk, brk + (16 << 20)) == brk ? "stays" : "moves");
}

static void locking(void) {
  char *pages = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  limit(RLIMIT_MEMLOCK, 8 * 4096, 8 * 4096);
  report(mlock(pages, 8 * 4096), "mlock of the limit");
  report(mlock(pages, 9 * 4096), "mlock beyond");
  report(mlock(pages, 8 * 4096), "mlock again");
  void *locked = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
  printf("MAP_LOCKED beyond: %s\n", locked == MAP_FAILED ? error_name(errno) : "given");
  report(munlock(pages, 4096), "munlock");
  locked = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
  printf("MAP_LOCKED within: %s\n", locked == MAP_FAILED ? error_name(errno) : "given");
  report(mlockall(MCL_CURRENT), "mlockall beyond");
  munlockall();
  limit(RLIMIT_MEMLOCK, 0, 0);
  report(mlock(pages, 4096), "mlock without any");
  report(mlockall(MCL_FUTURE), "mlockall without any");
}

static volatile int deep;
static volatile int deepest = 1 << 20;
static int recurse(int n) {
  volatile char pad[1024];
  if (n > deepest) return 0;
  pad[0] = (char)n;
  deep = n;
  return recurse(n + 1) + pad[0];
}

static void overflowed(int number) {
  (void)number;
  int kilobytes = deep;
  _exit(kilobytes > 200 && kilobytes < 300 ? 33 : 34);
}

static void stack(void) {
  static char alternate[16384];
  stack_t other = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_handler = overflowed, .sa_flags = SA_ONSTACK};
  limit(RLIMIT_STACK, 256 << 10, 256 << 10);
  sigaltstack(&other, NULL);
  sigaction(SIGSEGV, &action, NULL);
  recurse(0);
}

static long schedule(int policy, int priority) {
  struct sched_param parameter = {.sched_priority = priority};
  return syscall(SYS_sched_setscheduler, 0, policy, &parameter);
}

static void priorities(void) {
  report(setpriority(PRIO_PROCESS, 0, 5), "setpriority 5");
  report(setpriority(PRIO_PROCESS, 0, 4), "setpriority 4");
  report(schedule(SCHED_FIFO, 1), "SCHED_FIFO");
  report(schedule(SCHED_BATCH, 0), "SCHED_BATCH");
  report(schedule(SCHED_IDLE, 0), "SCHED_IDLE");
  report(schedule(SCHED_OTHER, 0), "from it to SCHED_OTHER");
}

/* Everyone forks until it cannot; then all wait to be told to end. */
static void bomb(void) {
  int refused = 0;
  for (;;) {
    pid_t child = fork();
    if (child < 0) {
      __atomic_add_fetch(&shared[1], errno == EAGAIN ? 1 : 1000, __ATOMIC_SEQ_CST);
      if (++refused == 3) break;
      usleep(1000);
    } else if (child == 0) {
      refused = 0;
      __atomic_add_fetch(&shared[0], 1, __ATOMIC_SEQ_CST);
    }
  }
  __atomic_add_fetch(&shared[2], 1, __ATOMIC_SEQ_CST);
  while (!shared[3]) usleep(1000);
  while (waitpid(-1, NULL, 0) > 0) continue;
  _exit(0);
}

static void *nothing(void *unused) {
  while (!shared[3]) usleep(500);
  return unused;
}

static void bombs(void) {
  limit(RLIMIT_NPROC, BOMB, BOMB);
  become(USER);
  pid_t child = fork();
  if (child == 0) bomb();
  while (shared[2] < BOMB - 1) usleep(1000);
  printf("processes made %d, all but EAGAIN %d\n", shared[0] + 1, shared[1] / 1000);
  report(fork(), "fork");
  pthread_t thread;
  printf("pthread_create: %s\n", outcome(pthread_create(&thread, NULL, nothing, NULL)));
  shared[3] = 1;
  waitpid(child, NULL, 0);
  child = fork();
  if (child == 0) _exit(0);
  report(waitpid(child, NULL, 0) == child, "fork when all have been reaped");
}

static void exceeding(void) {
  limit(RLIMIT_NPROC, 2, 2);
  shared[4] = 0;
  for (int i = 0; i < 3; i++) {
    if (fork() == 0) {
      become(USER + 1);
      __atomic_add_fetch(&shared[4], 1, __ATOMIC_SEQ_CST);
      while (shared[4] < 100) usleep(500);
      _exit(0);
    }
  }
  while (shared[4] < 3) usleep(500);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    char *const arguments[] = {"limits", "nothing", NULL};
    become(USER + 1);
    execv("/proc/self/exe", arguments);
    report(-1, "execve as a user with too many processes");
    _exit(0);
  }
  waitpid(child, NULL, 0);
  shared[4] = 100;
  while (wait(NULL) > 0) continue;
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) return 0;
  first_process = getpid();
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  apart("rules", rules, USER);
  apart("files", files, USER);
  apart("RLIMIT_FSIZE", file_kill, USER);
  apart("memory", memory, USER);
  apart("locking", locking, USER);
  apart("stack", stack, 0);
  apart("priorities", priorities, USER);
  apart("bombs", bombs, 0);
  apart("exceeding", exceeding, 0);
  return 0;
}
