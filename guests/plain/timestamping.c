// SO_TIMESTAMPING: which flags go together, stamps of what arrives, and stamps of what was sent on the error queue.

#define _GNU_SOURCE
#include <time.h>
#include <sys/time.h>
#include <sys/epoll.h>
#include "sockets.h"

/* <linux/net_tstamp.h>, <linux/errqueue.h> */
enum {
  TX_HARDWARE = 1 << 0, TX_SOFTWARE = 1 << 1, RX_HARDWARE = 1 << 2, RX_SOFTWARE = 1 << 3, SOFTWARE = 1 << 4, RAW_HARDWARE = 1 << 6,
  OPT_ID = 1 << 7, TX_SCHED = 1 << 8, TX_ACK = 1 << 9, OPT_CMSG = 1 << 10, TSONLY = 1 << 11, OPT_STATS = 1 << 12, OPT_ID_TCP = 1 << 16,
  RX_FILTER = 1 << 17, TX_COMPLETION = 1 << 18,
};
#undef SO_TIMESTAMPING
#undef SO_TIMESTAMP
#undef SO_TIMESTAMPNS
#undef SCM_TIMESTAMPING
#undef SO_TIMESTAMPING_NEW
enum { SO_TIMESTAMP = 29, SO_TIMESTAMPNS = 35, SO_TIMESTAMPING = 37, SO_TIMESTAMPING_NEW = 65, TS_OPT_ID = 81 };

struct extended_error {
  uint32_t number;
  uint8_t origin, type, code, pad;
  uint32_t info, data;
};

static char bytes[66000], control_room[512];
static long long began;

static long long real(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

/* Is it a time between the beginning of the program and now? */
static const char *seemly(const void *data, int micro) {
  long long parts[2];
  memcpy(parts, data, sizeof parts);
  if (parts[0] == 0 && parts[1] == 0) return "none";
  long long time = parts[0] * 1000000000ll + parts[1] * (micro ? 1000 : 1);
  return time >= began - 1000 && time <= real() ? "now" : "another time";
}

static void show_control(struct msghdr *message) {
  for (struct cmsghdr *one = CMSG_FIRSTHDR(message); one; one = CMSG_NXTHDR(message, one)) {
    const unsigned char *data = CMSG_DATA(one);
    printf("  control %d %d of %d:", one->cmsg_level, one->cmsg_type, (int)(one->cmsg_len - CMSG_LEN(0)));
    if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SO_TIMESTAMPING)
      printf(" stamps %s, %s, %s\n", seemly(data, 0), seemly(data + 16, 0), seemly(data + 32, 0));
    else if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SO_TIMESTAMP) printf(" %s\n", seemly(data, 1));
    else if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SO_TIMESTAMPNS) printf(" %s\n", seemly(data, 0));
    else if ((one->cmsg_level == IPPROTO_IP && one->cmsg_type == 11) || (one->cmsg_level == IPPROTO_IPV6 && one->cmsg_type == 25)) {
      struct extended_error error;
      memcpy(&error, data, sizeof error);
      unsigned short family;
      memcpy(&family, data + sizeof error, 2);
      printf(" errno %u origin %u type %u code %u info %u data %u, family %u\n", error.number, error.origin, error.type, error.code, error.info,
             error.data, family);
    } else printf("\n");
  }
}

static int receive(int fd, int flags, const char *what) {
  struct sockaddr_storage from;
  struct iovec piece = {bytes, sizeof bytes};
  struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1,
                           .msg_control = control_room, .msg_controllen = sizeof control_room};
  ssize_t got = recvmsg(fd, &message, flags | MSG_DONTWAIT);
  printf("%s: ", what);
  show(got, "recvmsg");
  if (got < 0) return 0;
  printf("  flags 0x%x, %s\n", (unsigned)message.msg_flags, message.msg_namelen ? "from somebody" : "from nobody");
  show_control(&message);
  return 1;
}

static void errors(int fd, const char *what) {
  printf("%s\n", what);
  show_poll(fd, "before");
  while (receive(fd, MSG_ERRQUEUE, "error queue")) continue;
  show_poll(fd, "after");
}

static int stamp(int fd, int flags) { return set_option(fd, SOL_SOCKET, SO_TIMESTAMPING, flags); }

