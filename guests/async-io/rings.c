// Reads by io_uring whose submissions a thread of the kernel takes (SQPOLL), one at a time: whoever takes a completion submits the next.
// uring: completions are taken where the program polls. uintr: they are taken by the handler of the user interrupt that each one is.

#define _GNU_SOURCE
#include <sched.h>
#include "async_io.h"
#include "check.h"
#include "uintr.h"
#include "uring.h"

enum { ENTRIES = 8, IDLE_MILLISECONDS = 2000, LIMIT_MICROSECONDS = 10000, REGISTER_UINTR = 31 };

static struct ring ring;
static long polls, empty_polls, wake_ups, waits, limits;
static long interrupts, empty_interrupts;
static struct handler_run handlers[MOST_TASKS];

static void submit_next(void) {
  if (reads_done == read_count) return;
  const struct file *file = &files[reads[reads_done].size];
  begin_read();
  ring_entry(&ring, IORING_OP_READ, file->descriptor, file->buffer, file->bytes, 0, (unsigned long long)reads_done);
  ring_publish(&ring);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (__atomic_load_n(ring.sq_flags, __ATOMIC_RELAXED) & IORING_SQ_NEED_WAKEUP) {
    wake_ups++;
    ring_enter(&ring, 0, 0, IORING_ENTER_SQ_WAKEUP);
  }
}

/* Takes what is complete; 0 if nothing is. */
static int take(void) {
  struct completion completion;
  if (!ring_take(&ring, &completion)) return 0;
  end_read(completion.user_data == (unsigned long long)reads_done ? completion.res : -1);
  submit_next();
  return 1;
}

static void open_ring(void) {
  int cpu = cpu_of(1);
  ring.params.flags = IORING_SETUP_SQPOLL | (cpu < 0 ? 0 : IORING_SETUP_SQ_AFF);
  ring.params.sq_thread_cpu = (unsigned)cpu;
  ring.params.sq_thread_idle = IDLE_MILLISECONDS;
  if (ring_open(&ring, ENTRIES) == 0) return;
  printf("no ring: %s\n", strerror(errno));
  exit(77);
}

static void poll_ring(void) {
  polls++;
  empty_polls += !take();
}

static void wait_ring(void) {
  if (blocking) {
    waits++;
    ring_enter(&ring, 0, 1, IORING_ENTER_GETEVENTS);
  }
  if (!take() && !blocking) __builtin_ia32_pause();
}

static void report_ring(cycles start) {
  (void)start;
  printf("polls %ld\nempty-polls %ld\nwake-ups %ld\nwaits %ld\n", polls, empty_polls, wake_ups, waits);
}

const struct method uring_method = {
    .name = "uring", .prepare = open_ring, .begin = submit_next, .poll = poll_ring, .wait = wait_ring, .report = report_ring};

UINTR_HANDLER(on_completion, frame, vector) {
  (void)frame, (void)vector;
  cycles began = tsc();
  long taken = 0;
  while (take()) taken++;
  empty_interrupts += taken == 0;
  if (interrupts < MOST_TASKS) handlers[interrupts] = (struct handler_run){began, tsc()};
  interrupts++;
}

static void open_interrupting_ring(void) {
  must(uintr_register_handler(UINTR_ADDRESS(on_completion), blocking ? UINTR_WAITING_RECEIVER : 0) == 0, "uintr_register_handler");
  int descriptor = uintr_create_fd(0, 0);
  must(descriptor >= 0, "uintr_create_fd");
  open_ring();
  must(ring_register(&ring, REGISTER_UINTR, &descriptor, 1) == 0, "IORING_REGISTER_UINTR");
  _stui();
}

/* The limit is for an interrupt that comes right before uintr_wait, which does not see it. */
static void wait_interrupt(void) {
  if (!blocking) {
    __builtin_ia32_pause();
    return;
  }
  waits++;
  limits += uintr_wait(LIMIT_MICROSECONDS, 0) == 0;
}

static void report_interrupts(cycles start) {
  for (long i = 0; i < interrupts && i < MOST_TASKS; i++) printf("handler %llu %llu\n", handlers[i].began - start, handlers[i].ended - start);
  printf("interrupts %ld\nempty-interrupts %ld\nwake-ups %ld\nwaits %ld\nlimits %ld\n", interrupts, empty_interrupts, wake_ups, waits, limits);
}

const struct method uintr_method = {
    .name = "uintr", .prepare = open_interrupting_ring, .begin = submit_next, .wait = wait_interrupt, .report = report_interrupts};
