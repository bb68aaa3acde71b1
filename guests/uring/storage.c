// Files that may have a device below them, read and written in all ways that can wait for it; the same on Linux and in a machine,
// with a device and without.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include "uring.h"

enum { PAGE = 4096, SIZE = 1 << 20, PIECES = 4 };

static struct ring ring;
static unsigned char contents[SIZE] __attribute__((aligned(PAGE))), buffer[SIZE] __attribute__((aligned(PAGE)));

static void show(const char *what, long result) {
  const char *error = result >= 0 ? NULL : errno == EINVAL ? "EINVAL" : errno == ESPIPE ? "ESPIPE" : errno == EBADF ? "EBADF" : "other error";
  if (error) printf("%s: %s\n", what, error);
  else printf("%s: %ld\n", what, result);
}

/* The thread of a ring that has one may have gone to sleep meanwhile. */
static void submit(unsigned wait) { ring_enter(&ring, ring_publish(&ring), wait, IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP); }

static void completed(const char *what, int count) {
  submit((unsigned)count);
  while (count-- > 0) {
    struct completion cqe = ring_wait(&ring);
    printf("%s: %llu -> %d\n", what, cqe.user_data, cqe.res);
  }
}

static int same(void) { return memcmp(buffer, contents, SIZE) == 0; }

/* Nothing of it is left in the page cache, if it has anything to come back from. */
static void evict(int fd) {
  if (fsync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) exit(1);
  memset(buffer, 0, SIZE);
}

static void buffered(int fd) {
  show("write", pwrite(fd, contents, SIZE, 0));
  show("fsync", fsync(fd));
  show("fdatasync", fdatasync(fd));
  show("syncfs", syncfs(fd));
  evict(fd);
  show("read", pread(fd, buffer, SIZE, 0));
  printf("the same: %d\n", same());
  evict(fd);
  show("part", pread(fd, buffer, 100, SIZE - 50));
  show("behind the end", pread(fd, buffer, 100, SIZE));
  evict(fd);
  contents[5000] ^= 0xff, contents[5001] ^= 0xff;
  show("two bytes", pwrite(fd, contents + 5000, 2, 5000));
  show("read", pread(fd, buffer, SIZE, 0));
  printf("the same: %d\n", same());
}

static void ahead(int fd, int ends[2]) {
  show("readahead", readahead(fd, 0, SIZE));
  show("readahead of nothing to read", readahead(ends[1], 0, PAGE));
  for (int advice = 0; advice <= 6; advice++) printf("fadvise %d: %s\n", advice, posix_fadvise(fd, 0, PAGE, advice) == 0 ? "0" : "EINVAL");
  printf("fadvise of a pipe: %s\n", posix_fadvise(ends[0], 0, 0, 0) == ESPIPE ? "ESPIPE" : "other");
  for (unsigned flags = 0; flags <= 8; flags++) show("sync_file_range", sync_file_range(fd, 0, SIZE, flags));
  show("sync_file_range of a pipe", sync_file_range(ends[0], 0, 0, 2));
  show("fsync of a pipe", fsync(ends[0]));
  sync();
}

static void past_the_cache(void) {
  int fd = open("storage.file", O_RDWR | O_DIRECT);
  show("direct read", pread(fd, buffer, SIZE, 0));
  printf("the same: %d\n", same());
  contents[PAGE] ^= 1;
  show("direct write", pwrite(fd, contents + PAGE, PAGE, PAGE));
  struct iovec two[2] = {{buffer, PAGE}, {buffer + PAGE, PAGE}};
  show("direct readv", preadv(fd, two, 2, 0));
  printf("the same: %d\n", same());
  show("direct read over the end", pread(fd, buffer, 2 * PAGE, SIZE - PAGE));
  show("direct read behind it", pread(fd, buffer, PAGE, SIZE));
  close(fd);
}

