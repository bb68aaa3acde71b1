// AF_UNIX datagrams and sequenced packets: boundaries, peers, queues and their limits, the ends of connections.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "sockets.h"

static char bulk[300000];

static void boundaries(int type, const char *name) {
  printf("%s\n", name);
  int s[2];
  socketpair(AF_UNIX, type, 0, s);
  SHOW(write(s[0], "first", 5));
  SHOW(write(s[0], "", 0));
  SHOW(send(s[0], "third", 5, MSG_EOR));
  SHOW(asked(s[1], FIONREAD));
  show_received(s[1], 3, MSG_PEEK, "peek, cut");
  show_received(s[1], 3, MSG_PEEK | MSG_TRUNC, "peek for the length");
  struct iovec part = {bulk, 3};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  SHOW(recvmsg(s[1], &message, 0));
  printf("flags %x\n", message.msg_flags);
  show_received(s[1], 10, 0, "an empty one");
  part.iov_len = 10;
  SHOW(recvmsg(s[1], &message, MSG_WAITALL));
  printf("flags %x\n", message.msg_flags);
  show_received(s[1], 10, MSG_DONTWAIT, "no more");
  SHOW(send(s[0], "x", 1, MSG_OOB));
  SHOW(recv(s[1], bulk, 1, MSG_OOB));
  write(s[0], "abcdef", 6);
  write(s[0], "ghi", 3);
  set_option(s[1], SOL_SOCKET, SO_PEEK_OFF, 2);
  show_received(s[1], 2, MSG_PEEK, "peek at 2");
  show_received(s[1], 9, MSG_PEEK, "peek on");
  show_received(s[1], 9, MSG_PEEK, "peek the next");
  show_received(s[1], 9, MSG_PEEK | MSG_DONTWAIT, "peek behind the end");
  SHOW(get_option(s[1], SOL_SOCKET, SO_PEEK_OFF));
  show_received(s[1], 9, 0, "read");
  SHOW(get_option(s[1], SOL_SOCKET, SO_PEEK_OFF));
  show_poll(s[1], "with a message");
  SHOW(read(s[1], nowhere, 2));
  show_received(s[1], 9, MSG_DONTWAIT, "lost by the fault");
  SHOW(shutdown(s[0], SHUT_WR));
  show_poll(s[0], "after SHUT_WR");
  show_poll(s[1], "of its peer");
  SHOW(write(s[0], "x", 1));
  show_received(s[1], 9, MSG_DONTWAIT, "of its peer, not waiting");
  struct timeval little = {0, 20000};
  setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &little, sizeof little);
  show_received(s[1], 9, 0, "of its peer, waiting");
  SHOW(shutdown(s[0], SHUT_RD));
  SHOW(write(s[1], "x", 1));
  close(s[0]), close(s[1]);
  socketpair(AF_UNIX, type, 0, s);
  write(s[0], "unread", 6);
  write(s[1], "rest", 4);
  close(s[1]);
  show_poll(s[0], "after the peer closed");
  SHOW(get_option(s[0], SOL_SOCKET, SO_ERROR));
  SHOW(write(s[0], "x", 1));
  show_received(s[0], 9, MSG_DONTWAIT, "what it left");
  show_received(s[0], 9, MSG_DONTWAIT, "then");
  SHOW(write(s[0], "x", 1));
  show_poll(s[0], "in the end");
  show_peer(s[0], 0, "peer");
  close(s[0]);
  show_signals("in all");
}

static void fill(int type, int size, int send_buffer) {
  int s[2];
  socketpair(AF_UNIX, type, 0, s);
  if (send_buffer) set_option(s[0], SOL_SOCKET, SO_SNDBUF, send_buffer);
  long count = 0;
  while (send(s[0], bulk, size, MSG_DONTWAIT) >= 0) count++;
  int error = errno;
  printf("messages of %d into %d: %ld, SIOCOUTQ %d; ", size, get_option(s[0], SOL_SOCKET, SO_SNDBUF), count, asked(s[0], 0x5411));
  errno = error;
  show(-1, "then");
  show_poll(s[0], "of the sender");
  close(s[0]), close(s[1]);
}

