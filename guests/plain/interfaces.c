// The loopback interface as programs ask for it: ioctls, netlink, the C library's lists, names of hosts and services.

#define _GNU_SOURCE
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>
#include <fcntl.h>
#include "sockets.h"

static char buffer[65536];

static void by_ioctl(void) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), unix_fd = socket(AF_UNIX, SOCK_STREAM, 0);
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strcpy(request.ifr_name, "lo");
  SHOW(ioctl(fd, SIOCGIFFLAGS, &request));
  printf("flags %x\n", request.ifr_flags);
  SHOW(ioctl(fd, SIOCGIFADDR, &request));
  show_address(&request.ifr_addr, 16, 0, "address");
  SHOW(ioctl(fd, SIOCGIFNETMASK, &request));
  show_address(&request.ifr_addr, 16, 0, "mask");
  SHOW(ioctl(fd, SIOCGIFDSTADDR, &request));
  show_address(&request.ifr_addr, 16, 0, "destination");
  SHOW(ioctl(fd, SIOCGIFBRDADDR, &request));
  show_address(&request.ifr_addr, 16, 0, "broadcast");
  SHOW(ioctl(fd, SIOCGIFMTU, &request));
  printf("MTU %d\n", request.ifr_mtu);
  SHOW(ioctl(fd, SIOCGIFMETRIC, &request));
  printf("metric %d\n", request.ifr_metric);
  SHOW(ioctl(fd, SIOCGIFTXQLEN, &request));
  printf("queue %d\n", request.ifr_qlen);
  SHOW(ioctl(fd, SIOCGIFHWADDR, &request));
  printf("hardware %d\n", request.ifr_hwaddr.sa_family);
  SHOW(ioctl(unix_fd, SIOCGIFINDEX, &request));
  printf("index %d\n", request.ifr_ifindex);
  memset(&request, 0, sizeof request);
  request.ifr_ifindex = 1;
  SHOW(ioctl(fd, SIOCGIFNAME, &request));
  printf("name %s\n", request.ifr_name);
  request.ifr_ifindex = 12345;
  SHOW(ioctl(fd, SIOCGIFNAME, &request));
  strcpy(request.ifr_name, "none");
  SHOW(ioctl(fd, SIOCGIFFLAGS, &request));
  SHOW(ioctl(fd, SIOCGIFINDEX, &request));
  SHOW(ioctl(fd, SIOCGIFADDR, &request));
  SHOW(ioctl(fd, SIOCGIFFLAGS, nowhere));
  strcpy(request.ifr_name, "lo");
  SHOW(ioctl(fd, SIOCSIFMTU, &request));
  SHOW(ioctl(fd, SIOCSIFFLAGS, &request));
  SHOW(ioctl(fd, 0x1234567, &request));
  struct ifconf list = {.ifc_len = sizeof buffer, .ifc_buf = buffer};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  for (int i = 0; i * (int)sizeof(struct ifreq) < list.ifc_len; i++)
    if (!strcmp(list.ifc_req[i].ifr_name, "lo")) show_address(&list.ifc_req[i].ifr_addr, 16, 0, "listed");
  list.ifc_len = 10;
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  printf("length %d\n", list.ifc_len);
  SHOW(asked(unix_fd, SIOCGPGRP));
  int pid = getpid();
  SHOW(ioctl(unix_fd, SIOCSPGRP, &pid));
  SHOW(asked(unix_fd, SIOCGPGRP) == pid);
  SHOW(fcntl(unix_fd, F_GETOWN) == pid);
  close(fd), close(unix_fd);
}

static void by_library(void) {
  struct ifaddrs *list;
  SHOW(getifaddrs(&list));
  for (struct ifaddrs *one = list; one; one = one->ifa_next) {
    if (strcmp(one->ifa_name, "lo")) continue;
    char address[64] = "", mask[64] = "";
    int family = one->ifa_addr ? one->ifa_addr->sa_family : -1;
    if (family == AF_INET) {
      inet_ntop(family, &((struct sockaddr_in *)one->ifa_addr)->sin_addr, address, 64);
      inet_ntop(family, &((struct sockaddr_in *)one->ifa_netmask)->sin_addr, mask, 64);
    } else if (family == AF_INET6) {
      inet_ntop(family, &((struct sockaddr_in6 *)one->ifa_addr)->sin6_addr, address, 64);
      inet_ntop(family, &((struct sockaddr_in6 *)one->ifa_netmask)->sin6_addr, mask, 64);
    } else if (family == AF_PACKET) {
      struct sockaddr_ll *link = (struct sockaddr_ll *)one->ifa_addr;
      snprintf(address, 64, "index %d type %d", link->sll_ifindex, link->sll_hatype);
    }
    printf("lo family %d flags %x %s %s\n", family, one->ifa_flags, address, mask);
  }
  freeifaddrs(list);
  struct if_nameindex *names = if_nameindex();
  printf("the first interface is %u %s\n", names[0].if_index, names[0].if_name);
  if_freenameindex(names);
  char name[IF_NAMESIZE];
  SHOW(if_nametoindex("lo"));
  SHOW(if_nametoindex("none") == 0);
  printf("%s\n", if_indextoname(1, name));
}

