// Timers: of the interval kinds, of timer_create, their overruns and signals, blocked, ignored, deleted, of processor time.

#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

#define MILLISECOND 1000000l
/* The system calls themselves: C libraries differ in what a timer_t is. */
typedef int timer_number;

static long make(clockid_t clock, struct sigevent *event, timer_number *timer) {
  return syscall(SYS_timer_create, clock, event, timer);
}

static long set(timer_number timer, int flags, long value, long interval, struct itimerspec *old) {
  struct itimerspec new = {{interval / 1000000000, interval % 1000000000}, {value / 1000000000, value % 1000000000}};
  return syscall(SYS_timer_settime, timer, flags, &new, old);
}

static struct itimerspec get(timer_number timer) {
  struct itimerspec now = {{-1, -1}, {-1, -1}};
  syscall(SYS_timer_gettime, timer, &now);
  return now;
}

static long overrun(timer_number timer) {
  return syscall(SYS_timer_getoverrun, timer);
}

static long remove_timer(timer_number timer) {
  return syscall(SYS_timer_delete, timer);
}

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * MILLISECOND};
  while (nanosleep(&time, &time) != 0) {}
}

static long nanoseconds(struct timespec time) {
  return time.tv_sec * 1000000000l + time.tv_nsec;
}

static volatile sig_atomic_t count;
static volatile sig_atomic_t most_missed;
static siginfo_t last;

static void note(int signal, siginfo_t *information, void *context) {
  (void)signal, (void)context;
  last = *information;
  if (information->si_overrun > most_missed) most_missed = information->si_overrun;
  count++;
}

static void handle(int signal, int how) {
  struct sigaction act = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART};
  if (how == 0) act.sa_handler = SIG_DFL;
  if (how == 1) act.sa_handler = SIG_IGN;
  sigaction(signal, &act, NULL);
}

