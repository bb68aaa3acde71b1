// Waits for completions with a least time to gather them in, a limit, or both: io_uring_enter(2) with IORING_ENTER_EXT_ARG. Each line: the
// answer, the completions there are, and how long it took.

#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include "uring.h"
#include "uring_6_18.h"

enum { MILLISECOND = 1000000, NONE = -1 };
/* Times in milliseconds are these: far enough from each other to be told on a busy host. */
enum { SHORT = 10, MIDDLE = 50, LONG = 200 };

static struct ring ring;
static struct wait_argument *registered;
static unsigned long long expirations;

static long long now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static struct __kernel_timespec timespec(long long nanoseconds) {
  return (struct __kernel_timespec){nanoseconds / 1000000000, nanoseconds % 1000000000};
}

/* A completion in so many milliseconds. (An expiring IORING_OP_TIMEOUT would end the wait.) */
static int timer(int milliseconds) {
  int fd = timerfd_create(CLOCK_MONOTONIC, 0);
  struct itimerspec time = {.it_value = {0, milliseconds * (long)MILLISECOND}};
  timerfd_settime(fd, 0, &time, NULL);
  ring_entry(&ring, IORING_OP_READ, fd, &expirations, sizeof expirations, 0, 1);
  ring_publish(&ring);
  return fd;
}

static const char *lasted(long long nanoseconds) {
  if (nanoseconds < SHORT * MILLISECOND) return "no time";
  if (nanoseconds < MIDDLE * MILLISECOND) return "a short time";
  return nanoseconds < LONG * MILLISECOND ? "a middling time" : "a long time";
}

static void show(const char *what, int result, long long start) {
  long long took = now(CLOCK_MONOTONIC) - start;
  const char *answer = result >= 0 ? "answer" : errno == ETIME ? "ETIME" : errno == EINTR ? "EINTR" : errno == EINVAL ? "EINVAL" : "another error";
  struct completion cqe;
  int ready = 0;
  while (ring_take(&ring, &cqe)) ready++;
  printf("%s: %s %d, %d there, after %s\n", what, answer, result, ready, lasted(took));
}

/* Of `wanted` completions, `present` are there; others come at `first` and `second`. Times in milliseconds. */
struct wait {
  const char *what;
  int least, limit, wanted, present, first, second;
};

static const struct wait waits[] = {
    {"nothing comes, no limit", SHORT, NONE, 2, 0, NONE, NONE},
    {"nothing comes, a later limit", SHORT, MIDDLE, 2, 0, NONE, NONE},
    {"nothing comes, an earlier limit", MIDDLE, SHORT, 2, 0, NONE, NONE},
    {"nothing comes, the same limit", SHORT, SHORT, 2, 0, NONE, NONE},
    {"nothing comes, a limit that is over", MIDDLE, 0, 2, 0, NONE, NONE},
    {"nothing comes, a limit alone", 0, SHORT, 2, 0, NONE, NONE},
    {"one of two is there, no limit", SHORT, NONE, 2, 1, NONE, NONE},
    {"one of two is there, a later limit", SHORT, LONG, 2, 1, NONE, NONE},
    {"one of two is there, an earlier limit", MIDDLE, SHORT, 2, 1, NONE, NONE},
    {"all are there", LONG, SHORT, 2, 2, NONE, NONE},
    {"none is wanted", LONG, LONG, 0, 0, NONE, NONE},
    {"one comes before, no limit", MIDDLE, NONE, 2, 0, SHORT, NONE},
    {"one comes before, a later limit", MIDDLE, LONG, 2, 0, SHORT, NONE},
    {"one comes between an earlier limit and the least time", LONG, SHORT, 2, 0, MIDDLE, NONE},
    {"one comes between the least time and the limit", SHORT, LONG, 2, 0, MIDDLE, NONE},
    {"both come before, the second behind an earlier limit", LONG, SHORT, 2, 0, 1, MIDDLE},
    {"both come before", LONG, NONE, 2, 0, 1, SHORT},
    {"one comes before a limit alone", 0, MIDDLE, 2, 0, SHORT, NONE},
};

enum { PLAIN, ABSOLUTE, REGISTERED };

