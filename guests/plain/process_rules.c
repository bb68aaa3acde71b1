// Rules of processes: what wait4 and waitid tell, stops and continues, process groups and sessions, orphans, subreapers, death signals.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "report.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static volatile int *shared;
static volatile int count, code, status_seen;

static void note(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  code = info->si_code;
  status_seen = info->si_status;
  count++;
}

static void install(int number, int flags) {
  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | flags};
  sigaction(number, &action, NULL);
}

static void rest(long milliseconds) {
  struct timespec span = {0, milliseconds * 1000000};
  while (nanosleep(&span, &span) == -1 && errno == EINTR) continue;
}

/* Waits until another process has set the word to `value`. */
static void await(int at, int value) {
  for (int i = 0; i < 5000 && __atomic_load_n(&shared[at], __ATOMIC_SEQ_CST) != value; i++) usleep(500);
}

static void set(int at, int value) {
  __atomic_store_n(&shared[at], value, __ATOMIC_SEQ_CST);
}

static long wait_raw(int kind, int id, void *info, int options, struct rusage *usage) {
  return syscall(SYS_waitid, kind, id, info, options, usage);
}

static void told(const char *what, long result, siginfo_t *info, pid_t child) {
  report(result, "%s: signo %d code %d status %d child %d", what, info->si_signo, info->si_code, info->si_status, info->si_pid == child ? 1 : info->si_pid);
}

static pid_t spawn(void (*program)(void)) {
  fflush(stdout);
  pid_t child = fork();
  if (child) return child;
  program();
  fflush(stdout);
  _exit(0);
}

static void exits_7(void) { _exit(7); }
static void pauses(void) { for (;;) pause(); }
static void dies(void) { kill(getpid(), SIGTERM); }
static void aborts(void) {
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  abort();
}

