// POSIX message queues: names, attributes, order by priority, blocking and time-outs, polling, notification by signal, the status text.

#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "check.h"

static char name[32];
static mqd_t queue;

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

static long raw_open(const char *path, int flags) {
  return syscall(SYS_mq_open, path, flags, 0600, NULL);
}

static int put(const char *text, unsigned priority) {
  return mq_send(queue, text, strlen(text) + 1, priority);
}

/* "priority:text". */
static const char *get(void) {
  static char shown[80];
  char text[64];
  unsigned priority;
  ssize_t length = mq_receive(queue, text, sizeof text, &priority);
  if (length < 0) snprintf(shown, sizeof shown, "errno %d", errno);
  else snprintf(shown, sizeof shown, "%u:%s", priority, text);
  return shown;
}

static int is(const char *shown, const char *expected) {
  if (strcmp(shown, expected) == 0) return 1;
  printf("  got %s\n", shown);
  return 0;
}

static int exit_of(pid_t child) {
  int how;
  pid_t got;
  do got = waitpid(child, &how, 0);
  while (got == -1 && errno == EINTR);
  must(got == child, "waitpid");
  return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

static struct timespec in(long milliseconds) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_nsec += milliseconds * 1000000;
  while (time.tv_nsec >= 1000000000) {
    time.tv_nsec -= 1000000000;
    time.tv_sec++;
  }
  return time;
}

static long count(void) {
  struct mq_attr now;
  must(mq_getattr(queue, &now) == 0, "mq_getattr");
  return now.mq_curmsgs;
}

static void names(void) {
  char longest[300];
  memset(longest, 'n', sizeof longest);
  longest[299] = 0;
  check_errno(raw_open("a/b", O_CREAT | O_RDWR), EACCES, "a slash in a name");
  check_errno(raw_open("..", O_RDWR), EACCES, "the directory");
  check_errno(raw_open("", O_CREAT | O_RDWR), ENOENT, "no name");
  check_errno(raw_open(longest, O_CREAT | O_RDWR), ENAMETOOLONG, "a long name");
  check_errno(raw_open(NULL, O_CREAT | O_RDWR), EFAULT, "a name nowhere");
  check_errno(mq_open(name, O_RDWR), ENOENT, "a queue that is not there");
  check_errno(mq_unlink(name), ENOENT, "unlinking what is not there");
  struct mq_attr none = {.mq_maxmsg = 0, .mq_msgsize = 10}, wrong = {.mq_maxmsg = 10, .mq_msgsize = -1};
  check_errno(mq_open(name, O_CREAT | O_RDWR, 0600, &none), EINVAL, "room for no message");
  check_errno(mq_open(name, O_CREAT | O_RDWR, 0600, &wrong), EINVAL, "messages of less than nothing");
  struct rlimit old, tight = {300, 0};
  getrlimit(RLIMIT_MSGQUEUE, &old);
  tight.rlim_max = old.rlim_max;
  setrlimit(RLIMIT_MSGQUEUE, &tight);
  check_errno(mq_open(name, O_CREAT | O_RDWR, 0600, NULL), EMFILE, "more than RLIMIT_MSGQUEUE");
  setrlimit(RLIMIT_MSGQUEUE, &old);
  struct mq_attr small = {.mq_maxmsg = 4, .mq_msgsize = 64};
  umask(022);
  queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0666, &small);
  check(queue >= 0, "a queue");
  check_errno(mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, NULL), EEXIST, "the name is taken");
  check_errno(raw_open(name + 1, 3), EINVAL, "neither to read nor to write");
  struct stat s;
  check(fstat(queue, &s) == 0 && s.st_mode == (S_IFREG | 0644) && s.st_size == 80 && s.st_nlink == 1, "a file of its own kind");
  check(fcntl(queue, F_GETFD) == FD_CLOEXEC && fcntl(queue, F_GETFL) == O_RDWR, "closed on exec");
  char link[64] = "", path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", queue);
  check(readlink(path, link, sizeof link - 1) > 0 && is(link, name), "its name in /proc");
}

static void attributes(void) {
  struct mq_attr a, set = {.mq_flags = O_NONBLOCK, .mq_maxmsg = 99};
  check(mq_getattr(queue, &a) == 0 && a.mq_flags == 0 && a.mq_maxmsg == 4 && a.mq_msgsize == 64 && a.mq_curmsgs == 0, "attributes");
  check(mq_setattr(queue, &set, &a) == 0 && a.mq_flags == 0, "mq_setattr tells the old ones");
  check(mq_getattr(queue, &a) == 0 && a.mq_flags == O_NONBLOCK && a.mq_maxmsg == 4, "and changes O_NONBLOCK alone");
  check(fcntl(queue, F_GETFL) == (O_RDWR | O_NONBLOCK), "the flag of the file");
  set.mq_flags = O_APPEND;
  check_errno(mq_setattr(queue, &set, NULL), EINVAL, "no other flag");
  check_errno(mq_getattr(0, &a), EBADF, "not a queue");
  check_errno(mq_getattr(-1, &a), EBADF, "not a descriptor");
}