static void options(void) {
  int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_DGRAM, 0);
  SHOW(get_option(udp, SOL_SOCKET, SO_TIMESTAMPING));
  SHOW(stamp(udp, SOFTWARE | TX_SOFTWARE | RX_SOFTWARE));
  int value[3] = {-7, -7, -7};
  socklen_t length = sizeof value;
  SHOW(getsockopt(udp, SOL_SOCKET, SO_TIMESTAMPING, value, &length));
  printf("%d bytes: %d %d\n", (int)length, value[0], value[1]);
  length = 4;
  SHOW(getsockopt(udp, SOL_SOCKET, SO_TIMESTAMPING_NEW, value, &length));
  printf("%d bytes: %d\n", (int)length, value[0]);
  SHOW(set_option(udp, SOL_SOCKET, SO_TIMESTAMPING_NEW, SOFTWARE));
  SHOW(get_option(udp, SOL_SOCKET, SO_TIMESTAMPING_NEW));
  SHOW(get_option(udp, SOL_SOCKET, SO_TIMESTAMPING));
  static const int given[] = {-1, 1 << 19, 0x7ffff & ~(1 << 15), OPT_ID, OPT_ID_TCP, OPT_ID | OPT_ID_TCP, OPT_STATS, OPT_STATS | TSONLY, RX_FILTER, TX_COMPLETION, 1 << 15, 0};
  for (unsigned i = 0; i < sizeof given / sizeof *given; i++) {
    printf("flags 0x%x\n", (unsigned)given[i]);
    SHOW(stamp(udp, given[i]));
    SHOW(stamp(tcp, given[i]));
    SHOW(stamp(local, given[i]));
  }
  SHOW(setsockopt(udp, SOL_SOCKET, SO_TIMESTAMPING, given, 3));
  close(udp), close(tcp), close(local);
}

static int bound(int family) {
  int fd = socket(family, SOCK_DGRAM, 0);
  must((family == AF_INET ? bind_inet(fd, "127.0.0.1", 0) : bind_inet6(fd, "::1", 0)) == 0, "bind");
  return fd;
}

static int peer_of(int family, int fd) {
  int other = socket(family, SOCK_DGRAM, 0);
  must((family == AF_INET ? connect_inet(other, "127.0.0.1", port_of(fd)) : connect_inet6(other, "::1", port_of(fd))) == 0, "connect");
  return other;
}

/* Whether a datagram from one to the other carries a stamp. */
static int is_stamped(int fd, int other) {
  struct iovec piece = {bytes, sizeof bytes};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = sizeof control_room};
  must(send(other, "hello", 5, 0) == 5 && recvmsg(fd, &message, 0) == 5, "a datagram");
  return message.msg_controllen > 0;
}

static void arriving(void) {
  static const struct { int stamps, other; const char *text; } rows[] = {
    {SOFTWARE | RX_SOFTWARE, 0, "RX_SOFTWARE and SOFTWARE"},
    {RX_SOFTWARE, 0, "RX_SOFTWARE alone"},
    {SOFTWARE | RX_SOFTWARE, SO_TIMESTAMP, "with SO_TIMESTAMP"},
    {SOFTWARE | RX_SOFTWARE, SO_TIMESTAMPNS, "with SO_TIMESTAMPNS"},
    {SOFTWARE, 0, "SOFTWARE alone"},
    {SOFTWARE | RX_FILTER, SO_TIMESTAMPNS, "SOFTWARE with OPT_RX_FILTER and SO_TIMESTAMPNS"},
    {SOFTWARE | RX_SOFTWARE | RX_FILTER, 0, "SOFTWARE, RX_SOFTWARE and OPT_RX_FILTER"},
    {RX_HARDWARE | RAW_HARDWARE, 0, "hardware there is none of"},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    int fd = bound(AF_INET), other = peer_of(AF_INET, fd);
    printf("%s\n", rows[i].text);
    stamp(fd, rows[i].stamps);
    if (rows[i].other) set_option(fd, SOL_SOCKET, rows[i].other, 1);
    must(send(other, "hello", 5, 0) == 5, "send");
    receive(fd, 0, "UDP");
    close(fd), close(other);
  }
}

