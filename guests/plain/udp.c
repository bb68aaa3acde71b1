// UDP over loopback: names, peers, boundaries, ports nobody has, broadcast, corks, what a receiver is told, both families.

#define _GNU_SOURCE
#include <fcntl.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/udp.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "sockets.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif

static char bulk[70000], control_room[512];

static int bound(const char *host) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  must(bind_inet(fd, host, 0) == 0, "bind");
  return fd;
}

static void names(void) {
  int a = socket(AF_INET, SOCK_DGRAM, 0), b = bound("127.0.0.1"), c = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  show_name(a, 0, "a new socket");
  show_poll(a, "of it");
  SHOW(write(a, "x", 1));
  SHOW(send_inet(a, "x", 0, "127.0.0.1", 0));
  SHOW(sendto(a, "x", 1, 0, (struct sockaddr *)&from, 8));
  SHOW(send_unix(a, "x", 0, "another-family"));
  SHOW(send_inet(a, "first", 0, "127.0.0.1", port_of(b)));
  show_name(a, 0, "after a send");
  SHOW(recvfrom(b, bulk, 20, 0, (struct sockaddr *)&from, &length));
  show_address((struct sockaddr *)&from, length, port_of(a), "from");
  SHOW(bind_inet(a, "127.0.0.1", 0));
  SHOW(bind_inet(c, "127.0.0.1", port_of(b)));
  SHOW(connect_inet(a, "127.0.0.1", port_of(b)));
  show_name(a, 0, "connected");
  show_peer(a, port_of(b), "peer");
  SHOW(write(a, "second", 6));
  SHOW(send_inet(a, "third", 0, "127.0.0.1", port_of(b)));
  SHOW(asked(b, FIONREAD));
  show_received(b, 3, 0, "cut");
  show_received(b, 20, MSG_PEEK, "peek");
  show_received(b, 2, MSG_TRUNC, "cut, with its length");
  show_received(b, 20, MSG_DONTWAIT, "no more");
  send_inet(c, "from a stranger", 0, "127.0.0.1", port_of(a));
  show_received(a, 20, MSG_DONTWAIT, "a stranger's are not for a connected socket");
  send_inet(b, "from the peer", 0, "127.0.0.1", port_of(a));
  show_received(a, 20, MSG_DONTWAIT, "the peer's are");
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  SHOW(connect(a, &none, sizeof none));
  show_name(a, 0, "dissolved");
  show_peer(a, 0, "peer");
  SHOW(connect(b, &none, sizeof none));
  show_name(b, port_of(b), "dissolved, but bound");
  SHOW(connect_inet(a, "0.0.0.0", port_of(b)));
  show_peer(a, port_of(b), "peer at any address");
  SHOW(connect_inet(a, "127.0.0.1", 0));
  show_peer(a, 0, "peer at port 0");
  SHOW(listen(a, 1));
  SHOW(accept(a, NULL, NULL));
  SHOW(socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
  SHOW(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
  close(a), close(b), close(c);
}

static void boundaries(void) {
  int a = bound("127.0.0.1"), b = bound("127.0.0.1");
  connect_inet(a, "127.0.0.1", port_of(b));
  SHOW(write(a, "", 0));
  show_poll(b, "with an empty datagram");
  SHOW(read(b, bulk, 0));
  show_received(b, 10, MSG_DONTWAIT, "it");
  SHOW(send(a, bulk, 65507, 0));
  SHOW(recv(b, bulk, sizeof bulk, MSG_DONTWAIT));
  SHOW(send(a, bulk, 65508, 0));
  SHOW(send(a, bulk, 70000, 0));
  SHOW(send(a, "x", 1, MSG_OOB));
  SHOW(recv(b, bulk, 1, MSG_OOB | MSG_DONTWAIT));
  struct timeval little = {0, 20000};
  setsockopt(b, SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
  SHOW(recv(b, bulk, 10, 0));
  SHOW(shutdown(a, SHUT_WR));
  SHOW(write(a, "x", 1));
  SHOW(shutdown(a, SHUT_RD));
  show_poll(a, "shut both ways");
  SHOW(recv(a, bulk, 10, MSG_DONTWAIT));
  SHOW(recv(a, bulk, 10, 0));
  SHOW(shutdown(b, SHUT_RDWR));
  SHOW(recv(b, nowhere, 10, MSG_DONTWAIT));
  close(a), close(b);
  a = bound("127.0.0.1"), b = bound("127.0.0.1");
  connect_inet(a, "127.0.0.1", port_of(b));
  write(a, "x", 1);
  SHOW(recv(b, nowhere, 10, MSG_DONTWAIT));
  SHOW(recv(b, bulk, 10, MSG_DONTWAIT));
  SHOW(write(a, nowhere, 10));
  int count = 0;
  set_option(b, SOL_SOCKET, SO_RCVBUF, 1);
  for (int i = 0; i < 10; i++) must(write(a, "y", 1) == 1, "write");
  while (recv(b, bulk, 10, MSG_DONTWAIT) > 0) count++;
  printf("into the smallest buffer: %d\n", count);
  set_option(b, SOL_SOCKET, SO_RCVBUF, 100000);
  for (int size = 1; size <= 10000; size *= 10) {
    for (int i = 0; i < 1000; i++) must(send(a, bulk, size, 0) == size, "send");
    for (count = 0; recv(b, bulk, sizeof bulk, MSG_DONTWAIT) > 0;) count++;
    printf("of 1000 of %d bytes %d find room\n", size, count);
  }
  close(a), close(b);
}

static void unreachable(void) {
  int a = socket(AF_INET, SOCK_DGRAM, 0), gone = bound("127.0.0.1"), port = port_of(gone);
  close(gone);
  SHOW(send_inet(a, "x", 0, "127.0.0.1", port));
  SHOW(recv(a, bulk, 10, MSG_DONTWAIT));
  SHOW(connect_inet(a, "127.0.0.1", port));
  SHOW(write(a, "x", 1));
  show_poll(a, "after a send to nobody");
  SHOW(write(a, "x", 1));
  SHOW(write(a, "x", 1));
  SHOW(recv(a, bulk, 10, MSG_DONTWAIT));
  SHOW(write(a, "x", 1));
  SHOW(get_option(a, SOL_SOCKET, SO_ERROR));
  SHOW(recv(a, bulk, 10, MSG_DONTWAIT));
  SHOW(set_option(a, IPPROTO_IP, IP_RECVERR, 1));
  SHOW(write(a, "the packet", 10));
  show_poll(a, "with a kept error");
  struct sockaddr_in from;
  struct iovec part = {bulk, 20};
  struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = sizeof control_room};
  SHOW(recvmsg(a, &message, MSG_ERRQUEUE));
  printf("flags %x: %.10s\n", message.msg_flags, bulk);
  show_address((struct sockaddr *)&from, message.msg_namelen, port, "it went to");
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  struct sock_extended_err *error = (struct sock_extended_err *)CMSG_DATA(header);
  printf("level %d type %d length %d: errno %d origin %d type %d code %d info %d data %d\n", header->cmsg_level, header->cmsg_type, (int)header->cmsg_len,
         error->ee_errno, error->ee_origin, error->ee_type, error->ee_code, error->ee_info, error->ee_data);
  show_address(SO_EE_OFFENDER(error), sizeof from, 0, "offender");
  SHOW(recvmsg(a, &message, MSG_ERRQUEUE));
  show_poll(a, "when it was taken");
  SHOW(get_option(a, SOL_SOCKET, SO_ERROR));
  close(a);
  a = socket(AF_INET, SOCK_DGRAM, 0);
  set_option(a, IPPROTO_IP, IP_RECVERR, 1);
  SHOW(send_inet(a, "x", 0, "127.0.0.1", port));
  SHOW(recv(a, bulk, 10, MSG_DONTWAIT));
  SHOW(recv(a, bulk, 10, MSG_DONTWAIT));
  SHOW(recv(a, bulk, 10, MSG_ERRQUEUE));
  SHOW(send_inet(a, "x", 0, "127.255.255.255", port));
  SHOW(connect_inet(a, "127.255.255.255", port));
  SHOW(set_option(a, SOL_SOCKET, SO_BROADCAST, 1));
  SHOW(send_inet(a, "x", 0, "127.255.255.255", port));
  close(a);
}

static void held_back(void) {
  int a = socket(AF_INET, SOCK_DGRAM, 0), b = bound("127.0.0.1");
  connect_inet(a, "127.0.0.1", port_of(b));
  SHOW(send(a, "one ", 4, MSG_MORE));
  SHOW(asked(a, 0x5411));
  show_received(b, 20, MSG_DONTWAIT, "while held");
  SHOW(send(a, "two", 3, 0));
  show_received(b, 20, MSG_DONTWAIT, "together");
  SHOW(set_option(a, IPPROTO_UDP, 1, 1));
  write(a, "cork", 4);
  write(a, "ed", 2);
  show_received(b, 20, MSG_DONTWAIT, "while corked");
  SHOW(set_option(a, IPPROTO_UDP, 1, 0));
  show_received(b, 20, MSG_DONTWAIT, "uncorked");
  SHOW(set_option(a, IPPROTO_UDP, UDP_SEGMENT, 4));
  SHOW(write(a, "segmented", 9));
  show_received(b, 20, MSG_DONTWAIT, "a segment");
  show_received(b, 20, MSG_DONTWAIT, "a segment");
  show_received(b, 20, MSG_DONTWAIT, "the last");
  SHOW(set_option(a, IPPROTO_UDP, UDP_SEGMENT, 70000));
  set_option(a, IPPROTO_UDP, UDP_SEGMENT, 0);
  SHOW(set_option(a, SOL_SOCKET, SO_ZEROCOPY, 1));
  SHOW(send(a, "zero", 4, MSG_ZEROCOPY));
  SHOW(send(a, "copy", 4, MSG_ZEROCOPY));
  usleep(10000);
  read(b, bulk, 20), read(b, bulk, 20);
  struct iovec part = {bulk, 20};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = sizeof control_room};
  usleep(10000);
  SHOW(recvmsg(a, &message, MSG_ERRQUEUE));
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header) {
    struct sock_extended_err *error = (struct sock_extended_err *)CMSG_DATA(header);
    printf("origin %d code %d, %u to %u\n", error->ee_origin, error->ee_code, error->ee_info, error->ee_data);
  }
  close(a), close(b);
}

