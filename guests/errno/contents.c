// Structures that rows point at, by name. Variant 0 is right; each other has one thing wrong and a label that says what.

#include "errno.h"
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 0x7fffffffffffffffL

/* A buffer that structures may point at: beyond the first page of the zone they are in. */
static char *buffer(char *at) { return (char *)(((long)at & ~0xfffffL) + 0x2000); }
static char *hole(char *at) { return (char *)(((long)at & ~0xfffffL) + 0x20000); }

struct times {
  const char *label;
  long seconds, fraction;
};

static const struct times TIMESPECS[] = {
    {"", 0, 1000000}, {"zero", 0, 0}, {"nsec=1e9", 0, 1000000000}, {"nsec=-1", 0, -1}, {"nsec=max", 0, LONGEST},
    {"sec=-1", -1, 0}, {"sec=min", ~LONGEST, 0}, {"both=-1", -1, -1}, {NULL, 0, 0},
};

static const struct times TIMEVALS[] = {
    {"", 0, 1000}, {"zero", 0, 0}, {"usec=1e6", 0, 1000000}, {"usec=-1", 0, -1}, {"usec=max", 0, LONGEST},
    {"sec=-1", -1, 0}, {"both=-1", -1, -1}, {NULL, 0, 0},
};

static size_t fill_times(const struct times *table, int variant, char *at, const char **label) {
  for (int i = 0; i <= variant; i++)
    if (!table[i].label) return 0;
  *label = table[variant].label;
  memcpy(at, &table[variant].seconds, 16);
  return 16;
}

/* Two of them, the good one behind or in front of the varied one. */
static size_t fill_pair(const struct times *table, int variant, char *at, const char **label, int varied_first) {
  const struct times good = {"", 0, 0};
  memcpy(at + (varied_first ? 16 : 0), &good.seconds, 16);
  return fill_times(table, variant, at + (varied_first ? 0 : 16), label) ? 32 : 0;
}

/* it_interval is the first of the two, it_value the second. */
static size_t fill_interval(const struct times *table, int variant, char *at, const char **label) {
  static char text[32];
  int count = 0;
  while (table[count].label) count++;
  if (variant < count) return fill_pair(table, variant, at, label, 0);
  size_t size = fill_pair(table, variant - count + 2, at, label, 1);
  if (size) snprintf(text, sizeof text, "interval %s", *label), *label = text;
  return size;
}

static size_t fill_utimes(int variant, char *at, const char **label) {
  static const struct times rows[] = {
      {"", 1, 1}, {"now", 0, 0x3fffffff}, {"omit", 0, 0x3ffffffe}, {"nsec=1e9", 0, 1000000000}, {"nsec=-1", 0, -1},
      {"omit sec=-1", -1, 0x3ffffffe}, {"sec=-1", -1, 0}, {NULL, 0, 0},
  };
  return fill_pair(rows, variant, at, label, 0);
}

static size_t fill_sigset(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "all", "none"};
  static const uint64_t sets[] = {1UL << (SIGUSR1 - 1), ~0UL & ~(1UL << (SIGALRM - 1)), 0};
  if (variant > 2) return 0;
  *label = labels[variant];
  memcpy(at, &sets[variant], 8);
  return 8;
}

struct kernel_sigaction {
  void *handler;
  unsigned long flags;
  void *restorer;
  uint64_t mask;
};

static size_t fill_sigaction(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "norestorer", "wildflags", "ign"};
  if (variant > 3) return 0;
  struct kernel_sigaction action = {(void *)0x1000, 0x04000000, (void *)0x1000, 0};
  if (variant == 1) action.flags = 0;
  if (variant == 2) action.flags = ~0UL;
  if (variant == 3) action.handler = SIG_IGN;
  *label = labels[variant];
  memcpy(at, &action, sizeof action);
  return sizeof action;
}

