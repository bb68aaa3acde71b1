// Ping-pong by kill(2). sigwait: the signal stays blocked and is taken by a call; handler: it is delivered, and a loop or sigsuspend waits for that.

#include "ping_pong.h"
#include <signal.h>
#include <time.h>

static sigset_t ours, during_wait;
static volatile sig_atomic_t arrived;

static void on_signal(int number) {
  (void)number;
  arrived = 1;
}

static void prepare_wait(void) {
  sigemptyset(&ours), sigaddset(&ours, SIGUSR1);
  must(sigprocmask(SIG_BLOCK, &ours, &during_wait) == 0, "sigprocmask");
}

static void prepare_handler(void) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  must(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
  if (blocking) prepare_wait();
}

static void notify(int party, char *message) {
  (void)message;
  must(kill(party_pid[!party], SIGUSR1) == 0, "kill");
}

static void take(int party, char *message) {
  (void)party, (void)message;
  struct timespec none = {0, 0};
  int number;
  if (blocking) must(sigwait(&ours, &number) == 0, "sigwait");
  else
    while (sigtimedwait(&ours, NULL, &none) != SIGUSR1) must(errno == EAGAIN || errno == EINTR, "sigtimedwait");
}

static void await_handler(int party, char *message) {
  (void)party, (void)message;
  while (!arrived)
    if (blocking) sigsuspend(&during_wait);
  arrived = 0;
}

static const struct mechanism mechanisms[] = {
    {"signal-sigwait", SPINS | BLOCKS, PROCESSES, prepare_wait, NULL, notify, take, NULL, NULL},
    {"signal-handler", SPINS | BLOCKS, PROCESSES, prepare_handler, NULL, notify, await_handler, NULL, NULL},
};

int main(int argc, char **argv) { return PING_PONG(argc, argv, mechanisms); }
