// AF_UNIX streams: names, backlogs, the ends of connections, readiness, urgent bytes, what fits into a buffer.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "sockets.h"

static char bulk[300000];

static void names(void) {
  struct stat status;
  int a = socket(AF_UNIX, SOCK_STREAM, 0), b = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
  int d = socket(AF_UNIX, SOCK_DGRAM, 0);
  show_name(a, 0, "a socket without name");
  show_peer(a, 0, "its peer");
  SHOW(connect_unix(c, "there"));
  SHOW(bind_unix(a, "there"));
  show_name(a, 0, "a path");
  SHOW(stat("there", &status));
  printf("mode %o\n", status.st_mode);
  SHOW(bind_unix(a, "there"));
  SHOW(bind_unix(a, "elsewhere"));
  SHOW(bind_unix(b, "there"));
  SHOW(bind_unix(b, "no/such/directory"));
  SHOW(bind_unix(b, "there/under"));
  SHOW(connect_unix(c, "there"));
  SHOW(listen(b, 5));
  SHOW(listen(d, 5));
  SHOW(listen(a, 1));
  SHOW(listen(a, 5));
  SHOW(connect_unix(d, "there"));
  SHOW(connect_unix(a, "there"));
  SHOW(open("there", O_RDWR));
  SHOW(connect_unix(c, "there"));
  SHOW(connect_unix(c, "there"));
  SHOW(connect_unix(c, "gone"));
  show_peer(c, 0, "peer of the one who connected");
  show_name(c, 0, "its own name");
  int accepted = accept(a, NULL, NULL);
  show_name(accepted, 0, "name of the accepted one");
  show_peer(accepted, 0, "its peer");
  SHOW(unlink("there"));
  SHOW(connect_unix(b, "there"));
  show_name(a, 0, "unlinked while bound");
  int file = open("file", O_CREAT | O_RDWR, 0644);
  close(file);
  SHOW(connect_unix(b, "file"));
  SHOW(bind_unix(b, "file"));
  SHOW(unlink("file"));
  SHOW(bind_unix(b, "@guest-name"));
  show_name(b, 0, "an abstract name");
  SHOW(bind_unix(b, "@guest-name"));
  SHOW(bind_unix(d, "@guest-name"));
  int e = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind_unix(e, "@guest-name"));
  SHOW(connect_unix(e, "@guest-name"));
  SHOW(connect_unix(e, "@no-such-name"));
  sa_family_t family = AF_UNIX;
  SHOW(bind(e, (struct sockaddr *)&family, sizeof family));
  struct sockaddr_un own;
  socklen_t length = sizeof own;
  getsockname(e, (struct sockaddr *)&own, &length);
  printf("a name of the kernel's choice: length %d, first byte %d\n", (int)length, own.sun_path[0]);
  SHOW(bind(e, (struct sockaddr *)&family, sizeof family));
  SHOW(bind(e, (struct sockaddr *)&family, 1));
  SHOW(connect(e, (struct sockaddr *)&family, sizeof family));
  SHOW(bind(e, (struct sockaddr *)&own, 111));
  family = AF_INET;
  SHOW(bind(e, (struct sockaddr *)&family, sizeof family));
  SHOW(bind(e, nowhere, 10));
  own.sun_family = AF_UNIX;
  memset(own.sun_path, 'x', sizeof own.sun_path);
  int f = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind(f, (struct sockaddr *)&own, sizeof own));
  own.sun_path[sizeof own.sun_path - 1] = 0;
  SHOW(unlink(own.sun_path));
  SHOW(socket(AF_UNIX, 4, 0));
  SHOW(socket(AF_UNIX, 77, 0));
  SHOW(socket(AF_UNIX, SOCK_STREAM, 17));
  SHOW(socket(99, SOCK_STREAM, 0));
  SHOW(socketpair(AF_INET, SOCK_STREAM, 0, (int[2]){0, 0}));
  for (int fd = 3; fd < 40; fd++) close(fd);
  unlink("there");
  unlink("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

static void backlog(void) {
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  bind_unix(listener, "@guest-backlog");
  show_poll(listener, "of an unconnected socket");
  listen(listener, 1);
  show_poll(listener, "of a listener");
  int clients[4];
  for (int i = 0; i < 4; i++) {
    clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    SHOW(connect_unix(clients[i], "@guest-backlog"));
  }
  show_poll(listener, "of a listener with connections");
  show_poll(clients[0], "of a client that was not accepted");
  SHOW(write(clients[0], "early", 5));
  SHOW(asked(listener, FIONREAD));
  SHOW(syscall(SYS_accept4, listener, NULL, NULL, 1));
  int first = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  SHOW(fcntl(first, F_GETFL));
  SHOW(fcntl(first, F_GETFD));
  show_received(first, 10, 0, "what came before accept");
  show_received(first, 10, 0, "nothing more");
  SHOW(connect_unix(clients[2], "@guest-backlog"));
  struct timeval little = {0, 20000};
  setsockopt(clients[3], SOL_SOCKET, SO_SNDTIMEO, &little, sizeof little);
  fcntl(clients[3], F_SETFL, 0);
  SHOW(connect_unix(clients[3], "@guest-backlog"));
  SHOW(get_option(listener, SOL_SOCKET, SO_ACCEPTCONN));
  close(listener);
  show_received(clients[1], 10, 0, "of a client whose listener went");
  show_received(clients[1], 10, 0, "once more");
  show_poll(clients[2], "of another");
  SHOW(get_option(clients[2], SOL_SOCKET, SO_ERROR));
  SHOW(get_option(clients[2], SOL_SOCKET, SO_ERROR));
  SHOW(accept(first, NULL, NULL));
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  bind_unix(listener, "@guest-backlog");
  listen(listener, 1);
  setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
  SHOW(accept(listener, NULL, NULL));
  SHOW(shutdown(listener, SHUT_RD));
  SHOW(accept(listener, NULL, NULL));
  SHOW(connect_unix(clients[3], "@guest-backlog"));
  for (int fd = 3; fd < 40; fd++) close(fd);
}

static void ends(void) {
  int s[2];
  char byte;
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  show_poll(s[0], "of a pair");
  SHOW(shutdown(s[0], SHUT_WR));
  show_poll(s[0], "after SHUT_WR");
  show_poll(s[1], "of its peer");
  SHOW(write(s[0], "x", 1));
  show_signals("after that write");
  SHOW(send(s[0], "x", 1, MSG_NOSIGNAL));
  SHOW(read(s[1], &byte, 1));
  SHOW(write(s[1], "back", 4));
  show_received(s[0], 10, 0, "the other way");
  SHOW(shutdown(s[0], SHUT_RD));
  show_poll(s[0], "after both");
  SHOW(write(s[1], "x", 1));
  SHOW(shutdown(s[0], 3));
  SHOW(shutdown(s[0], -1));
  close(s[0]), close(s[1]);
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  write(s[1], "left over", 9);
  close(s[1]);
  show_poll(s[0], "after the peer closed, with data");
  SHOW(write(s[0], "x", 1));
  show_received(s[0], 4, 0, "data");
  show_received(s[0], 40, 0, "the rest");
  show_received(s[0], 4, 0, "the end");
  show_peer(s[0], 0, "the peer that has gone");
  close(s[0]);
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  write(s[0], "never read", 10);
  write(s[1], "for you", 7);
  close(s[1]);
  show_poll(s[0], "after the peer closed without reading");
  SHOW(send(s[0], "x", 1, MSG_NOSIGNAL));
  show_received(s[0], 40, 0, "data");
  show_received(s[0], 4, 0, "then the error");
  show_received(s[0], 4, 0, "then the end");
  close(s[0]);
  int lonely = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(write(lonely, "x", 1));
  SHOW(read(lonely, &byte, 1));
  SHOW(recv(lonely, &byte, 1, MSG_OOB));
  SHOW(shutdown(lonely, SHUT_WR));
  show_poll(lonely, "of an unconnected socket, shut");
  SHOW(send_unix(lonely, "x", MSG_NOSIGNAL, "@nobody"));
  close(lonely);
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  SHOW(send_unix(s[0], "x", 0, "@nobody"));
  SHOW(write(s[0], "", 0));
  SHOW(recv(s[1], &byte, 0, MSG_DONTWAIT));
  write(s[0], "abc", 3);
  SHOW(recv(s[1], &byte, 0, MSG_DONTWAIT));
  SHOW(read(s[1], nowhere, 2));
  SHOW(write(s[0], nowhere, 2));
  SHOW(read(s[1], bulk, 10));
  close(s[0]), close(s[1]);
  show_signals("in all");
}

static void reading(void) {
  int s[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  write(s[0], "one", 3);
  write(s[0], "two", 3);
  SHOW(asked(s[1], FIONREAD));
  show_received(s[1], 4, MSG_PEEK, "peek");
  show_received(s[1], 10, MSG_PEEK, "peek at all");
  SHOW(set_option(s[1], SOL_SOCKET, SO_PEEK_OFF, 2));
  show_received(s[1], 2, MSG_PEEK, "peek at 2");
  show_received(s[1], 5, MSG_PEEK, "peek on");
  show_received(s[1], 5, MSG_PEEK | MSG_DONTWAIT, "peek behind the end");
  SHOW(get_option(s[1], SOL_SOCKET, SO_PEEK_OFF));
  show_received(s[1], 4, 0, "read");
  SHOW(get_option(s[1], SOL_SOCKET, SO_PEEK_OFF));
  show_received(s[1], 10, MSG_TRUNC, "MSG_TRUNC on a stream");
  set_option(s[1], SOL_SOCKET, SO_PEEK_OFF, -1);
  struct timeval little = {0, 20000};
  SHOW(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little));
  show_received(s[1], 10, 0, "a timeout");
  write(s[0], "half", 4);
  show_received(s[1], 8, MSG_WAITALL, "MSG_WAITALL with a timeout");
  if (fork() == 0) {
    usleep(20000);
    write(s[0], "later", 5);
    usleep(20000);
    write(s[0], "last", 4);
    _exit(0);
  }
  little.tv_sec = 10;
  setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
  show_received(s[1], 9, MSG_WAITALL, "MSG_WAITALL over two writes");
  wait(NULL);
  SHOW(set_option(s[1], SOL_SOCKET, SO_RCVLOWAT, 4));
  SHOW(get_option(s[1], SOL_SOCKET, SO_RCVLOWAT));
  write(s[0], "abc", 3);
  show_poll(s[1], "below SO_RCVLOWAT");
  little = (struct timeval){0, 20000};
  setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
  show_received(s[1], 10, 0, "below SO_RCVLOWAT");
  close(s[0]), close(s[1]);
}

static void urgent(void) {
  int s[2];
  char byte = 0;
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  fcntl(s[1], F_SETOWN, getpid());
  SHOW(recv(s[1], &byte, 1, MSG_OOB | MSG_DONTWAIT));
  SHOW(send(s[0], "before!", 7, MSG_OOB));
  show_signals("for an urgent byte");
  show_poll(s[1], "with an urgent byte");
  SHOW(asked(s[1], 0x8905));
  show_received(s[1], 20, 0, "up to the mark");
  SHOW(asked(s[1], 0x8905));
  SHOW(recv(s[1], &byte, 1, MSG_OOB | MSG_PEEK));
  SHOW(recv(s[1], &byte, 1, MSG_OOB));
  printf("the byte is %c\n", byte);
  SHOW(recv(s[1], &byte, 1, MSG_OOB));
  SHOW(asked(s[1], FIONREAD));
  SHOW(asked(s[1], 0x8905));
  write(s[0], "after", 5);
  show_received(s[1], 20, MSG_DONTWAIT, "after the mark");
  send(s[0], "ab", 2, MSG_OOB);
  write(s[0], "cd", 2);
  show_received(s[1], 20, MSG_DONTWAIT, "a");
  show_received(s[1], 20, MSG_DONTWAIT, "passing over it");
  SHOW(recv(s[1], &byte, 1, MSG_OOB));
  send(s[0], "ef", 2, MSG_OOB);
  send(s[0], "gh", 2, MSG_OOB);
  SHOW(recv(s[1], &byte, 1, MSG_OOB));
  printf("the byte is %c\n", byte);
  show_received(s[1], 20, MSG_DONTWAIT, "the first of two becomes ordinary");
  show_received(s[1], 20, MSG_DONTWAIT, "and then");
  SHOW(set_option(s[1], SOL_SOCKET, SO_OOBINLINE, 1));
  send(s[0], "ij", 2, MSG_OOB);
  SHOW(recv(s[1], &byte, 1, MSG_OOB));
  show_received(s[1], 20, MSG_DONTWAIT, "inline");
  show_received(s[1], 20, MSG_DONTWAIT, "inline, the mark");
  SHOW(send(s[0], "", 0, MSG_OOB));
  signals_seen = 0;
  close(s[0]), close(s[1]);
}

/* How many writes of `size` fit; MSG_DONTWAIT. */
static void fill(int size, int send_buffer) {
  int s[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  if (send_buffer) set_option(s[0], SOL_SOCKET, SO_SNDBUF, send_buffer);
  long count = 0, total = 0, sent;
  while ((sent = send(s[0], bulk, size, MSG_DONTWAIT)) > 0) count++, total += sent;
  printf("writes of %d into %d: %ld, %ld bytes, SIOCOUTQ %d, FIONREAD %d\n", size, get_option(s[0], SOL_SOCKET, SO_SNDBUF), count, total,
         asked(s[0], 0x5411), asked(s[1], FIONREAD));
  show_poll(s[0], "of a full socket");
  while (asked(s[0], 0x5411) * 4 > get_option(s[0], SOL_SOCKET, SO_SNDBUF)) must(read(s[1], bulk, 1000) > 0, "read");
  show_poll(s[0], "of one with room");
  close(s[0]), close(s[1]);
}

int main(void) {
  own_network();
  signal(SIGPIPE, on_signal);
  signal(SIGURG, on_signal);
  enter_empty_directory();
  setvbuf(stdout, NULL, _IOLBF, 0);
  names();
  backlog();
  ends();
  reading();
  urgent();
  fill(1, 0);
  fill(1000, 0);
  fill(4096, 0);
  fill(65536, 0);
  fill(300000, 0);
  fill(1, 1);
  fill(100000, 10000);
  leave_empty_directory();
  return 0;
}
