// Raw IPv4 sockets over loopback: echoes that the kernel answers, copies for everyone, filters, headers of one's own, unreachable ports.

#define _GNU_SOURCE
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include "sockets.h"

enum { SOL_RAW_LEVEL = 255, FILTER = 1, PRIVATE = 253 };
static unsigned char packet[2000];

static unsigned short checksum(const void *data, int length) {
  const unsigned char *bytes = data;
  unsigned sum = 0;
  for (int i = 0; i < length; i += 2) sum += bytes[i] << 8 | (i + 1 < length ? bytes[i + 1] : 0);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return htons(~sum & 0xffff);
}

/* What arrived, or arrives in a moment: the IP header, and the beginning of ICMP's. */
static void receive(int fd, const char *what) {
  poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 50);
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  ssize_t got = recvfrom(fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &length);
  printf("%s: ", what);
  show(got, "recvfrom");
  if (got < 0) return;
  struct iphdr ip;
  memcpy(&ip, packet, sizeof ip);
  show_address((struct sockaddr *)&from, length, -1, "  from");
  printf("  version %d header %d tos 0x%x length %d ttl %d protocol %d, checksum %s\n", ip.version, ip.ihl * 4, ip.tos, ntohs(ip.tot_len), ip.ttl,
         ip.protocol, checksum(packet, ip.ihl * 4) == 0 ? "right" : "wrong");
  if (ip.protocol != IPPROTO_ICMP) return;
  unsigned char *icmp = packet + ip.ihl * 4;
  printf("  icmp type %d code %d, checksum %s\n", icmp[0], icmp[1], checksum(icmp, got - ip.ihl * 4) == 0 ? "right" : "wrong");
  if (icmp[0] == ICMP_ECHO || icmp[0] == ICMP_ECHOREPLY) printf("  id %d sequence %d, %.*s\n", icmp[4] << 8 | icmp[5], icmp[6] << 8 | icmp[7], 5, icmp + 8);
  else printf("  quotes protocol %d, %d bytes\n", icmp[8 + 9], (int)(got - ip.ihl * 4 - 8));
}

static ssize_t echo(int fd, int sequence, int wrong, const char *host) {
  unsigned char request[13] = {ICMP_ECHO, 0, 0, 0, 0x12, 0x34, 0, sequence, 'h', 'e', 'l', 'l', 'o'};
  unsigned short sum = checksum(request, sizeof request);
  if (wrong) sum ^= 1;
  memcpy(request + 2, &sum, 2);
  struct sockaddr_in to = inet_name(host, 0);
  return sendto(fd, request, sizeof request, 0, (struct sockaddr *)&to, sizeof to);
}

static void making(void) {
  SHOW(socket(AF_INET, SOCK_RAW, 0));
  SHOW(socket(AF_INET, SOCK_RAW, 1000));
  SHOW(socket(AF_INET, SOCK_RAW, -1));
  int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  show_name(fd, IPPROTO_ICMP, "a new one");
  show_poll(fd, "of it");
  SHOW(get_option(fd, SOL_SOCKET, SO_TYPE));
  SHOW(get_option(fd, SOL_SOCKET, SO_PROTOCOL));
  SHOW(get_option(fd, IPPROTO_IP, IP_HDRINCL));
  SHOW(listen(fd, 1));
  SHOW(write(fd, "x", 1));
  SHOW(shutdown(fd, SHUT_WR));
  SHOW(bind_inet(fd, "10.1.2.3", 0));
  SHOW(bind_inet(fd, "127.0.0.1", 77));
  show_name(fd, IPPROTO_ICMP, "bound");
  SHOW(asked(fd, FIONREAD));
  SHOW(recv(fd, packet, 10, MSG_DONTWAIT));
  close(fd);
  fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  SHOW(get_option(fd, IPPROTO_IP, IP_HDRINCL));
  close(fd);
}

static void echoes(void) {
  int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), other = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  SHOW(echo(fd, 1, 0, "127.0.0.1"));
  SHOW(asked(fd, FIONREAD));
  receive(fd, "the request itself");
  receive(fd, "the reply");
  receive(fd, "no more");
  receive(other, "another one's copy");
  receive(other, "and of the reply");
  SHOW(echo(fd, 2, 1, "127.0.0.1"));
  receive(fd, "a wrong checksum");
  receive(fd, "is not answered");
  unsigned filter = ~(1u << ICMP_ECHOREPLY);
  SHOW(setsockopt(fd, SOL_RAW_LEVEL, FILTER, &filter, sizeof filter));
  unsigned kept = 0;
  socklen_t length = sizeof kept;
  SHOW(getsockopt(fd, SOL_RAW_LEVEL, FILTER, &kept, &length));
  printf("filter 0x%x of %d\n", kept, (int)length);
  SHOW(echo(fd, 3, 0, "127.0.0.2"));
  receive(fd, "replies alone");
  receive(fd, "no more");
  close(other);
  other = socket(AF_INET, SOCK_RAW, PRIVATE);
  SHOW(setsockopt(other, SOL_RAW_LEVEL, FILTER, &filter, sizeof filter));
  SHOW(connect_inet(fd, "127.0.0.3", 5));
  show_name(fd, IPPROTO_ICMP, "connected");
  SHOW(echo(fd, 4, 0, "127.0.0.1"));
  receive(fd, "not from its peer");
  SHOW(echo(fd, 5, 0, "127.0.0.3"));
  receive(fd, "from its peer");
  close(fd), close(other);
}

static void others(void) {
  int fd = socket(AF_INET, SOCK_RAW, PRIVATE), maker = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), icmp = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  SHOW(set_option(fd, IPPROTO_IP, IP_TTL, 7));
  SHOW(set_option(fd, IPPROTO_IP, IP_TOS, 0x10));
  SHOW(send_inet(fd, "private", 0, "127.0.0.1", 9));
  receive(fd, "a protocol of one's own");
  struct sockaddr_in to = inet_name("127.0.0.1", 0);
  struct { struct iphdr ip; char data[5]; } own = {.ip = {.version = 4, .ihl = 5, .ttl = 3, .protocol = PRIVATE, .daddr = to.sin_addr.s_addr}};
  memcpy(own.data, "hello", 5);
  SHOW(sendto(maker, &own, 25, 0, (struct sockaddr *)&to, sizeof to));
  receive(fd, "a header of one's own");
  SHOW(sendto(maker, &own, 10, 0, (struct sockaddr *)&to, sizeof to));
  SHOW(recv(fd, packet, 8, MSG_DONTWAIT));
  close(fd);
  receive(icmp, "nothing has come");
  SHOW(sendto(maker, &own, 25, 0, (struct sockaddr *)&to, sizeof to));
  receive(icmp, "a protocol that nobody takes");
  int udp = socket(AF_INET, SOCK_DGRAM, 0), copies = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
  SHOW(send_inet(udp, "hello", 0, "127.0.0.1", 9));
  receive(copies, "a datagram as a packet");
  receive(icmp, "a port that nobody has");
  SHOW(recv(icmp, packet, 8, MSG_DONTWAIT));
  static char large[70000];
  SHOW(sendto(copies, large, 65516, 0, (struct sockaddr *)&to, sizeof to));
  SHOW(sendto(copies, large, 65536, 0, (struct sockaddr *)&to, sizeof to));
  SHOW(sendto(copies, large, 1, 0, (struct sockaddr *)&to, 8));
  SHOW(sendto(copies, large, 1, MSG_OOB, (struct sockaddr *)&to, sizeof to));
  close(maker), close(icmp), close(udp), close(copies);
}

int main(void) {
  own_network();
  making();
  echoes();
  others();
  return 0;
}
