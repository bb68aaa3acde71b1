// Packets for more than one receiver on the loopback interface: groups, who is in one, and broadcasts.

#define _GNU_SOURCE
#include "sockets.h"

static struct ip_mreq request;

static int change(int fd, int option, const char *group, const char *interface) {
  inet_pton(AF_INET, group, &request.imr_multiaddr);
  inet_pton(AF_INET, interface, &request.imr_interface);
  return setsockopt(fd, IPPROTO_IP, option, &request, sizeof request);
}

static int receiver(const char *host, int port) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  must(bind_inet(fd, host, port) == 0, "bind");
  return fd;
}

static void show_all(const int *fds, int count, const char *what) {
  for (int i = 0; i < count; i++) show_received(fds[i], 20, 0, what);
}

int main(void) {
  own_network();
  setvbuf(stdout, NULL, _IOLBF, 0);
  int fds[3], sender = socket(AF_INET, SOCK_DGRAM, 0), stream = socket(AF_INET, SOCK_STREAM, 0);
  fds[0] = receiver("0.0.0.0", 0);
  int port = port_of(fds[0]);
  fds[1] = receiver("0.0.0.0", port);
  fds[2] = receiver("239.1.2.3", port);
  SHOW(change(fds[0], IP_ADD_MEMBERSHIP, "10.0.0.1", "127.0.0.1"));
  SHOW(setsockopt(fds[0], IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, 4));
  SHOW(change(stream, IP_ADD_MEMBERSHIP, "239.1.2.3", "127.0.0.1"));
  SHOW(change(fds[0], IP_DROP_MEMBERSHIP, "239.1.2.3", "127.0.0.1"));
  SHOW(change(fds[0], IP_ADD_MEMBERSHIP, "239.1.2.3", "127.0.0.1"));
  SHOW(change(fds[0], IP_ADD_MEMBERSHIP, "239.1.2.3", "127.0.0.1"));
  struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
  SHOW(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback));
  SHOW(send_inet(sender, "to the group", 0, "239.1.2.3", port));
  show_all(fds, 3, "while one has joined");
  SHOW(set_option(fds[1], IPPROTO_IP, IP_MULTICAST_ALL, 0));
  SHOW(send_inet(sender, "again", 0, "239.1.2.3", port));
  show_all(fds, 3, "where one wants only its own");
  SHOW(send_inet(sender, "elsewhere", 0, "239.9.9.9", port));
  show_all(fds, 3, "of a group nobody is in");
  SHOW(change(fds[0], IP_DROP_MEMBERSHIP, "239.1.2.3", "127.0.0.1"));
  SHOW(send_inet(sender, "too late", 0, "239.1.2.3", port));
  show_all(fds, 3, "when all have left");
  set_option(sender, SOL_SOCKET, SO_BROADCAST, 1);
  SHOW(send_inet(sender, "to all", 0, "127.255.255.255", port));
  show_all(fds, 3, "a broadcast");
  SHOW(recv(sender, fds, 1, MSG_DONTWAIT));
  return 0;
}
