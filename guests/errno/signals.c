// Calls about signals, and calls that a signal interrupts: what each answers after a handler without and with SA_RESTART.

#include "tables.h"
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const struct signature signal_signatures[] = {
    {13, "rt_sigaction", "int:10,0,-1,9,19,32,64,65,max in:sigaction out:32 int:8,0,4,16,-1", VALUE},
    {13, "rt_sigaction query", "int:10,0,-1,9,19,64,65 n:0 out:32 n:8", VALUE},
    {14, "rt_sigprocmask", "int:0,1,2,3,-1 in:sigset out:8 int:8,0,4,16,-1", VALUE},
    {14, "rt_sigprocmask query", "int:0,99 n:0 out:8 n:8", VALUE},
    {127, "rt_sigpending", "out:8 int:8,0,4,9,16,-1", VALUE},
    {128, "rt_sigtimedwait", "in:sigset out:128 in:timespec int:8,0,4,16,-1", VALUE},
    {128, "rt_sigtimedwait for ever", "in:sigset n:0 n:0 n:8", VALUE},
    {129, "rt_sigqueueinfo", "pid sig:0 in:siginfo", VALUE},
    {297, "rt_tgsigqueueinfo", "pid pid sig:0 in:siginfo", VALUE},
    {130, "rt_sigsuspend", "in:sigset int:8,0,4,16,-1", VALUE},
    {131, "sigaltstack", "in:stack out:24", VALUE},
    {62, "kill", "pid sig:0", VALUE},
    {200, "tkill", "pid sig:0", VALUE},
    {234, "tgkill", "pid pid sig:0", VALUE},
    {34, "pause", "", VALUE},
    {282, "signalfd", "fd:signalfd in:sigset int:8,0,4,16,-1", VALUE},
    {289, "signalfd4", "fd:signalfd in:sigset int:8,0,4,16,-1 bits:0", VALUE},
    {289, "signalfd4 new", "n:-1 in:sigset n:8 bits:0", VALUE},
    {219, "restart_syscall", "", VALUE},
    {0},
};

static char buffer[256];

