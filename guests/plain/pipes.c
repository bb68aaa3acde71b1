// Pipes, eventfd, poll, socketpair with a passed descriptor, dup, O_NONBLOCK.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

static void send_descriptor(int socket, int descriptor) {
  char byte = 'x';
  struct iovec part = {&byte, 1};
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  must(sendmsg(socket, &message, 0) == 1, "sendmsg");
}

static int receive_descriptor(int socket) {
  char byte;
  struct iovec part = {&byte, 1};
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  must(recvmsg(socket, &message, 0) == 1, "recvmsg");
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  int descriptor = -1;
  if (header && header->cmsg_type == SCM_RIGHTS) memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return descriptor;
}

int main(void) {
  int p[2], q[2], s[2];
  char buffer[70000];
  must(pipe(p) == 0 && pipe(q) == 0, "pipe");

  if (fork() == 0) {
    close(p[1]);
    close(q[0]);
    ssize_t n;
    char small[100];
    while ((n = read(p[0], small, sizeof small)) > 0) {
      for (ssize_t i = 0; i < n; i++) small[i] ^= 0x20;
      must(write(q[1], small, n) == n, "write");
    }
    _exit(0);
  }
  close(q[1]);
  must(write(p[1], "round trip", 10) == 10, "write");
  check(read(q[0], buffer, 10) == 10 && !memcmp(buffer, "ROUND\0TRIP", 10), "bytes go there and back");
  close(p[1]);
  check(read(q[0], buffer, 1) == 0, "end of file when the writer is gone");
  close(p[0]);
  close(q[0]);
  wait(NULL);

  must(pipe2(p, O_NONBLOCK) == 0, "pipe2");
  check_errno(read(p[0], buffer, 1), EAGAIN, "a non-blocking read of an empty pipe");
  memset(buffer, 7, sizeof buffer);
  check(write(p[1], buffer, sizeof buffer) == 65536, "a pipe takes 64 KiB");
  check_errno(write(p[1], buffer, 1), EAGAIN, "a non-blocking write to a full pipe");
  struct pollfd poll_set[2] = {{.fd = p[0], .events = POLLIN}, {.fd = p[1], .events = POLLOUT}};
  check(poll(poll_set, 2, 0) == 1 && poll_set[0].revents == POLLIN && poll_set[1].revents == 0, "poll sees a full pipe");
  close(p[0]);
  signal(SIGPIPE, SIG_IGN);
  check_errno(write(p[1], buffer, 1), EPIPE, "a write without reader");
  close(p[1]);
  check_errno(close(p[1]), EBADF, "closing twice");

  int e = eventfd(3, EFD_NONBLOCK);
  uint64_t value = 4;
  must(write(e, &value, 8) == 8, "eventfd write");
  check(read(e, &value, 8) == 8 && value == 7, "an eventfd adds up");
  check_errno(read(e, &value, 8), EAGAIN, "an eventfd at zero");
  close(e);

  must(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0, "socketpair");
  if (fork() == 0) {
    int passed = receive_descriptor(s[1]);
    must(write(passed, "through", 7) == 7, "write to the passed descriptor");
    _exit(0);
  }
  must(pipe(p) == 0, "pipe");
  send_descriptor(s[0], p[1]);
  close(p[1]);
  check(read(p[0], buffer, 10) == 7 && !memcmp(buffer, "through", 7), "SCM_RIGHTS passes a pipe");
  wait(NULL);
  check(read(p[0], buffer, 10) == 0, "the last copy of a passed descriptor closes");

  int copy = dup2(p[0], 50);
  check(copy == 50 && fcntl(50, F_GETFD) == 0, "dup2");
  must(fcntl(50, F_SETFD, FD_CLOEXEC) == 0, "F_SETFD");
  check(fcntl(50, F_GETFD) == FD_CLOEXEC && fcntl(p[0], F_GETFD) == 0, "close-on-exec belongs to the descriptor");
  struct iovec parts[2] = {{"gather", 6}, {"ed", 2}};
  must(pipe(q) == 0, "pipe");
  check(writev(q[1], parts, 2) == 8 && read(q[0], buffer, 20) == 8 && !memcmp(buffer, "gathered", 8), "writev");
  return check_result();
}
