// Rules of signals: flags of sigaction, masks, queues and their limit, alternate stacks, who may send what, which calls go on after a handler.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "report.h"

struct raw_action { void *handler; unsigned long flags; void *restorer; unsigned long mask; };

static volatile int count, order[64], values[64];
static char stack_memory[3][65536];

static void note(int number, siginfo_t *info, void *context) {
  (void)context;
  if (count < 64) {
    order[count] = number;
    values[count] = info->si_value.sival_int;
  }
  count++;
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
  must(sigaction(number, &action, NULL) == 0, "sigaction");
}

static void mask(int how, int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(how, &set, NULL);
}

static void flags(void) {
  struct raw_action action = {(void *)note, 0xffffffff, NULL, ~0ul}, now;
  report(syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8), "rt_sigaction with every flag");
  syscall(SYS_rt_sigaction, SIGUSR1, NULL, &now, 8);
  printf("flags %lx mask %lx\n", now.flags, now.mask);
  report(syscall(SYS_rt_sigaction, SIGKILL, &action, NULL, 8), "rt_sigaction SIGKILL");
  report(syscall(SYS_rt_sigaction, SIGKILL, NULL, &now, 8), "rt_sigaction SIGKILL, only asked");
  report(syscall(SYS_rt_sigaction, 65, NULL, &now, 8), "rt_sigaction 65");
  report(syscall(SYS_rt_sigaction, 0, NULL, &now, 8), "rt_sigaction 0");
  report(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4), "rt_sigaction, small set");
  report(syscall(SYS_rt_sigaction, SIGUSR1, (void *)8, NULL, 8), "rt_sigaction from nowhere");
  report(syscall(SYS_rt_sigprocmask, 3, &now.mask, NULL, 8), "rt_sigprocmask, how 3");
  report(syscall(SYS_rt_sigprocmask, 3, NULL, &now.mask, 8), "rt_sigprocmask, only asked");
  unsigned long pending = 0x5555;
  report(syscall(SYS_rt_sigpending, &pending, 16), "rt_sigpending 16");
  report(syscall(SYS_rt_sigpending, &pending, 1), "rt_sigpending 1");
  printf("pending %lx\n", pending);
  install(SIGUSR1, note, 0);
}

static void nodefer(int number, siginfo_t *info, void *context) {
  note(number, info, context);
  if (count < 3) raise(number);
  values[count - 1] = count;
}

static void nesting(void) {
  count = 0;
  install(SIGUSR2, nodefer, SA_NODEFER);
  raise(SIGUSR2);
  printf("SA_NODEFER nests: %d\n", count);
  count = 0;
  install(SIGUSR2, nodefer, 0);
  raise(SIGUSR2);
  printf("without, one after the other: %d\n", count);
  count = 0;
  install(SIGUSR2, note, SA_RESETHAND);
  raise(SIGUSR2);
  struct sigaction now;
  sigaction(SIGUSR2, NULL, &now);
  printf("SA_RESETHAND: %d %d\n", count, now.sa_handler == SIG_DFL);
}

