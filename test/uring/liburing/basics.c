// What programs do with liburing, as text that says the same on every kernel.
#include <liburing.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct io_uring ring;

static void take(const char *what) {
  struct io_uring_cqe *cqe;
  int error = io_uring_wait_cqe(&ring, &cqe);
  if (error) {
    printf("%s: no completion: %d\n", what, error);
    exit(1);
  }
  printf("%s: data %llu result %d flags %u\n", what, (unsigned long long)cqe->user_data, cqe->res, cqe->flags);
  io_uring_cqe_seen(&ring, cqe);
}

static struct io_uring_sqe *next(unsigned long long data) {
  struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
  if (!sqe) exit(2);
  sqe->user_data = data;
  return sqe;
}

static void files(void) {
  char path[] = "basics-XXXXXX";
  int fd = mkstemp(path);
  unlink(path);
  char left[6], right[6], whole[16] = {0};
  struct iovec out[2] = {{"hello ", 6}, {"world!", 6}}, in[2] = {{left, 6}, {right, 6}};
  io_uring_prep_writev(next(0), fd, out, 2, 0);
  io_uring_submit(&ring);
  take("writev");
  io_uring_prep_readv(next(0), fd, in, 2, 0);
  io_uring_submit(&ring);
  take("readv");
  printf("%.6s|%.6s\n", left, right);
  struct iovec buffer = {whole, sizeof whole};
  printf("buffers %d\n", io_uring_register_buffers(&ring, &buffer, 1));
  io_uring_prep_read_fixed(next(0), fd, whole, 12, 0, 0);
  io_uring_submit(&ring);
  take("read_fixed");
  memcpy(whole, "fixed", 5);
  io_uring_prep_write_fixed(next(0), fd, whole, 5, 12, 0);
  io_uring_submit(&ring);
  take("write_fixed");
  printf("files %d\n", io_uring_register_files(&ring, &fd, 1));
  struct io_uring_sqe *sqe = next(0);
  io_uring_prep_read(sqe, 0, left, 5, 12);
  sqe->flags |= IOSQE_FIXED_FILE;
  io_uring_submit(&ring);
  take("read of a fixed file");
  printf("%.5s; %d %d\n", left, io_uring_unregister_files(&ring), io_uring_unregister_buffers(&ring));
  close(fd);
}

static void waiting(void) {
  int ends[2];
  char byte = 'x';
  if (pipe(ends)) exit(3);
  struct io_uring_sqe *sqe = next(0);
  io_uring_prep_poll_add(sqe, ends[0], POLLIN);
  sqe->user_data = 1;
  io_uring_submit(&ring);
  if (write(ends[1], &byte, 1) != 1) exit(4);
  take("poll");
  sqe = next(0);
  io_uring_prep_read(sqe, ends[0], &byte, 1, 0);
  sqe->flags |= IOSQE_IO_LINK;
  sqe->user_data = 2;
  sqe = next(0);
  io_uring_prep_nop(sqe);
  sqe->user_data = 3;
  printf("submitted %d\n", io_uring_submit(&ring));
  take("link");
  take("link");
  struct __kernel_timespec soon = {0, 2000000};
  sqe = next(0);
  io_uring_prep_timeout(sqe, &soon, 0, 0);
  sqe->user_data = 4;
  io_uring_submit(&ring);
  take("timeout");
  sqe = next(0);
  io_uring_prep_read(sqe, ends[0], &byte, 1, 0);
  sqe->flags |= IOSQE_IO_LINK;
  sqe->user_data = 5;
  sqe = next(0);
  io_uring_prep_nop(sqe);
  sqe->user_data = 6;
  io_uring_submit(&ring);
  sqe = next(0);
  io_uring_prep_cancel64(sqe, 5, 0);
  sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  sqe->user_data = 7;
  io_uring_submit(&ring);
  take("cancelled");
  take("cancelled");
  close(ends[0]);
  close(ends[1]);
}

static void told(void) {
  int fd = eventfd(0, 0);
  eventfd_t count = 0;
  printf("eventfd %d\n", io_uring_register_eventfd(&ring, fd));
  for (int i = 0; i < 3; i++) {
    io_uring_prep_nop(next(0));
    io_uring_submit(&ring);
    take("nop");
  }
  eventfd_read(fd, &count);
  printf("told %llu; %d\n", (unsigned long long)count, io_uring_unregister_eventfd(&ring));
  close(fd);
}

int main(void) {
  int error = io_uring_queue_init(8, &ring, 0);
  if (error) {
    fprintf(stderr, "io_uring_queue_init: %s\n", strerror(-error));
    return 77;
  }
  struct io_uring_probe *probe = io_uring_get_probe_ring(&ring);
  const int wanted[] = {IORING_OP_NOP, IORING_OP_READV, IORING_OP_POLL_ADD, IORING_OP_TIMEOUT, IORING_OP_ASYNC_CANCEL, IORING_OP_READ};
  for (int i = 0; i < 6; i++) printf("operation %d: %d\n", wanted[i], io_uring_opcode_supported(probe, wanted[i]));
  io_uring_free_probe(probe);
  files();
  waiting();
  told();
  io_uring_queue_exit(&ring);
  puts("done");
  return 0;
}
