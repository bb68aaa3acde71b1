// epoll: level and edge, one-shot, order of the ready list, several waiters, exclusive wake-ups, nesting, closing, limits.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "check.h"

#ifndef EPOLLEXCLUSIVE
#define EPOLLEXCLUSIVE (1u << 28)
#endif

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

static int control(int set, int operation, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  return epoll_ctl(set, operation, fd, &event);
}

static int add(int set, int fd, uint32_t events, uint64_t data) {
  return control(set, EPOLL_CTL_ADD, fd, events, data);
}

/* What is ready now, as "data:events " in hexadecimal. */
static const char *ready(int set, int most) {
  static char shown[1000];
  struct epoll_event events[64];
  int count = epoll_wait(set, events, most, 0);
  shown[0] = 0;
  if (count < 0) snprintf(shown, sizeof shown, "errno %d", errno);
  for (int i = 0; i < count; i++) sprintf(shown + strlen(shown), "%lx:%x ", (unsigned long)events[i].data.u64, events[i].events);
  return shown;
}

static int is(const char *got, const char *expected) {
  if (strcmp(got, expected) == 0) return 1;
  printf("  got '%s', expected '%s'\n", got, expected);
  return 0;
}

static int event(void) {
  return eventfd(0, EFD_NONBLOCK);
}

static void raise_event(int fd) {
  uint64_t one = 1;
  must(write(fd, &one, 8) == 8, "write");
}

static uint64_t drain(int fd) {
  uint64_t value = 0;
  return read(fd, &value, 8) == 8 ? value : 0;
}