/* Everything a packet's receiver can be told but times. */
static void show_told(int fd, const char *what) {
  struct iovec part = {bulk, 20};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = sizeof control_room};
  SHOW(recvmsg(fd, &message, MSG_DONTWAIT));
  printf("%s:\n", what);
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    char text[64] = "", other[64] = "";
    printf("  level %d type %d length %d", header->cmsg_level, header->cmsg_type, (int)header->cmsg_len);
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(header);
      printf(" interface %d %s %s", info->ipi_ifindex, inet_ntop(AF_INET, &info->ipi_spec_dst, text, 64), inet_ntop(AF_INET, &info->ipi_addr, other, 64));
    } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(header);
      printf(" interface %d %s", info->ipi6_ifindex, inet_ntop(AF_INET6, &info->ipi6_addr, text, 64));
    } else if (header->cmsg_level == SOL_SOCKET) printf(" a time");
    else if (header->cmsg_len == CMSG_LEN(1)) printf(" %d", *CMSG_DATA(header));
    else printf(" %d", *(int *)CMSG_DATA(header));
    printf("\n");
  }
}

static void told(void) {
  int a = socket(AF_INET, SOCK_DGRAM, 0), b = bound("0.0.0.0");
  SHOW(set_option(b, IPPROTO_IP, IP_PKTINFO, 1));
  SHOW(set_option(b, IPPROTO_IP, IP_RECVTTL, 1));
  SHOW(set_option(b, IPPROTO_IP, IP_RECVTOS, 1));
  SHOW(set_option(b, SOL_SOCKET, SO_TIMESTAMP, 1));
  send_inet(a, "x", 0, "127.0.0.5", port_of(b));
  show_told(b, "as sent");
  set_option(a, IPPROTO_IP, IP_TTL, 7);
  set_option(a, IPPROTO_IP, IP_TOS, 16);
  send_inet(a, "x", 0, "127.0.0.1", port_of(b));
  show_told(b, "with TTL and TOS");
  struct sockaddr_in to = inet_name("127.0.0.1", port_of(b));
  struct iovec part = {"x", 1};
  struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = CMSG_SPACE(4)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(4), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_TTL};
  *(int *)CMSG_DATA(header) = 9;
  SHOW(sendmsg(a, &message, 0));
  show_told(b, "with a TTL of its own");
  *(int *)CMSG_DATA(header) = 0;
  SHOW(sendmsg(a, &message, 0));
  header->cmsg_type = 99;
  SHOW(sendmsg(a, &message, 0));
  SHOW(set_option(b, SOL_SOCKET, SO_TIMESTAMP, 0));
  close(a), close(b);

  a = socket(AF_INET6, SOCK_DGRAM, 0), b = socket(AF_INET6, SOCK_DGRAM, 0);
  bind_inet6(b, "::", 0);
  SHOW(set_option(b, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
  SHOW(set_option(b, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1));
  SHOW(set_option(b, IPPROTO_IPV6, IPV6_RECVTCLASS, 1));
  SHOW(connect_inet6(a, "::1", port_of(b)));
  write(a, "six", 3);
  show_told(b, "over IPv6");
  int c = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in6 from;
  socklen_t length = sizeof from;
  SHOW(send_inet(c, "four", 0, "127.0.0.1", port_of(b)));
  SHOW(recvfrom(b, bulk, 20, MSG_PEEK, (struct sockaddr *)&from, &length));
  show_address((struct sockaddr *)&from, length, port_of(c), "from");
  show_told(b, "over IPv4");
  SHOW(sendto(b, "back", 4, 0, (struct sockaddr *)&from, length));
  show_received(c, 10, MSG_DONTWAIT, "an answer");
  set_option(a, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  close(a);
  a = socket(AF_INET6, SOCK_DGRAM, 0);
  set_option(a, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  SHOW(connect_inet6(a, "::ffff:127.0.0.1", port_of(b)));
  close(a), close(b), close(c);
}

static void shared_ports(void) {
  int fds[3];
  for (int i = 0; i < 3; i++) {
    fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
    set_option(fds[i], SOL_SOCKET, SO_REUSEADDR, 1);
    SHOW(bind_inet(fds[i], i == 2 ? "0.0.0.0" : "127.0.0.1", i == 0 ? 0 : port_of(fds[0])));
  }
  int a = socket(AF_INET, SOCK_DGRAM, 0);
  send_inet(a, "to whom", 0, "127.0.0.1", port_of(fds[0]));
  for (int i = 0; i < 3; i++) show_received(fds[i], 10, MSG_DONTWAIT, "with SO_REUSEADDR");
  send_inet(a, "to any", 0, "127.0.0.2", port_of(fds[0]));
  for (int i = 0; i < 3; i++) show_received(fds[i], 10, MSG_DONTWAIT, "at another address");
  for (int i = 0; i < 3; i++) close(fds[i]);
  int counts[2] = {0, 0};
  for (int i = 0; i < 2; i++) {
    fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
    set_option(fds[i], SOL_SOCKET, SO_REUSEPORT, 1);
    SHOW(bind_inet(fds[i], "127.0.0.1", i == 0 ? 0 : port_of(fds[0])));
  }
  for (int i = 0; i < 40; i++) {
    int sender = socket(AF_INET, SOCK_DGRAM, 0);
    send_inet(sender, "x", 0, "127.0.0.1", port_of(fds[0]));
    close(sender);
  }
  for (int i = 0; i < 2; i++)
    while (recv(fds[i], bulk, 10, MSG_DONTWAIT) > 0) counts[i]++;
  printf("both get some: %d, together %d\n", counts[0] > 0 && counts[1] > 0, counts[0] + counts[1]);
  close(fds[0]), close(fds[1]), close(a);
}

int main(void) {
  own_network();
  signal(SIGPIPE, on_signal);
  setvbuf(stdout, NULL, _IOLBF, 0);
  names();
  boundaries();
  unreachable();
  held_back();
  told();
  shared_ports();
  return 0;
}