static void synchronous(void) {
  int fd = open("storage.file", O_RDWR | O_DSYNC);
  show("synchronous write", write(fd, contents, PAGE));
  show("its position", lseek(fd, 0, SEEK_CUR));
  struct iovec one = {contents + PAGE, PAGE};
  show("RWF_DSYNC", syscall(SYS_pwritev2, fd, &one, 1, PAGE, 0, RWF_DSYNC));
  show("RWF_SYNC", syscall(SYS_pwritev2, fd, &one, 1, PAGE, 0, RWF_SYNC));
  close(fd);
}

static void mapped(int fd) {
  evict(fd);
  unsigned char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  unsigned sum = 0, wanted = 0;
  for (int i = 0; i < SIZE; i += PAGE) sum += map[i], wanted += contents[i];
  printf("mapped: %d\n", sum == wanted);
  contents[3 * PAGE] = map[3 * PAGE] = 0x55;
  show("msync", msync(map, SIZE, MS_SYNC));
  contents[7 * PAGE] = map[7 * PAGE] = 0x66;
  munmap(map, SIZE);
  evict(fd);
  show("read", pread(fd, buffer, SIZE, 0));
  printf("the same: %d\n", same());
}

static void by_ring(int fd) {
  evict(fd);
  ring_entry(&ring, IORING_OP_READ, fd, buffer, SIZE, 0, 1);
  submit(0);
  volatile uint64_t accumulator = 1;
  for (int i = 0; i < 1000000; i++) accumulator *= 3;
  completed("read", 1);
  printf("the same: %d\n", same());
  evict(fd);
  struct iovec vector = {buffer, SIZE / PIECES}, all = {buffer, SIZE};
  ring_register(&ring, IORING_REGISTER_BUFFERS, &all, 1);
  ring_entry(&ring, IORING_OP_READV, fd, &vector, 1, 0, 2)->flags = IOSQE_IO_LINK;
  for (int i = 1; i < PIECES; i++)
    ring_entry(&ring, IORING_OP_READ_FIXED, fd, buffer + i * (SIZE / PIECES), SIZE / PIECES, (unsigned)(i * (SIZE / PIECES)), 2 + (unsigned)i)->flags =
        i < PIECES - 1 ? IOSQE_IO_LINK : 0;
  completed("piece", PIECES);
  printf("the same: %d\n", same());
  contents[9] ^= 1;
  ring_entry(&ring, IORING_OP_WRITE, fd, contents, PAGE, 0, 7)->flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_FSYNC, fd, NULL, 0, 0, 8)->flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_FADVISE, fd, NULL, 0, 0, 9)->fadvise_advice = POSIX_FADV_DONTNEED;
  completed("link", 3);
  ring_entry(&ring, IORING_OP_WRITE, fd, contents + PAGE, PAGE, PAGE, 10)->rw_flags = RWF_DSYNC;
  completed("RWF_DSYNC", 1);
  ring_entry(&ring, IORING_OP_SYNC_FILE_RANGE, fd, NULL, SIZE, 0, 11)->sync_range_flags = 7;
  completed("sync_file_range", 1);
  int direct = open("storage.file", O_RDWR | O_DIRECT);
  ring_entry(&ring, IORING_OP_WRITE, direct, contents, PAGE, 0, 12);
  completed("direct", 1);
  ring_entry(&ring, IORING_OP_READ, direct, buffer, PAGE, 0, 13);
  completed("direct", 1);
  printf("the same: %d\n", same());
  close(direct);
  ring_register(&ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
}

int main(void) {
  int ends[2], fd = open("storage.file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || pipe(ends) != 0) return 1;
  if (ring_open(&ring, 8) != 0) return 77;
  for (uint32_t i = 0, x = 1; i < SIZE; i++) contents[i] = (unsigned char)((x = x * 1664525 + 1013904223) >> 24);
  buffered(fd);
  ahead(fd, ends);
  past_the_cache();
  synchronous();
  mapped(fd);
  by_ring(fd);
  close(ring.fd);
  ring = (struct ring){.params = {.flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 1000}};
  if (ring_open(&ring, 8) == 0) by_ring(fd);
  unlink("storage.file");
  return 0;
}