static int exit_of(pid_t child) {
  int how;
  must(waitpid(child, &how, 0) == child, "waitpid");
  return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

static void arguments(void) {
  int set = epoll_create1(EPOLL_CLOEXEC), e = event();
  struct epoll_event events[4];
  check(fcntl(set, F_GETFD) == FD_CLOEXEC, "EPOLL_CLOEXEC");
  check_errno(epoll_create1(1), EINVAL, "an unknown flag");
  check_errno(syscall(SYS_epoll_create, 0), EINVAL, "a size of 0");
  check_errno(add(set, -1, EPOLLIN, 0), EBADF, "watching no descriptor");
  check_errno(add(-1, e, EPOLLIN, 0), EBADF, "with no epoll");
  check_errno(add(e, set, EPOLLIN, 0), EINVAL, "with what is no epoll");
  check_errno(add(set, set, EPOLLIN, 0), EINVAL, "an epoll watching itself");
  int file = open("/proc/self/exe", O_RDONLY);
  check_errno(add(set, file, EPOLLIN, 0), EPERM, "a regular file");
  int directory = open("/", O_RDONLY);
  check_errno(add(set, directory, EPOLLIN, 0), EPERM, "a directory");
  check_errno(control(set, 9, e, 0, 0), EINVAL, "an unknown operation");
  check_errno(control(set, EPOLL_CTL_MOD, e, 0, 0), ENOENT, "changing what is not watched");
  check_errno(control(set, EPOLL_CTL_DEL, e, 0, 0), ENOENT, "removing what is not watched");
  check(add(set, e, EPOLLIN, 7) == 0, "watched");
  check_errno(add(set, e, EPOLLOUT, 0), EEXIST, "watched already");
  check_errno(epoll_ctl(set, EPOLL_CTL_MOD, e, NULL), EFAULT, "no event");
  check(epoll_ctl(set, EPOLL_CTL_DEL, e, NULL) == 0, "none is needed to remove");
  check_errno(epoll_wait(set, events, 0, 0), EINVAL, "room for no event");
  check_errno(epoll_wait(set, events, 0x7fffffff / 12 + 1, 0), EINVAL, "for too many");
  check_errno(epoll_wait(e, events, 1, 0), EINVAL, "waiting for what is no epoll");
  check_errno(epoll_wait(-1, events, 1, 0), EBADF, "for no descriptor");
  check_errno(read(set, events, sizeof events), EINVAL, "reading an epoll");
  check_errno(syscall(SYS_epoll_pwait, set, events, 1, 0, events, 4), EINVAL, "a mask of four bytes");
  add(set, e, EPOLLIN | EPOLLOUT, 7);
  check_errno(syscall(SYS_epoll_wait, set, NULL, 1, 0), EFAULT, "events to nowhere");
  check(is(ready(set, 4), "7:4 "), "are not lost");
  close(set), close(e), close(file), close(directory);
}

static void edges(void) {
  int set = epoll_create1(0), e = event();
  add(set, e, EPOLLIN, 1);
  raise_event(e);
  check(is(ready(set, 9), "1:1 ") && is(ready(set, 9), "1:1 "), "level: as long as it is so");
  control(set, EPOLL_CTL_MOD, e, EPOLLIN | EPOLLET, 2);
  check(is(ready(set, 9), "2:1 ") && is(ready(set, 9), ""), "edge: once");
  raise_event(e);
  check(is(ready(set, 9), "2:1 ") && is(ready(set, 9), ""), "and again with every write");
  control(set, EPOLL_CTL_MOD, e, EPOLLIN | EPOLLET, 3);
  check(is(ready(set, 9), "3:1 "), "and after a change");
  raise_event(e);
  drain(e);
  check(is(ready(set, 9), ""), "not when it is gone before anybody looks");
  control(set, EPOLL_CTL_MOD, e, EPOLLOUT | EPOLLET, 4);
  check(is(ready(set, 9), "4:4 "), "room to write");
  raise_event(e);
  check(is(ready(set, 9), ""), "a write is no edge of it");
  drain(e);
  check(is(ready(set, 9), "4:4 "), "a read is");
  control(set, EPOLL_CTL_MOD, e, EPOLLIN | EPOLLONESHOT, 5);
  raise_event(e);
  check(is(ready(set, 9), "5:1 "), "one shot");
  raise_event(e);
  check(is(ready(set, 9), ""), "is all");
  control(set, EPOLL_CTL_MOD, e, EPOLLIN | EPOLLONESHOT, 6);
  check(is(ready(set, 9), "6:1 "), "until it is armed again");
  control(set, EPOLL_CTL_MOD, e, 0, 7);
  check(is(ready(set, 9), ""), "nothing wanted");
  close(set), close(e);
}

static void pipes(void) {
  int set = epoll_create1(0), p[2];
  char buffer[4096] = {0};
  must(pipe2(p, O_NONBLOCK) == 0, "pipe2");
  add(set, p[0], EPOLLIN | EPOLLET | EPOLLRDHUP, 1);
  add(set, p[1], EPOLLOUT | EPOLLET, 2);
  check(is(ready(set, 9), "2:4 "), "a new pipe can be written");
  must(write(p[1], "a", 1) == 1, "write");
  check(is(ready(set, 9), "1:1 "), "an edge to read");
  must(write(p[1], "b", 1) == 1, "write");
  check(is(ready(set, 9), "1:1 "), "another while the first is not read");
  must(read(p[0], buffer, 1) == 1, "read");
  check(is(ready(set, 9), ""), "reading a part is none");
  while (write(p[1], buffer, sizeof buffer) > 0) {}
  check(is(ready(set, 9), "1:1 "), "filled");
  must(read(p[0], buffer, 4096) > 0, "read");
  check(is(ready(set, 9), "2:4 "), "room in a full pipe is an edge to write");
  must(read(p[0], buffer, 4096) > 0, "read");
  check(is(ready(set, 9), ""), "more room is none");
  close(p[1]);
  check(is(ready(set, 9), "1:11 "), "the last writer gone");
  while (read(p[0], buffer, sizeof buffer) > 0) {}
  check(is(ready(set, 9), ""), "no edge in the end of file");
  close(p[0]);
  must(pipe(p) == 0, "pipe");
  add(set, p[1], 0, 3);
  check(is(ready(set, 9), ""), "nothing asked");
  close(p[0]);
  check(is(ready(set, 9), "3:8 "), "an error is told unasked");
  close(p[1]), close(set);
}

static void sockets(void) {
  int set = epoll_create1(0), s[2];
  char buffer[100];
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s) == 0, "socketpair");
  add(set, s[0], EPOLLIN | EPOLLRDHUP | EPOLLET, 1);
  must(write(s[1], "ab", 2) == 2, "write");
  check(is(ready(set, 9), "1:1 ") && is(ready(set, 9), ""), "a socket: an edge");
  must(write(s[1], "c", 1) == 1, "write");
  check(is(ready(set, 9), "1:1 "), "another");
  must(read(s[0], buffer, 1) == 1, "read");
  check(is(ready(set, 9), ""), "a read is none");
  shutdown(s[1], SHUT_WR);
  check(is(ready(set, 9), "1:2001 "), "the other side has ended: EPOLLRDHUP");
  close(s[1]);
  check(is(ready(set, 9), "1:2011 "), "and closed: EPOLLHUP");
  close(s[0]), close(set);
}

