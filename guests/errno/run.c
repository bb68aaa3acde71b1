// Runs rows in a worker process. A row that fails has changed nothing, so that the worker goes on with the next; after success,
// a fatal signal or a hang a new worker begins at the following row. A call that blocks is interrupted by SIGALRM.

#include "errno.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define MOST_ROWS 4096
#define ALARM_MICROSECONDS 20000
#define HANG_SECONDS 4

__asm__(".globl raw, raw_instruction, raw_return\n"
        "raw: mov %rdi, %rax; mov %rsi, %rdi; mov %rdx, %rsi; mov %rcx, %rdx; mov %r8, %r10; mov %r9, %r8; mov 8(%rsp), %r9\n"
        "raw_instruction: syscall\n"
        "raw_return: ret\n");

struct progress {
  int row;
  /* The worker ended because it wanted to. */
  int left;
  struct outcome outcomes[MOST_ROWS];
};

static struct progress *progress;
static sigjmp_buf out_of_row;
static int stuck;

/* Interrupted twice before the instruction with nothing in between: the kernel starts the call again after the handler. */
static void alarm_rang(int signal, siginfo_t *information, void *context) {
  (void)signal;
  (void)information;
  const greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  if (registers[REG_RIP] != (long)raw_instruction) stuck = 0;
  else if (++stuck == 2) siglongjmp(out_of_row, registers[REG_RAX] == SYS_restart_syscall ? 2 : 1);
}

static void handle_alarm(int flags) {
  struct sigaction action = {.sa_sigaction = alarm_rang, .sa_flags = SA_SIGINFO | flags};
  sigaction(SIGALRM, &action, NULL);
}

void restart_interrupted_calls(void) {
  handle_alarm(SA_RESTART);
}

static void set_alarm(long microseconds) {
  struct itimerval timer = {{0, microseconds}, {0, microseconds}};
  setitimer(ITIMER_REAL, &timer, NULL);
}

static void remove_object(int kinds, long id) {
  if (kinds & SHM) CALL(SYS_shmctl, id, 0);
  if (kinds & SEM) CALL(SYS_semctl, id, 0, 0);
  if (kinds & MSG) CALL(SYS_msgctl, id, 0);
}

static void describe(const struct plan *plan, long result, char *text, size_t room) {
  if (result < 0 && result > -4096) snprintf(text, room, "%s", errno_name(-result));
  else if (plan->result & (OPAQUE | FORKS | SHM | SEM | MSG)) snprintf(text, room, "ok");
  else snprintf(text, room, "%ld", result);
}

static void leave(int next) {
  progress->row = next;
  progress->left = 1;
  _exit(0);
}

static void work(const struct plan *plan, volatile int first) {
  handle_alarm(0);
  int worker = getpid();
  for (volatile int row = first; row < plan->count; row++) {
    progress->row = row;
    char *text = progress->outcomes[row].text;
    stuck = 0;
    int left = sigsetjmp(out_of_row, 1);
    if (left == 0) {
      set_alarm(ALARM_MICROSECONDS);
      long result = plan->run(plan->context, row);
      if ((plan->result & FORKS) && (int)syscall(SYS_getpid) != worker) _exit(0);
      set_alarm(0);
      describe(plan, result, text, sizeof progress->outcomes[row].text);
      if (result >= 0 || result <= -4096) {
        remove_object(plan->result, result);
        leave(row + 1);
      }
    } else {
      set_alarm(0);
      strcpy(text, left == 2 ? "restart_syscall" : "restarts");
    }
  }
  leave(plan->count);
}

static const char *const signal_names[] = {
    [SIGHUP] = "SIGHUP", [SIGINT] = "SIGINT", [SIGQUIT] = "SIGQUIT", [SIGILL] = "SIGILL", [SIGTRAP] = "SIGTRAP",
        [SIGABRT] = "SIGABRT",
    [SIGBUS] = "SIGBUS", [SIGFPE] = "SIGFPE", [SIGKILL] = "SIGKILL", [SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV",
        [SIGUSR2] = "SIGUSR2",
    [SIGPIPE] = "SIGPIPE", [SIGALRM] = "SIGALRM", [SIGTERM] = "SIGTERM", [SIGXCPU] = "SIGXCPU", [SIGXFSZ] = "SIGXFSZ", [SIGIO] = "SIGIO",
    [SIGSYS] = "SIGSYS",
};

static void name_end(int status, char *text, size_t room) {
  int signal = WTERMSIG(status);
  if (WIFEXITED(status)) snprintf(text, room, "exit %d", WEXITSTATUS(status));
  else if (signal < (int)(sizeof signal_names / sizeof *signal_names) && signal_names[signal]) strcpy(text, signal_names[signal]);
  else snprintf(text, room, "signal %d", signal);
}

/* False if a row takes longer than any row may: the worker is killed. */
static int wait_for(int worker, const sigset_t *children, int *status) {
  const struct timespec patience = {HANG_SECONDS, 0};
  while (waitpid(worker, status, WNOHANG) == 0) {
    int before = progress->row;
    if (sigtimedwait(children, NULL, &patience) >= 0 || errno != EAGAIN || progress->row != before) continue;
    kill(worker, SIGKILL);
    waitpid(worker, status, 0);
    return 0;
  }
  return 1;
}

void run_plan(const struct plan *plan, struct outcome *outcomes) {
  if (plan->count > MOST_ROWS) {
    fprintf(stderr, "%d rows are too many\n", plan->count);
    exit(2);
  }
  if (!progress) progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  for (int first = 0; first < plan->count;) {
    progress->row = first;
    progress->left = 0;
    int worker = fork();
    if (worker == 0) {
      sigprocmask(SIG_UNBLOCK, &children, NULL);
      work(plan, first);
    }
    int status;
    int hangs = !wait_for(worker, &children, &status);
    first = progress->row;
    if (!progress->left) {
      struct outcome *outcome = &progress->outcomes[first++];
      if (hangs) strcpy(outcome->text, "hangs");
      else name_end(status, outcome->text, sizeof outcome->text);
    }
    if (plan->result & CHANGES) make_directory();
  }
  memcpy(outcomes, progress->outcomes, plan->count * sizeof *outcomes);
  memset(progress, 0, sizeof *progress);
}
