// What the parts of the program on asynchronous I/O share: its tasks, which are the same for every method, and what became of them.

#ifndef ASYNC_IO_H
#define ASYNC_IO_H

#include <stdint.h>

typedef unsigned long long cycles;

enum { SIZES = 3, MOST_TASKS = 100000, PAGE = 4096 };

struct file {
  const char *name;
  uint32_t bytes;
  int descriptor;
  char *buffer;
};

struct read_task {
  int size;
  cycles submitted, completed, checked;
};

struct compute_task {
  int factor;
  cycles began, ended;
};

struct handler_run {
  cycles began, ended;
};

/* Reads are done in order, one at a time: `reads_done` is also the one that is under way. */
extern struct file files[SIZES];
extern struct read_task reads[MOST_TASKS];
extern volatile long reads_done;
extern long read_count;
extern int blocking;

struct method {
  const char *name;
  /* Before the clock starts. */
  void (*prepare)(void);
  /* When it has started, before each computation, where it is time to poll, and while only reads are left. */
  void (*begin)(void), (*before_computation)(void), (*poll)(void), (*wait)(void);
  /* What it counted; `start` is when the clock started. */
  void (*report)(cycles start);
};

extern const struct method normal_method, uring_method, uintr_method;

static inline cycles tsc(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (cycles)high << 32 | low;
}

/* The CPU of the program, 0, or of the ring's thread, 1; -1 if there is none. */
int cpu_of(int party);

/* The read that is under way: its buffer is cleared where it is going to be looked at, and its time begins. */
void begin_read(void);
/* Its time is over: its data is looked at. `result` is what read(2) or the completion says. */
void end_read(long result);

#endif
