// TCP over loopback: connecting, backlogs, both ends of a connection, resets, urgent bytes, corks, addresses of both families.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "sockets.h"

static char bulk[400000];

/* A listening socket on a port of the kernel's choice, and a connection to it. */
static int listener, client, server, port;
static void connection(void) {
  listener = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(listener, "127.0.0.1", 0);
  listen(listener, 5);
  port = port_of(listener);
  client = socket(AF_INET, SOCK_STREAM, 0);
  must(connect_inet(client, "127.0.0.1", port) == 0, "connect");
  server = accept(listener, NULL, NULL);
}

static void connection_over(void) {
  close(client), close(server), close(listener);
}

static void settle(void) { usleep(10000); }

static void connecting(void) {
  struct sockaddr_in6 from;
  socklen_t length = sizeof from;
  int fresh = socket(AF_INET, SOCK_STREAM, 0);
  show_poll(fresh, "of a new socket");
  show_name(fresh, 0, "its name");
  show_peer(fresh, 0, "its peer");
  SHOW(send(fresh, "x", 1, MSG_NOSIGNAL));
  SHOW(recv(fresh, bulk, 1, 0));
  SHOW(shutdown(fresh, SHUT_WR));
  SHOW(accept(fresh, NULL, NULL));
  SHOW(bind_inet(fresh, "10.9.8.7", 0));
  SHOW(bind(fresh, (struct sockaddr *)&from, 8));
  SHOW(bind_unix(fresh, "a-name-of-another-family"));
  SHOW(bind_inet(fresh, "127.0.0.1", 0));
  SHOW(bind_inet(fresh, "127.0.0.1", 0));
  int gone = port_of(fresh);
  show_name(fresh, gone, "bound");
  int refused = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(connect_inet(refused, "127.0.0.1", gone));
  show_poll(refused, "refused");
  SHOW(connect_inet(refused, "127.0.0.1", gone));
  SHOW(get_option(refused, SOL_SOCKET, SO_ERROR));
  fcntl(refused, F_SETFL, O_NONBLOCK);
  SHOW(connect_inet(refused, "127.0.0.1", gone));
  settle();
  show_poll(refused, "refused while nobody waited");
  SHOW(get_option(refused, SOL_SOCKET, SO_ERROR));
  SHOW(get_option(refused, SOL_SOCKET, SO_ERROR));
  SHOW(connect_inet(refused, "127.0.0.1", gone));
  SHOW(connect_inet(refused, "127.0.0.1", gone));
  settle();
  SHOW(connect_inet(refused, "127.0.0.1", gone));
  listener = fresh;
  SHOW(listen(listener, 1));
  SHOW(listen(listener, 5));
  port = gone;
  show_poll(listener, "of a listener");
  SHOW(connect_inet(listener, "127.0.0.1", port));
  SHOW(recv(listener, bulk, 1, 0));
  SHOW(send(listener, "x", 1, MSG_NOSIGNAL));
  SHOW(asked(listener, FIONREAD));
  SHOW(connect_inet(refused, "127.0.0.1", port));
  settle();
  show_poll(refused, "connected");
  show_poll(listener, "with a connection");
  SHOW(connect_inet(refused, "127.0.0.1", port));
  SHOW(connect_inet(refused, "127.0.0.1", port));
  SHOW(listen(refused, 1));
  server = accept4(listener, (struct sockaddr *)&from, &length, SOCK_NONBLOCK);
  show_address((struct sockaddr *)&from, length, port_of(refused), "accepted from");
  show_name(server, port, "the accepted socket");
  show_peer(refused, port, "peer of the other");
  SHOW(fcntl(server, F_GETFL));
  SHOW(fcntl(refused, F_GETFD));
  show_received(server, 10, 0, "nothing yet");
  fcntl(listener, F_SETFL, O_NONBLOCK);
  SHOW(accept(listener, NULL, NULL));
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  SHOW(connect(refused, &none, sizeof none));
  settle();
  show_received(server, 10, 0, "after the other dissolved the connection");
  show_received(server, 10, 0, "then");
  show_name(refused, 0, "name of the other");
  SHOW(connect_inet(refused, "127.0.0.1", port));
  settle();
  SHOW(connect_inet(refused, "127.0.0.1", port));
  SHOW(connect(listener, &none, sizeof none));
  SHOW(get_option(listener, SOL_SOCKET, SO_ACCEPTCONN));
  close(refused), close(server), close(listener);
  int self = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(self, "127.0.0.1", 0);
  SHOW(connect_inet(self, "127.0.0.1", port_of(self)));
  SHOW(write(self, "to itself", 9));
  show_received(self, 20, 0, "from itself");
  close(self);
  SHOW(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
  SHOW(socket(AF_INET, SOCK_SEQPACKET, 0));
  SHOW(socket(AF_INET, SOCK_STREAM, 9999));
}

static void backlogs(void) {
  int clients[5];
  listener = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(listener, "127.0.0.1", 0);
  listen(listener, 1);
  for (int i = 0; i < 4; i++) {
    clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    SHOW(connect_inet(clients[i], "127.0.0.1", port_of(listener)));
  }
  settle();
  show_poll(clients[1], "of one that fits");
  show_poll(clients[2], "of one that does not");
  SHOW(connect_inet(clients[2], "127.0.0.1", port_of(listener)));
  SHOW(send(clients[2], "x", 1, MSG_NOSIGNAL));
  SHOW(recv(clients[2], bulk, 1, 0));
  show_peer(clients[2], 0, "peer");
  server = accept(listener, NULL, NULL);
  int late = accept(listener, NULL, NULL);
  struct pollfd look = {.fd = clients[2], .events = POLLOUT};
  SHOW(poll(&look, 1, 5000));
  SHOW(connect_inet(clients[2], "127.0.0.1", port_of(listener)));
  SHOW(connect_inet(clients[2], "127.0.0.1", port_of(listener)));
  struct timeval little = {0, 20000};
  clients[4] = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(poll(&(struct pollfd){.fd = clients[3], .events = POLLOUT}, 1, 5000));
  setsockopt(clients[4], SOL_SOCKET, SO_SNDTIMEO, &little, sizeof little);
  SHOW(connect_inet(clients[4], "127.0.0.1", port_of(listener)));
  SHOW(connect_inet(clients[4], "127.0.0.1", port_of(listener)));
  SHOW(shutdown(clients[4], SHUT_RDWR));
  settle();
  close(listener);
  settle();
  show_received(clients[3], 10, 0, "of a client whose listener went");
  show_received(clients[0], 10, 0, "of one that was accepted");
  close(server), close(late);
  for (int i = 0; i < 5; i++) close(clients[i]);
}

static void ends(void) {
  connection();
  show_poll(client, "of a connection");
  SHOW(write(client, "question", 8));
  SHOW(shutdown(client, SHUT_WR));
  settle();
  show_poll(client, "after SHUT_WR");
  show_poll(server, "of the other end");
  SHOW(send(client, "x", 1, MSG_NOSIGNAL));
  show_received(server, 20, 0, "what came before");
  show_received(server, 20, 0, "the end");
  SHOW(write(server, "answer", 6));
  show_received(client, 20, 0, "the other way");
  SHOW(shutdown(server, SHUT_WR));
  settle();
  show_poll(client, "after both");
  show_poll(server, "of the other end");
  show_peer(client, port, "peer");
  show_peer(server, 0, "peer of the other end");
  SHOW(shutdown(client, SHUT_RD));
  SHOW(shutdown(server, 7));
  connection_over();

  connection();
  SHOW(shutdown(server, SHUT_RD));
  show_poll(server, "after SHUT_RD");
  SHOW(write(client, "still comes", 11));
  show_received(server, 20, 0, "after SHUT_RD");
  show_received(server, 20, 0, "then");
  connection_over();

  connection();
  write(server, "left", 4);
  close(server);
  settle();
  show_poll(client, "after the other end closed");
  SHOW(write(client, "too late", 8));
  settle();
  show_poll(client, "after a write to it");
  SHOW(get_option(client, SOL_SOCKET, SO_ERROR));
  show_received(client, 20, 0, "what it left");
  show_received(client, 20, 0, "the end");
  SHOW(write(client, "x", 1));
  show_signals("after that");
  connection_over();

  connection();
  write(client, "never read", 10);
  write(server, "to be read", 10);
  settle();
  close(server);
  settle();
  show_poll(client, "after a close with unread data");
  show_received(client, 20, 0, "what came before");
  show_received(client, 20, 0, "the reset");
  show_received(client, 20, 0, "then");
  SHOW(send(client, "x", 1, MSG_NOSIGNAL));
  connection_over();

  connection();
  struct linger linger = {1, 0};
  SHOW(setsockopt(server, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  close(server);
  settle();
  show_received(client, 20, 0, "after a close that does not linger");
  connection_over();

  connection();
  int second = socket(AF_INET, SOCK_STREAM, 0);
  connect_inet(second, "127.0.0.1", port);
  setsockopt(second, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close(second);
  settle();
  int late = accept(listener, NULL, NULL);
  printf("a connection that was reset is accepted: %d\n", late >= 0);
  show_received(late, 10, 0, "of it");
  show_peer(late, 0, "its peer");
  close(late);
  connection_over();
}

static void reading(void) {
  connection();
  write(client, "one", 3);
  write(client, "two", 3);
  settle();
  SHOW(asked(server, FIONREAD));
  show_received(server, 4, MSG_PEEK, "peek");
  show_received(server, 2, 0, "read");
  show_received(server, 2, MSG_TRUNC, "thrown away");
  show_received(server, 20, 0, "the rest");
  struct timeval little = {0, 20000};
  setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
  show_received(server, 20, 0, "a timeout");
  write(client, "half", 4);
  show_received(server, 8, MSG_WAITALL, "MSG_WAITALL with a timeout");
  if (fork() == 0) {
    usleep(20000);
    write(client, "later", 5);
    usleep(20000);
    write(client, "last", 4);
    _exit(0);
  }
  little.tv_sec = 10;
  setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
  show_received(server, 9, MSG_WAITALL, "MSG_WAITALL over two writes");
  wait(NULL);
  set_option(server, SOL_SOCKET, SO_RCVLOWAT, 4);
  write(client, "abc", 3);
  settle();
  show_poll(server, "below SO_RCVLOWAT");
  write(client, "d", 1);
  settle();
  show_poll(server, "at SO_RCVLOWAT");
  show_received(server, 20, 0, "at SO_RCVLOWAT");
  SHOW(send_inet(client, "the address is ignored", 0, "127.0.0.9", 1));
  show_received(server, 40, 0, "so it");
  SHOW(recv(server, nowhere, 4, MSG_DONTWAIT));
  write(client, "x", 1);
  settle();
  SHOW(recv(server, nowhere, 4, MSG_DONTWAIT));
  SHOW(write(client, nowhere, 4));
  SHOW(send(client, "", 0, 0));
  connection_over();
}

static void urgent(void) {
  char byte = 0;
  connection();
  fcntl(server, F_SETOWN, getpid());
  SHOW(recv(server, &byte, 1, MSG_OOB));
  SHOW(send(client, "before!", 7, MSG_OOB));
  settle();
  show_signals("for an urgent byte");
  show_poll(server, "with an urgent byte");
  SHOW(asked(server, FIONREAD));
  SHOW(asked(server, 0x8905));
  show_received(server, 20, 0, "up to the mark");
  SHOW(asked(server, 0x8905));
  SHOW(recv(server, &byte, 1, MSG_OOB | MSG_PEEK));
  SHOW(recv(server, &byte, 1, MSG_OOB));
  printf("the byte is %c\n", byte);
  SHOW(recv(server, &byte, 1, MSG_OOB));
  show_poll(server, "with the urgent byte taken");
  SHOW(recv(server, bulk, 10, MSG_DONTWAIT));
  write(client, "after", 5);
  settle();
  show_received(server, 20, 0, "behind the mark");
  send(client, "ab", 2, MSG_OOB);
  write(client, "cd", 2);
  settle();
  show_received(server, 20, 0, "in front of it");
  show_received(server, 20, 0, "passing over it");
  SHOW(recv(server, &byte, 1, MSG_OOB));
  send(client, "ef", 2, MSG_OOB);
  settle();
  send(client, "gh", 2, MSG_OOB);
  settle();
  SHOW(recv(server, &byte, 1, MSG_OOB));
  printf("the byte is %c\n", byte);
  show_received(server, 20, 0, "the first of two becomes ordinary");
  set_option(server, SOL_SOCKET, SO_OOBINLINE, 1);
  send(client, "ij", 2, MSG_OOB);
  settle();
  SHOW(recv(server, &byte, 1, MSG_OOB));
  show_received(server, 20, MSG_DONTWAIT, "inline");
  show_received(server, 20, MSG_DONTWAIT, "inline, the mark");
  signals_seen = 0;
  connection_over();
}

static void held_back(void) {
  connection();
  fcntl(server, F_SETFL, O_NONBLOCK);
  SHOW(set_option(client, SOL_TCP, TCP_CORK, 1));
  write(client, "corked", 6);
  settle();
  show_received(server, 20, 0, "while corked");
  SHOW(set_option(client, SOL_TCP, TCP_CORK, 0));
  settle();
  show_received(server, 20, 0, "uncorked");
  SHOW(send(client, "more ", 5, MSG_MORE));
  settle();
  show_received(server, 20, 0, "with more to come");
  SHOW(send(client, "come", 4, 0));
  settle();
  show_received(server, 20, 0, "with no more to come");
  send(client, "in time", 7, MSG_MORE);
  SHOW(poll(&(struct pollfd){.fd = server, .events = POLLIN}, 1, 2000));
  show_received(server, 20, 0, "after a while");
  connection_over();
}

static void amounts(void) {
  long sent, total = 0, got = 0;
  connection();
  fcntl(client, F_SETFL, O_NONBLOCK);
  while ((sent = write(client, bulk, sizeof bulk)) > 0) total += sent;
  show(sent, "a full connection");
  show_poll(client, "of a full connection");
  printf("more than 64 KiB are on the way: %d\n", total > 65536);
  fcntl(server, F_SETFL, O_NONBLOCK);
  while (got < total) {
    long part = read(server, bulk, sizeof bulk);
    if (part > 0) got += part;
    else settle();
  }
  printf("all of it arrives: %d\n", got == total);
  settle();
  show_poll(client, "of an empty one");
  connection_over();

  connection();
  if (fork() == 0) {
    long sum = 0;
    close(client);
    while ((got = read(server, bulk, 50000)) > 0) sum += got;
    printf("the reader got %ld\n", sum);
    exit(0);
  }
  close(server);
  long done = 0;
  for (int i = 0; i < 10; i++) done += write(client, bulk, sizeof bulk);
  printf("the writer wrote %ld\n", done);
  close(client);
  wait(NULL);
  close(listener);

  connection();
  int file = open("content", O_CREAT | O_RDWR | O_TRUNC, 0600), p[2];
  write(file, "the content of a file", 21);
  off_t offset = 4;
  SHOW(sendfile(client, file, &offset, 100));
  show_received(server, 40, 0, "by sendfile");
  pipe(p);
  write(p[1], "through a pipe", 14);
  SHOW(splice(p[0], NULL, client, NULL, 100, 0));
  settle();
  SHOW(splice(server, NULL, p[1], NULL, 100, 0));
  SHOW(read(p[0], bulk, 100));
  int e = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
  SHOW(epoll_ctl(e, EPOLL_CTL_ADD, server, &event));
  SHOW(epoll_wait(e, &event, 1, 0));
  printf("events %x\n", event.events);
  SHOW(epoll_wait(e, &event, 1, 0));
  write(client, "edge", 4);
  settle();
  SHOW(epoll_wait(e, &event, 1, 100));
  printf("events %x\n", event.events);
  SHOW(epoll_wait(e, &event, 1, 0));
  shutdown(client, SHUT_WR);
  settle();
  SHOW(epoll_wait(e, &event, 1, 100));
  printf("events %x\n", event.events);
  close(e), close(p[0]), close(p[1]), close(file);
  unlink("content");
  connection_over();
}

static void ports(void) {
  int a = socket(AF_INET, SOCK_STREAM, 0), b = socket(AF_INET, SOCK_STREAM, 0);
  bind_inet(a, "127.0.0.1", 0);
  int taken = port_of(a);
  SHOW(bind_inet(b, "127.0.0.1", taken));
  SHOW(bind_inet(b, "0.0.0.0", taken));
  SHOW(bind_inet(b, "127.0.0.2", taken));
  close(b);
  b = socket(AF_INET, SOCK_STREAM, 0);
  set_option(a, SOL_SOCKET, SO_REUSEADDR, 1);
  SHOW(bind_inet(b, "127.0.0.1", taken));
  set_option(b, SOL_SOCKET, SO_REUSEADDR, 1);
  SHOW(bind_inet(b, "127.0.0.1", taken));
  SHOW(listen(a, 1));
  SHOW(listen(b, 1));
  close(b);
  b = socket(AF_INET, SOCK_STREAM, 0);
  set_option(b, SOL_SOCKET, SO_REUSEADDR, 1);
  SHOW(bind_inet(b, "127.0.0.1", taken));
  close(a), close(b);

  /* A server that closed first leaves its port waiting. */
  connection();
  close(server);
  settle();
  close(client), close(listener);
  settle();
  a = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(bind_inet(a, "127.0.0.1", port));
  set_option(a, SOL_SOCKET, SO_REUSEADDR, 1);
  SHOW(bind_inet(a, "127.0.0.1", port));
  close(a);

  /* Listeners that share a port. */
  int shared[2], counts[2] = {0, 0};
  for (int i = 0; i < 2; i++) {
    shared[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    set_option(shared[i], SOL_SOCKET, SO_REUSEPORT, 1);
    SHOW(bind_inet(shared[i], "127.0.0.1", i == 0 ? 0 : port_of(shared[0])));
    SHOW(listen(shared[i], 64));
  }
  int clients[40];
  for (int i = 0; i < 40; i++) {
    clients[i] = socket(AF_INET, SOCK_STREAM, 0);
    must(connect_inet(clients[i], "127.0.0.1", port_of(shared[0])) == 0, "connect");
  }
  for (int i = 0; i < 2; i++)
    for (int fd; (fd = accept(shared[i], NULL, NULL)) >= 0; counts[i]++) close(fd);
  printf("both get some: %d, together %d\n", counts[0] > 0 && counts[1] > 0, counts[0] + counts[1]);
  for (int i = 0; i < 40; i++) close(clients[i]);
  close(shared[0]), close(shared[1]);

  /* Any address. */
  a = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(listen(a, 5));
  show_name(a, 0, "a listener that was not bound");
  b = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(bind_inet(b, "127.0.0.3", 0));
  SHOW(connect_inet(b, "127.0.0.2", port_of(a)));
  int accepted = accept(a, NULL, NULL);
  show_name(accepted, port_of(a), "accepted at");
  show_peer(accepted, port_of(b), "from");
  close(accepted), close(b);
  b = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(connect_inet(b, "0.0.0.0", port_of(a)));
  show_peer(b, port_of(a), "peer at any address");
  close(a), close(b);
}

static void six(void) {
  int a = socket(AF_INET6, SOCK_STREAM, 0), b = socket(AF_INET6, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);
  show_name(a, 0, "an IPv6 socket");
  SHOW(get_option(a, IPPROTO_IPV6, IPV6_V6ONLY));
  SHOW(bind_inet6(a, "::", 0));
  SHOW(set_option(a, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  SHOW(listen(a, 5));
  int at = port_of(a);
  SHOW(bind_inet(c, "127.0.0.1", at));
  SHOW(connect_inet6(b, "::1", at));
  int accepted = accept(a, NULL, NULL);
  show_name(accepted, at, "accepted at");
  show_peer(b, at, "peer");
  show_name(b, 0, "name");
  close(accepted);
  SHOW(connect_inet(c, "127.0.0.1", at));
  accepted = accept(a, NULL, NULL);
  show_name(accepted, at, "IPv4 accepted at");
  show_peer(accepted, 0, "from");
  show_peer(c, at, "the client's peer");
  write(c, "mapped", 6);
  show_received(accepted, 10, 0, "over IPv4");
  close(accepted), close(b), close(c);
  b = socket(AF_INET6, SOCK_STREAM, 0);
  SHOW(connect_inet6(b, "::ffff:127.0.0.1", at));
  show_name(b, 0, "name of a mapped client");
  close(b), close(a);
  a = socket(AF_INET6, SOCK_STREAM, 0);
  SHOW(set_option(a, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  SHOW(bind_inet6(a, "::", at));
  b = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(bind_inet(b, "0.0.0.0", at));
  listen(a, 5);
  close(b);
  b = socket(AF_INET, SOCK_STREAM, 0);
  SHOW(connect_inet(b, "127.0.0.1", at));
  close(b);
  b = socket(AF_INET6, SOCK_STREAM, 0);
  SHOW(connect_inet6(b, "::", at));
  show_peer(b, at, "peer at any address");
  struct sockaddr_in four = inet_name("127.0.0.1", at);
  c = socket(AF_INET6, SOCK_STREAM, 0);
  SHOW(connect(c, (struct sockaddr *)&four, sizeof four));
  SHOW(bind_inet6(c, "2001:db8::1", 0));
  close(a), close(b), close(c);
}

int main(void) {
  own_network();
  signal(SIGPIPE, on_signal);
  signal(SIGURG, on_signal);
  enter_empty_directory();
  setvbuf(stdout, NULL, _IOLBF, 0);
  connecting();
  backlogs();
  ends();
  reading();
  urgent();
  held_back();
  amounts();
  ports();
  six();
  leave_empty_directory();
  return 0;
}