static void peers(void) {
  int a = socket(AF_UNIX, SOCK_DGRAM, 0), b = socket(AF_UNIX, SOCK_DGRAM, 0), c = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct sockaddr_un from;
  socklen_t length = sizeof from;
  SHOW(write(a, "x", 1));
  SHOW(send_unix(a, "x", 0, "@dgram-b"));
  SHOW(send_unix(a, "x", 0, "nowhere"));
  bind_unix(b, "@dgram-b");
  SHOW(send_unix(a, "nameless", 0, "@dgram-b"));
  SHOW(recvfrom(b, bulk, 20, 0, (struct sockaddr *)&from, &length));
  show_address((struct sockaddr *)&from, length, 0, "from");
  bind_unix(a, "@dgram-a");
  SHOW(send_unix(a, "named", 0, "@dgram-b"));
  length = sizeof from;
  SHOW(recvfrom(b, bulk, 20, 0, (struct sockaddr *)&from, &length));
  show_address((struct sockaddr *)&from, length, 0, "from");
  length = 4;
  send_unix(a, "named", 0, "@dgram-b");
  SHOW(recvfrom(b, bulk, 20, 0, (struct sockaddr *)&from, &length));
  printf("a short buffer: %d\n", (int)length);
  SHOW(connect_unix(b, "@dgram-a"));
  show_peer(b, 0, "peer");
  SHOW(send_unix(c, "from a stranger", 0, "@dgram-b"));
  SHOW(connect_unix(c, "@dgram-b"));
  SHOW(send_unix(a, "from the peer", 0, "@dgram-b"));
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  SHOW(connect(b, &none, sizeof none));
  show_received(b, 20, MSG_DONTWAIT, "what the old peer sent is lost");
  SHOW(get_option(a, SOL_SOCKET, SO_ERROR));
  show_peer(b, 0, "peer");
  SHOW(connect_unix(a, "@dgram-b"));
  SHOW(connect_unix(b, "@dgram-a"));
  write(a, "lost", 4);
  SHOW(connect(b, &none, sizeof none));
  SHOW(get_option(a, SOL_SOCKET, SO_ERROR));
  SHOW(connect(b, &none, 1));
  SHOW(connect_unix(c, "@dgram-b"));
  for (int i = 0; i < 13; i++) {
    ssize_t sent = send(c, "message", 7, MSG_DONTWAIT);
    if (sent < 0) {
      show(sent, "sending");
      printf("after %d messages\n", i);
      break;
    }
  }
  show_poll(c, "of a sender whose peer's queue is full");
  show_poll(a, "of another");
  show_received(b, 20, 0, "one less");
  show_poll(c, "now");
  SHOW(send(c, "message", 7, MSG_DONTWAIT));
  if (fork() == 0) {
    usleep(20000);
    while (recv(b, bulk, 20, MSG_DONTWAIT) > 0) continue;
    _exit(0);
  }
  SHOW(send(c, "waits", 5, 0));
  wait(NULL);
  SHOW(bind_unix(socket(AF_UNIX, SOCK_DGRAM, 0), "@dgram-b"));
  close(b);
  SHOW(write(c, "x", 1));
  SHOW(write(c, "x", 1));
  SHOW(send_unix(c, "x", 0, "@dgram-b"));
  SHOW(connect_unix(c, "@dgram-c"));
  bind_unix(c, "@dgram-c");
  SHOW(send_unix(c, "to itself", 0, "@dgram-c"));
  SHOW(connect_unix(c, "@dgram-c"));
  SHOW(write(c, "again", 5));
  show_received(c, 20, 0, "from itself");
  show_received(c, 20, 0, "from itself");
  int stream = socket(AF_UNIX, SOCK_STREAM, 0);
  bind_unix(stream, "a-stream");
  SHOW(send_unix(a, "x", 0, "a-stream"));
  SHOW(connect_unix(a, "a-stream"));
  int raw = socket(AF_UNIX, SOCK_RAW, 0);
  SHOW(get_option(raw, SOL_SOCKET, SO_TYPE));
  SHOW(unlink("a-stream"));
  for (int fd = 3; fd < 40; fd++) close(fd);
}