static size_t fill_iovec(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "base=null", "base=unmapped", "base=kernel", "len=0 base=kernel", "len=smax", "len=2^63",
      "len=-1", "second=unmapped", "second=kernel", "second=-1", "sum=overflow"};
  if (variant > 11) return 0;
  struct iovec parts[2] = {{buffer(at), 16}, {buffer(at) + 32, 16}};
  if (variant == 1) parts[0].iov_base = NULL;
  if (variant == 2) parts[0].iov_base = hole(at);
  if (variant == 3) parts[0].iov_base = (void *)KERNEL_HALF;
  if (variant == 4) parts[0] = (struct iovec){(void *)KERNEL_HALF, 0};
  if (variant == 5) parts[0].iov_len = LONGEST;
  if (variant == 6) parts[0].iov_len = 1UL << 63;
  if (variant == 7) parts[0].iov_len = ~0UL;
  if (variant == 8) parts[1].iov_base = hole(at);
  if (variant == 9) parts[1].iov_base = (void *)KERNEL_HALF;
  if (variant == 10) parts[1].iov_len = ~0UL;
  if (variant == 11) parts[0].iov_len = parts[1].iov_len = 0x7fffffff;
  *label = labels[variant];
  memcpy(at, parts, sizeof parts);
  return sizeof parts;
}

static size_t fill_msghdr(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "name=unmapped", "namelen=-1", "namelen=huge", "iov=unmapped", "iovlen=1025",
      "iovlen=-1", "iovlen=0", "base=unmapped",
                                       "base=kernel", "len=-1", "control=unmapped", "controllen=huge", "controllen=1", "flags=all",
                                           "control short", "control level", "rights closed"};
  if (variant > 17) return 0;
  char *rest = at + 64;
  struct iovec part = {buffer(at), 16};
  struct msghdr message = {.msg_iov = (struct iovec *)rest, .msg_iovlen = 1};
  struct {
    size_t length;
    int level, type, fd;
  } control = {20, SOL_SOCKET, SCM_RIGHTS, 0};
  if (variant == 1) message.msg_name = hole(at), message.msg_namelen = 16;
  if (variant == 2) message.msg_name = buffer(at), message.msg_namelen = -1;
  if (variant == 3) message.msg_name = buffer(at), message.msg_namelen = 1000;
  if (variant == 4) message.msg_iov = (struct iovec *)hole(at);
  if (variant == 5) memcpy(&message.msg_iovlen, &(size_t){1025}, 8);
  if (variant == 6) memcpy((char *)&message + 24, &(size_t){~0UL}, 8);
  if (variant == 7) message.msg_iovlen = 0;
  if (variant == 8) part.iov_base = hole(at);
  if (variant == 9) part.iov_base = (void *)KERNEL_HALF;
  if (variant == 10) part.iov_len = ~0UL;
  if (variant == 11) message.msg_control = hole(at), message.msg_controllen = 32;
  if (variant == 12) message.msg_control = buffer(at), memcpy((char *)&message + 40, &(size_t){1UL << 32}, 8);
  if (variant == 13) message.msg_control = buffer(at), message.msg_controllen = 1;
  if (variant == 14) message.msg_flags = -1;
  if (variant >= 15) message.msg_control = rest + 32, message.msg_controllen = 24;
  if (variant == 15) control.length = 3;
  if (variant == 16) control.level = 77;
  if (variant == 17) control.fd = 77;
  *label = labels[variant];
  memcpy(at, &message, sizeof message);
  memcpy(rest, &part, sizeof part);
  memcpy(rest + 32, &control, sizeof control);
  return sizeof message;
}

static size_t fill_mmsghdr(int variant, char *at, const char **label) {
  return fill_msghdr(variant, at, label) ? 64 : 0;
}

static size_t fill_unix_address(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "family=inet", "family=unspec", "family=wild", "path=file", "path=dir/x", "path=empty",
      "abstract"};
  if (variant > 7) return 0;
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  strcpy(name.sun_path, variant == 4 ? "file" : variant == 5 ? "file/x" : "missing");
  if (variant == 1) name.sun_family = AF_INET;
  if (variant == 2) name.sun_family = AF_UNSPEC;
  if (variant == 3) name.sun_family = 99;
  if (variant == 6) name.sun_path[0] = 0;
  if (variant == 7) memset(name.sun_path, 0, sizeof name.sun_path), name.sun_path[1] = 'q';
  *label = labels[variant];
  memcpy(at, &name, sizeof name);
  return sizeof name;
}