static void order(void) {
  check_errno(put("x", 32768), EINVAL, "a priority too high");
  check_errno(mq_send(queue, "", 65, 0), EMSGSIZE, "a message too long");
  check_errno(syscall(SYS_mq_timedsend, queue, NULL, 1l, 0, NULL), EFAULT, "a message nowhere");
  check_errno(mq_receive(queue, (char[64]){0}, 63, NULL), EMSGSIZE, "room for less than a message may be");
  check(is(get(), "errno 11"), "an empty queue: EAGAIN");
  check(put("low", 1) == 0 && put("high", 32767) == 0 && put("low too", 1) == 0 && put("lowest", 0) == 0, "four messages");
  check_errno(put("no room", 5), EAGAIN, "a full queue");
  char text[100];
  check(pread(queue, text, sizeof text, 0) == 60 && strncmp(text, "QSIZE:24         NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n", 60) == 0, "the status text");
  check_errno(write(queue, "x", 1), EINVAL, "not written to");
  check(is(get(), "32767:high") && is(get(), "1:low") && is(get(), "1:low too") && is(get(), "0:lowest"), "by priority, then age");
  put("lost", 1);
  check_errno(syscall(SYS_mq_timedreceive, queue, NULL, 64l, NULL, NULL), EFAULT, "to nowhere");
  check(count() == 0, "the message is lost");
  mqd_t reader = mq_open(name, O_RDONLY), writer = mq_open(name, O_WRONLY);
  check_errno(mq_send(reader, "", 0, 0), EBADF, "sending to a queue opened to read");
  check_errno(mq_receive(writer, text, 64, NULL), EBADF, "receiving from one opened to write");
  mq_close(reader);
  mq_close(writer);
}

static void nothing(int signal) {
  (void)signal;
}

static void waiting(void) {
  struct mq_attr block = {.mq_flags = 0};
  mq_setattr(queue, &block, NULL);
  char text[64];
  struct timespec soon = in(20), past = {1, 0}, bad = {0, 1000000000};
  check_errno(mq_timedreceive(queue, text, 64, NULL, &soon), ETIMEDOUT, "a time-out");
  struct timespec now = in(0);
  check(now.tv_sec > soon.tv_sec || (now.tv_sec == soon.tv_sec && now.tv_nsec >= soon.tv_nsec), "at the time asked for");
  check_errno(mq_timedreceive(queue, text, 64, NULL, &past), ETIMEDOUT, "a time that has passed");
  check_errno(mq_timedsend(queue, "", 0, 0, &bad), EINVAL, "a time that is none");
  check(mq_timedsend(queue, "there", 6, 3, &past) == 0 && mq_timedreceive(queue, text, 64, NULL, &past) == 6, "no need to wait");

  pid_t first = fork();
  if (first == 0) _exit(is(get(), "1:a") ? 0 : 1);
  await_sleep(first);
  pid_t second = fork();
  if (second == 0) _exit(is(get(), "2:b") ? 0 : 1);
  await_sleep(second);
  put("a", 1);
  put("b", 2);
  check(exit_of(first) == 0 && exit_of(second) == 0, "receivers in order of arrival");

  for (int i = 0; i < 4; i++) put("full", 1);
  check_errno((soon = in(20), mq_timedsend(queue, "", 0, 0, &soon)), ETIMEDOUT, "a full queue");
  first = fork();
  if (first == 0) _exit(put("sent late", 9) == 0 ? 0 : 1);
  await_sleep(first);
  check(is(get(), "1:full") && exit_of(first) == 0 && count() == 4, "a sender takes the room");
  check(is(get(), "9:sent late"), "with its priority");
  while (count() > 0) get();

  struct sigaction act = {.sa_handler = nothing};
  sigaction(SIGUSR1, &act, NULL);
  first = fork();
  if (first == 0) _exit(is(get(), "errno 4") ? 0 : 1);
  await_sleep(first);
  kill(first, SIGUSR1);
  check(exit_of(first) == 0, "a handler ends it");
  act.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &act, NULL);
  first = fork();
  if (first == 0) _exit(is(get(), "1:after all") ? 0 : 1);
  await_sleep(first);
  kill(first, SIGUSR1);
  await_sleep(first);
  put("after all", 1);
  check(exit_of(first) == 0, "but not with SA_RESTART");
}

static void polling(void) {
  struct pollfd p = {queue, POLLIN | POLLOUT, 0};
  check(poll(&p, 1, 0) == 1 && p.revents == POLLOUT, "an empty queue can be written to");
  int set = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  check(epoll_ctl(set, EPOLL_CTL_ADD, queue, &event) == 0 && epoll_wait(set, &event, 1, 0) == 0, "watched by epoll");
  put("one", 1);
  check(epoll_wait(set, &event, 1, 0) == 1 && event.events == EPOLLIN && epoll_wait(set, &event, 1, 0) == 0, "an edge");
  for (int i = 0; i < 3; i++) put("more", 1);
  check(poll(&p, 1, 0) == 1 && p.revents == POLLIN, "a full one only read from");
  pid_t child = fork();
  if (child == 0) {
    p.events = POLLOUT;
    _exit(poll(&p, 1, -1) == 1 ? 0 : 1);
  }
  await_sleep(child);
  get();
  check(exit_of(child) == 0, "poll waits for room");
  while (count() > 0) get();
  close(set);
}

