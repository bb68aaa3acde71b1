// SOCKET_URING_OP_TX_TIMESTAMP: stamps of what a socket sends as completions of one request, beside errors that stay where they are.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include "uring.h"

enum { TX_SOFTWARE = 1 << 1, SOFTWARE = 1 << 4, OPT_ID = 1 << 7, TX_SCHED = 1 << 8, TSONLY = 1 << 11, TIMESTAMPING = 37, TX_TIMESTAMP = 4 };

static struct ring ring;
static char bytes[256], control_room[256];

static long long real(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

/* All completions that are there, of 32 bytes each. */
static void completions(const char *what, long long since) {
  ring_enter(&ring, 0, 0, IORING_ENTER_GETEVENTS);
  printf("%s\n", what);
  for (unsigned head = *ring.cq_head; head != __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE); head++) {
    const struct io_uring_cqe *cqe = &ring.cqes[(head & ring.cq_mask) << 1];
    long long time[2];
    memcpy(time, cqe + 1, sizeof time);
    long long at = time[0] * 1000000000ll + time[1];
    printf("  %llu -> %d, flags 0x%x%s, %s\n", (unsigned long long)cqe->user_data, cqe->res, cqe->flags & 0xffff,
           cqe->flags >> 17 == 1 ? " scheduled" : cqe->flags >> 17 == 0 ? "" : " another kind", at == 0 ? "no time" : at >= since && at <= real() ? "now" : "another time");
    __atomic_store_n(ring.cq_head, head + 1, __ATOMIC_RELEASE);
  }
}

static void command(int fd, unsigned long long user_data) {
  ring_entry(&ring, IORING_OP_URING_CMD, fd, NULL, 0, TX_TIMESTAMP, user_data);
  printf("submitted %d\n", ring_submit(&ring, 0));
}

static void send_to(int fd, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (sendto(fd, "hello", 5, 0, (struct sockaddr *)&to, sizeof to) != 5) perror("sendto");
}

static void error_queue(int fd) {
  struct iovec piece = {bytes, sizeof bytes};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = sizeof control_room};
  ssize_t got = recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
  printf("error queue: %d\n", (int)got);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  int fd = socket(AF_INET, SOCK_DGRAM, 0), receiver = socket(AF_INET, SOCK_DGRAM, 0), one = 1;
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof name;
  if (bind(receiver, (struct sockaddr *)&name, sizeof name) || getsockname(receiver, (struct sockaddr *)&name, &length)) return perror("bind"), 1;
  int flags = SOFTWARE | TX_SOFTWARE | TX_SCHED | OPT_ID | TSONLY;
  if (setsockopt(fd, SOL_SOCKET, TIMESTAMPING, &flags, sizeof flags)) return perror("SO_TIMESTAMPING"), 1;
  if (setsockopt(fd, IPPROTO_IP, IP_RECVERR, &one, sizeof one)) return perror("IP_RECVERR"), 1;
  long long since = real();

  struct ring small = {0};
  if (ring_open(&small, 8)) return perror("io_uring_setup"), 77;
  ring = small;
  command(fd, 1);
  struct completion refused = ring_wait(&ring);
  printf("in a ring of small completions: %d\n", refused.res);
  close(ring.fd);

  memset(&ring, 0, sizeof ring);
  ring.params.flags = IORING_SETUP_CQE32;
  if (ring_open(&ring, 8)) return perror("io_uring_setup"), 77;
  send_to(fd, name.sin_port);
  command(fd, 2);
  completions("what was there", since);
  send_to(fd, name.sin_port);
  completions("what came later", since);
  completions("nothing more", since);

  close(receiver);
  send_to(fd, name.sin_port);
  completions("before an error", since);
  error_queue(fd);
  error_queue(fd);

  flags &= ~TSONLY;
  setsockopt(fd, SOL_SOCKET, TIMESTAMPING, &flags, sizeof flags);
  one = 0;
  setsockopt(fd, IPPROTO_IP, IP_RECVERR, &one, sizeof one);
  send_to(fd, name.sin_port);
  completions("stamps with packets stay", since);
  error_queue(fd);
  error_queue(fd);
  error_queue(fd);

  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, -1, (void *)2, 0, 0, 3);
  ring_submit(&ring, 1);
  completions("cancelled", since);
  return 0;
}
