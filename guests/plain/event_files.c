// timerfd, eventfd and signalfd; poll and select: every answer, time-outs, masks, limits.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "check.h"

#define MILLISECOND 1000000l
/* C libraries keep different real-time signals for themselves. */
#define QUEUED 40

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * MILLISECOND};
  while (nanosleep(&time, &time) != 0) {}
}

static long nanoseconds(struct timespec time) {
  return time.tv_sec * 1000000000l + time.tv_nsec;
}

static long now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return nanoseconds(time);
}

static int set(int fd, int flags, long value, long interval, struct itimerspec *old) {
  struct itimerspec new = {{interval / 1000000000, interval % 1000000000}, {value / 1000000000, value % 1000000000}};
  return timerfd_settime(fd, flags, &new, old);
}

/* The number read, or minus the errno. */
static long take(int fd) {
  uint64_t value;
  ssize_t got = read(fd, &value, 8);
  return got == 8 ? (long)value : got == -1 ? -errno : -1000 - got;
}

static int give(int fd, uint64_t value) {
  return write(fd, &value, 8) == 8 ? 0 : -1;
}

static int ready(int fd, int events) {
  struct pollfd p = {fd, events, 0};
  return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

static int exit_of(pid_t child) {
  int how;
  must(waitpid(child, &how, 0) == child, "waitpid");
  return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

/* Prints what /proc tells of a descriptor from its first own line on. */
static void show(const char *what, int fd, const char *from) {
  char path[64], text[2000] = "";
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  int file = open(path, O_RDONLY);
  must(read(file, text, sizeof text - 1) > 0, path);
  close(file);
  char *at = strstr(text, from);
  printf("%s: %s", what, at ? at : text);
}

static void timers(void) {
  check_errno(timerfd_create(99, 0), EINVAL, "timerfd: a clock that is none");
  check_errno(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0), EINVAL, "a clock of processor time");
  check_errno(timerfd_create(CLOCK_MONOTONIC, 1), EINVAL, "an unknown flag");
  int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  check(t >= 0 && fcntl(t, F_GETFL) == (O_RDWR | O_NONBLOCK) && fcntl(t, F_GETFD) == FD_CLOEXEC, "a timer");
  struct itimerspec old, bad = {{0, 0}, {0, 1000000000}}, minus = {{0, 0}, {-1, 0}};
  check_errno(timerfd_settime(t, 4, &old, NULL), EINVAL, "an unknown flag to set it");
  check_errno(timerfd_settime(t, 0, &bad, NULL), EINVAL, "a time that is none");
  check_errno(timerfd_settime(t, 0, &minus, NULL), EINVAL, "a negative time");
  check_errno(timerfd_settime(t, 0, NULL, NULL), EFAULT, "no time");
  check_errno(timerfd_settime(0, 0, &(struct itimerspec){0}, NULL), EINVAL, "what is no timer");
  check_errno(timerfd_gettime(-1, &old), EBADF, "no descriptor");
  check(take(t) == -EAGAIN && ready(t, POLLIN | POLLOUT) == 0, "not armed");
  check_errno(read(t, &old, 7), EINVAL, "room for less than eight bytes");
  check_errno(write(t, &old, 8), EINVAL, "writing");
  set(t, 0, 5000 * MILLISECOND, 0, NULL);
  timerfd_gettime(t, &old);
  check(nanoseconds(old.it_value) > 0 && nanoseconds(old.it_value) <= 5000 * MILLISECOND, "time left");
  set(t, 0, 5 * MILLISECOND, 0, NULL);
  rest(10);
  timerfd_gettime(t, &old);
  check(nanoseconds(old.it_value) == 0 && ready(t, POLLIN) == POLLIN, "over");
  check(take(t) == 1 && take(t) == -EAGAIN, "once");
  set(t, 0, 2 * MILLISECOND, 2 * MILLISECOND, NULL);
  rest(21);
  long ticks = take(t);
  check(ticks >= 10, "periodic: all that are due");
  int e = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  set(t, 0, 2 * MILLISECOND, 2 * MILLISECOND, NULL);
  epoll_ctl(e, EPOLL_CTL_ADD, t, &event);
  check(epoll_wait(e, &event, 1, 1000) == 1, "an edge");
  check(epoll_wait(e, &event, 1, 20) == 0, "one only until it is read");
  timerfd_gettime(t, &old);
  check(nanoseconds(old.it_value) > 0 && nanoseconds(old.it_value) <= 2 * MILLISECOND, "the next time");
  check(epoll_wait(e, &event, 1, 1000) == 1, "which starts it again");
  check(take(t) >= 10, "nothing is lost");
  set(t, 0, 0, 0, &old);
  check(nanoseconds(old.it_interval) == 2 * MILLISECOND, "the old setting");
  check(take(t) == -EAGAIN, "disarmed");
  set(t, TFD_TIMER_ABSTIME, now(CLOCK_MONOTONIC) + 100 * MILLISECOND, 0, NULL);
  check(ready(t, POLLIN) == 0, "an absolute time to come");
  rest(110);
  check(take(t) == 1, "has come");
  set(t, TFD_TIMER_ABSTIME, 1, 0, NULL);
  rest(1);
  check(take(t) == 1, "one that has passed");
  set(t, TFD_TIMER_ABSTIME, 1, 1000000000l, NULL);
  rest(1);
  check(take(t) >= now(CLOCK_MONOTONIC) / 1000000000l, "with all periods since");
  set(t, 0, 0, 0, NULL);
  int wall = timerfd_create(CLOCK_REALTIME, 0);
  check(set(wall, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, now(CLOCK_REALTIME) + 3 * MILLISECOND, 0, NULL) == 0, "of the calendar");
  check(take(wall) == 1, "read waits");
  show("a timer in /proc", t, "clockid:");
  check_errno(ioctl(t, 0x5401, NULL), ENOTTY, "no terminal");
  close(t), close(wall), close(e);
}

static void events(void) {
  check_errno(eventfd(0, 2), EINVAL, "eventfd: an unknown flag");
  int e = eventfd(3, EFD_NONBLOCK);
  check(take(e) == 3 && take(e) == -EAGAIN, "counts down to nothing");
  check(ready(e, POLLIN | POLLOUT) == POLLOUT, "can be written");
  check(give(e, 5) == 0 && give(e, 6) == 0 && ready(e, POLLIN | POLLOUT) == (POLLIN | POLLOUT) && take(e) == 11, "adds");
  check_errno(give(e, UINT64_MAX), EINVAL, "one number cannot be written");
  check(give(e, UINT64_MAX - 1) == 0 && ready(e, POLLIN | POLLOUT) == POLLIN, "full");
  check_errno(give(e, 1), EAGAIN, "no more");
  check(give(e, 0) == 0, "but nothing");
  check_errno(write(e, &e, 4), EINVAL, "four bytes");
  check_errno(read(e, &e, 4), EINVAL, "read in four");
  check(take(e) == -2, "the largest number");
  check(lseek(e, 5, SEEK_SET) == 0, "seeking changes nothing");
  check_errno(pread(e, &(uint64_t){0}, 8, 0), ESPIPE, "no position to read from");
  int s = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
  check(take(s) == 1 && take(s) == 1 && take(s) == -EAGAIN, "a semaphore gives ones");
  give(s, 0x1234);
  int b = eventfd(0, 0);
  pid_t child = fork();
  if (child == 0) _exit(take(b) == 7 ? 0 : 1);
  rest(20);
  give(b, 7);
  check(exit_of(child) == 0, "a reader waits");
  give(b, UINT64_MAX - 1);
  child = fork();
  if (child == 0) _exit(give(b, 9) == 0 ? 0 : 1);
  rest(20);
  check(waitpid(child, NULL, WNOHANG) == 0, "a writer waits");
  check(take(b) == -2 && exit_of(child) == 0 && take(b) == 9, "for room");
  close(e), close(s), close(b);
}

static void signals(void) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  sigaddset(&mask, QUEUED);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  check_errno(signalfd(-1, &mask, 1), EINVAL, "signalfd: an unknown flag");
  check_errno(signalfd(0, &mask, 0), EINVAL, "of what is none");
  check_errno(signalfd(99, &mask, 0), EBADF, "of no descriptor");
  check_errno(syscall(SYS_signalfd4, -1, &mask, 4l, 0), EINVAL, "a mask of four bytes");
  int s = signalfd(-1, &mask, SFD_NONBLOCK);
  struct signalfd_siginfo got[3];
  check(s >= 0 && read(s, got, sizeof got) == -1 && errno == EAGAIN && ready(s, POLLIN) == 0, "nothing waits");
  check_errno(read(s, got, 100), EINVAL, "room for less than one");
  kill(getpid(), SIGUSR1);
  kill(getpid(), SIGUSR1);
  union sigval value = {.sival_int = 77};
  sigqueue(getpid(), QUEUED, value);
  value.sival_int = 78;
  sigqueue(getpid(), QUEUED, value);
  check(ready(s, POLLIN | POLLOUT) == POLLIN, "signals wait");
  check(read(s, got, sizeof got) == 3 * sizeof *got, "three are read");
  check(got[0].ssi_signo == SIGUSR1 && got[0].ssi_code == SI_USER && got[0].ssi_pid == (uint32_t)getpid(), "who sent them");
  check(got[1].ssi_signo == (uint32_t)QUEUED && got[1].ssi_code == SI_QUEUE && got[1].ssi_int == 77 && got[2].ssi_int == 78, "what with");
  check(ready(s, POLLIN) == 0, "none is left");
  kill(getpid(), SIGUSR1);
  sigset_t other;
  sigemptyset(&other);
  sigaddset(&other, QUEUED);
  check(signalfd(s, &other, 0) == s && ready(s, POLLIN) == 0, "another mask");
  check(signalfd(s, &mask, 0) == s && ready(s, POLLIN) == POLLIN, "and back");
  pid_t child = fork();
  if (child == 0) _exit(read(s, got, sizeof got) == -1 && errno == EAGAIN ? 0 : 1);
  check(exit_of(child) == 0, "a child sees signals of its own");
  check(read(s, got, sizeof *got) == sizeof *got, "the parent its");
  show("a signalfd in /proc", s, "sigmask:");
  fcntl(s, F_SETFL, 0);
  child = fork();
  if (child == 0) {
    await_sleep(getppid());
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  check(read(s, got, sizeof got) == sizeof *got && got[0].ssi_pid == (uint32_t)child, "read waits");
  exit_of(child);
  child = fork();
  if (child == 0) {
    await_sleep(getppid());
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  struct pollfd p = {s, POLLIN, 0};
  check(poll(&p, 1, 2000) == 1, "poll waits");
  exit_of(child);
  read(s, got, sizeof got);
  close(s);
}

static volatile sig_atomic_t caught;

static void note(int signal) {
  (void)signal;
  caught++;
}

static void polls(void) {
  int p[2];
  must(pipe(p) == 0, "pipe");
  struct pollfd many[4] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {-1, POLLIN, 99}, {500, POLLIN, 0}};
  check(poll(many, 4, 0) == 2 && many[0].revents == 0 && many[1].revents == POLLOUT && many[2].revents == 0 && many[3].revents == POLLNVAL, "poll");
  check(poll(NULL, 0, 5) == 0, "of nothing is a sleep");
  check_errno(poll((void *)8, 1, 0), EFAULT, "of nowhere");
  struct rlimit old, few;
  getrlimit(RLIMIT_NOFILE, &old);
  few = old;
  few.rlim_cur = 3;
  setrlimit(RLIMIT_NOFILE, &few);
  check_errno(poll(many, 4, 0), EINVAL, "of more than RLIMIT_NOFILE");
  setrlimit(RLIMIT_NOFILE, &old);
  int file = open("/proc/self/exe", O_RDONLY);
  check(ready(file, POLLIN | POLLOUT | POLLPRI) == (POLLIN | POLLOUT), "a regular file is always ready");
  long start = now(CLOCK_MONOTONIC);
  check(poll(many, 1, 20) == 0 && now(CLOCK_MONOTONIC) - start >= 20 * MILLISECOND, "a time-out");
  close(p[1]);
  check(ready(p[0], POLLIN) == POLLHUP && ready(p[0], 0) == POLLHUP, "a pipe without writers");
  close(p[0]);
  must(pipe(p) == 0, "pipe");
  close(p[0]);
  check(ready(p[1], POLLOUT) == (POLLOUT | POLLERR), "a pipe without readers");
  close(p[1]);
  int s[2];
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0, "socketpair");
  check(ready(s[0], POLLIN | POLLOUT | POLLRDHUP) == POLLOUT, "a socket");
  shutdown(s[1], SHUT_WR);
  check(ready(s[0], POLLIN | POLLOUT | POLLRDHUP) == (POLLIN | POLLOUT | POLLRDHUP), "half closed");
  close(s[1]);
  check(ready(s[0], POLLIN | POLLOUT | POLLRDHUP) == (POLLIN | POLLOUT | POLLRDHUP | POLLHUP), "closed");
  close(s[0]);

  struct sigaction act = {.sa_handler = note, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &act, NULL);
  sigset_t blocked, open_mask;
  sigemptyset(&open_mask);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGALRM);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGALRM);
  struct timespec second = {1, 0};
  check_errno(ppoll(NULL, 0, &second, &open_mask), EINTR, "ppoll lets a signal in");
  check(caught == 1, "which is handled");
  struct timespec left = {10, 0};
  raise(SIGALRM);
  check_errno(syscall(SYS_ppoll, NULL, 0l, &left, &open_mask, 8l), EINTR, "the system call");
  check(nanoseconds(left) > 5000 * MILLISECOND && nanoseconds(left) <= 10000 * MILLISECOND, "tells what is left");
  struct timespec bad = {0, 1000000000};
  check_errno(ppoll(NULL, 0, &bad, NULL), EINVAL, "a time that is none");
  check_errno(syscall(SYS_ppoll, NULL, 0l, NULL, &open_mask, 4l), EINVAL, "a mask of four bytes");
  sigprocmask(SIG_UNBLOCK, &blocked, NULL);
  pid_t child = fork();
  if (child == 0) {
    await_sleep(getppid());
    kill(getppid(), SIGALRM);
    _exit(0);
  }
  check_errno(poll(NULL, 0, 2000), EINTR, "a signal ends poll");
  exit_of(child);
  close(file);
}

