// Pipes and FIFOs in detail: sizes, slots, packets, atomic writes, splice, tee, vmsplice, rules of opening.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include "show.h"

enum { PAGE = 4096 };
static char bytes[300000], back[300000];
static int pair[2], other[2];

static void fresh(int flags) {
  if (pair[0] > 0) close(pair[0]), close(pair[1]);
  must(pipe2(pair, flags) == 0, "pipe2");
}

static int held(int fd) {
  int count = -1;
  ioctl(fd, FIONREAD, &count);
  return count;
}

static void sizes(void) {
  printf("== sizes\n");
  fresh(O_NONBLOCK);
  SHOW(fcntl(pair[0], F_GETPIPE_SZ));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 4097));
  SHOW(fcntl(pair[1], F_GETPIPE_SZ));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 0));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 1));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 1 << 20));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, (1 << 20) + 1));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, -1));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 5 * PAGE));
  SHOW(write(pair[1], bytes, 7 * PAGE));
  SHOW(write(pair[1], bytes, 7 * PAGE));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 4 * PAGE));
  SHOW(read(pair[0], back, 4 * PAGE));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 4 * PAGE));
  SHOW(write(pair[1], bytes, 1));
  SHOW(held(pair[0]));
  SHOW(fcntl(0, F_GETPIPE_SZ));
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 1 << 31));
}

static void slots(void) {
  printf("== slots\n");
  fresh(O_NONBLOCK);
  int count = 0;
  while (write(pair[1], bytes, 100) == 100) count++;
  printf("%d writes of 100, %d bytes\n", count, held(pair[0]));
  SHOW(write(pair[1], bytes, 36));
  SHOW(write(pair[1], bytes, 1));
  SHOW(poll(&(struct pollfd){pair[1], POLLOUT, 0}, 1, 0));
  SHOW(read(pair[0], back, 4000));
  SHOW(write(pair[1], bytes, 1));
  SHOW(read(pair[0], back, 96));
  SHOW(write(pair[1], bytes, 1));
  SHOW(held(pair[0]));
  fresh(O_NONBLOCK);
  count = 0;
  while (write(pair[1], bytes, 3000) == 3000) count++;
  printf("%d writes of 3000, %d bytes\n", count, held(pair[0]));
  fresh(O_NONBLOCK);
  SHOW(write(pair[1], bytes, 60000));
  SHOW(write(pair[1], bytes, 4096));
  SHOW(write(pair[1], bytes, 4097));
  SHOW(write(pair[1], bytes, 8192));
  SHOW(held(pair[0]));
  fresh(O_NONBLOCK);
  struct iovec parts[3] = {{bytes, 3000}, {bytes, 3000}, {bytes, 3000}};
  SHOW(writev(pair[1], parts, 3));
  SHOW(readv(pair[0], parts, 2));
  SHOW(held(pair[0]));
  parts[1].iov_base = nowhere;
  SHOW(writev(pair[1], parts, 3));
  SHOW(held(pair[0]));
  SHOW(write(pair[1], nowhere, 10));
  SHOW(read(pair[0], nowhere, 10));
  SHOW(held(pair[0]));
  SHOW(read(pair[0], back, 0));
  SHOW(write(pair[1], back, 0));
  SHOW(read(pair[1], back, 1));
  SHOW(write(pair[0], back, 1));
}

static void packets(void) {
  printf("== packets\n");
  fresh(O_NONBLOCK | O_DIRECT);
  SHOW(write(pair[1], "first", 5));
  SHOW(write(pair[1], "second", 6));
  SHOW(write(pair[1], bytes, 5000));
  SHOW(held(pair[0]));
  SHOW(read(pair[0], back, 3));
  SHOW(read(pair[0], back, 100));
  SHOW(read(pair[0], back, 8192));
  SHOW(read(pair[0], back, 8192));
  SHOW(read(pair[0], back, 8192));
  SHOW(fcntl(pair[1], F_SETFL, O_NONBLOCK));
  SHOW(write(pair[1], "a", 1));
  SHOW(write(pair[1], "b", 1));
  SHOW(read(pair[0], back, 10));
  SHOW(fcntl(pair[1], F_SETFL, O_NONBLOCK | O_DIRECT));
  SHOW(write(pair[1], "a", 1));
  SHOW(write(pair[1], "b", 1));
  SHOW(read(pair[0], back, 10));
  SHOW(read(pair[0], back, 10));
}

