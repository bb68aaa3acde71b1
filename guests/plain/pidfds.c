// Processes by descriptor: opening, signals, waiting, polling, taking descriptors from others, what is told of them.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "report.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#define PIDFD_NONBLOCK O_NONBLOCK
#define PIDFD_THREAD O_EXCL

static volatile int *shared;
static volatile int caught, code, sender;

static long opened(pid_t pid, unsigned flags) { return syscall(SYS_pidfd_open, pid, flags); }
static long sent(int fd, int signal, siginfo_t *info, unsigned flags) { return syscall(SYS_pidfd_send_signal, fd, signal, info, flags); }
static long taken(int fd, int other, unsigned flags) { return syscall(SYS_pidfd_getfd, fd, other, flags); }

static void note(int number, siginfo_t *info, void *context) {
  (void)context;
  caught = number;
  code = info->si_code;
  sender = info->si_pid;
}

static int ready(int fd) {
  struct pollfd one = {.fd = fd, .events = POLLIN};
  int result = poll(&one, 1, 0);
  return result < 0 ? -1 : one.revents;
}

static pid_t sleeper(void) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) for (;;) pause();
  return child;
}

/* The lines of fdinfo that name a process. */
static void told(int fd, pid_t pid) {
  char path[64], text[1024], *line, *rest;
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  int file = open(path, O_RDONLY);
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  text[length < 0 ? 0 : length] = 0;
  for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    int number;
    if (sscanf(line, "Pid:\t%d", &number) == 1) printf("Pid: %s\n", number == pid ? "it" : number == -1 ? "-1" : "another");
    if (sscanf(line, "NSpid:\t%d", &number) == 1) printf("NSpid: %s\n", number == pid ? "it" : number == -1 ? "-1" : "another");
  }
}

static volatile pid_t thread_tid;
static void *waits(void *unused) {
  thread_tid = (pid_t)syscall(SYS_gettid);
  while (!shared[0]) usleep(500);
  return unused;
}

static void opening(void) {
  pthread_t thread;
  report(opened(0, 0), "process 0");
  report(opened(-1, 0), "process -1");
  report(opened(4194300, 0), "nobody");
  report(opened(getpid(), 1), "odd flags");
  shared[0] = 0;
  pthread_create(&thread, NULL, waits, NULL);
  while (!thread_tid) usleep(500);
  report(opened(thread_tid, 0), "a thread as a process");
  int fd = (int)opened(thread_tid, PIDFD_THREAD);
  report(fd >= 0, "a thread");
  report(ready(fd), "not ready");
  report(sent(fd, 0, NULL, 0), "signal 0 to it");
  told(fd, thread_tid);
  shared[0] = 1;
  pthread_join(thread, NULL);
  while (ready(fd) == 0) usleep(500);
  report(ready(fd), "when it has ended");
  report(sent(fd, 0, NULL, 0), "signal 0 then");
  told(fd, thread_tid);
  close(fd);
  fd = (int)opened(getpid(), PIDFD_NONBLOCK);
  char target[64] = "", byte;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  readlink(path, target, sizeof target - 1);
  printf("%s, flags %x, close-on-exec %d\n", strncmp(target, "anon_inode:[pidfd]", 18) ? target : "anon_inode:[pidfd]", fcntl(fd, F_GETFL) & 0x7fff, fcntl(fd, F_GETFD));
  report(read(fd, &byte, 1), "read");
  report(write(fd, &byte, 1), "write");
  close(fd);
}

static void signals(void) {
  struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  int self = (int)opened(getpid(), 0), thread = (int)opened(getpid(), PIDFD_THREAD);
  pid_t child = sleeper();
  int fd = (int)opened(child, 0);
  report(sent(self, SIGUSR1, NULL, 0), "SIGUSR1 to itself");
  printf("code %d from itself %d\n", code, sender == getpid());
  report(sent(thread, SIGUSR1, NULL, 0), "to the thread");
  printf("code %d\n", code);
  report(sent(self, SIGUSR1, NULL, 1), "PIDFD_SIGNAL_THREAD");
  printf("code %d\n", code);
  report(sent(thread, SIGUSR1, NULL, 2), "PIDFD_SIGNAL_THREAD_GROUP");
  printf("code %d\n", code);
  caught = 0;
  setpgid(0, 0);
  report(sent(self, SIGUSR1, NULL, 4), "PIDFD_SIGNAL_PROCESS_GROUP");
  printf("caught %d\n", caught);
  report(sent(fd, 0, NULL, 4), "the group of a child that leads none");
  report(sent(fd, 0, NULL, 3), "two scopes");
  report(sent(fd, 0, NULL, 8), "odd flags");
  report(sent(fd, 65, NULL, 0), "signal 65");
  report(sent(0, 0, NULL, 0), "standard input");
  report(sent(999, 0, NULL, 0), "no descriptor");
  siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
  report(sent(self, SIGUSR1, &info, 0), "siginfo");
  printf("code %d\n", code);
  report(sent(self, SIGUSR2, &info, 0), "siginfo of another signal");
  info.si_code = SI_USER;
  report(sent(self, SIGUSR1, &info, 0), "as if by kill, to itself");
  report(sent(fd, SIGUSR1, &info, 0), "as if by kill, to another");
  char path[64];
  snprintf(path, sizeof path, "/proc/%d", child);
  int directory = open(path, O_RDONLY | O_DIRECTORY);
  report(sent(directory, 0, NULL, 0), "a directory of /proc");
  report(sent(fd, SIGTERM, NULL, 0), "SIGTERM");
  while (ready(fd) == 0) usleep(500);
  report(sent(fd, 0, NULL, 0), "a zombie");
  waitpid(child, NULL, 0);
  report(sent(fd, 0, NULL, 0), "when it is gone");
  report(sent(directory, 0, NULL, 0), "by its directory");
  close(directory), close(fd), close(self), close(thread);
}

