// io_uring for guest programs by raw system calls: a ring, entries, completions. Only what the programs here need.

#ifndef GUESTS_URING_H
#define GUESTS_URING_H

#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
  int fd;
  struct io_uring_params params;
  unsigned *sq_head, *sq_tail, *sq_flags, *sq_dropped, *sq_array, sq_mask;
  unsigned *cq_head, *cq_tail, *cq_overflow, cq_mask;
  struct io_uring_sqe *sqes;
  struct io_uring_cqe *cqes;
  unsigned next;
};

static inline int ring_enter(struct ring *ring, unsigned submit, unsigned wait, unsigned flags) {
  return (int)syscall(SYS_io_uring_enter, ring->fd, submit, wait, flags, NULL, 0);
}

static inline int ring_register(struct ring *ring, unsigned opcode, const void *argument, unsigned count) {
  return (int)syscall(SYS_io_uring_register, ring->fd, opcode, argument, count);
}

// 0, or -1 with errno. `params` may carry flags.
static inline int ring_open(struct ring *ring, unsigned entries) {
  struct io_uring_params *p = &ring->params;
  ring->fd = (int)syscall(SYS_io_uring_setup, entries, p);
  if (ring->fd < 0) return -1;
  size_t size = p->sq_off.array + p->sq_entries * sizeof(unsigned);
  char *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
  ring->sqes = mmap(NULL, p->sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
  if (base == MAP_FAILED || ring->sqes == MAP_FAILED) return -1;
  ring->sq_head = (unsigned *)(base + p->sq_off.head);
  ring->sq_tail = (unsigned *)(base + p->sq_off.tail);
  ring->sq_flags = (unsigned *)(base + p->sq_off.flags);
  ring->sq_dropped = (unsigned *)(base + p->sq_off.dropped);
  ring->sq_array = (unsigned *)(base + p->sq_off.array);
  ring->sq_mask = *(unsigned *)(base + p->sq_off.ring_mask);
  ring->cq_head = (unsigned *)(base + p->cq_off.head);
  ring->cq_tail = (unsigned *)(base + p->cq_off.tail);
  ring->cq_overflow = (unsigned *)(base + p->cq_off.overflow);
  ring->cq_mask = *(unsigned *)(base + p->cq_off.ring_mask);
  ring->cqes = (struct io_uring_cqe *)(base + p->cq_off.cqes);
  ring->next = *ring->sq_tail;
  return 0;
}

// The next entry, zeroed but for what is given. Seen by the kernel after ring_publish.
static inline struct io_uring_sqe *ring_entry(struct ring *ring, int opcode, int fd, const void *address, unsigned length, unsigned long long offset,
                                              unsigned long long user_data) {
  unsigned at = ring->next++ & ring->sq_mask;
  struct io_uring_sqe *sqe = &ring->sqes[at];
  memset(sqe, 0, sizeof *sqe);
  sqe->opcode = (unsigned char)opcode;
  sqe->fd = fd;
  sqe->addr = (unsigned long)address;
  sqe->len = length;
  sqe->off = offset;
  sqe->user_data = user_data;
  ring->sq_array[at] = at;
  return sqe;
}

// Makes the entries visible; returns how many.
static inline unsigned ring_publish(struct ring *ring) {
  unsigned count = ring->next - *ring->sq_tail;
  __atomic_store_n(ring->sq_tail, ring->next, __ATOMIC_RELEASE);
  return count;
}

static inline int ring_submit(struct ring *ring, unsigned wait) {
  return ring_enter(ring, ring_publish(ring), wait, wait ? IORING_ENTER_GETEVENTS : 0);
}

struct completion {
  unsigned long long user_data;
  int res;
  unsigned flags;
};

// Takes one completion; 0 if there is none.
static inline int ring_take(struct ring *ring, struct completion *into) {
  unsigned head = *ring->cq_head;
  if (head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) return 0;
  const struct io_uring_cqe *cqe = &ring->cqes[head & ring->cq_mask];
  *into = (struct completion){cqe->user_data, cqe->res, cqe->flags};
  __atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
  return 1;
}

// Waits for one.
static inline struct completion ring_wait(struct ring *ring) {
  struct completion cqe = {0, 0, 0};
  while (!ring_take(ring, &cqe))
    if (ring_enter(ring, 0, 1, IORING_ENTER_GETEVENTS) < 0 && errno != EINTR) break;
  return cqe;
}

#endif