static void ends(void) {
  printf("== ends\n");
  fresh(O_NONBLOCK);
  struct pollfd in = {pair[0], POLLIN | POLLOUT | POLLRDHUP, 0}, out = {pair[1], POLLIN | POLLOUT, 0};
  SHOW(poll(&in, 1, 0));
  SHOW(poll(&out, 1, 0));
  printf("%x %x\n", in.revents, out.revents);
  SHOW(write(pair[1], "x", 1));
  SHOW(close(pair[1]));
  SHOW(poll(&in, 1, 0));
  printf("%x\n", in.revents);
  SHOW(read(pair[0], back, 10));
  SHOW(poll(&in, 1, 0));
  printf("%x\n", in.revents);
  SHOW(read(pair[0], back, 10));
  must(pipe2(pair, O_NONBLOCK) == 0, "pipe2");
  out.fd = pair[1];
  SHOW(close(pair[0]));
  SHOW(poll(&out, 1, 0));
  printf("%x\n", out.revents);
  pid_t child = fork();
  if (child == 0) {
    write(pair[1], "x", 1);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("killed by %d\n", WTERMSIG(status));
  signal(SIGPIPE, SIG_IGN);
  SHOW(write(pair[1], "x", 1));
  SHOW(write(pair[1], "x", 0));
  close(pair[1]);
  pair[0] = 0;
}

static void splices(void) {
  printf("== splice\n");
  fresh(O_NONBLOCK);
  must(pipe2(other, O_NONBLOCK) == 0, "pipe2");
  int fd = open("f", O_CREAT | O_RDWR | O_TRUNC, 0600), out = open("g", O_CREAT | O_RDWR | O_TRUNC, 0600);
  for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = i * 7 + i / 251;
  SHOW(write(fd, bytes, 100000));
  loff_t at = 10, to = 5;
  SHOW(splice(fd, &at, pair[1], NULL, 10000, 0));
  printf("offset %ld, held %d\n", (long)at, held(pair[0]));
  SHOW(read(pair[0], back, 100));
  printf("equal %d\n", memcmp(back, bytes + 10, 100) == 0);
  SHOW(splice(pair[0], NULL, out, &to, 50000, 0));
  printf("offset %ld, held %d\n", (long)to, held(pair[0]));
  SHOW(pread(out, back, 9900, 5));
  printf("equal %d\n", memcmp(back, bytes + 110, 9900) == 0);
  SHOW(lseek(fd, 99990, SEEK_SET));
  SHOW(splice(fd, NULL, pair[1], NULL, 100, 0));
  SHOW(splice(fd, NULL, pair[1], NULL, 100, 0));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(splice(fd, NULL, pair[1], NULL, 200000, 0));
  SHOW(splice(fd, NULL, pair[1], NULL, 200000, 0));
  SHOW(splice(fd, NULL, pair[1], NULL, 200000, SPLICE_F_NONBLOCK));
  SHOW(splice(pair[0], NULL, other[1], NULL, 5000, SPLICE_F_MOVE | SPLICE_F_MORE));
  SHOW(tee(other[0], pair[1], 100, 0));
  SHOW(held(other[0]));
  SHOW(read(pair[0], back, sizeof back));
  SHOW(tee(other[0], pair[1], 100, 0));
  SHOW(held(pair[0]));
  SHOW(tee(other[0], pair[1], 100000, 0));
  SHOW(held(pair[0]));
  SHOW(read(pair[0], back, 200));
  SHOW(read(other[0], back, 300));
  SHOW(splice(pair[0], &at, out, NULL, 1, 0));
  SHOW(splice(fd, NULL, pair[1], &at, 1, 0));
  SHOW(splice(fd, NULL, out, NULL, 1, 0));
  SHOW(splice(pair[0], NULL, pair[1], NULL, 1, 0));
  SHOW(splice(pair[1], NULL, out, NULL, 1, 0));
  SHOW(splice(fd, NULL, pair[0], NULL, 1, 0));
  SHOW(splice(fd, NULL, pair[1], NULL, 0, 0));
  SHOW(splice(fd, NULL, pair[1], NULL, 1, 16));
  SHOW(splice(-1, NULL, pair[1], NULL, 1, 0));
  SHOW(splice(pair[0], NULL, -1, NULL, 1, 0));
  at = -1;
  SHOW(splice(fd, &at, pair[1], NULL, 1, 0));
  SHOW(splice(fd, nowhere, pair[1], NULL, 1, 0));
  int append = open("g", O_WRONLY | O_APPEND);
  SHOW(splice(pair[0], NULL, append, NULL, 1, 0));
  close(append);
  SHOW(tee(fd, pair[1], 1, 0));
  SHOW(tee(pair[0], pair[1], 1, 0));
  SHOW(tee(pair[0], other[1], 0, 0));
  SHOW(tee(pair[0], other[1], 1, 32));
  SHOW(read(pair[0], back, sizeof back));
  SHOW(read(other[0], back, sizeof back));
  SHOW(splice(pair[0], NULL, other[1], NULL, 1, 0));
  SHOW(tee(pair[0], other[1], 1, 0));
  int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY);
  SHOW(splice(zero, NULL, pair[1], NULL, 1000, 0));
  SHOW(splice(pair[0], NULL, null, NULL, 1000, 0));
  SHOW(splice(null, NULL, pair[1], NULL, 1000, 0));
  int sockets[2];
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets) == 0, "socketpair");
  SHOW(write(pair[1], bytes, 3000));
  SHOW(splice(pair[0], NULL, sockets[0], NULL, 3000, 0));
  SHOW(splice(sockets[1], NULL, other[1], NULL, 5000, 0));
  SHOW(splice(sockets[1], NULL, other[1], NULL, 5000, 0));
  SHOW(read(other[0], back, 5000));
  printf("equal %d\n", memcmp(back, bytes, 3000) == 0);

  printf("== vmsplice\n");
  struct iovec parts[2] = {{bytes, 1000}, {bytes + 5000, 2000}};
  SHOW(vmsplice(pair[1], parts, 2, 0));
  SHOW(held(pair[0]));
  parts[0].iov_base = back, parts[1].iov_base = back + 1000;
  SHOW(vmsplice(pair[0], parts, 2, 0));
  printf("equal %d\n", memcmp(back, bytes, 1000) == 0 && memcmp(back + 1000, bytes + 5000, 2000) == 0);
  SHOW(vmsplice(pair[0], parts, 2, SPLICE_F_NONBLOCK));
  SHOW(vmsplice(pair[1], parts, 2, 16));
  SHOW(vmsplice(pair[1], parts, 0, 0));
  SHOW(vmsplice(fd, parts, 1, 0));
  SHOW(vmsplice(-1, parts, 1, 0));
  SHOW(vmsplice(pair[1], nowhere, 1, 0));
  SHOW(vmsplice(pair[1], parts, 2000, 0));
  parts[0].iov_base = nowhere;
  SHOW(vmsplice(pair[1], parts, 1, 0));
  parts[0] = (struct iovec){bytes, 100};
  SHOW(vmsplice(pair[1], parts, 1, SPLICE_F_GIFT));

  printf("== sendfile\n");
  at = 100;
  SHOW(sendfile(out, fd, &at, 5000));
  printf("offset %ld\n", (long)at);
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(sendfile(out, fd, NULL, 200000));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(sendfile(out, fd, NULL, 10));
  SHOW(sendfile(out, pair[0], NULL, 10));
  SHOW(sendfile(out, sockets[1], NULL, 10));
  at = -5;
  SHOW(sendfile(out, fd, &at, 10));
  SHOW(sendfile(out, fd, nowhere, 10));
  SHOW(sendfile(-1, fd, NULL, 10));
  SHOW(sendfile(out, -1, NULL, 10));
  at = 0;
  SHOW(sendfile(sockets[0], fd, &at, 1000));
  SHOW(sendfile(null, fd, &at, 1000));
  SHOW(read(pair[0], back, 1000));
  SHOW(sendfile(pair[1], fd, &at, 100000));
  printf("offset %ld\n", (long)at);
  append = open("g", O_WRONLY | O_APPEND);
  SHOW(sendfile(append, fd, &at, 10));
  close(append);

  printf("== copy_file_range\n");
  at = 0, to = 50;
  SHOW(copy_file_range(fd, &at, out, &to, 1000, 0));
  printf("offsets %ld %ld\n", (long)at, (long)to);
  at = 0, to = 500;
  SHOW(copy_file_range(fd, &at, fd, &to, 1000, 0));
  at = 0, to = 5000;
  SHOW(copy_file_range(fd, &at, fd, &to, 1000, 0));
  SHOW(copy_file_range(fd, &at, out, &to, 1000, 1));
  SHOW(copy_file_range(fd, &at, pair[1], NULL, 1000, 0));
  at = 1 << 20;
  SHOW(copy_file_range(fd, &at, out, &to, 1000, 0));
  at = -1;
  SHOW(copy_file_range(fd, &at, out, &to, 1000, 0));
  int dir = open(".", O_RDONLY);
  SHOW(copy_file_range(dir, NULL, out, NULL, 1000, 0));
  int reading = open("g", O_RDONLY);
  SHOW(copy_file_range(fd, NULL, reading, NULL, 1000, 0));
  SHOW(copy_file_range(fd, NULL, out, NULL, 0, 0));
  append = open("g", O_WRONLY | O_APPEND);
  SHOW(copy_file_range(fd, NULL, append, NULL, 10, 0));
  close(append);
  close(fd), close(out), close(dir), close(reading), close(null), close(zero), close(sockets[0]), close(sockets[1]);
}