/* Blocking calls: each would wait for ever, or for a minute. */
static long block_read_pipe(void) { return CALL(SYS_read, descriptor("pr"), buffer, 1); }
static long block_readv_pipe(void) {
  struct iovec part = {buffer, 1};
  return CALL(SYS_readv, descriptor("pr"), &part, 1);
}
static char much[100000];
static int full_pipe(void) {
  int pipe = descriptor("pw");
  fcntl(pipe, F_SETFL, O_NONBLOCK);
  while (write(pipe, much, 4096) > 0) {}
  fcntl(pipe, F_SETFL, 0);
  return pipe;
}
static long block_write_pipe(void) { return CALL(SYS_write, full_pipe(), much, 4096); }
static long block_read_eventfd(void) { return CALL(SYS_read, descriptor("eventfd"), buffer, 8); }
static long block_write_eventfd(void) {
  uint64_t most = 0xfffffffffffffffe;
  if (write(descriptor("eventfd"), &most, 8) != 8) return -1;
  return CALL(SYS_write, descriptor("eventfd"), &most, 8);
}
static long block_read_timerfd(void) {
  struct itimerspec minute = {{0, 0}, {60, 0}};
  timerfd_settime(descriptor("timerfd"), 0, &minute, NULL);
  return CALL(SYS_read, descriptor("timerfd"), buffer, 8);
}
static long block_read_signalfd(void) { return CALL(SYS_read, descriptor("signalfd"), buffer, 128); }
static long block_read_inotify(void) { return CALL(SYS_read, descriptor("inotify"), buffer, 256); }
static long block_recv(void) { return CALL(SYS_recvfrom, descriptor("ustream"), buffer, 1, 0, 0, 0); }
static long block_read_socket(void) { return CALL(SYS_read, descriptor("ustream"), buffer, 1); }
static long block_recv_udp(void) { return CALL(SYS_recvfrom, descriptor("udp"), buffer, 1, 0, 0, 0); }
static long block_recv_timeout(void) {
  struct timeval minute = {60, 0};
  setsockopt(descriptor("ustream"), SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute);
  return CALL(SYS_recvfrom, descriptor("ustream"), buffer, 1, 0, 0, 0);
}
static long block_recvmsg(void) {
  struct iovec part = {buffer, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  return CALL(SYS_recvmsg, descriptor("udgram"), &message, 0);
}
static long block_recvmmsg(void) {
  struct iovec part = {buffer, 1};
  struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
  return CALL(SYS_recvmmsg, descriptor("udgram"), &message, 1, 0, 0);
}
static long block_send(void) {
  while (send(descriptor("ustream"), much, sizeof much, MSG_DONTWAIT) > 0) {}
  return CALL(SYS_sendto, descriptor("ustream"), much, 4096, 0, 0, 0);
}
static long block_accept(void) { return CALL(SYS_accept, descriptor("ulisten"), 0, 0); }
static long block_accept_tcp(void) { return CALL(SYS_accept4, descriptor("tlisten"), 0, 0, 0); }
static long block_connect(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  socklen_t length = sizeof name;
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&name, 2);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 0);
  int first = socket(AF_UNIX, SOCK_STREAM, 0);
  connect(first, (struct sockaddr *)&name, length);
  return CALL(SYS_connect, descriptor("unew"), &name, length);
}
static long block_open_fifo(void) { return CALL(SYS_open, "fifo", O_RDONLY); }
static long block_open_fifo_write(void) { return CALL(SYS_open, "fifo", O_WRONLY); }
static long block_poll(void) {
  struct pollfd entry = {descriptor("pr"), POLLIN, 0};
  return CALL(SYS_poll, &entry, 1, -1);
}
static long block_poll_timeout(void) { return CALL(SYS_poll, 0, 0, 60000); }
static long block_ppoll(void) { return CALL(SYS_ppoll, 0, 0, 0, 0, 8); }
static long block_select(void) { return CALL(SYS_select, 0, 0, 0, 0, 0); }
static long block_pselect(void) { return CALL(SYS_pselect6, 0, 0, 0, 0, 0, 0); }
static long block_epoll_wait(void) { return CALL(SYS_epoll_wait, descriptor("epoll"), buffer, 1, -1); }
static long block_epoll_pwait(void) { return CALL(SYS_epoll_pwait, descriptor("epoll"), buffer, 1, 60000, 0, 8); }
static long block_epoll_pwait2(void) { return CALL(SYS_epoll_pwait2, descriptor("epoll"), buffer, 1, 0, 0, 8); }
static const struct timespec A_MINUTE = {60, 0};
static long block_nanosleep(void) { return CALL(SYS_nanosleep, &A_MINUTE, 0); }
static long block_clock_nanosleep(void) { return CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &A_MINUTE, 0); }
static long block_clock_nanosleep_absolute(void) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += 60;
  return CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &end, 0);
}
static long block_pause(void) { return CALL(SYS_pause, 0); }
static long block_sigsuspend(void) {
  uint64_t none = 0;
  return CALL(SYS_rt_sigsuspend, &none, 8);
}
static long block_sigtimedwait(void) {
  uint64_t set = 1UL << (SIGUSR2 - 1);
  return CALL(SYS_rt_sigtimedwait, &set, 0, 0, 8);
}
static long block_sigtimedwait_minute(void) {
  uint64_t set = 1UL << (SIGUSR2 - 1);
  return CALL(SYS_rt_sigtimedwait, &set, 0, &A_MINUTE, 8);
}
static int word;
static long block_futex(void) { return CALL(SYS_futex, &word, FUTEX_WAIT, 0, 0, 0, 0); }
static long block_futex_timeout(void) { return CALL(SYS_futex, &word, FUTEX_WAIT, 0, &A_MINUTE, 0, 0); }
static long block_futex_bitset(void) { return CALL(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, 0, 0, 1); }
/* A child that never ends by itself; it goes when its parent does. */
static int endless_child(void) {
  int child = fork();
  if (child != 0) return child;
  CALL(SYS_prctl, 1, SIGKILL);
  signal(SIGALRM, SIG_DFL);
  for (;;) pause();
}
static long kill_after(int child, long result) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return result;
}
static long block_futex_pi(void) {
  int child = endless_child();
  word = child;
  return kill_after(child, CALL(SYS_futex, &word, FUTEX_LOCK_PI, 0, 0, 0, 0));
}
static long block_wait4(void) {
  int child = endless_child();
  return kill_after(child, CALL(SYS_wait4, child, 0, 0, 0));
}
static long block_waitid(void) {
  int child = endless_child();
  return kill_after(child, CALL(SYS_waitid, P_PID, child, 0, WEXITED, 0));
}
static long block_with_lock(int command) {
  int pair[2];
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (pipe(pair) != 0) return -1;
  int child = fork();
  if (child == 0) {
    CALL(SYS_prctl, 1, SIGKILL);
    signal(SIGALRM, SIG_DFL);
    int fd = open("file", O_RDWR);
    if (command == F_SETLKW) fcntl(fd, F_SETLK, &lock);
    else CALL(SYS_flock, fd, 2);
    if (write(pair[1], "x", 1) != 1) _exit(1);
    for (;;) pause();
  }
  while (read(pair[0], buffer, 1) != 1) {}
  if (command == F_SETLKW) return kill_after(child, CALL(SYS_fcntl, descriptor("file"), F_SETLKW, &lock));
  return kill_after(child, CALL(SYS_flock, descriptor("file"), 2));
}
static long block_setlkw(void) { return block_with_lock(F_SETLKW); }
static long block_flock(void) { return block_with_lock(0); }
static long block_splice(void) { return CALL(SYS_splice, descriptor("pr"), 0, descriptor("wronly"), 0, 10, 0); }
static long block_tee(void) { return CALL(SYS_tee, descriptor("pr"), descriptor("pw"), 10, 0); }
static long block_sendfile(void) { return CALL(SYS_sendfile, full_pipe(), descriptor("file"), 0, 10); }
static long block_msgrcv(void) {
  int queue = msgget(IPC_PRIVATE, 0600);
  long result = CALL(SYS_msgrcv, queue, buffer, 8, 0, 0);
  msgctl(queue, IPC_RMID, NULL);
  return result;
}
static long block_semop(void) {
  int set = semget(IPC_PRIVATE, 1, 0600);
  short operation[3] = {0, -1, 0};
  long result = CALL(SYS_semop, set, operation, 1);
  semctl(set, 0, IPC_RMID);
  return result;
}
static long block_semtimedop(void) {
  int set = semget(IPC_PRIVATE, 1, 0600);
  short operation[3] = {0, -1, 0};
  long result = CALL(SYS_semtimedop, set, operation, 1, &A_MINUTE);
  semctl(set, 0, IPC_RMID);
  return result;
}

