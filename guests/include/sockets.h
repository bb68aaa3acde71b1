// For guest programs about sockets: addresses, options and poll bits in a line each.

#ifndef GUESTS_SOCKETS_H
#define GUESTS_SOCKETS_H

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "show.h"

#ifndef POLLRDHUP
#define POLLRDHUP 0x2000
#endif

/* Loopback, ports and abstract names of its own, where the kernel has such and permits it: the common ones have other users. */
static inline void own_network(void) {
  if (unshare(CLONE_NEWNET) < 0) return;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  must(ioctl(fd, SIOCSIFFLAGS, &loopback) == 0, "SIOCSIFFLAGS");
  close(fd);
}

/* The bits poll finds now, by name. */
static inline void show_poll(int fd, const char *what) {
  static const struct { int bit; const char *name; } bits[] = {
    {POLLIN, "IN"}, {POLLPRI, "PRI"}, {POLLOUT, "OUT"}, {POLLERR, "ERR"}, {POLLHUP, "HUP"}, {POLLRDNORM, "RDNORM"}, {POLLRDBAND, "RDBAND"},
    {POLLWRNORM, "WRNORM"}, {POLLWRBAND, "WRBAND"}, {POLLRDHUP, "RDHUP"},
  };
  struct pollfd look = {.fd = fd, .events = POLLIN | POLLPRI | POLLOUT | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLWRBAND | POLLRDHUP};
  poll(&look, 1, 0);
  printf("poll %s:", what);
  for (unsigned i = 0; i < sizeof bits / sizeof *bits; i++)
    if (look.revents & bits[i].bit) printf(" %s", bits[i].name);
  printf("\n");
}

static inline int get_option(int fd, int level, int option) {
  int value = -77;
  socklen_t length = sizeof value;
  return getsockopt(fd, level, option, &value, &length) == 0 ? value : -1;
}

static inline int set_option(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value);
}

static inline int asked(int fd, unsigned long request) {
  int value = -77;
  return ioctl(fd, request, &value) == 0 ? value : -1;
}

/* "@NAME" is an abstract name. */
static inline struct sockaddr *unix_name(const char *name, socklen_t *length) {
  static struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  size_t size = strlen(name);
  memcpy(address.sun_path, name, size);
  if (name[0] == '@') address.sun_path[0] = 0;
  *length = offsetof(struct sockaddr_un, sun_path) + size + (name[0] != '@');
  return (struct sockaddr *)&address;
}

static inline int bind_unix(int fd, const char *name) {
  socklen_t length;
  struct sockaddr *address = unix_name(name, &length);
  return bind(fd, address, length);
}

static inline int connect_unix(int fd, const char *name) {
  socklen_t length;
  struct sockaddr *address = unix_name(name, &length);
  return connect(fd, address, length);
}

static inline ssize_t send_unix(int fd, const char *data, int flags, const char *name) {
  socklen_t length;
  struct sockaddr *address = unix_name(name, &length);
  return sendto(fd, data, strlen(data), flags, address, length);
}

static inline struct sockaddr_in inet_name(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

static inline int bind_inet(int fd, const char *host, int port) {
  struct sockaddr_in address = inet_name(host, port);
  return bind(fd, (struct sockaddr *)&address, sizeof address);
}

static inline int connect_inet(int fd, const char *host, int port) {
  struct sockaddr_in address = inet_name(host, port);
  return connect(fd, (struct sockaddr *)&address, sizeof address);
}

static inline ssize_t send_inet(int fd, const char *data, int flags, const char *host, int port) {
  struct sockaddr_in address = inet_name(host, port);
  return sendto(fd, data, strlen(data), flags, (struct sockaddr *)&address, sizeof address);
}

static inline struct sockaddr_in6 inet6_name(const char *host, int port) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  inet_pton(AF_INET6, host, &address.sin6_addr);
  return address;
}

static inline int bind_inet6(int fd, const char *host, int port) {
  struct sockaddr_in6 address = inet6_name(host, port);
  return bind(fd, (struct sockaddr *)&address, sizeof address);
}

static inline int connect_inet6(int fd, const char *host, int port) {
  struct sockaddr_in6 address = inet6_name(host, port);
  return connect(fd, (struct sockaddr *)&address, sizeof address);
}

/* The port a socket has. */
static inline int port_of(int fd) {
  struct sockaddr_in6 address;
  socklen_t length = sizeof address;
  return getsockname(fd, (struct sockaddr *)&address, &length) == 0 ? ntohs(address.sin6_port) : -1;
}

/* An address as text; ports that the kernel chose are shown as "some". */
static inline void show_address(const struct sockaddr *address, socklen_t length, int known_port, const char *what) {
  char text[128] = "";
  printf("%s: ", what);
  if (length == 0) {
    printf("no address\n");
  } else if (address->sa_family == AF_UNIX) {
    const char *path = ((const struct sockaddr_un *)address)->sun_path;
    int room = (int)length - 2, abstract = room > 0 && path[0] == 0;
    printf("unix %d %s%.*s\n", (int)length, abstract ? "@" : "", room - abstract, path + abstract);
  } else {
    int six = address->sa_family == AF_INET6;
    const void *host = six ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr : &((const struct sockaddr_in *)address)->sin_addr;
    int port = ntohs(((const struct sockaddr_in *)address)->sin_port);
    inet_ntop(address->sa_family, host, text, sizeof text);
    printf("%s %d %s port ", six ? "inet6" : "inet", (int)length, text);
    if (port == 0) printf("0\n");
    else if (port == known_port) printf("known\n");
    else printf("some\n");
  }
}

static inline void show_name(int fd, int known_port, const char *what) {
  struct sockaddr_storage address;
  memset(&address, 0, sizeof address);
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) show(-1, what);
  else show_address((struct sockaddr *)&address, length, known_port, what);
}

static inline void show_peer(int fd, int known_port, const char *what) {
  struct sockaddr_storage address;
  memset(&address, 0, sizeof address);
  socklen_t length = sizeof address;
  if (getpeername(fd, (struct sockaddr *)&address, &length) != 0) show(-1, what);
  else show_address((struct sockaddr *)&address, length, known_port, what);
}

/* Receives and shows what came. */
static inline void show_received(int fd, size_t room, int flags, const char *what) {
  char buffer[256];
  memset(buffer, 0, sizeof buffer);
  ssize_t got = recv(fd, buffer, room, flags);
  int error = errno;
  if (got < 0) {
    errno = error;
    show(-1, what);
  } else {
    printf("%s: %zd \"%.*s\"\n", what, got, (int)(got < (ssize_t)room ? got : (ssize_t)room), buffer);
  }
}

static volatile sig_atomic_t signals_seen;
static volatile sig_atomic_t last_signal;
static void on_signal(int number) {
  signals_seen++;
  last_signal = number;
}

static inline void show_signals(const char *what) {
  printf("%s: %d signals%s\n", what, (int)signals_seen, signals_seen == 0 ? "" : last_signal == SIGPIPE ? ", SIGPIPE" : last_signal == SIGURG ? ", SIGURG" : "");
  signals_seen = 0;
}

#endif