static void waits(void) {
  siginfo_t info;
  int status;
  struct rusage usage;
  report(wait_raw(P_ALL, 0, &info, WEXITED, NULL), "waitid without children");
  report(wait_raw(P_ALL, 0, &info, 0, NULL), "waitid for nothing");
  report(wait_raw(P_ALL, 0, &info, WEXITED | 0x100, NULL), "waitid with odd options");
  report(wait_raw(7, 0, &info, WEXITED, NULL), "waitid of kind 7");
  report(wait_raw(P_PID, 0, &info, WEXITED, NULL), "waitid of pid 0");
  report(wait_raw(P_PID, -1, &info, WEXITED, NULL), "waitid of pid -1");
  report(wait_raw(P_PGID, -1, &info, WEXITED, NULL), "waitid of group -1");
  report(wait_raw(P_PIDFD, -1, &info, WEXITED, NULL), "waitid of descriptor -1");
  report(wait_raw(P_PIDFD, 0, &info, WEXITED, NULL), "waitid of descriptor 0");
  report(syscall(SYS_wait4, -1, &status, 0x100, NULL), "wait4 with odd options");
  report(syscall(SYS_wait4, -1, &status, WNOWAIT, NULL), "wait4 with WNOWAIT");
  report(syscall(SYS_wait4, 0x80000000, &status, 0, NULL), "wait4 of the least number");
  pid_t child = spawn(exits_7);
  memset(&info, 0, sizeof info);
  told("left waiting", wait_raw(P_PID, child, &info, WEXITED | WNOWAIT, NULL), &info, child);
  told("a group", wait_raw(P_PGID, 0, &info, WEXITED | WNOWAIT, NULL), &info, child);
  report(wait_raw(P_PGID, child, &info, WEXITED | WNOWAIT, NULL), "another group");
  report(waitpid(child + 10000, &status, 0), "another child");
  report(syscall(SYS_wait4, child, &status, __WCLONE, NULL), "wait4 with __WCLONE");
  report(kill(child, SIGTERM), "kill of a zombie");
  report(getpgid(child) == getpgrp(), "getpgid of a zombie");
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%d/task/%d", child, child);
  int thread = open(path, O_DIRECTORY);
  report(thread > 0, "/proc/PID/task/PID of a zombie");
  int stat = openat(thread, "stat", O_RDONLY);
  text[read(stat, text, sizeof text - 1)] = 0;
  printf("its state is %c, the thread is the process: %d\n", *(strrchr(text, ')') + 2), atoi(text) == child);
  close(stat);
  int children = openat(thread, "children", O_RDONLY);
  report(read(children, text, sizeof text), "its children");
  close(children);
  told("taken", wait_raw(P_ALL, 0, &info, WEXITED, &usage), &info, child);
  report(kill(child, 0), "kill when it is gone");
  report(openat(thread, "stat", O_RDONLY), "its stat when it is gone");
  report(open(path, O_DIRECTORY), "its directory when it is gone");
  close(thread);
  child = spawn(dies);
  told("killed", wait_raw(P_PID, child, &info, WEXITED, NULL), &info, child);
  child = spawn(aborts);
  told("aborted", wait_raw(P_PID, child, &info, WEXITED, NULL), &info, child);
  child = spawn(pauses);
  memset(&info, 0x55, sizeof info);
  report(wait_raw(P_PID, child, &info, WEXITED | WNOHANG, NULL), "nothing yet");
  printf("signo %d errno %d code %d pid %d uid %d status %d rest %x\n", info.si_signo, info.si_errno, info.si_code, info.si_pid, (int)info.si_uid,
         info.si_status, ((unsigned char *)&info)[40]);
  report(waitpid(child, &status, WNOHANG), "nor for wait4");
  told("no stop yet", wait_raw(P_PID, child, &info, WSTOPPED | WNOHANG, NULL), &info, child);
  kill(child, SIGSTOP);
  told("stopped", wait_raw(P_PID, child, &info, WSTOPPED | WNOWAIT, NULL), &info, child);
  report(waitpid(child, &status, WUNTRACED) == child, "and again");
  printf("status %x\n", status);
  report(waitpid(child, &status, WUNTRACED | WNOHANG), "but not a third time");
  kill(child, SIGCONT);
  told("continued", wait_raw(P_PID, child, &info, WCONTINUED | WNOWAIT, NULL), &info, child);
  report(waitpid(child, &status, WCONTINUED) == child, "and again");
  printf("status %x\n", status);
  report(waitpid(child, &status, WCONTINUED | WNOHANG), "but not a third time");
  kill(child, SIGSTOP);
  waitpid(child, &status, WUNTRACED);
  kill(child, SIGTERM);
  report(waitpid(child, &status, WNOHANG), "a stopped child keeps a signal");
  kill(child, SIGCONT);
  waitpid(child, &status, 0);
  printf("until it continues: %x\n", status);
  child = spawn(pauses);
  kill(child, SIGSTOP);
  waitpid(child, &status, WUNTRACED);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  printf("SIGKILL needs no continue: %x\n", status);
  child = spawn(exits_7);
  report(syscall(SYS_wait4, child, (void *)8, 0, NULL), "wait4 into nowhere");
  report(waitpid(child, &status, 0), "takes it all the same");
}

static void told_by_signal(void) {
  install(SIGCHLD, 0);
  count = 0;
  pid_t child = spawn(pauses);
  kill(child, SIGSTOP);
  waitpid(child, NULL, WUNTRACED);
  while (count < 1) rest(1);
  printf("SIGCHLD of a stop: %d code %d status %d\n", count, code, status_seen);
  kill(child, SIGCONT);
  waitpid(child, NULL, WCONTINUED);
  while (count < 2) rest(1);
  printf("of a continue: %d code %d status %d\n", count, code, status_seen);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  while (count < 3) rest(1);
  printf("of a death: %d code %d status %d\n", count, code, status_seen);
  install(SIGCHLD, SA_NOCLDSTOP);
  count = 0;
  child = spawn(pauses);
  kill(child, SIGSTOP);
  waitpid(child, NULL, WUNTRACED);
  kill(child, SIGCONT);
  waitpid(child, NULL, WCONTINUED);
  printf("SA_NOCLDSTOP: %d\n", count);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  install(SIGCHLD, SA_NOCLDWAIT);
  count = 0;
  child = spawn(exits_7);
  report(waitpid(child, NULL, 0), "SA_NOCLDWAIT");
  printf("with a signal: %d\n", count > 0);
  signal(SIGCHLD, SIG_IGN);
  child = spawn(exits_7);
  report(waitpid(child, NULL, 0), "SIG_IGN");
  signal(SIGCHLD, SIG_DFL);
}