static void order(void) {
  int set = epoll_create1(0), e[4];
  for (int i = 0; i < 4; i++) add(set, e[i] = event(), EPOLLIN, i);
  raise_event(e[2]);
  raise_event(e[0]);
  raise_event(e[3]);
  check(is(ready(set, 9), "2:1 0:1 3:1 "), "in the order of becoming ready");
  check(is(ready(set, 1), "2:1 ") && is(ready(set, 1), "0:1 ") && is(ready(set, 1), "3:1 ") && is(ready(set, 1), "2:1 "), "in turns");
  raise_event(e[1]);
  check(is(ready(set, 2), "0:1 3:1 ") && is(ready(set, 9), "2:1 1:1 0:1 3:1 "), "a newcomer behind the others");
  drain(e[2]);
  check(is(ready(set, 9), "1:1 0:1 3:1 "), "without what is over");
  raise_event(e[2]);
  control(set, EPOLL_CTL_MOD, e[1], EPOLLIN, 1);
  check(is(ready(set, 9), "1:1 0:1 3:1 2:1 "), "a change keeps the place");
  for (int i = 0; i < 4; i++) close(e[i]);
  check(is(ready(set, 9), ""), "closing all");
  close(set);
}

static void closing(void) {
  int set = epoll_create1(0), e = event(), copy = dup(e);
  add(set, e, EPOLLIN, 1);
  check(add(set, copy, EPOLLIN, 2) == 0, "a duplicate is watched apart");
  raise_event(e);
  check(is(ready(set, 9), "2:1 1:1 "), "both tell, the later one first");
  close(e);
  check(is(ready(set, 9), "2:1 1:1 "), "a closed descriptor of an open file still tells");
  check_errno(control(set, EPOLL_CTL_DEL, e, 0, 0), EBADF, "and cannot be removed");
  int other = event();
  check(other == e && add(set, other, EPOLLIN, 3) == 0, "its number is another file's");
  close(copy);
  check(is(ready(set, 9), ""), "the last descriptor closed");
  raise_event(other);
  check(is(ready(set, 9), "3:1 "), "the new one tells");
  pid_t child = fork();
  if (child == 0) {
    close(other);
    _exit(is(ready(set, 9), "3:1 ") ? 0 : 1);
  }
  check(exit_of(child) == 0, "a child's closing leaves it open here");
  close(other);
  check(is(ready(set, 9), ""), "nothing is left");
  close(set);
}

static void nesting(void) {
  int outer = epoll_create1(0), inner = epoll_create1(0), e = event();
  add(inner, e, EPOLLIN, 1);
  check(add(outer, inner, EPOLLIN, 2) == 0, "an epoll in an epoll");
  check_errno(add(inner, outer, EPOLLIN, 0), ELOOP, "not in a circle");
  check(is(ready(outer, 9), ""), "quiet");
  raise_event(e);
  check(is(ready(outer, 9), "2:1 ") && is(ready(outer, 9), "2:1 "), "ready when the inner one is");
  struct pollfd p = {outer, POLLIN | POLLOUT, 0};
  check(poll(&p, 1, 0) == 1 && p.revents == POLLIN, "polled");
  check(is(ready(inner, 9), "1:1 "), "the inner one is still ready");
  drain(e);
  check(is(ready(outer, 9), "") && poll(&p, 1, 0) == 0, "quiet again");
  control(outer, EPOLL_CTL_MOD, inner, EPOLLIN | EPOLLET, 3);
  raise_event(e);
  check(is(ready(outer, 9), "3:1 ") && is(ready(outer, 9), ""), "an edge of an epoll");
  raise_event(e);
  check(is(ready(outer, 9), "3:1 "), "with every edge within");
  int chain[8], depth = 0;
  chain[0] = epoll_create1(0);
  add(chain[0], e, EPOLLIN, 0);
  while (depth < 7) {
    chain[depth + 1] = epoll_create1(0);
    if (add(chain[depth + 1], chain[depth], EPOLLIN, 0) != 0) break;
    depth++;
  }
  printf("from within: %d levels, errno %d\n", depth, errno);
  int top[8], levels = 0;
  top[0] = epoll_create1(0);
  while (levels < 7) {
    top[levels + 1] = epoll_create1(0);
    if (add(top[levels], top[levels + 1], EPOLLIN, 0) != 0) break;
    levels++;
  }
  printf("from without: %d levels, errno %d\n", levels, errno);
  check(add(top[levels], e, EPOLLIN, 9) == 0 && is(ready(top[0], 9), "0:1 "), "ready through all levels");
  check_errno(add(outer, inner, EPOLLIN | EPOLLEXCLUSIVE, 0), EINVAL, "no epoll exclusively");
  close(outer), close(inner), close(e);
  for (int i = 0; i <= depth; i++) close(chain[i]);
  for (int i = 0; i <= levels; i++) close(top[i]);
}

