// Descriptors and credentials between AF_UNIX sockets: what arrives, what is cut, what is dropped, limits, cycles of sockets in flight.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "sockets.h"

/* Descriptors on their way are counted for a user: this one has no other processes, though there be other copies of the program. */
static void be_alone(void) {
  if (geteuid() == 0) must(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(100000 + getpid()) == 0, "giving up privileges");
}

/* Such a user is shown as nobody. */
static int shown(uid_t user) { return user == getuid() ? 65534 : (int)user; }

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#define SO_PEERPIDFD 77
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif

static char control_room[4096];

/* Sends text with descriptors. The C library's sendmsg has room for less control. */
static ssize_t send_files(int socket, const int *files, int count, const char *data, int flags) {
  struct iovec part = {(void *)data, strlen(data)};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = CMSG_SPACE(count * sizeof(int))};
  memset(control_room, 0, sizeof control_room);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), files, count * sizeof(int));
  return syscall(SYS_sendmsg, socket, &message, flags);
}

/* Receives and says what came; descriptors are kept in `files`. */
static int receive_files(int socket, size_t room, size_t control, int flags, int *files, const char *what) {
  char buffer[64] = "";
  struct iovec part = {buffer, room};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control ? control_room : NULL, .msg_controllen = control};
  int count = 0;
  memset(control_room, 0, sizeof control_room);
  ssize_t got = recvmsg(socket, &message, flags);
  if (got < 0) {
    show(got, what);
    return 0;
  }
  printf("%s: %zd \"%s\", flags %x, control %d", what, got, buffer, message.msg_flags, (int)message.msg_controllen);
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    int size = (int)(header->cmsg_len - CMSG_LEN(0));
    if (header->cmsg_type == SCM_RIGHTS) {
      count = size / (int)sizeof(int);
      if (files) memcpy(files, CMSG_DATA(header), count * sizeof(int));
      printf(", %d descriptors", count);
    } else if (header->cmsg_type == SCM_CREDENTIALS) {
      struct ucred ids = {-7, -7, -7};
      memcpy(&ids, CMSG_DATA(header), size < (int)sizeof ids ? size : (int)sizeof ids);
      printf(", %d bytes of credentials: %s uid %d gid %d", size, ids.pid == getpid() ? "me" : ids.pid == 0 ? "nobody" : "another", shown(ids.uid), ids.gid);
    } else printf(", type %d", header->cmsg_type);
  }
  printf("\n");
  return count;
}

static int open_count(void) {
  int count = 0;
  for (int fd = 0; fd < 64; fd++) count += fcntl(fd, F_GETFD) != -1;
  return count;
}

