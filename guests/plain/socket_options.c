// Options of sockets: what each family answers, what it takes, and the errors of what it does not.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/time.h>
#include "sockets.h"

#define COUNT(array) (int)(sizeof array / sizeof *array)

static int stream, dgram, tcp, udp, tcp6;

/* An int option: what it is at first, and after being set to each of some values. */
static void try_values(int fd, const char *socket_name, int level, int option, const char *name, const int *values, int count) {
  int value = -77, error;
  socklen_t length = sizeof value;
  printf("%s %s:", socket_name, name);
  if (getsockopt(fd, level, option, &value, &length) != 0) printf(" %s", errno_names[errno]);
  else printf(" %d (%d)", value, (int)length);
  for (int i = 0; i < count; i++) {
    error = setsockopt(fd, level, option, &values[i], sizeof values[i]) == 0 ? 0 : errno;
    printf(", %d:", values[i]);
    if (error) {
      printf(" %s", error < COUNT(errno_names) && errno_names[error] ? errno_names[error] : "?");
      continue;
    }
    value = -77, length = sizeof value;
    if (getsockopt(fd, level, option, &value, &length) != 0) printf(" %s", errno_names[errno]);
    else printf(" %d", value);
  }
  printf("\n");
}

#define TRY_AS(fd, level, option, name, ...) \
  do { \
    static const int values[] = {__VA_ARGS__}; \
    try_values(fd, #fd, level, option, name, values, COUNT(values)); \
  } while (0)
#define TRY(fd, level, option, ...) TRY_AS(fd, level, option, #option, __VA_ARGS__)
#define EVERYWHERE(option, ...) \
  do { \
    TRY_AS(stream, SOL_SOCKET, option, #option, __VA_ARGS__); \
    TRY_AS(dgram, SOL_SOCKET, option, #option, __VA_ARGS__); \
    TRY_AS(tcp, SOL_SOCKET, option, #option, __VA_ARGS__); \
    TRY_AS(udp, SOL_SOCKET, option, #option, __VA_ARGS__); \
  } while (0)

static void socket_level(void) {
  EVERYWHERE(SO_DEBUG, 0);
  EVERYWHERE(SO_REUSEADDR, 5, 0);
  EVERYWHERE(SO_REUSEPORT, 1, 0);
  EVERYWHERE(SO_TYPE, 1);
  EVERYWHERE(SO_DOMAIN, 1);
  EVERYWHERE(SO_PROTOCOL, 1);
  EVERYWHERE(SO_ERROR, 1);
  EVERYWHERE(SO_ACCEPTCONN, 1);
  EVERYWHERE(SO_DONTROUTE, 1, 0);
  EVERYWHERE(SO_BROADCAST, 1, 0);
  EVERYWHERE(SO_KEEPALIVE, 7, 0);
  EVERYWHERE(SO_OOBINLINE, 1, 0);
  EVERYWHERE(SO_PRIORITY, 0, 6, 7, -1);
  EVERYWHERE(SO_SNDBUF, 1, 0, 5000, 100000);
  EVERYWHERE(SO_RCVBUF, 1, 0, 5000, 100000);
  EVERYWHERE(SO_SNDBUFFORCE, 1);
  EVERYWHERE(SO_RCVLOWAT, 7, 0, -1);
  EVERYWHERE(SO_SNDLOWAT, 7);
  EVERYWHERE(SO_PASSCRED, 1, 0);
  EVERYWHERE(SO_TIMESTAMP, 1, 0);
  EVERYWHERE(SO_TIMESTAMPNS, 1, 0);
  EVERYWHERE(SO_MARK, 1);
  EVERYWHERE(SO_PEEK_OFF, 4, -1);
  EVERYWHERE(SO_NO_CHECK, 1, 0);
  EVERYWHERE(SO_RXQ_OVFL, 1, 0);
  EVERYWHERE(SO_SELECT_ERR_QUEUE, 1, 0);
  EVERYWHERE(SO_LOCK_FILTER, 0);
  EVERYWHERE(SO_BUSY_POLL, -1);
  EVERYWHERE(SO_ZEROCOPY, 1, 0, 2);
  EVERYWHERE(SO_DETACH_FILTER, 1);
  EVERYWHERE(9999, 1);
  TRY(stream, SOL_TCP, TCP_NODELAY, 1);
  TRY(udp, SOL_TCP, TCP_NODELAY, 1);
  TRY(tcp, IPPROTO_UDP, 1, 1);
  TRY(tcp, 77, 1, 1);
  TRY(tcp, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

static void protocols(void) {
  TRY(tcp, SOL_TCP, TCP_NODELAY, 5, 0);
  TRY(tcp, SOL_TCP, TCP_CORK, 1, 0);
  TRY(tcp, SOL_TCP, TCP_MAXSEG, 1000, 87, 40000, 0);
  TRY(tcp, SOL_TCP, TCP_KEEPIDLE, 0, 1, 32767, 32768);
  TRY(tcp, SOL_TCP, TCP_KEEPINTVL, 0, 1, 32767, 32768);
  TRY(tcp, SOL_TCP, TCP_KEEPCNT, 0, 1, 127, 128);
  TRY(tcp, SOL_TCP, TCP_SYNCNT, 0, 1, 127, 128);
  TRY(tcp, SOL_TCP, TCP_LINGER2, -1, 5, 0);
  TRY(tcp, SOL_TCP, TCP_DEFER_ACCEPT, 1, 2, 4, 8, 0);
  TRY(tcp, SOL_TCP, TCP_QUICKACK, 0, 1);
  TRY(tcp, SOL_TCP, TCP_USER_TIMEOUT, 1000, -1, 0);
  TRY(tcp, SOL_TCP, TCP_NOTSENT_LOWAT, 1000, 0);
  TRY(tcp, SOL_TCP, 36, 1, 2, 0);
  TRY(tcp, SOL_TCP, 9999, 1);
  TRY(tcp, IPPROTO_IP, IP_TOS, 0, 16, 3, 255, 256);
  TRY(udp, IPPROTO_IP, IP_TOS, 0, 16, 3, 255, 256);
  TRY(udp, IPPROTO_IP, IP_TTL, 1, 255, 0, 256, -1);
  TRY(udp, IPPROTO_IP, IP_PKTINFO, 1, 0);
  TRY(udp, IPPROTO_IP, IP_RECVERR, 1, 0);
  TRY(udp, IPPROTO_IP, IP_RECVTTL, 1, 0);
  TRY(udp, IPPROTO_IP, IP_RECVTOS, 1, 0);
  TRY(udp, IPPROTO_IP, IP_MTU_DISCOVER, 0, 2, 5, 6);
  TRY(udp, IPPROTO_IP, IP_MTU, 1);
  TRY(udp, IPPROTO_IP, IP_FREEBIND, 1, 0);
  TRY(udp, IPPROTO_IP, IP_MULTICAST_TTL, 0, 255, 256, -1);
  TRY(udp, IPPROTO_IP, IP_MULTICAST_LOOP, 0, 1);
  TRY(tcp, IPPROTO_IP, IP_MULTICAST_TTL, 1);
  TRY(udp, IPPROTO_IP, IP_HDRINCL, 1);
  TRY(udp, IPPROTO_IP, 9999, 1);
  TRY(udp, IPPROTO_UDP, 1, 1, 0);
  TRY(udp, IPPROTO_UDP, 9999, 1);
  TRY(tcp6, IPPROTO_IPV6, IPV6_V6ONLY, 1, 0);
  TRY(tcp6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 1, 255, 256, 0, -1);
  TRY(tcp6, IPPROTO_IPV6, IPV6_TCLASS, 255, 256, -1);
  TRY(tcp6, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, 0);
  TRY(tcp6, IPPROTO_IPV6, 9999, 1);
  TRY(tcp6, IPPROTO_IP, IP_TTL, 5);
}

static void shapes(void) {
  char room[64];
  socklen_t length;
  struct linger linger = {1, 30};
  struct timeval time = {1, 500000};
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_LINGER, &linger, 4));
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  memset(&linger, 0, sizeof linger), length = sizeof linger;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_LINGER, &linger, &length));
  printf("%d %d, length %d\n", linger.l_onoff, linger.l_linger, (int)length);
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_RCVTIMEO, &time, 8));
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
  memset(&time, 0, sizeof time), length = sizeof time;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_RCVTIMEO, &time, &length));
  printf("%d.%06d, length %d\n", (int)time.tv_sec, (int)time.tv_usec, (int)length);
  time.tv_usec = 1000000;
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time));
  int value = 1;
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, &value, 3));
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, &value, -1));
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, nowhere, 4));
  SHOW(setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, &value, 60));
  SHOW(setsockopt(tcp, SOL_TCP, TCP_NODELAY, &value, 1));
  SHOW(setsockopt(udp, IPPROTO_IP, IP_TTL, &value, 1));
  memset(room, 9, sizeof room), length = 2;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, room, &length));
  printf("%d %d %d, length %d\n", room[0], room[1], room[2], (int)length);
  memset(room, 9, sizeof room), length = 1;
  SHOW(getsockopt(udp, IPPROTO_IP, IP_TTL, room, &length));
  printf("%d %d, length %d\n", room[0], room[1], (int)length);
  length = 60;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, room, &length));
  printf("length %d\n", (int)length);
  length = -1;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, room, &length));
  length = 0;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, nowhere, &length));
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, room, nowhere));
  SHOW(getsockopt(99, SOL_SOCKET, SO_KEEPALIVE, room, &length));
  SHOW(getsockopt(0, SOL_SOCKET, SO_KEEPALIVE, room, &length));
  SHOW(setsockopt(udp, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
  memset(room, 0, sizeof room), length = sizeof room;
  SHOW(getsockopt(udp, SOL_SOCKET, SO_BINDTODEVICE, room, &length));
  printf("\"%s\", length %d\n", room, (int)length);
  SHOW(setsockopt(stream, SOL_SOCKET, SO_BINDTODEVICE, "none", 5));
  length = sizeof room;
  SHOW(getsockopt(tcp, SOL_TCP, TCP_CONGESTION, room, &length));
  printf("length %d\n", (int)length);
  SHOW(setsockopt(tcp, SOL_TCP, TCP_CONGESTION, "none such", 9));
  length = sizeof room;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_PEERNAME, room, &length));
  length = 8;
  SHOW(getsockopt(tcp, SOL_SOCKET, SO_COOKIE, room, &length));
  struct tcp_info info;
  length = sizeof info;
  SHOW(getsockopt(tcp, SOL_TCP, TCP_INFO, &info, &length));
  printf("state %d, mss %u, window %u, length is not 0: %d\n", info.tcpi_state, info.tcpi_snd_mss, info.tcpi_snd_cwnd, length > 0);
}

