// Descriptors that are closed, and given out again, while a thread waits in a call about the file: the call goes on with the file.

#include <pthread.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include "asleep.h"
#include "show.h"

static int fd;
static volatile pid_t waiting_thread;
static char got[16];
static long result;

static void *reads(void *unused) {
  waiting_thread = (pid_t)syscall(SYS_gettid);
  result = read(fd, got, sizeof got);
  return unused;
}

static void *accepts(void *unused) {
  waiting_thread = (pid_t)syscall(SYS_gettid);
  int connection = accept(fd, NULL, NULL);
  result = connection >= 0;
  close(connection);
  return unused;
}

static void settle(void) {
  struct timespec soon = {0, 50000000};
  nanosleep(&soon, NULL);
}

static pthread_t begin(void *(*body)(void *)) {
  pthread_t thread;
  waiting_thread = 0;
  must(pthread_create(&thread, NULL, body, NULL) == 0, "pthread_create");
  await_thread_sleep(&waiting_thread);
  return thread;
}

static void end(pthread_t thread, const char *what) {
  pthread_join(thread, NULL);
  printf("%s: %ld '%s'\n", what, result, got);
  memset(got, 0, sizeof got);
}

int main(void) {
  int ends[2], pair[2];
  must(pipe(ends) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "pipe");
  fd = ends[0];
  pthread_t reader = begin(reads);
  close(ends[0]);
  int another = eventfd(7, 0);
  printf("the number is another file's: %d\n", another == ends[0]);
  SHOW(write(ends[1], "pipe", 4));
  end(reader, "read of the pipe");
  unsigned long long value = 0;
  SHOW(read(another, &value, sizeof value));
  must(signal(SIGPIPE, SIG_IGN) != SIG_ERR, "signal");
  SHOW(write(ends[1], "gone", 4));
  close(another);

  fd = pair[0];
  reader = begin(reads);
  close(pair[0]);
  settle();
  struct pollfd seen = {pair[1], POLLIN, 0};
  printf("the other end hears of it: %d\n", poll(&seen, 1, 0));
  SHOW(write(pair[1], "socket", 6));
  end(reader, "read of the socket");
  SHOW(poll(&seen, 1, 1000));
  printf("revents 0x%x\n", (unsigned)seen.revents);

  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "close_in_use-%d", getpid());
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  must(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0, "listen");
  reader = begin(accepts);
  close(fd);
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(connect(client, (struct sockaddr *)&address, sizeof address));
  end(reader, "accept");
  close(client);
  client = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(connect(client, (struct sockaddr *)&address, sizeof address));
  return 0;
}