static volatile sig_atomic_t told;
static siginfo_t what;

static void note(int signal, siginfo_t *information, void *context) {
  (void)signal, (void)context;
  what = *information;
  told++;
}

static void notification(void) {
  struct sigaction act = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR2, &act, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2, .sigev_value.sival_int = 77};
  struct sigevent wrong = {.sigev_notify = 5}, none = {.sigev_notify = SIGEV_NONE}, far = event;
  far.sigev_signo = 65;
  check_errno(mq_notify(queue, &wrong), EINVAL, "an unknown kind");
  check_errno(mq_notify(queue, &far), EINVAL, "an unknown signal");
  check_errno(mq_notify(0, &event), EBADF, "of no queue");
  check(mq_notify(queue, &event) == 0, "notification by signal");
  check_errno(mq_notify(queue, &event), EBUSY, "one only");
  char text[100];
  check(pread(queue, text, 60, 0) == 60 && strstr(text, "SIGNO:12 ") != NULL, "the status text tells");
  pid_t child = fork();
  if (child == 0) {
    if (mq_notify(queue, &event) != -1 || errno != EBUSY) _exit(1);
    mq_notify(queue, NULL);
    put("news", 1);
    _exit(0);
  }
  check(exit_of(child) == 0 && told == 1, "told of a message");
  check(what.si_code == SI_MESGQ && what.si_pid == child && what.si_value.sival_int == 77, "by whom");
  put("second", 1);
  check(told == 1, "once only");
  check(mq_notify(queue, &event) == 0, "asked for again");
  put("third", 1);
  check(told == 1, "only an empty queue counts");
  while (count() > 0) get();
  child = fork();
  if (child == 0) _exit(is(get(), "1:direct") ? 0 : 1);
  await_sleep(child);
  put("direct", 1);
  check(exit_of(child) == 0 && told == 1, "not when a receiver waits");
  put("fourth", 1);
  check(told == 2, "but then");
  get();
  check(mq_notify(queue, &none) == 0, "SIGEV_NONE occupies the place");
  check_errno(mq_notify(queue, &event), EBUSY, "of another");
  check(mq_notify(queue, NULL) == 0 && mq_notify(queue, &event) == 0, "given up");
  mqd_t same = mq_open(name, O_RDONLY);
  mq_close(same);
  check(mq_notify(queue, &event) == 0, "closing any descriptor of it gives it up");
  mq_notify(queue, NULL);
}

static volatile int called;

static void by_thread(union sigval value) {
  __atomic_store_n(&called, value.sival_int, __ATOMIC_SEQ_CST);
}

static void notification_by_thread(void) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = by_thread, .sigev_value.sival_int = 5};
  check(mq_notify(queue, &event) == 0, "notification by a thread");
  put("for the thread", 1);
  for (int i = 0; i < 5000 && __atomic_load_n(&called, __ATOMIC_SEQ_CST) == 0; i++) rest(1);
  check(called == 5, "its function is called");
  get();
  int pair[2];
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
  char cookie[32] = "cookie";
  struct sigevent raw = {.sigev_notify = SIGEV_THREAD, .sigev_signo = pair[0], .sigev_value.sival_ptr = cookie};
  check_errno(syscall(SYS_mq_notify, queue, &raw), EINVAL, "over a socket of another kind");
  raw.sigev_signo = queue;
  check_errno(syscall(SYS_mq_notify, queue, &raw), ENOTSOCK, "over what is no socket");
  int netlink = socket(AF_NETLINK, SOCK_RAW, 0);
  raw.sigev_signo = netlink;
  check(syscall(SYS_mq_notify, queue, &raw) == 0, "over a netlink socket");
  put("told", 1);
  char received[64];
  check(recv(netlink, received, sizeof received, MSG_DONTWAIT) == 32 && strcmp(received, "cookie") == 0 && received[31] == 1, "a cookie comes");
  get();
  syscall(SYS_mq_notify, queue, &raw);
  syscall(SYS_mq_notify, queue, NULL);
  check(recv(netlink, received, sizeof received, MSG_DONTWAIT) == 32 && received[31] == 2, "another when it is given up");
  close(netlink), close(pair[0]), close(pair[1]);
}

int main(void) {
  snprintf(name, sizeof name, "/queue.%d", getpid());
  names();
  attributes();
  order();
  waiting();
  polling();
  notification();
  notification_by_thread();
  check(mq_unlink(name) == 0, "unlinked");
  check_errno(mq_open(name, O_RDWR), ENOENT, "cannot be found");
  check(put("still", 1) == 0 && is(get(), "1:still"), "but is still there");
  char link[64] = "", path[64], deleted[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", queue);
  snprintf(deleted, sizeof deleted, "%s (deleted)", name);
  check(readlink(path, link, sizeof link - 1) > 0 && is(link, deleted), "as a deleted file");
  check(mq_close(queue) == 0, "closed");
  return check_result();
}