static long block_msgsnd(void) {
  struct {
    long type;
    char text[8192];
  } message = {.type = 1};
  int queue = msgget(IPC_PRIVATE, 0600);
  while (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0) {}
  long result = CALL(SYS_msgsnd, queue, &message, sizeof message.text, 0);
  msgctl(queue, IPC_RMID, NULL);
  return result;
}
static long mq_descriptor(int full) {
  struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 8};
  char name[32];
  snprintf(name, sizeof name, "errno-%d", getpid());
  long queue = CALL(SYS_mq_open, name, O_RDWR | O_CREAT, 0600, &attributes);
  CALL(SYS_mq_unlink, name);
  if (full) CALL(SYS_mq_timedsend, queue, buffer, 8, 0, 0);
  return queue;
}
static long block_mq_receive(void) { return CALL(SYS_mq_timedreceive, mq_descriptor(0), buffer, 8, 0, 0); }
static long block_mq_receive_timeout(void) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 60;
  return CALL(SYS_mq_timedreceive, mq_descriptor(0), buffer, 8, 0, &end);
}
static long block_mq_send(void) { return CALL(SYS_mq_timedsend, mq_descriptor(1), buffer, 8, 0, 0); }
/* What has been moved before the signal is the result. */
static long block_write_pipe_partly(void) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  return CALL(SYS_write, ends[1], much, sizeof much);
}
static long block_writev_pipe_partly(void) {
  int ends[2];
  struct iovec parts[2] = {{much, 60000}, {much, 60000}};
  if (pipe(ends) != 0) return -1;
  return CALL(SYS_writev, ends[1], parts, 2);
}
static long block_recv_waitall(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 || write(ends[1], "abc", 3) != 3) return -1;
  return CALL(SYS_recvfrom, ends[0], buffer, 10, MSG_WAITALL, 0, 0);
}
static long block_recvmmsg_partly(void) {
  int ends[2];
  struct iovec part = {buffer, 8};
  struct mmsghdr messages[3] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}},
      {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0 || write(ends[1], "abc", 3) != 3) return -1;
  return CALL(SYS_recvmmsg, ends[0], messages, 3, 0, 0);
}
static long block_splice_out_partly(void) {
  int from[2], to[2];
  if (pipe(from) | pipe(to)) return -1;
  fcntl(to[1], F_SETPIPE_SZ, 4096);
  if (write(from[1], much, 10000) != 10000 || write(to[1], much, 4096) != 4096) return -1;
  return CALL(SYS_splice, from[0], 0, to[1], 0, 10000, 0);
}
static long block_vmsplice(void) {
  struct iovec part = {much, 4096};
  return CALL(SYS_vmsplice, full_pipe(), &part, 1, 0);
}
static long block_sendfile_partly(void) {
  int ends[2], file = memfd_create("m", 0);
  if (pipe(ends) | ftruncate(file, 200000)) return -1;
  return CALL(SYS_sendfile, ends[1], file, 0, 200000);
}
static long block_accept_timeout(void) {
  struct timeval minute = {60, 0};
  setsockopt(descriptor("ulisten"), SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute);
  return CALL(SYS_accept, descriptor("ulisten"), 0, 0);
}
static long block_send_timeout(void) {
  struct timeval minute = {60, 0};
  setsockopt(descriptor("ustream"), SOL_SOCKET, SO_SNDTIMEO, &minute, sizeof minute);
  return block_send();
}
static long block_ofd_setlkw(void) {
  int other = open("file", O_RDWR);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(other, 37, &lock) != 0) return -1;
  return CALL(SYS_fcntl, descriptor("file"), 38, &lock);
}
static long block_waitid_pidfd(void) {
  int child = endless_child();
  long fd = CALL(SYS_pidfd_open, child, 0);
  return kill_after(child, CALL(SYS_waitid, 3, fd, 0, WEXITED, 0));
}
static long block_wait_stopped(void) {
  int child = endless_child();
  return kill_after(child, CALL(SYS_wait4, child, 0, WUNTRACED | WCONTINUED, 0));
}
static long block_poll_files(void) {
  struct pollfd entries[2] = {{descriptor("eventfd"), POLLIN, 0}, {descriptor("udp"), POLLIN, 0}};
  return CALL(SYS_poll, entries, 2, 60000);
}
static long block_ppoll_timeout(void) {
  struct timespec minute = A_MINUTE;
  return CALL(SYS_ppoll, 0, 0, &minute, 0, 8);
}
static long block_select_timeout(void) {
  struct timeval minute = {60, 0};
  return CALL(SYS_select, 0, 0, 0, 0, &minute);
}
static long block_cpu_nanosleep(void) { return CALL(SYS_clock_nanosleep, CLOCK_PROCESS_CPUTIME_ID, 0, &A_MINUTE, 0); }
static long block_futex_wait2(void) { return CALL(455, &word, 0, 0xffffffff, 2, 0, 0); }
static long block_futex_waitv(void) {
  struct {
    uint64_t value, address;
    uint32_t flags, reserved;
  } waiter = {0, (long)&word, 2, 0};
  return CALL(449, &waiter, 1, 0, 0, 0);
}
static long block_uring_enter(void) {
  char parameters[120] = {0};
  long ring = CALL(425, 4, parameters);
  return CALL(426, ring, 0, 1, 1, 0, 0);
}
static long block_getrandom_large(void) {
  static char bytes[65536];
  return CALL(SYS_getrandom, bytes, sizeof bytes, 0);
}