static void selects(void) {
  int p[2], s[2];
  must(pipe(p) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0, "pipe");
  fd_set in, out, except;
  struct timeval zero = {0, 0};
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_ZERO(&except);
  FD_SET(p[0], &in), FD_SET(p[1], &out), FD_SET(s[0], &except), FD_SET(s[0], &out);
  check(select(100, &in, &out, &except, &zero) == 2 && !FD_ISSET(p[0], &in) && FD_ISSET(p[1], &out) && FD_ISSET(s[0], &out) && !FD_ISSET(s[0], &except), "select");
  must(write(p[1], "x", 1) == 1, "write");
  FD_SET(p[0], &in);
  FD_ZERO(&out);
  FD_SET(p[1], &out), FD_SET(s[0], &out);
  check(select(p[0] + 1, &in, &out, NULL, &zero) >= 1 && FD_ISSET(p[0], &in), "below a number only");
  FD_ZERO(&in);
  FD_SET(50, &in);
  check_errno(select(51, &in, NULL, NULL, &zero), EBADF, "a closed descriptor");
  check(FD_ISSET(50, &in), "sets are left as they were");
  check_errno(select(-1, NULL, NULL, NULL, &zero), EINVAL, "a negative number");
  check_errno(select(1, (void *)8, NULL, NULL, &zero), EFAULT, "a set nowhere");
  struct timeval bad = {-1, 0};
  check_errno(syscall(SYS_select, 0, NULL, NULL, NULL, &bad), EINVAL, "a negative time");
  struct timeval soon = {0, 20000};
  check(syscall(SYS_select, 0, NULL, NULL, NULL, &soon) == 0 && soon.tv_sec == 0 && soon.tv_usec == 0, "a time-out is counted down");
  soon.tv_sec = 2;
  FD_ZERO(&in);
  FD_SET(p[0], &in);
  check(syscall(SYS_select, p[0] + 1, &in, NULL, NULL, &soon) == 1 && soon.tv_sec >= 1, "what is left of it");
  FD_ZERO(&in);
  FD_SET(s[0], &in);
  shutdown(s[1], SHUT_WR);
  check(select(s[0] + 1, &in, NULL, NULL, &zero) == 1, "an end is ready to read");
  sigset_t blocked, open_mask;
  sigemptyset(&open_mask);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGALRM);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGALRM);
  struct timespec second = {1, 0};
  check_errno(pselect(0, NULL, NULL, NULL, &second, &open_mask), EINTR, "pselect lets a signal in");
  sigprocmask(SIG_UNBLOCK, &blocked, NULL);
  int high = fcntl(p[0], F_DUPFD, 900);
  FD_ZERO(&in);
  FD_SET(high, &in);
  check(select(high + 1, &in, NULL, NULL, &zero) == 1 && FD_ISSET(high, &in), "a high descriptor");
  close(high), close(p[0]), close(p[1]), close(s[0]), close(s[1]);
}

int main(void) {
  timers();
  events();
  signals();
  polls();
  selects();
  return check_result();
}