static void rights(void) {
  int s[2], p[2], files[300], before = open_count();
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  pipe(p);
  SHOW(send_files(s[0], p, 2, "two", 0));
  SHOW(receive_files(s[1], 10, 256, 0, files, "both"));
  SHOW(fcntl(files[0], F_GETFD));
  SHOW(write(files[1], "x", 1));
  close(files[0]), close(files[1]);
  send_files(s[0], p, 2, "two", 0);
  receive_files(s[1], 10, 256, MSG_CMSG_CLOEXEC, files, "closed on exec");
  SHOW(fcntl(files[0], F_GETFD));
  close(files[0]), close(files[1]);
  send_files(s[0], p, 2, "one", 0);
  receive_files(s[1], 10, CMSG_LEN(sizeof(int)), 0, files, "room for one");
  close(files[0]);
  send_files(s[0], p, 2, "none", 0);
  receive_files(s[1], 10, CMSG_LEN(0), 0, files, "room for a header");
  send_files(s[0], p, 2, "less", 0);
  receive_files(s[1], 10, 10, 0, files, "room for less");
  send_files(s[0], p, 2, "no", 0);
  receive_files(s[1], 10, 0, 0, files, "no control buffer");
  send_files(s[0], p, 2, "plain", 0);
  SHOW(read(s[1], control_room, 10));
  send_files(s[0], p, 1, "peek", 0);
  receive_files(s[1], 10, 256, MSG_PEEK, files, "peek");
  close(files[0]);
  receive_files(s[1], 10, 256, 0, files, "after the peek");
  close(files[0]);
  write(s[0], "plain ", 6);
  send_files(s[0], p, 1, "with", 0);
  write(s[0], " more", 5);
  send_files(s[0], p, 1, "again", 0);
  receive_files(s[1], 30, 256, 0, files, "not glued behind descriptors");
  close(files[0]);
  receive_files(s[1], 30, 256, 0, files, "and");
  close(files[0]);
  send_files(s[0], p, 1, "split", 0);
  receive_files(s[1], 2, 256, 0, files, "the first part has it");
  close(files[0]);
  receive_files(s[1], 10, 256, 0, files, "the rest has not");
  int bad[2] = {p[0], 99};
  SHOW(send_files(s[0], bad, 2, "bad", 0));
  for (int i = 0; i < 300; i++) files[i] = p[0];
  SHOW(send_files(s[0], files, 254, "too many", 0));
  SHOW(send_files(s[0], files, 253, "just right", 0));
  int flags = fcntl(s[1], F_GETFL);
  SHOW(fcntl(s[1], F_SETFL, flags | O_NONBLOCK));
  SHOW(receive_files(s[1], 10, 4096, 0, files, "many"));
  for (int i = 0; i < 253; i++) close(files[i]);
  struct rlimit limit, small = {10, 0};
  getrlimit(RLIMIT_NOFILE, &limit);
  small.rlim_max = limit.rlim_max;
  for (int i = 0; i < 20; i++) files[i] = p[0];
  send_files(s[0], files, 20, "limit", 0);
  setrlimit(RLIMIT_NOFILE, &small);
  int got = receive_files(s[1], 10, 256, 0, files, "as many as there are numbers");
  setrlimit(RLIMIT_NOFILE, &limit);
  for (int i = 0; i < got; i++) close(files[i]);
  SHOW(send_files(s[0], p, 1, "", 0));
  SHOW(receive_files(s[1], 10, 256, 0, files, "no bytes, no descriptors"));
  int u = socket(AF_INET, SOCK_DGRAM, 0);
  bind_inet(u, "127.0.0.1", 0);
  connect_inet(u, "127.0.0.1", port_of(u));
  SHOW(send_files(u, p, 1, "udp", 0));
  SHOW(receive_files(u, 10, 256, 0, files, "UDP passes none"));
  close(u);
  close(s[0]), close(s[1]), close(p[0]), close(p[1]);
  printf("%d left open\n", open_count() - before);
}

/* What a pipe says once the kernel has found that nobody can write to it any more, for which it takes its time. */
static long after_collection(int fd) {
  char byte;
  poll(&(struct pollfd){.fd = fd}, 1, 5000);
  return read(fd, &byte, 1);
}