static size_t fill_inet_address(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "family=unix", "family=unspec", "family=wild", "address=192.0.2.1", "port=1", "address=any"};
  if (variant > 6) return 0;
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (variant == 1) name.sin_family = AF_UNIX;
  if (variant == 2) name.sin_family = AF_UNSPEC;
  if (variant == 3) name.sin_family = 99;
  if (variant == 4) name.sin_addr.s_addr = htonl(0xc0000201);
  if (variant == 5) name.sin_port = htons(1);
  if (variant == 6) name.sin_addr.s_addr = 0;
  *label = labels[variant];
  memcpy(at, &name, sizeof name);
  return sizeof name;
}

static size_t fill_pollfd(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "fd=-1", "fd=closed", "events=none", "events=all"};
  if (variant > 4) return 0;
  struct pollfd entry = {descriptor("pr"), POLLIN, 0};
  if (variant == 1) entry.fd = -1;
  if (variant == 2) entry.fd = descriptor("closed");
  if (variant == 3) entry.events = 0;
  if (variant == 4) entry.events = -1;
  *label = labels[variant];
  memcpy(at, &entry, sizeof entry);
  return sizeof entry;
}

static size_t fill_fdset(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "closed"};
  if (variant > 1) return 0;
  int fd = variant ? descriptor("closed") : 0;
  memset(at, 0, 128);
  at[fd / 8] = 1 << fd % 8;
  *label = labels[variant];
  return 128;
}

static size_t fill_epoll_event(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "none", "all", "exclusive", "exclusive|oneshot", "wakeup"};
  static const uint32_t events[] = {EPOLLIN, 0, ~0U, EPOLLIN | EPOLLEXCLUSIVE, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT, EPOLLIN |
      EPOLLWAKEUP};
  if (variant > 5) return 0;
  struct epoll_event event = {.events = events[variant]};
  *label = labels[variant];
  memcpy(at, &event, sizeof event);
  return sizeof event;
}

static size_t fill_rlimit(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "soft>hard", "raised", "infinite"};
  if (variant > 3) return 0;
  struct rlimit limit = {16, 1 << 16};
  if (variant == 1) limit.rlim_cur = (1 << 16) + 1;
  if (variant == 2) limit.rlim_max = 1L << 40;
  if (variant == 3) limit.rlim_cur = limit.rlim_max = RLIM_INFINITY;
  *label = labels[variant];
  memcpy(at, &limit, sizeof limit);
  return sizeof limit;
}

static size_t fill_flock(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "type=wild", "whence=wild", "start=-1", "len=-1", "start=max len=2", "read", "unlock", "pid=1",
      "end start=-1000", "start=max len=1"};
  if (variant > 10) return 0;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
  if (variant == 1) lock.l_type = 77;
  if (variant == 2) lock.l_whence = 9;
  if (variant == 3) lock.l_start = -1;
  if (variant == 4) lock.l_len = -1;
  if (variant == 5) lock.l_start = LONGEST, lock.l_len = 2;
  if (variant == 6) lock.l_type = F_RDLCK;
  if (variant == 7) lock.l_type = F_UNLCK;
  if (variant == 8) lock.l_pid = 1;
  if (variant == 9) lock.l_whence = SEEK_END, lock.l_start = -1000;
  if (variant == 10) lock.l_start = LONGEST, lock.l_len = 1;
  *label = labels[variant];
  memcpy(at, &lock, sizeof lock);
  return sizeof lock;
}

static size_t fill_owner(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "type=wild", "pid=missing"};
  if (variant > 2) return 0;
  int owner[2] = {variant == 1 ? 9 : 1, variant == 2 ? MISSING_PID : 0};
  *label = labels[variant];
  memcpy(at, owner, sizeof owner);
  return sizeof owner;
}