#define BOTH(name) \
  static long restarting_##name(void) { \
    restart_interrupted_calls(); \
    return block_##name(); \
  }
BOTH(read_pipe) BOTH(readv_pipe) BOTH(write_pipe) BOTH(read_eventfd) BOTH(write_eventfd) BOTH(read_timerfd) BOTH(read_signalfd)
    BOTH(read_inotify)
BOTH(recv) BOTH(read_socket) BOTH(recv_udp) BOTH(recv_timeout) BOTH(recvmsg) BOTH(recvmmsg) BOTH(send) BOTH(accept) BOTH(accept_tcp)
    BOTH(connect)
BOTH(open_fifo) BOTH(open_fifo_write) BOTH(poll) BOTH(poll_timeout) BOTH(ppoll) BOTH(select) BOTH(pselect) BOTH(epoll_wait)
    BOTH(epoll_pwait)
BOTH(epoll_pwait2) BOTH(nanosleep) BOTH(clock_nanosleep) BOTH(clock_nanosleep_absolute) BOTH(pause) BOTH(sigsuspend) BOTH(sigtimedwait)
BOTH(sigtimedwait_minute) BOTH(futex) BOTH(futex_timeout) BOTH(futex_bitset) BOTH(futex_pi) BOTH(wait4) BOTH(waitid) BOTH(setlkw)
    BOTH(flock)