static void connected(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(listener, "127.0.0.1", 0);
  set_option(listener, SOL_TCP, TCP_NODELAY, 1);
  set_option(listener, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(listener, SOL_SOCKET, SO_RCVLOWAT, 3);
  set_option(listener, SOL_SOCKET, SO_RCVBUF, 20000);
  set_option(listener, SOL_TCP, TCP_DEFER_ACCEPT, 1);
  listen(listener, 5);
  connect_inet(client, "127.0.0.1", port_of(listener));
  struct pollfd look = {.fd = listener, .events = POLLIN};
  SHOW(poll(&look, 1, 20));
  write(client, "data", 4);
  SHOW(poll(&look, 1, 200));
  int server = accept(listener, NULL, NULL);
  TRY(server, SOL_TCP, TCP_NODELAY, 0);
  TRY(server, SOL_SOCKET, SO_KEEPALIVE, 0);
  TRY(server, SOL_SOCKET, SO_RCVLOWAT, 1);
  TRY(server, SOL_SOCKET, SO_RCVBUF, 1);
  SHOW(set_option(server, SOL_TCP, 36, 1));
  char room[64], byte[2];
  struct iovec part = {byte, 2};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  SHOW(recvmsg(server, &message, 0));
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  printf("level %d type %d: %d left\n", header ? header->cmsg_level : -1, header ? header->cmsg_type : -1, header ? *(int *)CMSG_DATA(header) : -1);
  struct tcp_info info;
  socklen_t length = sizeof info;
  SHOW(getsockopt(client, SOL_TCP, TCP_INFO, &info, &length));
  printf("state %d\n", info.tcpi_state);
  length = sizeof info;
  getsockopt(listener, SOL_TCP, TCP_INFO, &info, &length);
  printf("state %d, backlog %u\n", info.tcpi_state, info.tcpi_sacked);
  TRY(client, IPPROTO_IP, IP_MTU, 1);
  TRY(client, SOL_TCP, TCP_FASTOPEN, 5);
  close(client), close(server), close(listener);
}

int main(void) {
  own_network();
  setvbuf(stdout, NULL, _IOLBF, 0);
  be_nobody();
  close(0);
  must(open("/dev/null", 0) == 0, "open");
  stream = socket(AF_UNIX, SOCK_STREAM, 0), dgram = socket(AF_UNIX, SOCK_DGRAM, 0);
  tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0), tcp6 = socket(AF_INET6, SOCK_STREAM, 0);
  socket_level();
  close(tcp), close(udp);
  tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
  protocols();
  close(tcp), close(udp);
  tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
  shapes();
  connected();
  return 0;
}
