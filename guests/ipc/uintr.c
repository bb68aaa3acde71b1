// Ping-pong by user interrupts. Messages of more than a byte are in memory that both parties see; the interrupt says that one is there.
//   thread   two threads, each a receiver and a sender
//   fork     two processes; the child sends to the descriptor that it inherited, the parent through the UITT that both share
//   rights   two processes that pass their descriptors by SCM_RIGHTS
//   uni      two threads, an interrupt one way and a store back
//   self     a thread interrupts itself: one way
// spin: a loop waits for the handler. block: uintr_wait does, in WAITING_RECEIVER or, *-sender, in WAITING_SENDER.

#include "ping_pong.h"
#include "descriptor.h"
#include "uintr.h"

enum { LIMIT_MICROSECONDS = 1000000 };

static int sockets[2], inherited, target[2];
static long expected[2];
/* By vector, which is the party. Processes have one each. */
static volatile long arrived[2];
static unsigned waiting_mode = UINTR_WAITING_RECEIVER;

UINTR_HANDLER(handler, frame, vector) {
  (void)frame;
  arrived[vector]++;
}

static int receive_interrupts(int party) {
  must(uintr_register_handler(UINTR_ADDRESS(handler), blocking ? waiting_mode : 0) == 0, "uintr_register_handler");
  int descriptor = uintr_create_fd((unsigned)party, 0);
  must(descriptor >= 0, "uintr_create_fd");
  _stui();
  return descriptor;
}

static int send_to(int descriptor) {
  int index = uintr_register_sender(descriptor, 0);
  must(index >= 0, "uintr_register_sender");
  return index;
}

static int note_of(int party) {
  while (!shared->note[party]) sched_yield();
  return shared->note[party] - 1;
}

static void prepare_sender(void) { waiting_mode = UINTR_WAITING_SENDER; }

static void begin_thread(int party) {
  shared->note[party] = receive_interrupts(party) + 1;
  target[party] = send_to(note_of(!party));
}

/* Registered before the fork, so that there is a table for both to share. */
static void prepare_fork(void) { inherited = receive_interrupts(0), send_to(inherited); }

static void begin_fork(int party) {
  if (party == 0) target[0] = note_of(1);
  else {
    target[1] = send_to(inherited);
    shared->note[1] = send_to(receive_interrupts(1)) + 1;
  }
}

static void prepare_rights(void) { must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "socketpair"); }

static void begin_rights(int party) {
  send_descriptor(sockets[party], receive_interrupts(party));
  target[party] = send_to(receive_descriptor(sockets[party]));
}

static void begin_uni(int party) {
  if (party == 1) shared->note[1] = receive_interrupts(1) + 1;
  else target[0] = send_to(note_of(1));
}

static void begin_self(int party) { target[party] = send_to(receive_interrupts(party)); }

static void interrupt(int party, char *message) {
  if (size > 1) memcpy(shared->payload[!party], message, (size_t)size);
  _senduipi((unsigned long)target[party]);
}

/* The limit is for an interrupt that comes right before uintr_wait, which does not see it. */
static void await(int party, char *message) {
  while (arrived[party] == expected[party])
    if (blocking && uintr_wait(LIMIT_MICROSECONDS, 0) == 0) shared->counted++;
  expected[party]++;
  if (size > 1) memcpy(message, shared->payload[party], (size_t)size);
}

static void store_back(int party, char *message) {
  if (size > 1) memcpy(shared->payload[!party], message, (size_t)size);
  __atomic_store_n(&shared->note[0], shared->note[0] + 1, __ATOMIC_RELEASE);
}

static void interrupt_or_store(int party, char *message) { (party == 0 ? interrupt : store_back)(party, message); }

static void await_interrupt_or_store(int party, char *message) {
  if (party == 1) return await(party, message);
  while (shared->note[0] == expected[0]) continue;
  expected[0]++;
  if (size > 1) memcpy(message, shared->payload[0], (size_t)size);
}

/* What party 0 sends to itself is in its own inbox. */
static void interrupt_self(int party, char *message) {
  if (size > 1) memcpy(shared->payload[party], message, (size_t)size);
  _senduipi((unsigned long)target[party]);
}

static void report_limits(void) { printf("limits %ld\n", shared->counted); }

#define BOTH SPINS | BLOCKS
static const struct mechanism mechanisms[] = {
    {"uintr-thread", BOTH, THREADS, NULL, begin_thread, interrupt, await, NULL, report_limits},
    {"uintr-thread-sender", BLOCKS, THREADS, prepare_sender, begin_thread, interrupt, await, NULL, report_limits},
    {"uintr-fork", BOTH, PROCESSES, prepare_fork, begin_fork, interrupt, await, NULL, report_limits},
    {"uintr-rights", BOTH, PROCESSES, prepare_rights, begin_rights, interrupt, await, NULL, report_limits},
    {"uintr-uni", SPINS, THREADS, NULL, begin_uni, interrupt_or_store, await_interrupt_or_store, NULL, report_limits},
    {"uintr-self", SPINS, ALONE, NULL, begin_self, interrupt_self, await, NULL, report_limits},
};

int main(int argc, char **argv) { return PING_PONG(argc, argv, mechanisms); }