static void fifos(void) {
  printf("== FIFOs\n");
  int in, out, both;
  struct stat st;
  SHOW(mkfifo("p", 0600));
  SHOW(open("p", O_WRONLY | O_NONBLOCK));
  SHOW((in = open("p", O_RDONLY | O_NONBLOCK)) >= 0);
  SHOW(read(in, back, 1));
  struct pollfd set = {in, POLLIN, 0};
  SHOW(poll(&set, 1, 0));
  SHOW((out = open("p", O_WRONLY | O_NONBLOCK)) >= 0);
  SHOW(read(in, back, 1));
  SHOW(write(out, "x", 1));
  SHOW(fstat(in, &st));
  printf("%o %ld\n", st.st_mode, (long)st.st_size);
  SHOW(poll(&set, 1, 0));
  SHOW(close(out));
  SHOW(poll(&set, 1, 0));
  printf("%x\n", set.revents);
  SHOW(read(in, back, 1));
  SHOW(read(in, back, 1));
  SHOW(poll(&set, 1, 0));
  printf("%x\n", set.revents);
  SHOW((out = open("p", O_WRONLY)) >= 0);
  SHOW(poll(&set, 1, 0));
  SHOW(write(out, "left", 4));
  SHOW(close(in));
  SHOW(write(out, "x", 1));
  SHOW(close(out));
  SHOW((both = open("p", O_RDWR | O_NONBLOCK)) >= 0);
  SHOW(read(both, back, 4));
  SHOW(write(both, "own", 3));
  SHOW(read(both, back, 4));
  set = (struct pollfd){both, POLLIN | POLLOUT, 0};
  SHOW(poll(&set, 1, 0));
  printf("%x\n", set.revents);
  SHOW(fcntl(both, F_GETPIPE_SZ));
  SHOW(fcntl(both, F_SETPIPE_SZ, 8192));
  SHOW(lseek(both, 0, SEEK_SET));
  SHOW(close(both));
  SHOW((both = open("p", O_RDWR)) >= 0);
  SHOW(fcntl(both, F_GETPIPE_SZ));
  SHOW(close(both));
  SHOW((in = open("p", O_RDONLY | O_TRUNC | O_NONBLOCK)) >= 0);
  close(in);
  pid_t child = fork();
  if (child == 0) {
    int late = open("p", O_WRONLY);
    write(late, "from the child", 14);
    _exit(0);
  }
  in = open("p", O_RDONLY);
  SHOW(read(in, back, 100));
  wait(NULL);
  SHOW(read(in, back, 100));
  close(in);
  SHOW(unlink("p"));
  unlink("f");
  unlink("g");
}

static void waiters(void) {
  printf("== a blocked writer\n");
  fresh(0);
  pid_t child = fork();
  if (child == 0) {
    close(pair[0]);
    long done = write(pair[1], bytes, 200000);
    _exit(done == 200000 ? 7 : 1);
  }
  close(pair[1]);
  long total = 0, got;
  int wrong = 0;
  while ((got = read(pair[0], back, 30000)) > 0) {
    wrong |= memcmp(back, bytes + total, got) != 0;
    total += got;
  }
  int status;
  wait(&status);
  printf("%ld bytes, wrong %d, exit %d\n", total, wrong, WEXITSTATUS(status));
  pair[0] = 0;
}

int main(void) {
  be_nobody();
  enter_empty_directory();
  sizes();
  slots();
  packets();
  ends();
  splices();
  fifos();
  waiters();
  leave_empty_directory();
  return 0;
}
