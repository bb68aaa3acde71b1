// Calls whose arguments are right, in situations that are not: no descriptor is free, nobody waits, the other end is gone, the working
// directory has been removed, a program is being written or run.

#include "tables.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buffer[256];

/* All descriptors but `left` are taken. */
static void take_descriptors(int left) {
  struct rlimit limit = {64, 1024};
  setrlimit(RLIMIT_NOFILE, &limit);
  int last = -1;
  for (int fd; (fd = dup(0)) >= 0;) last = fd;
  for (int i = 0; i < left; i++) close(last - i);
}

#define FULL(name, left, call) \
  static long full_##name(void) { \
    take_descriptors(left); \
    return call; \
  }
FULL(open, 0, CALL(SYS_open, "file", O_RDONLY))
FULL(open_missing, 0, CALL(SYS_open, "missing", O_RDONLY))
FULL(open_flags, 0, CALL(SYS_open, "file", O_TMPFILE))
FULL(open_empty, 0, CALL(SYS_open, "", O_RDONLY))
FULL(openat_bad, 0, CALL(SYS_openat, 999, "file", O_RDONLY))
FULL(dup, 0, CALL(SYS_dup, 0))
FULL(dup_bad, 0, CALL(SYS_dup, 999))
FULL(dup2, 0, CALL(SYS_dup2, 0, 63))
FULL(fcntl_dupfd, 0, CALL(SYS_fcntl, 0, F_DUPFD, 10))
FULL(pipe, 0, CALL(SYS_pipe, buffer))
FULL(pipe_one_left, 1, CALL(SYS_pipe, buffer))
FULL(pipe_bad, 0, CALL(SYS_pipe, 0))
FULL(socket, 0, CALL(SYS_socket, AF_UNIX, SOCK_STREAM, 0))
FULL(socket_bad, 0, CALL(SYS_socket, 99, SOCK_STREAM, 0))
FULL(socketpair_one_left, 1, CALL(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, buffer))
FULL(socketpair_inet, 0, CALL(SYS_socketpair, AF_INET, SOCK_STREAM, 0, buffer))
FULL(eventfd, 0, CALL(SYS_eventfd2, 0, 0))
FULL(eventfd_flags, 0, CALL(SYS_eventfd2, 0, 99))
FULL(epoll_create, 0, CALL(SYS_epoll_create1, 0))
FULL(timerfd, 0, CALL(SYS_timerfd_create, CLOCK_MONOTONIC, 0))
FULL(timerfd_clock, 0, CALL(SYS_timerfd_create, 99, 0))
FULL(signalfd, 0, CALL(SYS_signalfd4, -1, buffer, 8, 0))
FULL(inotify, 0, CALL(SYS_inotify_init1, 0))
FULL(memfd, 0, CALL(SYS_memfd_create, "m", 0))
FULL(memfd_name, 0, CALL(SYS_memfd_create, 0, 0))
FULL(pidfd, 0, CALL(434, getpid(), 0))
FULL(pidfd_missing, 0, CALL(434, MISSING_PID, 0))
FULL(mq_open, 0, CALL(SYS_mq_open, "errno-missing", O_RDONLY, 0, 0))
FULL(io_uring, 0, CALL(425, 1, buffer))

static long full_accept(void) {
  int listener = descriptor("ulisten");
  take_descriptors(0);
  return CALL(SYS_accept, listener, 0, 0);
}

/* One end of a pair whose other end has been closed. */
static int orphan(int type) {
  int ends[2];
  if (socketpair(AF_UNIX, type, 0, ends) != 0) return -1;
  close(ends[1]);
  return ends[0];
}
static int ignoring_sigpipe(int fd) {
  signal(SIGPIPE, SIG_IGN);
  return fd;
}
static long orphan_read(void) { return CALL(SYS_read, orphan(SOCK_STREAM), buffer, 1); }
static long orphan_write(void) { return CALL(SYS_write, ignoring_sigpipe(orphan(SOCK_STREAM)), buffer, 1); }
static long orphan_send(void) { return CALL(SYS_sendto, orphan(SOCK_STREAM), buffer, 1, MSG_NOSIGNAL, 0, 0); }
static long orphan_dgram_send(void) { return CALL(SYS_sendto, orphan(SOCK_DGRAM), buffer, 1, 0, 0, 0); }
static long orphan_dgram_recv(void) { return CALL(SYS_recvfrom, orphan(SOCK_DGRAM), buffer, 1, MSG_DONTWAIT, 0, 0); }
static long orphan_seqpacket(void) { return CALL(SYS_sendto, ignoring_sigpipe(orphan(SOCK_SEQPACKET)), buffer, 1, 0, 0, 0); }
static long orphan_peername(void) { return CALL(SYS_getpeername, orphan(SOCK_STREAM), buffer, &(socklen_t){100}); }
static long orphan_unread(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 || write(ends[0], "x", 1) != 1) return -1;
  close(ends[1]);
  return CALL(SYS_read, ends[0], buffer, 1);
}
static long pipe_write(void) { return CALL(SYS_write, ignoring_sigpipe(descriptor("pbroken")), buffer, 1); }
static long pipe_write_nothing(void) { return CALL(SYS_write, ignoring_sigpipe(descriptor("pbroken")), buffer, 0); }

