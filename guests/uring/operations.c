// What a ring does, one completion a line: reads, writes, polls, timeouts, links, cancels, overflow, fixed files and buffers.

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include "uring.h"

static struct ring ring;

static void show(const char *what, int count) {
  while (count-- > 0) {
    struct completion cqe = ring_wait(&ring);
    printf("%s: %llu -> %d flags %u\n", what, (unsigned long long)cqe.user_data, cqe.res, cqe.flags);
  }
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (ring_open(&ring, 8)) return perror("io_uring_setup"), 77;
  printf("entries %u %u\n", ring.params.sq_entries, ring.params.cq_entries);
  char buffer[64] = "";
  struct __kernel_timespec soon = {0, 1000000}, late = {100, 0};
  int pipes[2];
  if (pipe(pipes)) return 1;

  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 1);
  printf("submitted %d\n", ring_submit(&ring, 1));
  show("nop", 1);

  ring_entry(&ring, IORING_OP_OPENAT, AT_FDCWD, "uring.tmp", 0600, 0, 2)->open_flags = O_CREAT | O_RDWR | O_TRUNC;
  ring_submit(&ring, 1);
  struct completion opened = ring_wait(&ring);
  int fd = opened.res;
  printf("open %s\n", fd >= 0 ? "ok" : "failed");
  ring_entry(&ring, IORING_OP_WRITE, fd, "hello, ring", 11, 0, 3)->flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_READ, fd, buffer, 5, 7, 4)->flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_FSYNC, fd, NULL, 0, 0, 5);
  ring_submit(&ring, 3);
  show("link", 3);
  printf("read '%s'\n", buffer);

  struct iovec pieces[2] = {{buffer, 3}, {buffer + 8, 4}};
  ring_entry(&ring, IORING_OP_READV, fd, pieces, 2, 0, 6);
  ring_submit(&ring, 1);
  show("readv", 1);
  ring_entry(&ring, IORING_OP_READ, fd, buffer, 64, 0, 7)->flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 8);
  ring_submit(&ring, 2);
  show("short read breaks", 2);
  ring_entry(&ring, IORING_OP_READ, fd, buffer, 64, 0, 9)->flags = IOSQE_IO_HARDLINK;
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 10);
  ring_submit(&ring, 2);
  show("hard link holds", 2);

  ring_entry(&ring, IORING_OP_READ, pipes[0], buffer, 64, 0, 11);
  ring_submit(&ring, 0);
  if (write(pipes[1], "late", 4) != 4) return 1;
  show("pipe", 1);
  ring_entry(&ring, IORING_OP_POLL_ADD, pipes[0], NULL, 0, 0, 12)->poll32_events = POLLIN;
  ring_entry(&ring, IORING_OP_WRITE, pipes[1], "x", 1, 0, 13);
  ring_submit(&ring, 2);
  show("poll", 2);
  if (read(pipes[0], buffer, 1) != 1) return 1;

  ring_entry(&ring, IORING_OP_TIMEOUT, -1, &soon, 1, 0, 14);
  ring_submit(&ring, 1);
  show("timeout", 1);
  ring_entry(&ring, IORING_OP_TIMEOUT, -1, &late, 1, 1, 15);
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 16);
  ring_submit(&ring, 2);
  show("counted timeout", 2);
  ring_entry(&ring, IORING_OP_TIMEOUT, -1, &late, 1, 0, 17);
  ring_submit(&ring, 0);
  ring_entry(&ring, IORING_OP_TIMEOUT_REMOVE, -1, (void *)17, 0, 0, 18);
  ring_submit(&ring, 2);
  int sum = 0;
  for (int i = 0; i < 2; i++) sum += ring_wait(&ring).res;
  printf("timeout removed %d\n", sum);
  ring_entry(&ring, IORING_OP_READ, pipes[0], buffer, 8, 0, 19)->flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_LINK_TIMEOUT, -1, &soon, 1, 0, 20);
  ring_submit(&ring, 2);
  sum = 0;
  for (int i = 0; i < 2; i++) sum += ring_wait(&ring).res;
  printf("link timeout %d\n", sum);

  ring_entry(&ring, IORING_OP_READ, pipes[0], buffer, 8, 0, 21);
  ring_submit(&ring, 0);
  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, -1, (void *)21, 0, 0, 22);
  ring_submit(&ring, 2);
  sum = 0;
  for (int i = 0; i < 2; i++) sum += ring_wait(&ring).res;
  printf("cancel %d\n", sum);
  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, -1, (void *)999, 0, 0, 23);
  ring_submit(&ring, 1);
  show("cancel nothing", 1);

  int files[2] = {fd, -1};
  printf("register files %d\n", ring_register(&ring, IORING_REGISTER_FILES, files, 2));
  struct iovec fixed = {buffer, sizeof buffer};
  printf("register buffers %d\n", ring_register(&ring, IORING_REGISTER_BUFFERS, &fixed, 1));
  ring_entry(&ring, IORING_OP_READ_FIXED, 0, buffer, 11, 0, 24)->flags = IOSQE_FIXED_FILE;
  ring_submit(&ring, 1);
  show("fixed", 1);
  ring_entry(&ring, IORING_OP_READ, 1, buffer, 11, 0, 25)->flags = IOSQE_FIXED_FILE;
  ring_submit(&ring, 1);
  show("empty slot", 1);
  int event = eventfd(0, 0);
  printf("register eventfd %d\n", ring_register(&ring, IORING_REGISTER_EVENTFD, &event, 1));
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 26);
  ring_submit(&ring, 1);
  unsigned long long count = 0;
  if (read(event, &count, 8) != 8) return 1;
  show("eventfd", 1);
  printf("eventfd count %llu\n", count);

  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 8; i++) ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 100 + round * 8 + i);
    ring_submit(&ring, 0);
  }
  printf("overflow flag %u dropped %u\n", *ring.sq_flags & IORING_SQ_CQ_OVERFLOW, *ring.cq_overflow);
  for (int i = 0; i < 24; i++)
    if (ring_wait(&ring).user_data != 100ull + i) printf("out of order\n");
  printf("overflow flag %u\n", *ring.sq_flags & IORING_SQ_CQ_OVERFLOW);

  ring_entry(&ring, 200, -1, NULL, 0, 0, 27);
  ring_submit(&ring, 1);
  show("bad opcode", 1);
  ring_entry(&ring, IORING_OP_READ, 99, buffer, 1, 0, 28);
  ring_submit(&ring, 1);
  show("bad fd", 1);
  ring_entry(&ring, IORING_OP_READ, fd, (void *)8, 1, 0, 29);
  ring_submit(&ring, 1);
  show("bad address", 1);
  ring_entry(&ring, IORING_OP_CLOSE, fd, NULL, 0, 0, 30);
  ring_submit(&ring, 1);
  show("close", 1);
  unlink("uring.tmp");
  close(ring.fd);
  printf("done\n");
  return 0;
}