static int netlink;
static char request_room[256];

/* Sends a request of a type and returns how many bytes come back. */
static int request(int type, int flags, const void *body, int size) {
  struct nlmsghdr *header = (struct nlmsghdr *)request_room;
  memset(request_room, 0, sizeof request_room);
  *header = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(size), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = 7};
  memcpy(NLMSG_DATA(header), body, size);
  if (send(netlink, header, header->nlmsg_len, 0) < 0) return -1;
  return recv(netlink, buffer, sizeof buffer, 0);
}

static void show_answer(int length, const char *what) {
  printf("%s:", what);
  for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
    printf(" type %d flags %x sequence %d", header->nlmsg_type, header->nlmsg_flags, header->nlmsg_seq);
    if (header->nlmsg_type == NLMSG_ERROR) {
      int error = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
      printf(" %s", error ? errno_names[error] : "no error");
    }
    if (header->nlmsg_type == RTM_NEWLINK) {
      struct ifinfomsg *link = NLMSG_DATA(header);
      printf(" index %d type %d flags %x", link->ifi_index, link->ifi_type, link->ifi_flags);
      int left = IFLA_PAYLOAD(header);
      for (struct rtattr *part = IFLA_RTA(link); RTA_OK(part, left); part = RTA_NEXT(part, left)) {
        if (part->rta_type == IFLA_IFNAME) printf(" name %s", (char *)RTA_DATA(part));
        if (part->rta_type == IFLA_MTU) printf(" MTU %d", *(int *)RTA_DATA(part));
      }
    }
    if (header->nlmsg_type == RTM_NEWROUTE) {
      struct rtmsg *route = NLMSG_DATA(header);
      printf(" family %d table %d type %d", route->rtm_family, route->rtm_table, route->rtm_type);
    }
  }
  printf("\n");
}

static void by_netlink(void) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK}, other;
  socklen_t length = sizeof other;
  netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  SHOW(getsockname(netlink, (struct sockaddr *)&other, &length));
  printf("length %d, port is 0: %d\n", (int)length, other.nl_pid == 0);
  SHOW(bind(netlink, (struct sockaddr *)&address, sizeof address));
  length = sizeof other;
  getsockname(netlink, (struct sockaddr *)&other, &length);
  printf("port is the pid: %d\n", (int)other.nl_pid == getpid());
  int second = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE);
  address.nl_pid = getpid();
  SHOW(bind(second, (struct sockaddr *)&address, sizeof address));
  address.nl_pid = 0;
  SHOW(bind(second, (struct sockaddr *)&address, sizeof address));
  SHOW(bind(second, (struct sockaddr *)&address, 4));
  SHOW(listen(netlink, 1));
  SHOW(shutdown(netlink, SHUT_RD));
  SHOW(get_option(netlink, SOL_SOCKET, SO_PROTOCOL));
  SHOW(get_option(netlink, SOL_SOCKET, SO_DOMAIN));
  SHOW(recv(netlink, buffer, 10, MSG_DONTWAIT));
  struct ifinfomsg link = {.ifi_index = 1};
  show_answer(request(RTM_GETLINK, 0, &link, sizeof link), "link 1");
  link.ifi_index = 12345;
  show_answer(request(RTM_GETLINK, 0, &link, sizeof link), "link 12345");
  link.ifi_index = 0;
  show_answer(request(RTM_GETLINK, 0, &link, sizeof link), "no link");
  show_answer(request(RTM_NEWLINK, NLM_F_ACK, &link, sizeof link), "a change");
  show_answer(request(NLMSG_NOOP, NLM_F_ACK, "", 0), "nothing");
  struct {
    struct rtmsg route;
    struct rtattr part;
    unsigned char host[4];
  } to = {{.rtm_family = AF_INET, .rtm_dst_len = 32}, {.rta_len = 8, .rta_type = RTA_DST}, {127, 0, 0, 9}};
  show_answer(request(RTM_GETROUTE, 0, &to, sizeof to), "a route");
  struct rtgenmsg family = {AF_INET};
  SHOW(send(netlink, "short", 5, 0));
  SHOW(recv(netlink, buffer, 10, MSG_DONTWAIT));
  SHOW(request(RTM_GETADDR, NLM_F_DUMP, &family, sizeof family) > 0);
  int done = 0;
  for (int guard = 0; !done && guard < 20; guard++) {
    int got = recv(netlink, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0) break;
    for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; NLMSG_OK(header, got); header = NLMSG_NEXT(header, got))
      if (header->nlmsg_type == NLMSG_DONE) done = 1;
  }
  printf("a dump ends with a message of its own: %d\n", done);
  SHOW(socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE));
  SHOW(socket(AF_NETLINK, SOCK_RAW, 99));
  SHOW(socket(AF_PACKET, SOCK_RAW, 0));
  SHOW(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
  SHOW(socket(AF_INET, SOCK_RAW, 0));
  close(netlink), close(second);
}