BOTH(splice) BOTH(tee) BOTH(sendfile) BOTH(msgrcv) BOTH(semop) BOTH(semtimedop)
BOTH(msgsnd) BOTH(mq_receive) BOTH(mq_receive_timeout) BOTH(mq_send) BOTH(write_pipe_partly) BOTH(writev_pipe_partly)
BOTH(recv_waitall) BOTH(recvmmsg_partly) BOTH(splice_out_partly) BOTH(vmsplice) BOTH(sendfile_partly) BOTH(accept_timeout)
BOTH(send_timeout) BOTH(ofd_setlkw) BOTH(waitid_pidfd) BOTH(wait_stopped) BOTH(poll_files) BOTH(ppoll_timeout)
BOTH(select_timeout) BOTH(cpu_nanosleep) BOTH(futex_wait2) BOTH(futex_waitv) BOTH(uring_enter) BOTH(getrandom_large)

#define ROWS(name) {"interrupted " #name, block_##name, VALUE}, {"interrupted SA_RESTART " #name, restarting_##name, VALUE},
const struct hand_row signal_hand_rows[] = {
    ROWS(read_pipe) ROWS(readv_pipe) ROWS(write_pipe) ROWS(read_eventfd) ROWS(write_eventfd) ROWS(read_timerfd) ROWS(read_signalfd)
        ROWS(read_inotify)
    ROWS(recv) ROWS(read_socket) ROWS(recv_udp) ROWS(recv_timeout) ROWS(recvmsg) ROWS(recvmmsg) ROWS(send) ROWS(accept) ROWS(accept_tcp)
        ROWS(connect)
    ROWS(open_fifo) ROWS(open_fifo_write) ROWS(poll) ROWS(poll_timeout) ROWS(ppoll) ROWS(select) ROWS(pselect) ROWS(epoll_wait)
        ROWS(epoll_pwait)
    ROWS(epoll_pwait2) ROWS(nanosleep) ROWS(clock_nanosleep) ROWS(clock_nanosleep_absolute) ROWS(pause) ROWS(sigsuspend) ROWS(sigtimedwait)
    ROWS(sigtimedwait_minute) ROWS(futex) ROWS(futex_timeout) ROWS(futex_bitset) ROWS(futex_pi) ROWS(wait4) ROWS(waitid) ROWS(setlkw)
        ROWS(flock)
    ROWS(splice) ROWS(tee) ROWS(sendfile) ROWS(msgrcv) ROWS(semop) ROWS(semtimedop)
    ROWS(msgsnd) ROWS(mq_receive) ROWS(mq_receive_timeout) ROWS(mq_send) ROWS(write_pipe_partly) ROWS(writev_pipe_partly)
    ROWS(recv_waitall) ROWS(recvmmsg_partly) ROWS(splice_out_partly) ROWS(vmsplice) ROWS(sendfile_partly) ROWS(accept_timeout)
    ROWS(send_timeout) ROWS(ofd_setlkw) ROWS(waitid_pidfd) ROWS(wait_stopped) ROWS(poll_files) ROWS(ppoll_timeout)
    ROWS(select_timeout) ROWS(cpu_nanosleep) ROWS(futex_wait2) ROWS(futex_waitv) ROWS(uring_enter) ROWS(getrandom_large)
    {0}};