static void stop_myself(void) {
  raise(SIGTSTP);
  _exit(3);
}

static void groups(void) {
  pid_t self = getpid();
  report(setpgid(-1, 0), "setpgid of -1");
  report(setpgid(0, -1), "setpgid to -1");
  report(setpgid(4194300, 0), "setpgid of nobody");
  report(setpgid(getppid(), 0), "setpgid of the parent");
  report(setpgid(0, 4194300), "setpgid to a group that is not there");
  pid_t child = spawn(pauses), other = spawn(pauses);
  report(setpgid(child, child), "a child of its own group");
  report(setpgid(other, child), "another child into it");
  report(setpgid(child, getpgrp()), "and back");
  report(getpgid(other) == child, "a group outlives its leader's membership");
  report(setpgid(0, child), "itself into it");
  report(getpgrp() == child, "it is there");
  report(setpgid(0, 0), "itself into its own");
  report(setsid(), "setsid of a group leader");
  report(getpgid(4194300), "getpgid of nobody");
  report(getpgid(-1), "getpgid of -1");
  report(getsid(4194300), "getsid of nobody");
  kill(child, SIGKILL), kill(other, SIGKILL);
  waitpid(child, NULL, 0), waitpid(other, NULL, 0);
  child = spawn(pauses);
  pid_t leader = fork();
  if (leader == 0) {
    report(setpgid(child, 0), "setpgid of a sibling");
    report(setsid() == getpid(), "setsid");
    report(getsid(0) == getpid() && getpgrp() == getpid(), "leads a session and a group");
    report(setsid(), "setsid again");
    report(setpgid(0, 0), "setpgid of a session leader");
    report(setpgid(0, self), "setpgid into another session");
    set(0, 1);
    await(1, 1);
    _exit(0);
  }
  await(0, 1);
  report(setpgid(leader, 0), "setpgid of a child that leads a session");
  report(setpgid(child, leader), "a child into another session");
  set(1, 1);
  waitpid(leader, NULL, 0);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  set(0, 0), set(1, 0);
  fflush(stdout);
  child = fork();
  if (child == 0) {
    char *const arguments[] = {"process_rules", "pause", NULL}, *const none[] = {NULL};
    execve("/proc/self/exe", arguments, none);
    _exit(1);
  }
  char path[64];
  for (int i = 0; i < 4000; i++) {
    usleep(500);
    snprintf(path, sizeof path, "/proc/%d/cmdline", child);
    int fd = open(path, O_RDONLY);
    char text[64] = "";
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length > 0 && memmem(text, (size_t)length, "pause", 5)) break;
  }
  report(setpgid(child, child), "a child that has executed a program");
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);

  int status;
  child = spawn(stop_myself);
  report(waitpid(child, &status, WUNTRACED) == child, "SIGTSTP in this group");
  printf("status %x\n", status);
  kill(child, SIGCONT);
  waitpid(child, NULL, 0);
  fflush(stdout);
  child = fork();
  if (child == 0) {
    setsid();
    raise(SIGTSTP);
    raise(SIGTTIN);
    printf("SIGTSTP in an orphaned group does nothing\n");
    fflush(stdout);
    raise(SIGSTOP);
    _exit(4);
  }
  waitpid(child, &status, WUNTRACED);
  printf("SIGSTOP does: %x\n", status);
  kill(child, SIGCONT);
  waitpid(child, &status, 0);
  printf("status %x\n", status);
}