static void dropped(void) {
  int s[2], p[2];
  char byte;
  socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
  pipe(p);
  fcntl(p[0], F_SETFL, O_NONBLOCK);
  send_files(s[0], &p[1], 1, "x", 0);
  close(p[1]);
  SHOW(read(p[0], &byte, 1));
  close(s[1]);
  SHOW(read(p[0], &byte, 1));
  close(s[0]), close(p[0]);
  /* A socket in its own queue. */
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  pipe(p);
  fcntl(p[0], F_SETFL, O_NONBLOCK);
  int both[2] = {s[1], p[1]};
  send_files(s[0], both, 2, "x", 0);
  close(p[1]), close(s[1]), close(s[0]);
  close(socket(AF_UNIX, SOCK_STREAM, 0));
  SHOW(after_collection(p[0]));
  close(p[0]);
  /* Two pairs in each other's queues. */
  int t[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  socketpair(AF_UNIX, SOCK_STREAM, 0, t);
  pipe(p);
  fcntl(p[0], F_SETFL, O_NONBLOCK);
  int first[2] = {t[1], p[1]};
  send_files(s[0], first, 2, "x", 0);
  send_files(t[0], &s[1], 1, "x", 0);
  close(p[1]), close(t[0]), close(s[0]), close(t[1]);
  usleep(50000);
  SHOW(read(p[0], &byte, 1));
  close(s[1]);
  close(socket(AF_UNIX, SOCK_STREAM, 0));
  SHOW(after_collection(p[0]));
  close(p[0]);
  /* One that is held from outside survives, with what it carries. */
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  socketpair(AF_UNIX, SOCK_STREAM, 0, t);
  send_files(s[0], &t[1], 1, "x", 0);
  write(t[0], "alive", 5);
  close(t[1]), close(t[0]), close(s[0]);
  close(socket(AF_UNIX, SOCK_STREAM, 0));
  usleep(50000);
  int file = -1;
  receive_files(s[1], 10, 256, 0, &file, "a socket");
  show_received(file, 10, 0, "of it");
  close(file), close(s[1]);
  /* A connection nobody accepted carries the listener. */
  int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
  bind_unix(listener, "@rights-listener");
  listen(listener, 5);
  connect_unix(client, "@rights-listener");
  pipe(p);
  fcntl(p[0], F_SETFL, O_NONBLOCK);
  int pair[2] = {listener, p[1]};
  send_files(client, pair, 2, "x", 0);
  close(listener), close(p[1]), close(client);
  close(socket(AF_UNIX, SOCK_STREAM, 0));
  SHOW(after_collection(p[0]));
  close(p[0]);
  /* Deep nesting. */
  int inner[2], outer[2], depth = 0;
  socketpair(AF_UNIX, SOCK_STREAM, 0, inner);
  for (; depth < 8; depth++) {
    socketpair(AF_UNIX, SOCK_STREAM, 0, outer);
    if (send_files(outer[0], &inner[1], 1, "x", 0) < 0) break;
    close(inner[0]), close(inner[1]);
    inner[0] = outer[0], inner[1] = outer[1];
  }
  printf("nested %d deep\n", depth);
  close(inner[0]), close(inner[1]);
}

static ssize_t send_ids(int socket, pid_t pid, uid_t uid, gid_t gid, int size) {
  struct iovec part = {"ids", 3};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = CMSG_SPACE(size)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  struct ucred ids = {pid, uid, gid};
  memset(control_room, 0, sizeof control_room);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_CREDENTIALS;
  header->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(header), &ids, size);
  return syscall(SYS_sendmsg, socket, &message, 0);
}

static void credentials(void) {
  int s[2], file;
  struct ucred ids;
  socklen_t length = sizeof ids;
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  SHOW(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &ids, &length));
  printf("%s %d %d\n", ids.pid == getpid() ? "me" : "?", shown(ids.uid), ids.gid);
  int none = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(getsockopt(none, SOL_SOCKET, SO_PEERCRED, &ids, &length));
  printf("%d %d %d\n", ids.pid, ids.uid, ids.gid);
  length = 100;
  SHOW(getsockopt(none, SOL_SOCKET, SO_PEERGROUPS, control_room, &length));
  SHOW(write(s[0], "before", 6));
  SHOW(set_option(s[1], SOL_SOCKET, SO_PASSCRED, 1));
  SHOW(get_option(s[1], SOL_SOCKET, SO_PASSCRED));
  SHOW(write(s[0], "after", 5));
  receive_files(s[1], 30, 256, 0, NULL, "sent before anyone asked");
  receive_files(s[1], 30, 256, 0, NULL, "sent after");
  write(s[0], "cut", 3);
  receive_files(s[1], 30, CMSG_LEN(4), 0, NULL, "no room for all of it");
  write(s[0], "none", 4);
  receive_files(s[1], 30, 0, 0, NULL, "no room");
  SHOW(send_ids(s[0], getpid(), getuid(), getgid(), sizeof ids));
  receive_files(s[1], 30, 256, 0, NULL, "as given");
  SHOW(send_ids(s[0], getpid(), getuid(), getgid(), 8));
  SHOW(send_ids(s[0], 1, getuid(), getgid(), sizeof ids));
  SHOW(send_ids(s[0], getpid(), 0, getgid(), sizeof ids));
  int p[2];
  pipe(p);
  send_files(s[0], p, 2, "all", 0);
  receive_files(s[1], 30, 256, 0, &file, "credentials and descriptors");
  if (fork() == 0) {
    write(s[0], "child", 5);
    _exit(0);
  }
  wait(NULL);
  write(s[0], "parent", 6);
  receive_files(s[1], 30, 256, 0, NULL, "of one writer");
  receive_files(s[1], 30, 256, 0, NULL, "of the other");
  int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0), client = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  set_option(listener, SOL_SOCKET, SO_PASSCRED, 1);
  set_option(client, SOL_SOCKET, SO_PASSCRED, 1);
  bind_unix(listener, "@credentials");
  listen(listener, 5);
  connect_unix(client, "@credentials");
  struct sockaddr_un own;
  length = sizeof own;
  getsockname(client, (struct sockaddr *)&own, &length);
  printf("who passes credentials has a name: %d\n", (int)length);
  int accepted = accept(listener, NULL, NULL);
  SHOW(get_option(accepted, SOL_SOCKET, SO_PASSCRED));
  int u = socket(AF_INET, SOCK_DGRAM, 0);
  length = sizeof ids;
  SHOW(getsockopt(u, SOL_SOCKET, SO_PEERCRED, &ids, &length));
  printf("%d %d %d\n", ids.pid, ids.uid, ids.gid);
  for (int fd = 3; fd < 60; fd++) close(fd);
}