static void queues(void) {
  int first = SIGRTMIN, second = SIGRTMIN + 1;
  sigset_t all, old;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &old);
  install(first, note, 0);
  install(second, note, 0);
  install(SIGUSR1, note, 0);
  install(SIGHUP, note, 0);
  count = 0;
  for (int i = 0; i < 3; i++) {
    sigqueue(getpid(), second, (union sigval){.sival_int = 20 + i});
    sigqueue(getpid(), first, (union sigval){.sival_int = 10 + i});
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 30 + i});
  }
  kill(getpid(), SIGHUP);
  sigset_t pending;
  sigpending(&pending);
  printf("pending %d %d %d %d %d\n", sigismember(&pending, first), sigismember(&pending, second), sigismember(&pending, SIGUSR1),
         sigismember(&pending, SIGHUP), sigismember(&pending, SIGUSR2));
  siginfo_t info;
  struct timespec zero = {0, 0};
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, first);
  sigaddset(&wanted, SIGHUP);
  for (int i = 0; i < 4; i++) {
    int got = sigtimedwait(&wanted, &info, &zero);
    printf("sigtimedwait %s code %d value %d\n", got == first ? "first" : got == SIGHUP ? "SIGHUP" : "none", got < 0 ? 0 : info.si_code,
           got == first ? info.si_value.sival_int : 0);
  }
  report(sigtimedwait(&wanted, &info, &zero), "sigtimedwait when there is none");
  sigprocmask(SIG_SETMASK, &old, NULL);
  for (int i = 0; i < count; i++)
    printf("handled %s value %d\n", order[i] == second ? "second" : order[i] == SIGUSR1 ? "SIGUSR1" : "other", values[i]);
  signal(SIGHUP, SIG_DFL);

  pid_t child = fork();
  if (child == 0) {
    /* Pending signals are counted for a user: this one has no other processes, though there be other copies of the program. */
    uid_t alone = 100000 + getpid();
    if (setresuid(alone, alone, alone) != 0) _exit(1);
    struct rlimit limit = {5, 5};
    setrlimit(RLIMIT_SIGPENDING, &limit);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int i = 0; i < 7; i++) report(sigqueue(getpid(), first, (union sigval){.sival_int = i}), "sigqueue %d", i);
    report(kill(getpid(), second), "kill beyond the limit");
    report(kill(getpid(), SIGUSR1), "a standard signal beyond the limit");
    report(sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 9}), "sigqueue of a standard signal beyond the limit");
    sigemptyset(&wanted);
    sigaddset(&wanted, first);
    sigaddset(&wanted, second);
    sigaddset(&wanted, SIGUSR1);
    sigaddset(&wanted, SIGUSR2);
    for (;;) {
      int got = sigtimedwait(&wanted, &info, &zero);
      if (got < 0) break;
      printf("took %d code %d value %d\n", got == first ? 1 : got == second ? 2 : got, info.si_code, got == first ? info.si_value.sival_int : -1);
    }
    fflush(stdout);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("status %x\n", status);
}

static void discarded(void) {
  mask(SIG_BLOCK, SIGUSR1);
  raise(SIGUSR1);
  signal(SIGUSR1, SIG_IGN);
  sigset_t pending;
  sigpending(&pending);
  printf("ignoring drops what waits: %d\n", sigismember(&pending, SIGUSR1));
  raise(SIGUSR1);
  sigpending(&pending);
  printf("but a blocked one is kept: %d\n", sigismember(&pending, SIGUSR1));
  mask(SIG_UNBLOCK, SIGUSR1);
  mask(SIG_BLOCK, SIGCHLD);
  raise(SIGCHLD);
  sigpending(&pending);
  printf("of those ignored by default, too: %d\n", sigismember(&pending, SIGCHLD));
  mask(SIG_UNBLOCK, SIGCHLD);
  mask(SIG_BLOCK, SIGTSTP);
  mask(SIG_BLOCK, SIGCONT);
  raise(SIGTSTP);
  raise(SIGCONT);
  sigpending(&pending);
  printf("SIGCONT drops SIGTSTP: %d %d\n", sigismember(&pending, SIGTSTP), sigismember(&pending, SIGCONT));
  raise(SIGTSTP);
  sigpending(&pending);
  printf("and the other way: %d %d\n", sigismember(&pending, SIGTSTP), sigismember(&pending, SIGCONT));
  raise(SIGCONT);
  mask(SIG_UNBLOCK, SIGTSTP);
  mask(SIG_UNBLOCK, SIGCONT);
  install(SIGUSR1, note, 0);
}

static long senders(pid_t pid, int signal, int code, int tail) {
  char raw[128] = {0};
  siginfo_t *info = (siginfo_t *)raw;
  info->si_code = code;
  info->si_errno = 77;
  info->si_pid = 4711;
  info->si_value.sival_int = 88;
  raw[127] = (char)tail;
  return syscall(SYS_rt_sigqueueinfo, pid, signal, info);
}

static void shown(int number, siginfo_t *info, void *context) {
  (void)context;
  printf("got %d code %d errno %d pid %d value %d\n", number, info->si_code, info->si_errno, info->si_pid == 4711 ? 4711 : info->si_pid == getpid(),
         info->si_value.sival_int);
}