static size_t fill_open_how(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "flags=bit63", "flags=bit31", "mode without create", "mode=wild", "resolve=wild", "resolve=all",
      "path|write", "tmpfile read", "cached", "cached|create"};
  if (variant > 10) return 0;
  uint64_t how[3] = {O_RDONLY, 0, 0};
  if (variant == 1) how[0] |= 1UL << 63;
  if (variant == 2) how[0] |= 1UL << 31;
  if (variant == 3) how[1] = 0644;
  if (variant == 4) how[0] = O_CREAT, how[1] = 1UL << 40;
  if (variant == 5) how[2] = 0x40;
  if (variant == 6) how[2] = 0x1f;
  if (variant == 7) how[0] = O_PATH | O_WRONLY | O_CREAT;
  if (variant == 8) how[0] = O_TMPFILE, how[1] = 0600;
  if (variant == 9) how[2] = 0x20;
  if (variant == 10) how[0] = O_CREAT, how[2] = 0x20;
  *label = labels[variant];
  memcpy(at, how, sizeof how);
  return sizeof how;
}

static size_t fill_clone_args(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "signal=65", "signal=bits", "flags=wild", "thread alone", "sighand alone", "stack without size",
      "size without stack", "fs newns", "parent|thread", "set_tid size", "set_tid", "cgroup", "pidfd null", "settls wild",
      "clear_sighand|sighand"};
  if (variant > 15) return 0;
  uint64_t arguments[11] = {0, 0, 0, 0, SIGCHLD};
  if (variant == 1) arguments[4] = 65;
  if (variant == 2) arguments[4] = 1UL << 32 | SIGCHLD;
  if (variant == 3) arguments[0] = 1UL << 40;
  if (variant == 4) arguments[0] = CLONE_THREAD;
  if (variant == 5) arguments[0] = CLONE_SIGHAND;
  if (variant == 6) arguments[5] = (long)buffer(at);
  if (variant == 7) arguments[6] = 4096;
  if (variant == 8) arguments[0] = CLONE_FS | CLONE_NEWNS;
  if (variant == 9) arguments[0] = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
  if (variant == 10) arguments[9] = 33, arguments[8] = (long)buffer(at);
  if (variant == 11) arguments[9] = 1;
  if (variant == 12) arguments[0] = 0x200000000UL, arguments[10] = -1;
  if (variant == 13) arguments[0] = CLONE_PIDFD;
  if (variant == 14) arguments[0] = CLONE_SETTLS, arguments[7] = KERNEL_HALF;
  if (variant == 15) arguments[0] = 0x100000000UL | CLONE_SIGHAND | CLONE_VM;
  *label = labels[variant];
  memcpy(at, arguments, sizeof arguments);
  return sizeof arguments;
}

static size_t fill_sched_param(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "1", "-1", "99"};
  static const int values[] = {0, 1, -1, 99};
  if (variant > 3) return 0;
  *label = labels[variant];
  memcpy(at, &values[variant], 4);
  return 4;
}

static size_t fill_sched_attr(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "size=0", "size=47", "size=4096", "policy=wild", "flags=wild", "nice=-20", "nice=100", "fifo",
      "priority", "deadline", "size=64 tail"};
  if (variant > 11) return 0;
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period, more[2];
  } attributes = {.size = 48};
  if (variant == 1) attributes.size = 0;
  if (variant == 2) attributes.size = 47;
  if (variant == 3) attributes.size = 4096;
  if (variant == 4) attributes.policy = 99;
  if (variant == 5) attributes.flags = 1UL << 40;
  if (variant == 6) attributes.nice = -20;
  if (variant == 7) attributes.nice = 100;
  if (variant == 8) attributes.policy = 1, attributes.priority = 1;
  if (variant == 9) attributes.priority = 1;
  if (variant == 10) attributes.policy = 6;
  if (variant == 11) attributes.size = 64, attributes.more[1] = 1;
  *label = labels[variant];
  memcpy(at, &attributes, sizeof attributes);
  return sizeof attributes;
}