static void wait_for(const struct wait *wait, int kind) {
  int timers[2], count = 0, submit = 0;
  for (int n = 0; n < wait->present; n++) ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 2);
  if (wait->present) ring_submit(&ring, 0);
  long long start = now(CLOCK_MONOTONIC);
  if (wait->first != NONE) timers[count++] = timer(wait->first), submit++;
  if (wait->second != NONE) timers[count++] = timer(wait->second), submit++;
  long long limit = wait->limit * (long long)MILLISECOND + (kind == ABSOLUTE ? start : 0);
  struct __kernel_timespec end = timespec(limit);
  struct io_uring_getevents_arg given = {.pad = (unsigned)wait->least * 1000, .ts = wait->limit == NONE ? 0 : (unsigned long)&end};
  unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
  /* Apart from the wait, whose answer would be how many were submitted. */
  if (submit) ring_enter(&ring, submit, 0, 0);
  int result;
  if (kind == REGISTERED) {
    *registered = (struct wait_argument){.nanoseconds = limit, .least_microseconds = given.pad, .flags = wait->limit != NONE};
    if (wait->limit == NONE) registered->nanoseconds = 0;
    result = (int)syscall(SYS_io_uring_enter, ring.fd, 0, wait->wanted, flags | ENTER_EXT_ARG_REG, 0, sizeof *registered);
  } else {
    unsigned absolute = kind == ABSOLUTE ? ENTER_ABS_TIMER : 0;
    result = (int)syscall(SYS_io_uring_enter, ring.fd, 0, wait->wanted, flags | absolute, &given, sizeof given);
  }
  show(wait->what, result, start);
  struct completion cqe;
  while (count > 0) {
    close(timers[--count]);
    ring_take(&ring, &cqe);
  }
}

static void on_alarm(int number) {
  (void)number;
}

/* The least time is over once: a signal before it ends the wait, and so does one behind it. */
static void interrupted(const char *what, int least, int limit, int alarm) {
  struct itimerspec time = {.it_value = {0, alarm * (long)MILLISECOND}};
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  timer_t timer;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  long long start = now(CLOCK_MONOTONIC);
  timer_settime(timer, 0, &time, NULL);
  struct __kernel_timespec end = timespec(limit * (long long)MILLISECOND);
  struct io_uring_getevents_arg given = {.pad = (unsigned)least * 1000, .ts = (unsigned long)&end};
  int result = (int)syscall(SYS_io_uring_enter, ring.fd, 0, 2, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &given, sizeof given);
  show(what, result, start);
  timer_delete(timer);
}

static void rounds(const char *title, unsigned flags, int kind) {
  printf("%s\n", title);
  for (size_t n = 0; n < sizeof waits / sizeof *waits; n++) {
    memset(&ring, 0, sizeof ring);
    ring.params.flags = flags | (kind == REGISTERED ? IORING_SETUP_R_DISABLED : 0);
    if (ring_open(&ring, 4)) exit(errno == ENOSYS || errno == EPERM ? 77 : 1);
    if (kind == REGISTERED) {
      struct region_description description = {.address = (unsigned long)registered, .size = 4096, .flags = 1};
      struct region_registration registration = {.description = (unsigned long)&description, .flags = 1};
      if (ring_register(&ring, REGISTER_MEM_REGION, &registration, 1)) perror("region");
      ring_register(&ring, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
    }
    wait_for(&waits[n], kind);
    munmap(ring.sqes, ring.params.sq_entries * sizeof *ring.sqes);
    close(ring.fd);
  }
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  registered = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  rounds("a limit from now on", 0, PLAIN);
  rounds("a limit by the clock", 0, ABSOLUTE);
  rounds("a registered wait", 0, REGISTERED);
  rounds("completions when the task asks for them", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, PLAIN);
  memset(&ring, 0, sizeof ring);
  if (ring_open(&ring, 4)) exit(1);
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  interrupted("a signal before the least time, behind the limit", LONG, SHORT, MIDDLE);
  interrupted("a signal before the least time", LONG, LONG, SHORT);
  interrupted("a signal between the least time and the limit", SHORT, LONG, MIDDLE);
  return 0;
}
