// Calls on sockets that wait, and what ends the wait: signals with and without SA_RESTART, time limits, another thread's shutdown.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "sockets.h"

static char bulk[1000000];
static int target = -1;
static const char *answer = "woken";

/* On its second signal it sends what a restarted call waits for. */
static void on_alarm(int number) {
  (void)number;
  if (++signals_seen == 2 && target >= 0) write(target, answer, strlen(answer));
}

static void alarms(int restarts) {
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = restarts ? SA_RESTART : 0};
  struct itimerval every = {{0, 20000}, {0, 20000}};
  signals_seen = 0;
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &every, NULL);
}

static void quiet(const char *what) {
  struct itimerval none = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &none, NULL);
  printf("%s, with signals: %d\n", what, signals_seen > 0);
  target = -1;
}

static void with_timeout(int fd, int option) {
  struct timeval long_time = {30, 0};
  setsockopt(fd, SOL_SOCKET, option, &long_time, sizeof long_time);
}

static void receiving(int type, const char *name) {
  int s[2];
  printf("%s\n", name);
  socketpair(AF_UNIX, type, 0, s);
  alarms(0);
  show_received(s[0], 20, 0, "interrupted");
  quiet("recv");
  target = s[1];
  alarms(1);
  show_received(s[0], 20, 0, "restarted");
  quiet("recv");
  with_timeout(s[0], SO_RCVTIMEO);
  target = s[1];
  alarms(1);
  show_received(s[0], 20, 0, "with a time limit never restarted");
  quiet("recv");
  while (recv(s[0], bulk, 100, MSG_DONTWAIT) > 0) continue;
  struct iovec parts[3] = {{bulk, 10}, {bulk + 10, 10}, {bulk + 20, 10}};
  struct mmsghdr messages[3];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < 3; i++) messages[i].msg_hdr.msg_iov = &parts[i], messages[i].msg_hdr.msg_iovlen = 1;
  write(s[1], "first", 5);
  alarms(0);
  SHOW(syscall(SYS_recvmmsg, s[0], messages, 3, 0, NULL));
  quiet("recvmmsg");
  while (recv(s[0], bulk, 100, MSG_DONTWAIT) > 0) continue;
  close(s[0]), close(s[1]);
}

static void streams(int client, int server) {
  write(client, "some", 4);
  usleep(10000);
  alarms(0);
  show_received(server, 20, MSG_WAITALL, "MSG_WAITALL interrupted in the middle");
  quiet("recv");
  alarms(1);
  long sent = write(client, bulk, sizeof bulk);
  for (long all = sent; all < 6000000 && sent == sizeof bulk; all += sent) sent = write(client, bulk, sizeof bulk);
  quiet("write");
  printf("a write that fills the buffers is cut: %d\n", sent > 0 && sent < (long)sizeof bulk);
  alarms(0);
  /* What has been received meanwhile makes room for some more. */
  while ((sent = write(client, bulk, sizeof bulk)) > 0) continue;
  show(sent, "write(client, bulk, sizeof bulk)");
  quiet("write");
  fcntl(server, F_SETFL, O_NONBLOCK);
  while (read(server, bulk, sizeof bulk) > 0) continue;
}

static void connecting(void) {
  int listener = socket(AF_UNIX, SOCK_STREAM, 0), clients[3];
  bind_unix(listener, "@socket-waits");
  listen(listener, 0);
  alarms(0);
  SHOW(accept(listener, NULL, NULL));
  quiet("accept");
  with_timeout(listener, SO_RCVTIMEO);
  alarms(1);
  SHOW(accept(listener, NULL, NULL));
  quiet("accept");
  for (int i = 0; i < 3; i++) clients[i] = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(connect_unix(clients[0], "@socket-waits"));
  alarms(0);
  SHOW(connect_unix(clients[1], "@socket-waits"));
  quiet("connect");
  if (fork() == 0) {
    usleep(30000);
    close(accept(listener, NULL, NULL));
    _exit(0);
  }
  SHOW(connect_unix(clients[1], "@socket-waits"));
  wait(NULL);
  for (int i = 0; i < 3; i++) close(clients[i]);
  close(listener);
}

static int shared;
static void *shut_later(void *how) {
  usleep(20000);
  shutdown(shared, (int)(long)how);
  return NULL;
}

static void *send_later(void *data) {
  usleep(20000);
  write(shared, data, strlen(data));
  return NULL;
}

static void by_threads(void) {
  int s[2];
  pthread_t thread;
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  shared = s[0];
  pthread_create(&thread, NULL, shut_later, (void *)SHUT_RD);
  show_received(s[0], 10, 0, "shut by another thread");
  pthread_join(thread, NULL);
  close(s[0]), close(s[1]);
  int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(listener, "127.0.0.1", 0);
  listen(listener, 1);
  shared = listener;
  pthread_create(&thread, NULL, shut_later, (void *)SHUT_RDWR);
  SHOW(accept(listener, NULL, NULL));
  pthread_join(thread, NULL);
  listen(listener, 1);
  connect_inet(client, "127.0.0.1", port_of(listener));
  int server = accept(listener, NULL, NULL);
  shared = server;
  pthread_create(&thread, NULL, shut_later, (void *)SHUT_RDWR);
  show_received(server, 10, 0, "a TCP connection shut by another thread");
  pthread_join(thread, NULL);
  show_received(client, 10, 0, "at the other end");
  close(server), close(client);
  client = socket(AF_INET, SOCK_STREAM, 0);
  connect_inet(client, "127.0.0.1", port_of(listener));
  server = accept(listener, NULL, NULL);
  shared = client;
  struct pollfd look = {.fd = server, .events = POLLIN};
  pthread_create(&thread, NULL, send_later, "by poll");
  SHOW(poll(&look, 1, 5000));
  pthread_join(thread, NULL);
  show_received(server, 20, 0, "it");
  int e = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT};
  epoll_ctl(e, EPOLL_CTL_ADD, server, &event);
  pthread_create(&thread, NULL, send_later, "by epoll");
  SHOW(epoll_wait(e, &event, 1, 5000));
  pthread_join(thread, NULL);
  show_received(server, 20, 0, "it");
  fd_set set;
  FD_ZERO(&set);
  FD_SET(server, &set);
  pthread_create(&thread, NULL, send_later, "by select");
  SHOW(select(server + 1, &set, NULL, NULL, &(struct timeval){5, 0}));
  pthread_join(thread, NULL);
  show_received(server, 20, 0, "it");
  close(server), close(client), close(listener), close(e);
}

int main(void) {
  own_network();
  setvbuf(stdout, NULL, _IOLBF, 0);
  receiving(SOCK_STREAM, "streams");
  receiving(SOCK_DGRAM, "datagrams");
  int s[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  streams(s[0], s[1]);
  int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(listener, "127.0.0.1", 0);
  listen(listener, 1);
  connect_inet(client, "127.0.0.1", port_of(listener));
  streams(client, accept(listener, NULL, NULL));
  for (int fd = 3; fd < 20; fd++) close(fd);
  connecting();
  by_threads();
  return 0;
}