static size_t fill_sigevent(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "signal=0", "signal=65", "notify=wild", "none signal=65", "thread_id missing"};
  if (variant > 5) return 0;
  struct {
    long value;
    int signal, notify, thread, rest[11];
  } event = {.signal = SIGUSR1};
  if (variant == 1) event.signal = 0;
  if (variant == 2) event.signal = 65;
  if (variant == 3) event.notify = 99;
  if (variant == 4) event.signal = 65, event.notify = SIGEV_NONE;
  if (variant == 5) event.notify = 4, event.thread = MISSING_PID;
  *label = labels[variant];
  memcpy(at, &event, sizeof event);
  return 64;
}

static size_t fill_siginfo(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "code=user", "code=kernel", "code=tkill", "signo=65"};
  static const int codes[] = {SI_QUEUE, SI_USER, 0x80, SI_TKILL, SI_QUEUE};
  if (variant > 4) return 0;
  memset(at, 0, 128);
  memcpy(at + 8, &codes[variant], 4);
  if (variant == 4) memcpy(at, &(int){65}, 4);
  *label = labels[variant];
  return 128;
}

static size_t fill_capability_header(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "version=wild", "pid=missing", "pid=-1", "pid=1", "version=1"};
  if (variant > 5) return 0;
  int header[2] = {variant == 1 ? 77 : variant == 5 ? 0x19980330 : 0x20080522,
      variant == 2 ? MISSING_PID : variant == 3 ? -1 : variant == 4};
  *label = labels[variant];
  memcpy(at, header, sizeof header);
  return sizeof header;
}

static size_t fill_stack(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "flags=wild", "size=2047", "disable", "onstack", "autodisarm"};
  static const int flags[] = {0, 99, 0, SS_DISABLE, SS_ONSTACK, (int)(1U << 31)};
  if (variant > 5) return 0;
  stack_t stack = {.ss_sp = buffer(at), .ss_size = variant == 2 ? 2047 : 8192, .ss_flags = flags[variant]};
  *label = labels[variant];
  memcpy(at, &stack, sizeof stack);
  return sizeof stack;
}

static size_t fill_strings(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "unmapped", "kernel"};
  if (variant > 2) return 0;
  char *pointers[2] = {variant == 1 ? hole(at) : variant == 2 ? (char *)KERNEL_HALF : buffer(at), NULL};
  strcpy(buffer(at), "word");
  *label = labels[variant];
  memcpy(at, pointers, sizeof pointers);
  return sizeof pointers;
}

/* What pselect6 takes as its last argument. */
static size_t fill_sized_mask(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "mask=unmapped", "size=4", "null size=4"};
  if (variant > 3) return 0;
  long pair[2] = {variant == 1 ? (long)hole(at) : variant == 3 ? 0 : (long)buffer(at), variant >= 2 ? 4 : 8};
  memset(buffer(at), 0, 8);
  *label = labels[variant];
  memcpy(at, pair, sizeof pair);
  return sizeof pair;
}

static size_t fill_length(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "0", "-1", "1"};
  static const int values[] = {64, 0, -1, 1};
  if (variant > 3) return 0;
  *label = labels[variant];
  memcpy(at, &values[variant], 4);
  return 4;
}

static size_t fill_int(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "0", "-1", "max", "min"};
  static const int values[] = {1, 0, -1, 0x7fffffff, -0x7fffffff - 1};
  if (variant > 4) return 0;
  *label = labels[variant];
  memcpy(at, &values[variant], 4);
  return 4;
}

static size_t fill_position(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "-1", "max", "2^32+1", "min"};
  static const long values[] = {0, -1, LONGEST, (1L << 32) + 1, ~LONGEST};
  if (variant > 4) return 0;
  *label = labels[variant];
  memcpy(at, &values[variant], 8);
  return 8;
}

static size_t fill_linger(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "negative"};
  if (variant > 1) return 0;
  int linger[2] = {1, variant ? -1 : 5};
  *label = labels[variant];
  memcpy(at, linger, sizeof linger);
  return sizeof linger;
}

static size_t fill_groups(int variant, char *at, const char **label) {
  if (variant > 0) return 0;
  *label = "";
  memset(at, 0, 16);
  return 16;
}

static size_t fill_text(int variant, char *at, const char **label) {
  if (variant > 0) return 0;
  *label = "";
  strcpy(at, "text");
  return 5;
}