static void sent(int family, const char *text) {
  static const struct { int stamps; const char *text; } rows[] = {
    {SOFTWARE | TX_SOFTWARE, "TX_SOFTWARE: the packet comes back"},
    {SOFTWARE | TX_SOFTWARE | TSONLY, "OPT_TSONLY: the stamp alone"},
    {TX_SOFTWARE | TSONLY, "nobody reports: there is an entry without a stamp"},
    {SOFTWARE | TX_SCHED | TX_SOFTWARE | TX_ACK | TSONLY, "TX_SCHED, TX_SOFTWARE, TX_ACK"},
    {SOFTWARE | TX_SOFTWARE | TSONLY | OPT_ID, "OPT_ID"},
    {SOFTWARE | TX_SOFTWARE | OPT_CMSG, "OPT_CMSG"},
    {SOFTWARE | TX_HARDWARE | TSONLY, "TX_HARDWARE"},
    {SOFTWARE | TX_COMPLETION | TSONLY, "TX_COMPLETION"},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    int fd = bound(family), other = peer_of(family, fd);
    printf("%s, %s\n", text, rows[i].text);
    SHOW(stamp(other, rows[i].stamps));
    for (int times = 0; times < 2; times++) must(send(other, "hello", 5, 0) == 5, "send");
    errors(other, "sent twice");
    close(fd), close(other);
  }
}

/* One message with one control message of SOL_SOCKET. */
static ssize_t send_with(int fd, int type, const void *data, size_t size) {
  struct iovec piece = {"hello", 5};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = CMSG_SPACE(size)};
  memset(control_room, 0, sizeof control_room);
  struct cmsghdr *one = CMSG_FIRSTHDR(&message);
  one->cmsg_level = SOL_SOCKET, one->cmsg_type = type, one->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(one), data, size);
  return sendmsg(fd, &message, 0);
}

static void controlled(void) {
  int fd = bound(AF_INET), other = peer_of(AF_INET, fd);
  uint32_t flags = TX_SOFTWARE, wrong = RX_SOFTWARE, id = 4711;
  SHOW(stamp(other, SOFTWARE | TSONLY));
  SHOW(send_with(other, SO_TIMESTAMPING, &flags, 4));
  errors(other, "asked for by a control message");
  SHOW(send_with(other, SO_TIMESTAMPING, &wrong, 4));
  SHOW(send_with(other, SO_TIMESTAMPING, &flags, 2));
  SHOW(send_with(other, TS_OPT_ID, &id, 4));
  SHOW(stamp(other, SOFTWARE | TSONLY | TX_SOFTWARE | OPT_ID));
  SHOW(send_with(other, TS_OPT_ID, &id, 4));
  SHOW(send(other, "x", 1, 0));
  SHOW(send_with(other, TS_OPT_ID, &id, 2));
  flags = 0;
  SHOW(send_with(other, SO_TIMESTAMPING, &flags, 4));
  SHOW(send(other, "x", 1, 0));
  errors(other, "with numbers");
  SHOW(stamp(other, SOFTWARE | TSONLY | TX_SOFTWARE));
  SHOW(stamp(other, SOFTWARE | TSONLY | TX_SOFTWARE | OPT_ID));
  SHOW(send(other, "x", 1, 0));
  errors(other, "OPT_ID anew begins at 0");
  close(fd), close(other);
}

/* Stamps stand in the way of no error, and no error in theirs. */
static void with_errors(void) {
  int fd = bound(AF_INET), other = socket(AF_INET, SOCK_DGRAM, 0), port = port_of(fd);
  SHOW(set_option(other, IPPROTO_IP, 11, 1));
  SHOW(stamp(other, SOFTWARE | TSONLY | TX_SOFTWARE | OPT_ID));
  SHOW(send_inet(other, "x", 0, "127.0.0.1", port));
  close(fd);
  SHOW(send_inet(other, "y", 0, "127.0.0.1", port));
  SHOW(get_option(other, SOL_SOCKET, SO_ERROR));
  errors(other, "two stamps around an error");
  SHOW(get_option(other, SOL_SOCKET, SO_ERROR));
  SHOW(send_inet(other, "z", 0, "127.0.0.1", port));
  SHOW(recv(other, bytes, 10, MSG_DONTWAIT));
  close(other);
}