static sigset_t only(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

static void block(int signal) {
  sigset_t set = only(signal);
  sigprocmask(SIG_BLOCK, &set, NULL);
}

static void unblock(int signal) {
  sigset_t set = only(signal);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int pending(int signal) {
  sigset_t set;
  sigpending(&set);
  return sigismember(&set, signal);
}

static struct sigevent by_signal(int signal, int value) {
  return (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = signal, .sigev_value.sival_int = value};
}

static void arguments(void) {
  timer_number t;
  struct sigevent wrong = {.sigev_notify = 9}, far = by_signal(65, 0), zero = by_signal(0, 0);
  struct sigevent thread = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
  check_errno(make(12345, NULL, &t), EINVAL, "a clock that is none");
  check_errno(make(CLOCK_MONOTONIC, &wrong, &t), EINVAL, "a notification that is none");
  check_errno(make(CLOCK_MONOTONIC, &far, &t), EINVAL, "a signal that is none");
  check_errno(make(CLOCK_MONOTONIC, &zero, &t), EINVAL, "signal 0");
  check_errno(make(CLOCK_MONOTONIC, &thread, &t), EINVAL, "a thread that is none");
  check_errno(make(CLOCK_MONOTONIC, NULL, NULL), EFAULT, "nowhere to put the number");
  check_errno(set(4321, 0, 1, 0, NULL), EINVAL, "setting no timer");
  check_errno(remove_timer(4321), EINVAL, "deleting no timer");
  check_errno(overrun(4321), EINVAL, "the overrun of no timer");
  check(make(CLOCK_MONOTONIC, NULL, &t) == 0, "a timer");
  check_errno(set(t, 0, -1, 0, NULL), EINVAL, "a time before the beginning");
  check_errno(syscall(SYS_timer_settime, t, 0, NULL, NULL), EINVAL, "no setting");
  struct itimerspec now = get(t);
  check(nanoseconds(now.it_value) == 0 && nanoseconds(now.it_interval) == 0, "a new one is not armed");
  handle(SIGALRM, 2);
  count = 0;
  set(t, 0, MILLISECOND, 0, NULL);
  rest(5);
  check(count == 1 && last.si_code == SI_TIMER && last.si_value.sival_int == t, "without an event: SIGALRM with its number");
  remove_timer(t);
}

static void one_shot(void) {
  timer_number t;
  struct sigevent event = by_signal(SIGUSR1, 42);
  make(CLOCK_MONOTONIC, &event, &t);
  handle(SIGUSR1, 2);
  count = 0;
  set(t, 0, 5000 * MILLISECOND, 0, NULL);
  struct itimerspec now = get(t);
  check(nanoseconds(now.it_value) > 0 && nanoseconds(now.it_value) <= 5000 * MILLISECOND, "time left");
  set(t, 0, 5 * MILLISECOND, 0, NULL);
  rest(10);
  check(count == 1 && last.si_value.sival_int == 42 && last.si_overrun == 0 && overrun(t) == 0, "one signal");
  now = get(t);
  check(nanoseconds(now.it_value) == 0, "then it is disarmed");
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  set(t, TIMER_ABSTIME, nanoseconds(at) + 3 * MILLISECOND, 0, NULL);
  rest(10);
  check(count == 2, "an absolute time");
  set(t, TIMER_ABSTIME, 1, 0, NULL);
  rest(1);
  check(count == 3, "one that has passed");
  struct itimerspec old;
  set(t, 0, 100000 * MILLISECOND, 7 * MILLISECOND, NULL);
  set(t, 0, 0, 0, &old);
  check(nanoseconds(old.it_value) > 90000 * MILLISECOND && nanoseconds(old.it_interval) == 7 * MILLISECOND, "the old setting");
  remove_timer(t);
}

static void blocked(void) {
  timer_number t;
  struct sigevent event = by_signal(SIGUSR1, 1);
  make(CLOCK_MONOTONIC, &event, &t);
  count = most_missed = 0;
  block(SIGUSR1);
  set(t, 0, MILLISECOND, MILLISECOND, NULL);
  rest(20);
  struct itimerspec now = get(t);
  check(pending(SIGUSR1) && nanoseconds(now.it_value) > 0 && nanoseconds(now.it_value) <= MILLISECOND, "a periodic timer goes on while its signal waits");
  unblock(SIGUSR1);
  check(count >= 1 && most_missed >= 15, "the signal tells what was missed");
  remove_timer(t);

  timer_number two[2];
  struct sigevent events[2] = {by_signal(SIGUSR1, 10), by_signal(SIGUSR1, 11)};
  for (int i = 0; i < 2; i++) make(CLOCK_MONOTONIC, &events[i], &two[i]);
  block(SIGUSR1);
  count = 0;
  for (int i = 0; i < 2; i++) {
    set(two[i], 0, MILLISECOND, 0, NULL);
    rest(5);
  }
  unblock(SIGUSR1);
  printf("two timers of one signal: %d delivered, the last of %d\n", count, last.si_value.sival_int);
  for (int i = 0; i < 2; i++) remove_timer(two[i]);
}

static void ignored(void) {
  timer_number t;
  struct sigevent event = by_signal(SIGUSR2, 1);
  make(CLOCK_MONOTONIC, &event, &t);
  handle(SIGUSR2, 1);
  count = 0;
  set(t, 0, MILLISECOND, MILLISECOND, NULL);
  rest(10);
  handle(SIGUSR2, 2);
  rest(5);
  printf("a periodic timer whose signal was ignored goes on: %d\n", count > 0);
  set(t, 0, 0, 0, NULL);
  rest(2);
  handle(SIGUSR2, 1);
  count = 0;
  set(t, 0, MILLISECOND, 0, NULL);
  rest(5);
  handle(SIGUSR2, 2);
  rest(2);
  printf("a single shot whose signal was ignored: %d\n", count);
  remove_timer(t);
}

static void without_signal(void) {
  timer_number t;
  struct sigevent none = {.sigev_notify = SIGEV_NONE};
  make(CLOCK_MONOTONIC, &none, &t);
  set(t, 0, 5 * MILLISECOND, 0, NULL);
  rest(10);
  struct itimerspec now = get(t);
  check(nanoseconds(now.it_value) == 0, "SIGEV_NONE: a single shot is over");
  set(t, 0, 5 * MILLISECOND, 3 * MILLISECOND, NULL);
  rest(10);
  now = get(t);
  check(nanoseconds(now.it_value) > 0 && nanoseconds(now.it_value) <= 3 * MILLISECOND, "a periodic one goes on");
  check(overrun(t) == 0, "it has no overruns");
  remove_timer(t);
}

static pid_t waited_for;
static int got;

static void *take_signal(void *unused) {
  __atomic_store_n(&waited_for, syscall(SYS_gettid), __ATOMIC_SEQ_CST);
  sigset_t set = only(SIGRTMIN + 1);
  siginfo_t information;
  struct timespec long_enough = {2, 0};
  if (sigtimedwait(&set, &information, &long_enough) == SIGRTMIN + 1) got = information.si_value.sival_int;
  return unused;
}

static void to_a_thread(void) {
  pthread_t thread;
  block(SIGRTMIN + 1);
  pthread_create(&thread, NULL, take_signal, NULL);
  while (__atomic_load_n(&waited_for, __ATOMIC_SEQ_CST) == 0) rest(1);
  rest(5);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 99};
  ((int *)&event)[4] = waited_for;
  timer_number t;
  check(make(CLOCK_MONOTONIC, &event, &t) == 0, "SIGEV_THREAD_ID");
  set(t, 0, MILLISECOND, 0, NULL);
  pthread_join(thread, NULL);
  check(got == 99, "its signal comes to the thread");
  remove_timer(t);
}

static void spin(long milliseconds) {
  struct timespec start, now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
  do {
    for (volatile int i = 0; i < 20000; i++) continue;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  } while (nanoseconds(now) - nanoseconds(start) < milliseconds * MILLISECOND);
}

/* Works until so many have been counted: timers of processor time are looked at by a tick, which may find another process at work. */
static void spin_until(volatile sig_atomic_t *counter, int value) {
  for (int i = 0; i < 2000 && *counter < value; i++) spin(1);
}

static void rest_until(volatile sig_atomic_t *counter, int value) {
  for (int i = 0; i < 2000 && *counter < value; i++) rest(1);
}

static void of_processor_time(void) {
  timer_number t;
  struct sigevent event = by_signal(SIGUSR1, 5);
  check(make(CLOCK_PROCESS_CPUTIME_ID, &event, &t) == 0, "a timer of processor time");
  count = 0;
  set(t, 0, 8 * MILLISECOND, 0, NULL);
  rest(20);
  check(count == 0, "does not count sleep");
  struct itimerspec now = get(t);
  check(nanoseconds(now.it_value) > 4 * MILLISECOND && nanoseconds(now.it_value) <= 8 * MILLISECOND, "time left");
  spin_until(&count, 1);
  spin(10);
  check(count == 1, "but work");
  remove_timer(t);
  check(make(CLOCK_THREAD_CPUTIME_ID, &event, &t) == 0, "of a thread");
  set(t, 0, 4 * MILLISECOND, 4 * MILLISECOND, NULL);
  spin_until(&count, 3);
  check(count >= 3, "periodic");
  remove_timer(t);
}

static volatile sig_atomic_t alarms;

static void alarm_handler(int signal) {
  (void)signal;
  alarms++;
}

static void interval_timers(void) {
  struct itimerval t = {{0, 2000}, {0, 2000}}, old, off = {{0, 0}, {0, 0}};
  struct sigaction act = {.sa_handler = alarm_handler, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &act, NULL);
  sigaction(SIGVTALRM, &act, NULL);
  sigaction(SIGPROF, &act, NULL);
  check_errno(setitimer(9, &t, NULL), EINVAL, "no such interval timer");
  check_errno(getitimer(9, &t), EINVAL, "to look at");
  struct itimerval bad = {{0, 0}, {0, 1000000}};
  check_errno(setitimer(ITIMER_REAL, &bad, NULL), EINVAL, "a million microseconds");
  check(setitimer(ITIMER_REAL, &t, NULL) == 0, "ITIMER_REAL");
  rest_until(&alarms, 2);
  setitimer(ITIMER_REAL, &off, &old);
  check(alarms >= 2, "again and again");
  check(old.it_interval.tv_usec == 2000 && old.it_value.tv_usec <= 2000, "the old setting");
  alarms = 0;
  block(SIGALRM);
  setitimer(ITIMER_REAL, &t, NULL);
  rest(20);
  getitimer(ITIMER_REAL, &old);
  check(pending(SIGALRM), "its signal waits");
  printf("left while it waits: %ld, interval %ld\n", (long)old.it_value.tv_usec, (long)old.it_interval.tv_usec);
  setitimer(ITIMER_REAL, &off, NULL);
  unblock(SIGALRM);
  check(alarms == 1, "one signal, however often it was due");
  block(SIGALRM);
  setitimer(ITIMER_REAL, &t, NULL);
  rest(5);
  alarms = 0;
  unblock(SIGALRM);
  rest_until(&alarms, 2);
  check(alarms > 1, "and then it goes on");
  setitimer(ITIMER_REAL, &off, NULL);
  alarms = 0;
  signal(SIGALRM, SIG_IGN);
  setitimer(ITIMER_REAL, &t, NULL);
  rest(10);
  sigaction(SIGALRM, &act, NULL);
  rest(10);
  printf("after SIGALRM was ignored it goes on: %d\n", alarms > 0);
  setitimer(ITIMER_REAL, &off, NULL);

  alarms = 0;
  struct itimerval work = {{0, 0}, {0, 8000}};
  setitimer(ITIMER_VIRTUAL, &work, NULL);
  rest(30);
  check(alarms == 0, "ITIMER_VIRTUAL does not count sleep");
  spin_until(&alarms, 1);
  check(alarms == 1, "but work in user mode");
  setitimer(ITIMER_PROF, &work, NULL);
  spin_until(&alarms, 2);
  check(alarms == 2, "ITIMER_PROF");
  check(alarm(100) == 0 && alarm(0) == 100 && alarm(0) == 0, "alarm tells the seconds left");
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 400000}}, NULL);
  check(alarm(0) == 1, "never less than one");
  pid_t child = fork();
  if (child == 0) {
    getitimer(ITIMER_REAL, &old);
    _exit(old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0 ? 0 : 1);
  }
  int how;
  waitpid(child, &how, 0);
  check(how == 0, "a child has none");
}

static void limits(void) {
  struct rlimit old, few = {0, 0};
  getrlimit(RLIMIT_SIGPENDING, &old);
  few.rlim_max = old.rlim_max;
  setrlimit(RLIMIT_SIGPENDING, &few);
  timer_number t;
  struct sigevent event = by_signal(SIGUSR1, 0);
  check_errno(make(CLOCK_MONOTONIC, &event, &t), EAGAIN, "beyond RLIMIT_SIGPENDING");
  setrlimit(RLIMIT_SIGPENDING, &old);
  check(make(CLOCK_MONOTONIC, &event, &t) == 0, "within");
  pid_t child = fork();
  if (child == 0) _exit(set(t, 0, 1, 0, NULL) == -1 && errno == EINVAL ? 0 : 1);
  int how;
  waitpid(child, &how, 0);
  check(how == 0, "a child has no timers");
  remove_timer(t);
}

int main(void) {
  arguments();
  one_shot();
  blocked();
  ignored();
  without_signal();
  to_a_thread();
  of_processor_time();
  interval_timers();
  limits();
  return check_result();
}