static void permissions(void) {
  install(SIGUSR1, shown, 0);
  pid_t self = getpid(), parent = getppid();
  static const int codes[] = {SI_USER, SI_KERNEL, SI_QUEUE, SI_TIMER, SI_MESGQ, SI_ASYNCIO, SI_TKILL, SI_ASYNCNL, -1000, 1, 7};
  for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) report(senders(self, SIGUSR1, codes[i], 0), "rt_sigqueueinfo to itself, code %d", codes[i]);
  for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) report(senders(self, SIGUSR1, codes[i], 1), "rt_sigqueueinfo with a tail, code %d", codes[i]);
  for (unsigned i = 0; i < sizeof codes / sizeof *codes; i++) report(senders(parent, 0, codes[i], 0), "rt_sigqueueinfo to the parent, code %d", codes[i]);
  report(senders(4194300, SIGUSR1, SI_QUEUE, 0), "rt_sigqueueinfo to nobody");
  report(senders(self, 65, SI_QUEUE, 0), "rt_sigqueueinfo 65");
  report(syscall(SYS_rt_tgsigqueueinfo, self, self, 65, (char[128]){0}), "rt_tgsigqueueinfo 65");
  report(syscall(SYS_rt_tgsigqueueinfo, 0, self, 1, (char[128]){0}), "rt_tgsigqueueinfo of process 0");
  report(syscall(SYS_rt_tgsigqueueinfo, parent, self, 1, (char[128]){0}), "rt_tgsigqueueinfo of another process");
  report(kill(self, 65), "kill 65");
  report(kill(self, -1), "kill -1");
  report(kill(4194300, 0), "kill nobody");
  report(kill(4194300, 99), "kill nobody with 99");
  report(kill(-4194300, 0), "kill a group that is not there");
  report(kill(self, 0), "kill 0");
  report(syscall(SYS_tkill, 0, 0), "tkill 0");
  report(syscall(SYS_tkill, 4194300, 0), "tkill nobody");
  report(syscall(SYS_tgkill, self, 4194300, 0), "tgkill nobody");
  report(syscall(SYS_tgkill, parent, self, 0), "tgkill in another process");
  report(syscall(SYS_tgkill, -1, self, 0), "tgkill in -1");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (setresuid(4321, 4321, 4321) != 0) _exit(1);
    report(kill(parent, 0), "kill of another user");
    report(kill(self, SIGCONT), "SIGCONT within the session");
    report(kill(self, SIGUSR1), "SIGUSR1 within the session");
    report(kill(1, 0), "kill 1");
    report(senders(self, SIGUSR1, SI_QUEUE, 0), "rt_sigqueueinfo of another user");
    report(syscall(SYS_tkill, self, SIGUSR1), "tkill of another user");
    setsid();
    report(kill(self, SIGCONT), "SIGCONT from another session");
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void on_stack(int number, siginfo_t *info, void *context) {
  stack_t old, other = {.ss_sp = stack_memory[1], .ss_size = sizeof stack_memory[1]};
  (void)info, (void)context;
  sigaltstack(NULL, &old);
  printf("in handler %d: flags %x size %lu\n", number, (unsigned)old.ss_flags, (unsigned long)old.ss_size);
  report(sigaltstack(&other, NULL), "sigaltstack inside");
}

static void alternate_stacks(void) {
  static const struct { const char *name; unsigned flags; unsigned long size; } tries[] = {
      {"small", 0, 2047}, {"smallest", 0, 2048}, {"as a program", SS_ONSTACK, 65536}, {"odd flags", 5, 65536},
      {"disable and autodisarm", SS_DISABLE | 1u << 31, 65536}, {"autodisarm", 1u << 31, 65536}, {"disable", SS_DISABLE, 0}};
  for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
    stack_t stack = {.ss_sp = stack_memory[0], .ss_flags = (int)tries[i].flags, .ss_size = tries[i].size}, old;
    report(syscall(SYS_sigaltstack, &stack, NULL), "sigaltstack %s", tries[i].name);
    syscall(SYS_sigaltstack, NULL, &old);
    printf("  now flags %x size %lu\n", (unsigned)old.ss_flags, (unsigned long)old.ss_size);
  }
  install(SIGUSR1, on_stack, SA_ONSTACK);
  for (int i = 0; i < 2; i++) {
    stack_t stack = {.ss_sp = stack_memory[0], .ss_flags = i ? (int)(1u << 31) : 0, .ss_size = sizeof stack_memory[0]}, old;
    syscall(SYS_sigaltstack, &stack, NULL);
    raise(SIGUSR1);
    syscall(SYS_sigaltstack, NULL, &old);
    printf("afterwards %d: flags %x first %d\n", i, (unsigned)old.ss_flags, old.ss_sp == stack_memory[0]);
  }
  stack_t none = {.ss_flags = SS_DISABLE};
  syscall(SYS_sigaltstack, &none, NULL);
}

