// Signals: handlers with siginfo and context, masks, pending, alternate stack, EINTR and SA_RESTART, sigwait, timers, faults.

#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include "asleep.h"
#include "check.h"

static volatile sig_atomic_t count, last, depth, on_alternate;
static siginfo_t seen;
static char alternate[16384];
static sigjmp_buf escape;

static void note(int number) {
  count++;
  last = number;
}

static void note_info(int number, siginfo_t *info, void *context) {
  char here;
  (void)context;
  note(number);
  seen = *info;
  on_alternate = &here >= alternate && &here < alternate + sizeof alternate;
}

static void nest(int number) {
  depth = depth * 10 + (number == SIGUSR1 ? 1 : 2);
  if (number == SIGUSR1) raise(SIGUSR2);
  depth = depth * 10 + 3;
}

static void leap(int number, siginfo_t *info, void *context) {
  seen = *info;
  (void)context;
  siglongjmp(escape, number);
}

static void skip_instruction(int number, siginfo_t *info, void *context) {
  ucontext_t *uc = context;
  (void)number, (void)info;
  uc->uc_mcontext.gregs[REG_RIP] += 2;
  uc->uc_mcontext.gregs[REG_RAX] = 1234;
}

static void install(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  must(sigaction(number, &action, NULL) == 0, "sigaction");
}

static void install_info(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
  must(sigaction(number, &action, NULL) == 0, "sigaction");
}

static void *signal_main(void *main_thread) {
  /* Before the slack of the timer has passed, more than the whole time is left. */
  struct timespec slack = {0, 1000000};
  await_sleep(getpid());
  nanosleep(&slack, NULL);
  pthread_kill(*(pthread_t *)main_thread, SIGUSR1);
  return NULL;
}

int main(void) {
  install_info(SIGUSR1, note_info, 0);
  kill(getpid(), SIGUSR1);
  check(count == 1 && last == SIGUSR1 && seen.si_signo == SIGUSR1 && seen.si_code == SI_USER && seen.si_pid == getpid(),
        "kill tells who sent it");

  sigset_t set, old;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, &old);
  raise(SIGUSR1);
  raise(SIGUSR1);
  sigset_t pending;
  sigpending(&pending);
  check(count == 1 && sigismember(&pending, SIGUSR1), "a blocked signal is pending");
  sigprocmask(SIG_SETMASK, &old, NULL);
  check(count == 2, "a standard signal is delivered once when unblocked");

  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  sigaltstack(&stack, NULL);
  install_info(SIGUSR1, note_info, SA_ONSTACK);
  raise(SIGUSR1);
  check(on_alternate, "a handler runs on the alternate stack");
  install_info(SIGUSR1, note_info, 0);
  raise(SIGUSR1);
  check(!on_alternate, "and without SA_ONSTACK it does not");

  install(SIGUSR1, nest, 0);
  install(SIGUSR2, nest, 0);
  raise(SIGUSR1);
  check(depth == 1233, "handlers nest");

  install(SIGUSR1, note, 0);
  pthread_t self = pthread_self(), helper;
  struct timespec second = {1, 0}, left;
  pthread_create(&helper, NULL, signal_main, &self);
  errno = 0;
  check(nanosleep(&second, &left) == -1 && errno == EINTR && left.tv_sec == 0, "nanosleep is interrupted and tells the rest");
  pthread_join(helper, NULL);

  int p[2];
  must(pipe(p) == 0, "pipe");
  char byte;
  pthread_create(&helper, NULL, signal_main, &self);
  check_errno(read(p[0], &byte, 1), EINTR, "read is interrupted");
  pthread_join(helper, NULL);
  install(SIGALRM, note, SA_RESTART);
  if (fork() == 0) {
    struct timespec later = {0, 60000000};
    nanosleep(&later, NULL);
    must(write(p[1], "r", 1) == 1, "write");
    _exit(0);
  }
  struct itimerval timer = {.it_value = {0, 20000}};
  int before = count;
  setitimer(ITIMER_REAL, &timer, NULL);
  check(read(p[0], &byte, 1) == 1 && count == before + 1 && last == SIGALRM, "SA_RESTART goes on reading");
  wait(NULL);

  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR2);
  int number;
  check(sigwait(&set, &number) == 0 && number == SIGUSR2, "sigwait takes a pending signal");
  struct timespec nothing = {0, 1000};
  check_errno(sigtimedwait(&set, NULL, &nothing), EAGAIN, "sigtimedwait gives up");

  install_info(SIGSEGV, leap, SA_NODEFER);
  volatile int *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (!sigsetjmp(escape, 1)) *page = 1;
  check(seen.si_signo == SIGSEGV && seen.si_code == SEGV_ACCERR && seen.si_addr == page, "a write to a read-only page");
  volatile int *volatile nowhere = (volatile int *)8;
  if (!sigsetjmp(escape, 1)) *nowhere = 1;
  check(seen.si_code == SEGV_MAPERR && seen.si_addr == (void *)8, "a write to nothing");
  install_info(SIGFPE, leap, 0);
  volatile int one = 1, zero = 0;
  if (!sigsetjmp(escape, 1)) zero = one / zero;
  check(seen.si_signo == SIGFPE && seen.si_code == FPE_INTDIV, "a division by zero");
  install_info(SIGILL, skip_instruction, 0);
  long answer;
  __asm__ volatile("ud2" : "=a"(answer));
  check(answer == 1234, "a handler edits the context it returns to");

  install(SIGCHLD, note, 0);
  before = count;
  if (fork() == 0) _exit(0);
  wait(NULL);
  check(count == before + 1 && last == SIGCHLD, "SIGCHLD");
  install(SIGUSR1, SIG_IGN, 0);
  raise(SIGUSR1);
  check(1, "an ignored signal does nothing");
  install(SIGUSR1, note, SA_RESETHAND);
  raise(SIGUSR1);
  struct sigaction now;
  sigaction(SIGUSR1, NULL, &now);
  check(now.sa_handler == SIG_DFL, "SA_RESETHAND resets");
  return check_result();
}