static void stream(int family) {
  int listener = socket(family, SOCK_STREAM, 0), fd = socket(family, SOCK_STREAM, 0);
  must((family == AF_INET ? bind_inet(listener, "127.0.0.1", 0) : bind_inet6(listener, "::1", 0)) == 0 && listen(listener, 1) == 0, "listen");
  SHOW(stamp(fd, SOFTWARE | TX_SOFTWARE | TSONLY | OPT_ID));
  must((family == AF_INET ? connect_inet(fd, "127.0.0.1", port_of(listener)) : connect_inet6(fd, "::1", port_of(listener))) == 0, "connect");
  int other = accept(listener, NULL, NULL);
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  SHOW(stamp(fd, SOFTWARE | TX_SOFTWARE | TSONLY | OPT_ID));
  SHOW(stamp(other, SOFTWARE | RX_SOFTWARE));
  SHOW(send(fd, "0123456789", 10, 0));
  SHOW(send(fd, "01234", 5, 0));
  usleep(1000);
  errors(fd, "numbers are of last bytes");
  receive(other, 0, "TCP");
  SHOW(stamp(fd, 0));
  SHOW(send(fd, "012", 3, 0));
  SHOW(stamp(fd, SOFTWARE | TX_SCHED | TX_SOFTWARE | TX_ACK | TSONLY | OPT_ID));
  SHOW(send(fd, "0123456", 7, 0));
  usleep(1000);
  errors(fd, "all three, counted from here");
  SHOW(stamp(fd, SOFTWARE | TX_ACK | TSONLY));
  SHOW(send(fd, "01", 2, 0));
  usleep(1000);
  errors(fd, "without OPT_ID");
  SHOW(stamp(fd, SOFTWARE | TX_SCHED | TX_SOFTWARE | TX_ACK));
  SHOW(send(fd, "01234", 5, 0));
  usleep(1000);
  errors(fd, "with the packets");
  uint32_t flags = TX_SOFTWARE, id = 1;
  SHOW(stamp(fd, SOFTWARE | TSONLY | OPT_ID | OPT_ID_TCP));
  SHOW(send_with(fd, SO_TIMESTAMPING, &flags, 4));
  SHOW(send_with(fd, TS_OPT_ID, &id, 4));
  SHOW(send_with(fd, SO_TIMESTAMPING, &flags, 8));
  usleep(1000);
  errors(fd, "by a control message");
  SHOW(set_option(other, SOL_SOCKET, SO_TIMESTAMPNS, 1));
  receive(other, 0, "TCP with SO_TIMESTAMPNS");
  SHOW(stamp(other, SOFTWARE | RX_FILTER));
  SHOW(send(fd, "01", 2, 0));
  receive(other, 0, "TCP with OPT_RX_FILTER");
  int epoll = epoll_create1(0);
  struct epoll_event wanted = {.events = EPOLLET}, found;
  SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted));
  SHOW(stamp(fd, SOFTWARE | TX_SOFTWARE | TSONLY));
  SHOW(epoll_wait(epoll, &found, 1, 0));
  SHOW(send(fd, "0", 1, 0));
  usleep(1000);
  SHOW(epoll_wait(epoll, &found, 1, 0));
  printf("events 0x%x\n", found.events);
  SHOW(epoll_wait(epoll, &found, 1, 0));
  close(fd), close(other), close(listener), close(epoll);
}

static void local(void) {
  int pair[2];
  SHOW(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  SHOW(stamp(pair[1], SOFTWARE | RX_SOFTWARE));
  SHOW(stamp(pair[0], SOFTWARE | TX_SOFTWARE | TSONLY));
  SHOW(send(pair[0], "hello", 5, 0));
  receive(pair[1], 0, "a local datagram");
  receive(pair[0], MSG_ERRQUEUE, "its sender");
  SHOW(set_option(pair[1], SOL_SOCKET, SO_TIMESTAMP, 1));
  SHOW(send(pair[0], "hello", 5, 0));
  receive(pair[1], 0, "with SO_TIMESTAMP");
  close(pair[0]), close(pair[1]);
}

int main(void) {
  own_network();
  began = real();
  /* The kernel begins to stamp what arrives a while after the first socket has asked for it. */
  int keeper = bound(AF_INET), sender = peer_of(AF_INET, keeper);
  must(stamp(keeper, SOFTWARE | RX_SOFTWARE) == 0, "stamp");
  while (!is_stamped(keeper, sender)) usleep(1000);
  close(sender);
  options();
  arriving();
  sent(AF_INET, "IPv4");
  sent(AF_INET6, "IPv6");
  controlled();
  with_errors();
  stream(AF_INET);
  stream(AF_INET6);
  local();
  close(keeper);
  return 0;
}