/* Which calls go on after a handler: with SA_RESTART, without, and after a stop. */
static int descriptors[2], sockets[2], lock_file, epoll;
static int word;
static sem_t semaphore;

enum { READ, RECV, RECV_TIMEOUT, WAITPID, NANOSLEEP, CLOCK_ABSOLUTE, POLL, SELECT, PSELECT, EPOLL, PAUSE, SUSPEND, FUTEX, FUTEX_TIMEOUT, SEM, SIGWAIT, FLOCK, OPEN_FIFO, CALLS };
static const char *const names[] = {"read", "recv", "recv with SO_RCVTIMEO", "waitpid", "nanosleep", "clock_nanosleep absolute", "poll", "select", "pselect", "epoll_wait", "pause", "sigsuspend",
                                    "futex", "futex with a timeout", "sem_wait", "sigtimedwait", "flock", "open of a FIFO"};
static char fifo[] = "/tmp/rules-XXXXXX";

static long attempt(int which) {
  char byte;
  struct timespec span = {0, 200000000}, now;
  struct timeval interval = {0, 200000};
  struct pollfd one = {.fd = descriptors[0], .events = POLLIN};
  struct epoll_event event;
  fd_set set;
  sigset_t mask;
  FD_ZERO(&set);
  FD_SET(descriptors[0], &set);
  sigemptyset(&mask);
  switch (which) {
    case READ: return read(descriptors[0], &byte, 1);
    case RECV: return recv(sockets[0], &byte, 1, 0);
    case RECV_TIMEOUT:
      setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &interval, sizeof interval);
      return recv(sockets[0], &byte, 1, 0);
    case WAITPID: return waitpid(-1, NULL, 0) > 0 ? 1 : -1;
    case NANOSLEEP: return nanosleep(&span, NULL);
    case CLOCK_ABSOLUTE:
      clock_gettime(CLOCK_MONOTONIC, &now);
      now.tv_nsec += 200000000;
      if (now.tv_nsec >= 1000000000) now.tv_sec++, now.tv_nsec -= 1000000000;
      errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &now, NULL);
      return errno ? -1 : 0;
    case POLL: return poll(&one, 1, 200);
    case SELECT: return select(descriptors[0] + 1, &set, NULL, NULL, &interval);
    case PSELECT: return pselect(descriptors[0] + 1, &set, NULL, NULL, &span, &mask);
    case EPOLL: return epoll_wait(epoll, &event, 1, 200);
    case PAUSE: return pause();
    case SUSPEND: return sigsuspend(&mask);
    case FUTEX: return syscall(SYS_futex, &word, 0, 0, NULL, NULL, 0);
    case FUTEX_TIMEOUT: return syscall(SYS_futex, &word, 0, 0, &span, NULL, 0);
    case SEM: return sem_wait(&semaphore);
    case SIGWAIT:
      sigaddset(&mask, SIGUSR2);
      return syscall(SYS_rt_sigtimedwait, &mask, NULL, &span, 8);
    case FLOCK: return flock(lock_file, LOCK_EX);
    case OPEN_FIFO: return open(fifo, O_RDONLY) >= 0 ? 0 : -1;
  }
  return 0;
}

static void await(pid_t pid, const char *states) {
  await_state(pid, pid, states);
}

enum { UNDISTURBED = 99 };
static int *handled, *begun, *stopped;

static void note_shared(int number) {
  (void)number;
  __atomic_add_fetch(handled, 1, __ATOMIC_SEQ_CST);
}

static void disturbed_child(int which, int how, int file) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  lock_file = open(path, O_RDWR);
  struct sigaction action = {.sa_handler = note_shared, .sa_flags = how == 1 ? SA_RESTART : 0};
  sigaction(SIGUSR1, &action, NULL);
  mask(SIG_BLOCK, SIGUSR2);
  if (which == WAITPID && fork() == 0) {
    char byte;
    _exit(read(descriptors[0], &byte, 1) != 1);
  }
  __atomic_store_n(begun, 1, __ATOMIC_SEQ_CST);
  errno = 0;
  long result = attempt(which);
  if (!__atomic_load_n(how == 2 ? stopped : handled, __ATOMIC_SEQ_CST)) _exit(UNDISTURBED);
  report(result, "%s, %s, handled %d", names[which], how == 0 ? "handler" : how == 1 ? "handler with SA_RESTART" : "stop", *handled);
  _exit(0);
}