/* What a pidfd names. */
static const char *named_by(int pidfd) {
  char path[64], line[128];
  const char *found = "nobody";
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "Pid:", 4)) found = atoi(line + 4) == getpid() ? "me" : atoi(line + 4) > 0 ? "another" : "a process that has gone";
  if (file) fclose(file);
  return found;
}

static void processes(void) {
  int s[2], pidfd = -1;
  socklen_t length = sizeof pidfd;
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s);
  SHOW(getsockopt(s[0], SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length));
  printf("the peer is %s, closed on exec: %d\n", named_by(pidfd), fcntl(pidfd, F_GETFD));
  close(pidfd);
  int none = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(getsockopt(none, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length));
  SHOW(set_option(s[1], SOL_SOCKET, SO_PASSPIDFD, 1));
  SHOW(get_option(s[1], SOL_SOCKET, SO_PASSPIDFD));
  pid_t child = fork();
  if (child == 0) {
    write(s[0], "child", 5);
    _exit(0);
  }
  char buffer[16] = "";
  struct iovec part = {buffer, sizeof buffer};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control_room, .msg_controllen = 64};
  SHOW(recvmsg(s[1], &message, 0));
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  must(header && header->cmsg_type == SCM_PIDFD, "a pidfd");
  memcpy(&pidfd, CMSG_DATA(header), sizeof pidfd);
  printf("control %d, sent by %s\n", (int)message.msg_controllen, named_by(pidfd));
  SHOW(poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, 5000));
  waitpid(child, NULL, 0);
  printf("now it names %s\n", named_by(pidfd));
  close(pidfd);
  write(s[0], "cut", 3);
  message.msg_controllen = CMSG_LEN(2);
  SHOW(recvmsg(s[1], &message, 0));
  printf("flags %x\n", message.msg_flags);
  close(s[0]), close(s[1]), close(none);
}

static void limits(void) {
  int s[2], p[2], sent = 0;
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  pipe(p);
  struct rlimit small = {20, 20};
  setrlimit(RLIMIT_NOFILE, &small);
  int files[4] = {p[0], p[0], p[0], p[0]};
  while (send_files(s[0], files, 4, "x", MSG_DONTWAIT) == 1) sent++;
  show(-1, "in flight");
  printf("after %d messages of 4\n", sent);
}

int main(void) {
  own_network();
  setvbuf(stdout, NULL, _IOLBF, 0);
  be_alone();
  rights();
  dropped();
  credentials();
  processes();
  limits();
  return 0;
}