static void connections(void) {
  int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0), client = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  SHOW(write(client, "x", 1));
  SHOW(recv(client, bulk, 1, MSG_DONTWAIT));
  show_poll(client, "unconnected");
  bind_unix(listener, "@seqpacket");
  listen(listener, 5);
  SHOW(connect_unix(client, "@seqpacket"));
  SHOW(write(client, "to be", 5));
  int accepted = accept(listener, NULL, NULL);
  SHOW(send_unix(accepted, "or not", 0, "@ignored"));
  show_received(accepted, 20, 0, "one side");
  show_received(client, 20, 0, "the other");
  SHOW(recv(listener, bulk, 1, MSG_DONTWAIT));
  write(client, "one", 3);
  write(client, "three", 5);
  SHOW(asked(accepted, FIONREAD));
  close(accepted);
  show_received(client, 20, 0, "after a reset");
  show_received(client, 20, 0, "and then");
  close(client), close(listener);
}

static void many(void) {
  int s[2];
  struct timespec timeout = {0, 20000000};
  struct iovec parts[4];
  struct mmsghdr messages[4];
  char rooms[4][8];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < 4; i++) {
    parts[i] = (struct iovec){"datagram" + i, 5};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
  SHOW(syscall(SYS_sendmmsg, s[0], messages, 4, 0));
  printf("lengths %u %u\n", messages[0].msg_len, messages[3].msg_len);
  for (int i = 0; i < 4; i++) parts[i] = (struct iovec){rooms[i], sizeof rooms[i]};
  SHOW(syscall(SYS_recvmmsg, s[1], messages, 3, 0, NULL));
  printf("%.5s %.5s %u\n", rooms[0], rooms[2], messages[2].msg_len);
  SHOW(syscall(SYS_recvmmsg, s[1], messages, 4, MSG_WAITFORONE, NULL));
  SHOW(syscall(SYS_recvmmsg, s[1], messages, 4, MSG_DONTWAIT, NULL));
  if (fork() == 0) {
    usleep(40000);
    write(s[0], "late", 4);
    usleep(200000);
    write(s[0], "later", 5);
    _exit(0);
  }
  SHOW(syscall(SYS_recvmmsg, s[1], messages, 4, 0, &timeout));
  printf("left %ld %ld\n", (long)timeout.tv_sec, timeout.tv_nsec);
  timeout.tv_nsec = 1000000000;
  SHOW(syscall(SYS_recvmmsg, s[1], messages, 4, 0, &timeout));
  SHOW(syscall(SYS_sendmmsg, s[0], nowhere, 1, 0));
  SHOW(syscall(SYS_recvmmsg, s[1], nowhere, 0, 0, NULL));
  wait(NULL);
  close(s[0]), close(s[1]);
}

int main(void) {
  own_network();
  signal(SIGPIPE, on_signal);
  enter_empty_directory();
  setvbuf(stdout, NULL, _IOLBF, 0);
  boundaries(SOCK_DGRAM, "datagrams");
  boundaries(SOCK_SEQPACKET, "sequenced packets");
  fill(SOCK_DGRAM, 1, 0);
  fill(SOCK_DGRAM, 1000, 0);
  fill(SOCK_DGRAM, 10000, 0);
  fill(SOCK_DGRAM, 65536, 0);
  fill(SOCK_DGRAM, 212960, 0);
  fill(SOCK_DGRAM, 212961, 0);
  fill(SOCK_SEQPACKET, 5000, 1);
  fill(SOCK_SEQPACKET, 4000, 1);
  peers();
  connections();
  many();
  leave_empty_directory();
  return 0;
}