static int shut(int how) {
  int fd = descriptor("ustream");
  shutdown(fd, how);
  return fd;
}
static long shut_read(void) { return CALL(SYS_read, shut(SHUT_RD), buffer, 1); }
static long shut_write(void) { return CALL(SYS_sendto, shut(SHUT_WR), buffer, 1, MSG_NOSIGNAL, 0, 0); }
static long shut_twice(void) { return CALL(SYS_shutdown, shut(SHUT_RDWR), SHUT_RDWR); }

static int nonblocking(const char *name) {
  int fd = descriptor(name);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}
static long empty_pipe(void) { return CALL(SYS_read, nonblocking("pr"), buffer, 1); }
static long empty_pipe_nothing(void) { return CALL(SYS_read, nonblocking("pr"), buffer, 0); }
static long empty_pipe_bad(void) { return CALL(SYS_read, nonblocking("pr"), ZONE_UNMAPPED(1), 1); }
static long empty_eventfd(void) { return CALL(SYS_read, nonblocking("eventfd"), buffer, 8); }
static long empty_timerfd(void) { return CALL(SYS_read, nonblocking("timerfd"), buffer, 8); }
static long empty_signalfd(void) { return CALL(SYS_read, nonblocking("signalfd"), buffer, 128); }
static long empty_inotify(void) { return CALL(SYS_read, nonblocking("inotify"), buffer, 256); }
static long empty_socket(void) { return CALL(SYS_read, nonblocking("ustream"), buffer, 1); }
static long empty_backlog(void) { return CALL(SYS_accept, nonblocking("ulisten"), 0, 0); }
static long empty_tcp_backlog(void) { return CALL(SYS_accept, nonblocking("tlisten"), 0, 0); }
static long tcp_in_progress(void) {
  struct sockaddr_in name = {.sin_family = AF_INET};
  socklen_t length = sizeof name;
  getsockname(descriptor("tlisten"), (struct sockaddr *)&name, &length);
  return CALL(SYS_connect, nonblocking("tcp"), &name, length);
}

static void leave_directory(void) {
  mkdir("gone", 0755);
  if (chdir("gone") == 0) rmdir("../gone");
}
#define GONE(name, call) \
  static long gone_##name(void) { \
    leave_directory(); \
    return call; \
  }
GONE(getcwd, CALL(SYS_getcwd, buffer, 256))
GONE(getcwd_small, CALL(SYS_getcwd, buffer, 1))
GONE(open_dot, CALL(SYS_open, ".", O_RDONLY))
GONE(open_dotdot, CALL(SYS_open, "..", O_RDONLY))
GONE(create, CALL(SYS_open, "f", O_WRONLY | O_CREAT, 0644))
GONE(mkdir, CALL(SYS_mkdir, "d", 0755))
GONE(symlink, CALL(SYS_symlink, "a", "b"))
GONE(mknod, CALL(SYS_mknod, "p", S_IFIFO | 0644, 0))
GONE(link, CALL(SYS_link, "/dev/null", "n"))
GONE(unlink, CALL(SYS_unlink, "f"))
GONE(rmdir, CALL(SYS_rmdir, "d"))
GONE(rename, CALL(SYS_rename, "f", "g"))
GONE(stat, CALL(SYS_stat, ".", buffer))
GONE(chdir, CALL(SYS_chdir, "."))
GONE(getdents, CALL(SYS_getdents64, open(".", O_RDONLY), buffer, 256))
GONE(tmpfile, CALL(SYS_open, ".", O_TMPFILE | O_RDWR, 0600))
GONE(bind, CALL(SYS_bind, descriptor("unew"), &((struct sockaddr_un){AF_UNIX, "s"}), 5))

/* The program itself, and one that somebody writes. */
static long busy_open_self(void) { return CALL(SYS_open, "/proc/self/exe", O_WRONLY); }
static long busy_exec_written(void) {
  open("prog", O_WRONLY);
  chmod("prog", 0755);
  char *const none[] = {NULL};
  return CALL(SYS_execve, "prog", none, none);
}