static int shared_set, woken[4];
static pthread_t threads[4];
static volatile pid_t thread_ids[4];

static void *one_wait(void *number) {
  struct epoll_event event;
  thread_ids[(long)number] = (pid_t)syscall(SYS_gettid);
  if (epoll_wait(shared_set, &event, 1, -1) == 1) __atomic_store_n(&woken[(long)number], 1, __ATOMIC_SEQ_CST);
  return NULL;
}

static int sum_woken(void) {
  int sum = 0;
  for (int i = 0; i < 4; i++) sum += __atomic_load_n(&woken[i], __ATOMIC_SEQ_CST);
  return sum;
}

/* How many have been woken, when it is so many at least and more have had the time. */
static int count_woken(int least) {
  for (int i = 0; i < 5000 && sum_woken() < least; i++) rest(1);
  rest(20);
  return sum_woken();
}

static void start_waiters(int set) {
  shared_set = set;
  for (long i = 0; i < 4; i++) {
    woken[i] = thread_ids[i] = 0;
    pthread_create(&threads[i], NULL, one_wait, (void *)i);
    await_thread_sleep(&thread_ids[i]);
  }
}

static void waiters(void) {
  int set = epoll_create1(0), e = event();
  add(set, e, EPOLLIN | EPOLLET, 1);
  start_waiters(set);
  raise_event(e);
  check(count_woken(1) == 1 && woken[3], "an edge wakes one, who came last");
  raise_event(e);
  check(count_woken(2) == 2 && woken[2], "the next one the one before");
  control(set, EPOLL_CTL_MOD, e, EPOLLIN, 1);
  check(count_woken(4) == 4, "level wakes all");
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  drain(e);
  control(set, EPOLL_CTL_MOD, e, EPOLLIN | EPOLLONESHOT, 1);
  start_waiters(set);
  raise_event(e);
  check(count_woken(1) == 1, "one shot wakes one");
  control(set, EPOLL_CTL_MOD, e, EPOLLIN, 1);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  close(set), close(e);
}

static void *exclusive_wait(void *number) {
  int set = epoll_create1(0);
  add(set, shared_set, EPOLLIN | EPOLLEXCLUSIVE, 1);
  thread_ids[(long)number] = (pid_t)syscall(SYS_gettid);
  struct epoll_event event;
  if (epoll_wait(set, &event, 1, -1) == 1) __atomic_store_n(&woken[(long)number], 1, __ATOMIC_SEQ_CST);
  close(set);
  return NULL;
}

static void exclusive(void) {
  int set = epoll_create1(0), e = event();
  check_errno(add(set, e, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT, 0), EINVAL, "exclusive and one shot");
  check_errno(add(set, e, EPOLLPRI | EPOLLEXCLUSIVE, 0), EINVAL, "exclusive and EPOLLPRI");
  check(add(set, e, EPOLLIN | EPOLLEXCLUSIVE | EPOLLWAKEUP, 1) == 0, "exclusive");
  check_errno(control(set, EPOLL_CTL_MOD, e, EPOLLIN, 0), EINVAL, "cannot be changed");
  close(set);
  shared_set = e;
  for (long i = 0; i < 4; i++) {
    woken[i] = thread_ids[i] = 0;
    pthread_create(&threads[i], NULL, exclusive_wait, (void *)i);
    await_thread_sleep(&thread_ids[i]);
  }
  raise_event(e);
  check(count_woken(1) == 1 && woken[0], "one of several epolls is woken");
  for (int i = 0; i < 4; i++) raise_event(e);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  check(count_woken(4) == 4, "and then the others");
  close(e);
}

