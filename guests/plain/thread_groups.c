// Processes of several threads: who goes on when one executes a program, ends the process, forks, is stopped or killed.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "report.h"

enum { OTHERS = 4, ROUNDS = 25 };

static volatile int *shared;
static char *self_path = "/proc/self/exe";

static pid_t tid(void) { return (pid_t)syscall(SYS_gettid); }

static void rest(long microseconds) {
  struct timespec span = {0, microseconds * 1000};
  nanosleep(&span, NULL);
}

static int threads(void) {
  char text[4096], *line;
  int fd = open("/proc/self/status", O_RDONLY), count = -1;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  text[length < 0 ? 0 : length] = 0;
  line = strstr(text, "Threads:");
  if (line) sscanf(line, "Threads:\t%d", &count);
  return count;
}

static void *spins(void *unused) {
  for (;;) __atomic_add_fetch(&shared[8], 1, __ATOMIC_SEQ_CST);
  return unused;
}

static void *sleeps(void *unused) {
  for (;;) pause();
  return unused;
}

static void *reads(void *unused) {
  char byte;
  int two[2];
  if (pipe(two) == 0 && read(two[0], &byte, 1) < 0) shared[9]++;
  return unused;
}

static void *calls(void *unused) {
  for (;;) sched_yield();
  return unused;
}

static void crowd(void) {
  static void *(*const kinds[])(void *) = {spins, sleeps, reads, calls};
  pthread_t thread;
  for (int i = 0; i < OTHERS; i++) must(pthread_create(&thread, NULL, kinds[i], NULL) == 0, "pthread_create");
}

/* Runs in a process of its own; tells how it ends. */
static void apart(const char *what, void (*program)(void)) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    program();
    fflush(stdout);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("%s: status %x\n", what, status);
}

static void execute(const char *how) {
  char *const arguments[] = {"thread_groups", (char *)how, NULL}, *const none[] = {NULL};
  execve(self_path, arguments, none);
  _exit(99);
}

static void *executes(void *unused) {
  rest(2000);
  execute("executed");
  return unused;
}

static void *executes_quietly(void *unused) {
  rest(2000);
  execute("quietly");
  return unused;
}

static void leader_executes(void) {
  crowd();
  rest(2000);
  execute("executed");
}

static void other_executes(void) {
  pthread_t thread;
  crowd();
  shared[0] = getpid();
  pthread_create(&thread, NULL, executes, NULL);
  pthread_join(thread, NULL);
}

static void many_execute(void) {
  pthread_t thread;
  shared[0] = getpid();
  for (int i = 0; i < OTHERS; i++) pthread_create(&thread, NULL, executes, NULL);
  for (;;) pause();
}

static void failing_execution(void) {
  pthread_t thread;
  char *const none[] = {NULL};
  pthread_create(&thread, NULL, sleeps, NULL);
  report(execve("/no/such/program", none, none), "execve of nothing");
  report(execve("/", none, none), "execve of a directory");
  printf("threads %d\n", threads());
}

static void *ends_process(void *code) {
  rest(1000);
  _exit((int)(long)code);
}

static void other_exits(void) {
  pthread_t thread;
  crowd();
  pthread_create(&thread, NULL, ends_process, (void *)12);
  for (;;) pause();
}

static void all_exit(void) {
  pthread_t thread;
  for (long i = 0; i < OTHERS; i++) pthread_create(&thread, NULL, ends_process, (void *)13);
  _exit(13);
}

static void *outlives(void *unused) {
  rest(5000);
  printf("the leader has gone: pid is tid %d\n", getpid() == tid());
  report(kill(getpid(), 0), "kill of the process");
  report(syscall(SYS_tgkill, getpid(), tid(), 0), "tgkill of itself");
  fflush(stdout);
  _exit(14);
  return unused;
}

static void leader_leaves(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, outlives, NULL);
  syscall(SYS_exit, 0);
}

static void raw_exit(void) {
  syscall(SYS_exit, 0x123);
}

static void forks(void) {
  crowd();
  int first = threads(), status;
  pid_t child = fork();
  if (child == 0) _exit(threads() == 1 && tid() == getpid() ? 21 : 22);
  waitpid(child, &status, 0);
  printf("threads %d, of the child %s\n", first, WEXITSTATUS(status) == 21 ? "one" : "more");
}

static void killed(void) {
  crowd();
  rest(2000);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void faults(void) {
  crowd();
  volatile long nowhere = 8;
  *(volatile int *)nowhere = 1;
}

static void signalled(void) {
  pthread_t thread;
  sigset_t all;
  crowd();
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  pthread_create(&thread, NULL, sleeps, NULL);
  kill(getpid(), SIGTERM);
  for (;;) pause();
}

static void stops(void) {
  int status;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    crowd();
    for (;;) pause();
  }
  while (shared[8] < 1000) rest(500);
  kill(child, SIGSTOP);
  waitpid(child, &status, WUNTRACED);
  int before = shared[8];
  rest(5000);
  printf("stopped: %x, nobody runs %d\n", status, before == shared[8]);
  kill(child, SIGCONT);
  waitpid(child, &status, WCONTINUED);
  while (shared[8] == before) rest(500);
  printf("continued: %x, the reader was not disturbed %d\n", status, shared[9] == 0);
  kill(child, SIGSTOP);
  waitpid(child, &status, WUNTRACED);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  printf("killed while stopped: %x\n", status);
}

/* Ends and executions at every moment, many times over. */
static void races(void) {
  int right = 0, status;
  for (int i = 0; i < ROUNDS; i++) {
    pid_t child = fork();
    if (child == 0) {
      pthread_t thread;
      pthread_create(&thread, NULL, i % 3 == 0 ? executes_quietly : i % 3 == 1 ? ends_process : calls, (void *)0);
      rest(i * 150);
      if (i % 2) execute("quietly");
      kill(getpid(), SIGKILL);
    }
    if (i % 5 == 4) {
      rest(i * 100);
      kill(child, SIGKILL);
    }
    right += waitpid(child, &status, 0) == child && (WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) <= 1);
  }
  printf("races: %d of %d, left %ld\n", right, ROUNDS, (long)waitpid(-1, NULL, 0));
}

static int vfork_child(void *unused) {
  (void)unused;
  shared[10] = 1;
  rest(20000);
  shared[11] = 1;
  return 0;
}

static void *vforks(void *unused) {
  static char stack[65536];
  clone(vfork_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
  return unused;
}

static void killed_in_vfork(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, vforks, NULL);
  while (!shared[10]) rest(500);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

int main(int argc, char **argv) {
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (argc > 1 && !strcmp(argv[1], "quietly")) return 1;
  if (argc > 1) {
    printf("executed: pid is tid %d, threads %d\n", getpid() == tid(), threads());
    return 1;
  }
  apart("the leader executes a program", leader_executes);
  apart("another thread does", other_executes);
  apart("many do", many_execute);
  apart("one tries to", failing_execution);
  apart("another thread ends the process", other_exits);
  apart("all do", all_exit);
  apart("the leader leaves", leader_leaves);
  apart("exit of a thread", raw_exit);
  apart("a thread forks", forks);
  apart("killed", killed);
  apart("a fault", faults);
  apart("a signal that all but some block", signalled);
  shared[8] = shared[9] = 0;
  stops();
  races();
  apart("killed while one waits for its vfork child", killed_in_vfork);
  while (!shared[11]) rest(1000);
  printf("its child goes on\n");
  return 0;
}