/* Files and limits. */
static long beyond_limit(void) {
  signal(SIGXFSZ, SIG_IGN);
  return CALL(SYS_pwrite64, descriptor("file"), buffer, 1, 1 << 20);
}
static long up_to_limit(void) {
  signal(SIGXFSZ, SIG_IGN);
  return CALL(SYS_pwrite64, descriptor("file"), buffer, 100, (1 << 20) - 10);
}
static long truncate_limit(void) {
  signal(SIGXFSZ, SIG_IGN);
  return CALL(SYS_ftruncate, descriptor("file"), (1 << 20) + 1);
}
static long sealed(int seal, long (*run)(int fd)) {
  int fd = memfd_create("m", MFD_ALLOW_SEALING);
  if (ftruncate(fd, 4096) != 0 || fcntl(fd, 1033, seal) != 0) return -1;
  return run(fd);
}
static long write_to(int fd) { return CALL(SYS_write, fd, buffer, 1); }
static long grow(int fd) { return CALL(SYS_ftruncate, fd, 8192); }
static long shrink(int fd) { return CALL(SYS_ftruncate, fd, 0); }
static long map_shared(int fd) { return CALL(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0); }
static long sealed_write(void) { return sealed(8, write_to); }
static long sealed_grow(void) { return sealed(4, grow); }
static long sealed_shrink(void) { return sealed(2, shrink); }
static long sealed_map(void) { return sealed(8, map_shared); }
static long sealed_seal(void) { return sealed(1, write_to); }
static long file_lock_busy(void) {
  int other = open("file", O_RDWR);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  fcntl(other, 37, &lock);
  return CALL(SYS_fcntl, descriptor("file"), F_SETLK, &lock);
}
static long flock_busy(void) {
  CALL(SYS_flock, open("file", O_RDONLY), 2);
  return CALL(SYS_flock, descriptor("file"), 6);
}
static long append_position(void) {
  int fd = descriptor("append");
  if (write(fd, "x", 1) != 1) return -1;
  return CALL(SYS_lseek, fd, 0, SEEK_CUR);
}
static long no_child(void) { return CALL(SYS_wait4, -1, 0, 0, 0); }
static long ignored_child(void) {
  signal(SIGCHLD, SIG_IGN);
  if (fork() == 0) _exit(0);
  return CALL(SYS_wait4, -1, 0, 0, 0);
}
static long running_child(void) {
  int child = fork();
  if (child == 0) {
    CALL(SYS_prctl, 1, SIGKILL);
    for (;;) pause();
  }
  long result = CALL(SYS_wait4, child, 0, WNOHANG, 0);
  kill(child, SIGKILL);
  return result;
}

#define ROW(name) {#name, name, CHANGES},
#define FULL_ROW(name) {"no descriptor " #name, full_##name, VALUE},
#define GONE_ROW(name) {"gone directory " #name, gone_##name, VALUE},
const struct hand_row situation_hand_rows[] = {
    FULL_ROW(open) FULL_ROW(open_missing) FULL_ROW(open_flags) FULL_ROW(open_empty) FULL_ROW(openat_bad) FULL_ROW(dup) FULL_ROW(dup_bad)
        FULL_ROW(dup2)
    FULL_ROW(fcntl_dupfd) FULL_ROW(pipe) FULL_ROW(pipe_one_left) FULL_ROW(pipe_bad) FULL_ROW(socket) FULL_ROW(socket_bad)
        FULL_ROW(socketpair_one_left)
    FULL_ROW(socketpair_inet) FULL_ROW(eventfd) FULL_ROW(eventfd_flags) FULL_ROW(epoll_create) FULL_ROW(timerfd) FULL_ROW(timerfd_clock)
    FULL_ROW(signalfd) FULL_ROW(inotify) FULL_ROW(memfd) FULL_ROW(memfd_name) FULL_ROW(pidfd) FULL_ROW(pidfd_missing) FULL_ROW(mq_open)
    FULL_ROW(io_uring) FULL_ROW(accept)
    ROW(orphan_read) ROW(orphan_write) ROW(orphan_send) ROW(orphan_dgram_send) ROW(orphan_dgram_recv) ROW(orphan_seqpacket)
        ROW(orphan_peername)
    ROW(orphan_unread) ROW(pipe_write) ROW(pipe_write_nothing) ROW(shut_read) ROW(shut_write) ROW(shut_twice)
    ROW(empty_pipe) ROW(empty_pipe_nothing) ROW(empty_pipe_bad) ROW(empty_eventfd) ROW(empty_timerfd) ROW(empty_signalfd) ROW(empty_inotify)
    ROW(empty_socket) ROW(empty_backlog) ROW(empty_tcp_backlog) ROW(tcp_in_progress)
    GONE_ROW(getcwd) GONE_ROW(getcwd_small) GONE_ROW(open_dot) GONE_ROW(open_dotdot) GONE_ROW(create) GONE_ROW(mkdir) GONE_ROW(symlink)
        GONE_ROW(mknod)
    GONE_ROW(link) GONE_ROW(unlink) GONE_ROW(rmdir) GONE_ROW(rename) GONE_ROW(stat) GONE_ROW(chdir) GONE_ROW(getdents) GONE_ROW(tmpfile)
        GONE_ROW(bind)
    ROW(busy_open_self) ROW(busy_exec_written) ROW(beyond_limit) ROW(up_to_limit) ROW(truncate_limit) ROW(sealed_write) ROW(sealed_grow)
    ROW(sealed_shrink) ROW(sealed_map) ROW(sealed_seal) ROW(file_lock_busy) ROW(flock_busy) ROW(append_position) ROW(no_child)
        ROW(ignored_child)
    ROW(running_child)
    {0}};