/* The middle process ends while its child, in a group of its own, is stopped. */
static void newly_orphaned(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  fflush(stdout);
  pid_t middle = fork();
  if (middle == 0) {
    setsid();
    pid_t child = fork();
    if (child == 0) {
      setpgid(0, 0);
      install(SIGHUP, 0);
      install(SIGCONT, 0);
      count = 0;
      raise(SIGSTOP);
      while (count < 2) rest(1);
      printf("the newly orphaned group gets SIGHUP and SIGCONT: %d\n", count);
      fflush(stdout);
      _exit(6);
    }
    set(2, child);
    waitpid(child, NULL, WUNTRACED);
    _exit(0);
  }
  int status;
  waitpid(middle, NULL, 0);
  report(waitpid(-1, &status, 0) == shared[2], "the subreaper gets the orphan");
  printf("status %x\n", status);
  report(prctl(PR_SET_CHILD_SUBREAPER, 0), "no longer");
}

static void parents(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  set(3, 0), set(4, 0);
  fflush(stdout);
  pid_t middle = fork();
  if (middle == 0) {
    if (fork() == 0) {
      pid_t before = getppid();
      sigset_t wanted;
      siginfo_t info;
      int signal;
      sigemptyset(&wanted);
      sigaddset(&wanted, SIGUSR1);
      sigprocmask(SIG_BLOCK, &wanted, NULL);
      report(prctl(PR_SET_PDEATHSIG, SIGUSR1), "PR_SET_PDEATHSIG");
      prctl(PR_GET_PDEATHSIG, &signal);
      printf("PR_GET_PDEATHSIG %d\n", signal == SIGUSR1);
      fflush(stdout);
      set(3, 1);
      syscall(SYS_rt_sigtimedwait, &wanted, &info, NULL, 8);
      printf("parent's death: code %d from it %d, parent has changed %d\n", info.si_code, info.si_pid == before, getppid() != before);
      fflush(stdout);
      _exit(0);
    }
    await(3, 1);
    _exit(0);
  }
  waitpid(middle, NULL, 0);
  waitpid(-1, NULL, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void *forking_thread(void *unused) {
  set(5, fork());
  if (shared[5] == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    set(6, 1);
    for (;;) pause();
  }
  await(6, 1);
  set(7, 1);
  await(8, 1);
  return unused;
}

static void threads(void) {
  pthread_t thread;
  int status;
  set(6, 0), set(7, 0), set(8, 0);
  pthread_create(&thread, NULL, forking_thread, NULL);
  await(7, 1);
  report(waitpid(-1, &status, __WNOTHREAD | WNOHANG), "__WNOTHREAD of another thread's child");
  report(waitpid(-1, &status, WNOHANG), "without it");
  set(8, 1);
  pthread_join(thread, NULL);
  waitpid(-1, &status, 0);
  printf("the thread that made it ends: %x\n", status);
}

static void usages(void) {
  struct rusage mine, before, after;
  getrusage(RUSAGE_CHILDREN, &before);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) {
      struct timespec now, start;
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
      do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
      while ((now.tv_sec - start.tv_sec) * 1000000000l + now.tv_nsec - start.tv_nsec < 30000000);
      _exit(0);
    }
    wait(NULL);
    _exit(0);
  }
  wait4(child, NULL, 0, &mine);
  getrusage(RUSAGE_CHILDREN, &after);
  long used = mine.ru_utime.tv_usec + mine.ru_stime.tv_usec;
  long more = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 + after.ru_utime.tv_usec - before.ru_utime.tv_usec +
              (after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000000 + after.ru_stime.tv_usec - before.ru_stime.tv_usec;
  printf("a grandchild's time counts: %d %d\n", used >= 25000, more >= 25000);
  report(getrusage(5, &mine), "getrusage of 5");
  report(getrusage(RUSAGE_THREAD, &mine), "getrusage of a thread");
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) for (;;) pause();
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  // Neither a session leader nor in an orphaned group.
  pid_t worker = fork();
  if (worker) {
    int status;
    waitpid(worker, &status, 0);
    return WEXITSTATUS(status);
  }
  setpgid(0, 0);
  waits();
  told_by_signal();
  groups();
  newly_orphaned();
  parents();
  threads();
  usages();
  return 0;
}