static void waiting(void) {
  siginfo_t info = {0};
  pid_t child = sleeper();
  int fd = (int)opened(child, 0), calm = (int)opened(child, PIDFD_NONBLOCK), self = (int)opened(getpid(), 0);
  report(waitid(P_PIDFD, calm, &info, WEXITED), "a descriptor that does not wait");
  report(waitid(P_PIDFD, calm, &info, WEXITED | WNOHANG), "with WNOHANG");
  report(waitid(P_PIDFD, self, &info, WEXITED | WNOHANG), "itself");
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLHUP, .data.u32 = 7};
  report(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll");
  report(epoll_wait(epoll, &event, 1, 0), "nothing yet");
  kill(child, SIGKILL);
  report(epoll_wait(epoll, &event, 1, 2000), "its end");
  printf("events %x\n", event.events);
  report(ready(fd), "poll");
  told(fd, child);
  report(waitid(P_PIDFD, fd, &info, WEXITED | WNOWAIT), "left waiting");
  report(waitid(P_PIDFD, fd, &info, WEXITED), "taken");
  printf("code %d status %d child %d\n", info.si_code, info.si_status, info.si_pid == child);
  report(ready(fd), "poll");
  told(fd, child);
  report(waitid(P_PIDFD, fd, &info, WEXITED), "again");
  close(fd), close(calm), close(self), close(epoll);
}

static void taking(void) {
  int two[2], other;
  must(pipe(two) == 0, "pipe");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    dup2(two[1], 50);
    close(two[1]);
    shared[1] = 1;
    for (;;) pause();
  }
  close(two[1]);
  while (!shared[1]) usleep(500);
  int fd = (int)opened(child, 0);
  report(taken(fd, 50, 1), "odd flags");
  report(taken(fd, 999, 0), "a descriptor that is not open");
  report(taken(0, 0, 0), "from standard input");
  report(taken(999, 0, 0), "from no descriptor");
  other = (int)taken(fd, 50, 0);
  report(other >= 0, "a pipe");
  printf("close-on-exec %d, written %ld\n", fcntl(other, F_GETFD), (long)write(other, "x", 1));
  char byte = 0;
  report(read(two[0], &byte, 1), "read");
  struct iovec piece = {(void *)shared, 4096};
  report(syscall(SYS_process_madvise, fd, &piece, 1ul, 20, 0u), "process_madvise");
  report(syscall(SYS_process_madvise, fd, &piece, 1ul, 4, 0u), "process_madvise of MADV_DONTNEED");
  report(syscall(SYS_process_madvise, fd, &piece, 1ul, 20, 1u), "process_madvise with flags");
  report(syscall(448, fd, 0), "process_mrelease of one that lives");
  report(syscall(448, fd, 1), "process_mrelease with flags");
  kill(child, SIGKILL);
  while (ready(fd) == 0) usleep(500);
  report(taken(fd, 50, 0), "from a zombie");
  waitpid(child, NULL, 0);
  report(taken(fd, 50, 0), "from one that is gone");
  close(fd);
  child = sleeper();
  fd = (int)opened(child, 0);
  fflush(stdout);
  pid_t poor = fork();
  if (poor == 0) {
    syscall(SYS_setresuid, 4321, 4321, 4321);
    report(taken(fd, 0, 0), "of another user's process");
    report(sent(fd, 0, NULL, 0), "a signal to another user's process");
    _exit(0);
  }
  waitpid(poor, NULL, 0);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

int main(void) {
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t worker = fork();
  if (worker) {
    int status;
    waitpid(worker, &status, 0);
    return WEXITSTATUS(status);
  }
  opening();
  signals();
  waiting();
  taking();
  return 0;
}
