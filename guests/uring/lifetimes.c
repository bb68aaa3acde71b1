// How long a ring and its threads go on: a closed descriptor whose memory is mapped keeps its ring, and a stopped process stops its workers
// and its polling thread. close(2), io_uring_setup(2), kernel/signal.c.

#define _GNU_SOURCE
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include "asleep.h"
#include "show.h"
#include "uring.h"

static void moment(void) {
  struct timespec time = {0, 1000000};
  nanosleep(&time, NULL);
}

static void show_next(struct ring *ring, const char *what) {
  struct completion cqe;
  while (!ring_take(ring, &cqe)) moment();
  printf("%s: completion %llu of %d\n", what, cqe.user_data, cqe.res);
}

/* A polling thread that has found nothing when it began sleeps; after a wake-up it looks for its time. */
static void rouse(struct ring *ring) {
  ring_entry(ring, IORING_OP_NOP, -1, NULL, 0, 0, 8);
  ring_publish(ring);
  must(ring_enter(ring, 0, 0, IORING_ENTER_SQ_WAKEUP) == 0, "io_uring_enter");
  show_next(ring, "the thread is awake");
}

static void unmap(struct ring *ring) {
  struct io_uring_params *p = &ring->params;
  SHOW(munmap(ring->sqes, p->sq_entries * sizeof(struct io_uring_sqe)));
  SHOW(munmap((char *)ring->sq_head - p->sq_off.head, p->sq_off.array + p->sq_entries * sizeof(unsigned)));
}

static void closed(void) {
  printf("== closed, but mapped\n");
  struct ring ring = {0};
  int in[2];
  char byte[2] = "";
  must(pipe(in) == 0 && ring_open(&ring, 8) == 0, "a ring");
  ring_entry(&ring, IORING_OP_READ, in[0], byte, 1, 0, 1);
  ring_entry(&ring, IORING_OP_READ, in[0], byte, 1, 0, 2);
  SHOW(ring_submit(&ring, 0));
  SHOW(close(ring.fd));
  SHOW(ring_submit(&ring, 0));
  SHOW(write(in[1], "x", 1));
  show_next(&ring, "a read that was under way");
  printf("read '%s'\n", byte);
  SHOW(close(in[0]));
  SHOW(write(in[1], "y", 1));
  show_next(&ring, "another, which holds its file");
  printf("read '%s'\n", byte);

  printf("== unmapped too\n");
  ring = (struct ring){0};
  must(pipe(in) == 0 && ring_open(&ring, 8) == 0, "a ring");
  ring_entry(&ring, IORING_OP_READ, in[0], byte, 1, 0, 3);
  SHOW(ring_submit(&ring, 0));
  close(in[0]);
  struct pollfd end = {.fd = in[1]};
  close(ring.fd);
  printf("nobody reads from the pipe: %d\n", poll(&end, 1, 0));
  unmap(&ring);
  while (poll(&end, 1, 0) == 0) moment();
  printf("nobody reads from the pipe: 0x%x\n", end.revents);
}

static void polled(void) {
  printf("== closed with its polling thread\n");
  struct ring ring = {.params = {.flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 20000}};
  must(ring_open(&ring, 8) == 0, "a ring");
  rouse(&ring);
  SHOW(close(ring.fd));
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 4);
  printf("published %u\n", ring_publish(&ring));
  show_next(&ring, "an entry that the thread has found");
  pid_t child = fork();
  if (child == 0) {
    ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 5);
    ring_publish(&ring);
    show_next(&ring, "one of a child's");
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  unmap(&ring);
}

/* The states of a process's threads of the kernel are these and no others, sooner or later. */
static void await_threads(pid_t process, const char *states) {
  for (;;) {
    char path[64];
    int others = 0;
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *directory = opendir(path);
    for (struct dirent *entry; (entry = readdir(directory));)
      if (entry->d_name[0] != '.' && !strchr(states, task_state(process, atoi(entry->d_name)))) others++;
    closedir(directory);
    if (others == 0) return;
    moment();
  }
}

static void work(unsigned flags, int event, volatile int *begun) {
  struct ring ring = {.params = {.flags = flags, .sq_thread_idle = 20000}};
  uint64_t value = 0;
  must(ring_open(&ring, 8) == 0, "a ring");
  if (flags) rouse(&ring);
  ring_entry(&ring, IORING_OP_READ, event, &value, 8, 0, 6)->flags = IOSQE_ASYNC;
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 7)->flags = IOSQE_ASYNC;
  if (flags) ring_publish(&ring);
  else ring_submit(&ring, 0);
  show_next(&ring, "on a worker");
  *begun = 1;
  show_next(&ring, "when it goes on");
  printf("read %lu\n", (unsigned long)value);
  fflush(stdout);
  _exit(0);
}

static void stopped(const char *what, unsigned flags) {
  printf("== stopped: %s\n", what);
  int status, event = eventfd(0, 0);
  volatile int *begun = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = fork();
  if (child == 0) work(flags, event, begun);
  while (!*begun) moment();
  kill(child, SIGSTOP);
  SHOW(waitpid(child, &status, WUNTRACED) == child);
  await_threads(child, "T");
  printf("0x%x, all its threads\n", status);
  kill(child, SIGCONT);
  SHOW(waitpid(child, &status, WCONTINUED) == child);
  await_threads(child, "RS");
  printf("0x%x, all its threads\n", status);
  SHOW(write(event, &(uint64_t){8}, 8));
  SHOW(waitpid(child, &status, 0) == child);
  printf("0x%x\n", status);

  *begun = 0;
  child = fork();
  if (child == 0) work(flags, event, begun);
  while (!*begun) moment();
  kill(child, SIGSTOP);
  waitpid(child, &status, WUNTRACED);
  await_threads(child, "T");
  kill(child, SIGKILL);
  SHOW(waitpid(child, &status, 0) == child);
  printf("killed while stopped: 0x%x\n", status);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  closed();
  polled();
  stopped("its workers", 0);
  stopped("its polling thread", IORING_SETUP_SQPOLL);
  return 0;
}