static volatile sig_atomic_t signals;

static void note(int signal) {
  (void)signal;
  signals++;
}

static void times(void) {
  int set = epoll_create1(0), e = event();
  struct epoll_event event;
  struct timespec start, end, soon = {0, 5000000}, bad = {0, 1000000000};
  add(set, e, EPOLLIN, 1);
  clock_gettime(CLOCK_MONOTONIC, &start);
  check(epoll_wait(set, &event, 1, 20) == 0, "a time-out");
  clock_gettime(CLOCK_MONOTONIC, &end);
  check((end.tv_sec - start.tv_sec) * 1000000000l + end.tv_nsec - start.tv_nsec >= 20000000, "not before its time");
  check(syscall(SYS_epoll_pwait2, set, &event, 1, &soon, NULL, 8) == 0, "in nanoseconds");
  check_errno(syscall(SYS_epoll_pwait2, set, &event, 1, &bad, NULL, 8), EINVAL, "a time that is none");
  struct sigaction act = {.sa_handler = note, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &act, NULL);
  sigset_t blocked, open;
  sigemptyset(&open);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGALRM);
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 2; i++) {
      await_sleep(getppid());
      kill(getppid(), SIGALRM);
    }
    _exit(0);
  }
  check_errno(epoll_wait(set, &event, 1, -1), EINTR, "a signal, whatever SA_RESTART says");
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  check_errno(epoll_pwait(set, &event, 1, -1, &open), EINTR, "one that the mask of the call lets in");
  check(signals == 2, "both handled");
  exit_of(child);
  raise(SIGALRM);
  raise_event(e);
  check(epoll_pwait(set, &event, 1, -1, &open) == 1 && signals == 2, "what is ready goes before signals");
  sigprocmask(SIG_UNBLOCK, &blocked, NULL);
  check(signals == 3, "which come after");
  close(set), close(e);
}

static void parameters(void) {
  int set = epoll_create1(0);
  struct { uint32_t microseconds; uint16_t budget; uint8_t prefer, pad; } p = {50, 8, 1, 0}, got = {0, 0, 0, 0};
  check(ioctl(set, 0x40088a01, &p) == 0 && ioctl(set, 0x80088a02, &got) == 0, "EPIOCSPARAMS and EPIOCGPARAMS");
  check(got.microseconds == 50 && got.budget == 8 && got.prefer == 1, "are kept");
  p.pad = 1;
  check_errno(ioctl(set, 0x40088a01, &p), EINVAL, "padding that is not zero");
  p.pad = 0, p.prefer = 2;
  check_errno(ioctl(set, 0x40088a01, &p), EINVAL, "a flag of two");
  p.prefer = 0, p.microseconds = 0x80000000;
  check_errno(ioctl(set, 0x40088a01, &p), EINVAL, "a time too long");
  check_errno(ioctl(set, 0x5401, &p), EINVAL, "another request");
  close(set);
}

static void descriptor(void) {
  int set = epoll_create1(0), e = event();
  add(set, e, EPOLLIN | EPOLLET, 0xabcdef);
  char path[64], text[1000] = "", expected[200];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", set);
  int file = open(path, O_RDONLY);
  must(read(file, text, sizeof text - 1) > 0, "read");
  snprintf(expected, sizeof expected, "tfd: %8d events: %8x data: %16llx  pos:0 ino:", e, EPOLLIN | EPOLLET | EPOLLERR | EPOLLHUP, 0xabcdefull);
  check(strstr(text, expected) != NULL, "what it watches, in /proc");
  close(file), close(set), close(e);
}

int main(void) {
  arguments();
  edges();
  pipes();
  sockets();
  order();
  closing();
  nesting();
  waiters();
  exclusive();
  times();
  parameters();
  descriptor();
  return check_result();
}