static void show_host(const char *host, const char *service, int flags) {
  struct addrinfo hints = {.ai_flags = flags, .ai_socktype = SOCK_STREAM, .ai_family = AF_INET}, *list = NULL;
  int error = getaddrinfo(host, service, &hints, &list);
  printf("%s %s:", host ? host : "-", service ? service : "-");
  if (error) printf(" %s\n", error == EAI_NONAME ? "EAI_NONAME" : error == EAI_SERVICE ? "EAI_SERVICE" : "another error");
  else show_address(list->ai_addr, list->ai_addrlen, 80, "");
  if (list) freeaddrinfo(list);
}

static void hosts(void) {
  show_host("127.0.0.1", "80", 0);
  show_host("localhost", "80", 0);
  show_host(NULL, "80", 0);
  show_host(NULL, "80", AI_PASSIVE);
  show_host("localhost", "http", 0);
  show_host("localhost", "no-such-service", 0);
  show_host("no.such.host", "80", AI_NUMERICHOST);
  struct sockaddr_in address = inet_name("127.0.0.1", 80);
  char host[64], service[64];
  SHOW(getnameinfo((struct sockaddr *)&address, sizeof address, host, sizeof host, service, sizeof service, NI_NUMERICSERV));
  printf("%s %s\n", host, service);
  struct servent *found = getservbyname("http", "tcp");
  printf("http is %d\n", found ? ntohs(found->s_port) : -1);
}

/* Does a line of a file hold both texts? */
static int has_line(const char *path, const char *text, const char *other) {
  FILE *file = fopen(path, "r");
  static char line[512];
  int found = 0;
  while (file && fgets(line, sizeof line, file)) found |= strstr(line, text) && strstr(line, other);
  if (file) fclose(file);
  return found;
}

static void in_proc(void) {
  char text[64];
  int listener = socket(AF_INET, SOCK_STREAM, 0), named = socket(AF_UNIX, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
  int six = socket(AF_INET6, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(listener, "127.0.0.1", 0), listen(listener, 5);
  bind_inet(udp, "127.0.0.1", 0);
  bind_inet6(six, "::1", 0), listen(six, 5);
  bind_unix(named, "@in-proc"), listen(named, 5);
  connect_inet(client, "127.0.0.1", port_of(listener));
  write(client, "abc", 3);
  snprintf(text, sizeof text, "0100007F:%04X 00000000:0000 0A", port_of(listener));
  SHOW(has_line("/proc/net/tcp", text, "00000000:"));
  snprintf(text, sizeof text, "0100007F:%04X 0100007F:%04X 01 ", port_of(listener), port_of(client));
  SHOW(has_line("/proc/net/tcp", text, "00000000:00000003"));
  snprintf(text, sizeof text, "0100007F:%04X 00000000:0000 07", port_of(udp));
  SHOW(has_line("/proc/net/udp", text, ""));
  snprintf(text, sizeof text, "00000000000000000000000001000000:%04X", port_of(six));
  SHOW(has_line("/proc/net/tcp6", text, " 0A "));
  SHOW(has_line("/proc/net/unix", "00010000 0001 01", "@in-proc"));
  SHOW(has_line("/proc/net/dev", "lo:", ""));
  SHOW(has_line("/proc/net/route", "Iface", "Destination"));
  SHOW(has_line("/proc/net/sockstat", "TCP: inuse", "mem"));
  SHOW(has_line("/proc/net/if_inet6", "00000000000000000000000000000001 01 80 10 80", "lo"));
  SHOW(has_line("/proc/net/protocols", "TCP", ""));
  close(listener), close(named), close(udp), close(six), close(client);
}

int main(void) {
  own_network();
  setvbuf(stdout, NULL, _IOLBF, 0);
  be_nobody();
  by_ioctl();
  by_library();
  by_netlink();
  hosts();
  in_proc();
  return 0;
}