static size_t fill_attribute_name(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "no namespace", "empty", "user.", "wild.x", "trusted", "security", "256"};
  static const char *const names[] = {"user.name", "name", "", "user.", "wild.x", "trusted.x", "security.x"};
  if (variant > 7) return 0;
  *label = labels[variant];
  if (variant < 7) strcpy(at, names[variant]);
  else strcpy(at, "user."), memset(at + 5, 'x', 256), at[261] = 0;
  return strlen(at) + 1;
}

static size_t fill_queue_name(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "no slash", "slash", "two slashes", "empty", "dot"};
  static const char *const names[] = {"errno-missing", "/x", "/", "a/b", "", "."};
  if (variant > 5) return 0;
  *label = labels[variant];
  strcpy(at, names[variant]);
  return strlen(at) + 1;
}

static size_t fill_sembuf(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "num=-1", "nowait"};
  short operation[3] = {variant == 1 ? -1 : 0, 1, variant == 2 ? 04000 : 0};
  if (variant > 2) return 0;
  *label = labels[variant];
  memcpy(at, operation, sizeof operation);
  return sizeof operation;
}

static size_t fill_msgbuf(int variant, char *at, const char **label) {
  static const char *const labels[] = {"", "type=0", "type=-1"};
  static const long types[] = {1, 0, -1};
  if (variant > 2) return 0;
  *label = labels[variant];
  memset(at, 0, 64);
  memcpy(at, &types[variant], 8);
  return 64;
}

/* Zeroes are right, or at least not wrong by themselves. */
static size_t fill_zeroes(int variant, char *at, const char **label) {
  if (variant > 0) return 0;
  *label = "";
  memset(at, 0, 128);
  return 128;
}

static size_t fill_ones(int variant, char *at, const char **label) {
  if (variant > 0) return 0;
  *label = "";
  memset(at, 0xff, 128);
  return 128;
}

static const struct {
  const char *name;
  size_t (*fill)(int variant, char *at, const char **label);
} TABLE[] = {
    {"sigset", fill_sigset},
    {"sigaction", fill_sigaction},
    {"iovec", fill_iovec},
    {"msghdr", fill_msghdr},
    {"mmsghdr", fill_mmsghdr},
    {"unix", fill_unix_address},
    {"inet", fill_inet_address},
    {"pollfd", fill_pollfd},
    {"fdset", fill_fdset},
    {"epoll_event", fill_epoll_event},
    {"rlimit", fill_rlimit},
    {"flock", fill_flock},
    {"owner", fill_owner},
    {"open_how", fill_open_how},
    {"clone_args", fill_clone_args},
    {"sched_param", fill_sched_param},
    {"sched_attr", fill_sched_attr},
    {"sigevent", fill_sigevent},
    {"siginfo", fill_siginfo},
    {"capability", fill_capability_header},
    {"stack", fill_stack},
    {"strings", fill_strings},
    {"sized_mask", fill_sized_mask},
    {"length", fill_length},
    {"i32", fill_int},
    {"position", fill_position},
    {"linger", fill_linger},
    {"groups", fill_groups},
    {"text", fill_text},
    {"xattr", fill_attribute_name},
    {"queue", fill_queue_name},
    {"sembuf", fill_sembuf},
    {"msgbuf", fill_msgbuf},
    {"zeroes", fill_zeroes},
    {"ones", fill_ones},
    {"utimes", fill_utimes},
};

size_t fill_contents(const char *name, int variant, char *at, const char **label) {
  if (!strcmp(name, "timespec")) return fill_times(TIMESPECS, variant, at, label);
  if (!strcmp(name, "timeval")) return fill_times(TIMEVALS, variant, at, label);
  if (!strcmp(name, "itimerspec")) return fill_interval(TIMESPECS, variant, at, label);
  if (!strcmp(name, "itimerval")) return fill_interval(TIMEVALS, variant, at, label);
  if (!strcmp(name, "timevals")) return fill_pair(TIMEVALS, variant, at, label, 0);
  for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++)
    if (!strcmp(name, TABLE[i].name)) return TABLE[i].fill(variant, at, label);
  return 0;
}