/* The child is disturbed when it sleeps; if it sleeps again then, it gets what it waits for. Whether its time had not run out before. */
static int disturb(int which, int how) {
  must(pipe(descriptors) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "pipe");
  epoll = epoll_create1(0);
  struct epoll_event interest = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptors[0], &interest);
  int file = open(fifo, O_RDWR), writer = -1, status;
  flock(file, LOCK_EX);
  unlink(fifo);
  mkfifo(fifo, 0600);
  *handled = *begun = *stopped = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) disturbed_child(which, how, file);
  while (!__atomic_load_n(begun, __ATOMIC_SEQ_CST)) usleep(500);
  await(child, "SZ");
  if (how == 2) {
    kill(child, SIGSTOP);
    await(child, "TZ");
    __atomic_store_n(stopped, 1, __ATOMIC_SEQ_CST);
    kill(child, SIGCONT);
  } else {
    kill(child, SIGUSR1);
    while (!__atomic_load_n(handled, __ATOMIC_SEQ_CST) && task_state(child, child) != 'Z') usleep(500);
  }
  await(child, "SZ");
  if (which == READ || which == WAITPID) must(write(descriptors[1], "x", 1) == 1, "write");
  if (which == RECV) must(write(sockets[1], "x", 1) == 1, "write");
  if (which == FUTEX || which == SEM) kill(child, SIGKILL);
  if (which == FLOCK) flock(file, LOCK_UN);
  if (which == OPEN_FIFO) writer = open(fifo, O_RDWR | O_NONBLOCK);
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) printf("%s, %d: waits on\n", names[which], how);
  unlink(fifo);
  close(open(fifo, O_CREAT | O_RDWR, 0600));
  for (int i = 0; i < 2; i++) close(descriptors[i]), close(sockets[i]);
  close(epoll), close(file);
  if (writer >= 0) close(writer);
  return !WIFEXITED(status) || WEXITSTATUS(status) != UNDISTURBED;
}

static void restarts(void) {
  handled = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  begun = handled + 1, stopped = handled + 2;
  for (int how = 0; how < 3; how++)
    for (int which = 0; which < CALLS; which++)
      while ((how != 2 || (which != PAUSE && which != SUSPEND)) && !disturb(which, how)) continue;
}

static int thread_ready;
static void *blocking_thread(void *unused) {
  __atomic_store_n(&thread_ready, 1, __ATOMIC_SEQ_CST);
  for (int i = 0; i < 5000 && count == 0; i++) usleep(1000);
  return unused;
}

static void note_thread(int number, siginfo_t *info, void *context) {
  (void)number, (void)info, (void)context;
  order[0] = gettid() == getpid();
  count++;
}

static void threads(void) {
  pthread_t thread;
  sigset_t set, old;
  install(SIGUSR1, note_thread, 0);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  count = 0;
  pthread_create(&thread, NULL, blocking_thread, NULL);
  while (!__atomic_load_n(&thread_ready, __ATOMIC_SEQ_CST)) usleep(1000);
  pthread_sigmask(SIG_BLOCK, &set, &old);
  kill(getpid(), SIGUSR1);
  pthread_join(thread, NULL);
  printf("a thread that does not block it takes it: %d, on the main thread %d\n", count, order[0]);
  count = 0;
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  thread_ready = 0;
  pthread_create(&thread, NULL, blocking_thread, NULL);
  while (!__atomic_load_n(&thread_ready, __ATOMIC_SEQ_CST)) usleep(1000);
  kill(getpid(), SIGUSR1);
  usleep(5000);
  printf("while all block it nobody does: %d\n", count);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  printf("until one unblocks it: %d, on the main thread %d\n", count, order[0]);
  pthread_join(thread, NULL);
}

int main(void) {
  int fd = mkstemp(fifo);
  must(fd >= 0, "mkstemp");
  close(fd);
  sem_init(&semaphore, 0, 0);
  flags();
  nesting();
  queues();
  discarded();
  permissions();
  alternate_stacks();
  threads();
  restarts();
  unlink(fifo);
  return 0;
}
