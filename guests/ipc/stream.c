// Ping-pong through descriptors that carry bytes: pipe, FIFO, domain sockets of each type, TCP over loopback. spin: O_NONBLOCK.

#include "ping_pong.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* What each party writes to and reads from. */
static int to[2], from[2];

static void poll_instead(void) {
  if (blocking) return;
  int all[] = {to[0], to[1], from[0], from[1]};
  for (int i = 0; i < 4; i++) must(fcntl(all[i], F_SETFL, fcntl(all[i], F_GETFL) | O_NONBLOCK) == 0, "fcntl");
}

static void use_ends(int zero, int one) { to[0] = from[0] = zero, to[1] = from[1] = one, poll_instead(); }

static void prepare_pipe(void) {
  int there[2], back[2];
  must(pipe(there) == 0 && pipe(back) == 0, "pipe");
  to[0] = there[1], from[1] = there[0], to[1] = back[1], from[0] = back[0];
  poll_instead();
}

static void open_fifo(int sender) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/ipc-fifo-%d-%d", (int)getpid(), sender);
  must(mkfifo(path, 0600) == 0, "mkfifo");
  from[!sender] = open(path, O_RDONLY | O_NONBLOCK);
  to[sender] = open(path, O_WRONLY);
  must(from[!sender] >= 0 && to[sender] >= 0, path);
  must(fcntl(from[!sender], F_SETFL, O_RDONLY) == 0, "fcntl");
  unlink(path);
}

static void prepare_fifo(void) { open_fifo(0), open_fifo(1), poll_instead(); }

static void prepare_pair(int type) {
  int ends[2];
  must(socketpair(AF_UNIX, type, 0, ends) == 0, "socketpair");
  use_ends(ends[0], ends[1]);
}

static void prepare_unix_stream(void) { prepare_pair(SOCK_STREAM); }
static void prepare_unix_dgram(void) { prepare_pair(SOCK_DGRAM); }
static void prepare_unix_seqpacket(void) { prepare_pair(SOCK_SEQPACKET); }

static void prepare_tcp(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), near = socket(AF_INET, SOCK_STREAM, 0);
  must(listener >= 0 && near >= 0, "socket");
  must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0, "listen");
  must(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
  must(connect(near, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  int far = accept(listener, NULL, NULL);
  must(far >= 0, "accept");
  must(setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
  must(setsockopt(far, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
  close(listener);
  use_ends(near, far);
}

/* A call that would have to wait says so by EAGAIN. */
static long done(long result, const char *what) {
  must(result > 0 || (result < 0 && errno == EAGAIN), what);
  return result > 0 ? result : 0;
}

static void send_bytes(int party, char *message) {
  for (long sent = 0; sent < size;) sent += done(write(to[party], message + sent, (size_t)(size - sent)), "write");
}

static void receive_bytes(int party, char *message) {
  for (long got = 0; got < size;) got += done(read(from[party], message + got, (size_t)(size - got)), "read");
}

#define STREAM(name, prepare) {name, SPINS | BLOCKS, PROCESSES, prepare, NULL, send_bytes, receive_bytes, NULL, NULL}
static const struct mechanism mechanisms[] = {
    STREAM("pipe", prepare_pipe),
    STREAM("fifo", prepare_fifo),
    STREAM("unix-stream", prepare_unix_stream),
    STREAM("unix-dgram", prepare_unix_dgram),
    STREAM("unix-seqpacket", prepare_unix_seqpacket),
    STREAM("tcp", prepare_tcp),
};

int main(int argc, char **argv) { return PING_PONG(argc, argv, mechanisms); }
