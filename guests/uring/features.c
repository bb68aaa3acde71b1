// What rings of Linux 6.18 can do beyond plain reads and writes, one completion a line; the same on Linux and in a machine.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include "uring.h"
#include "uring_6_18.h"

static struct ring ring;

static const char *error_name(int result) {
  static const struct {
    int error;
    const char *name;
  } names[] = {{ENOENT, "ENOENT"}, {EBADF, "EBADF"}, {EAGAIN, "EAGAIN"}, {EACCES, "EACCES"}, {EFAULT, "EFAULT"}, {EEXIST, "EEXIST"},
               {EINVAL, "EINVAL"}, {ENFILE, "ENFILE"}, {ENOBUFS, "ENOBUFS"}, {ECANCELED, "ECANCELED"}, {ETIME, "ETIME"}, {EBADFD, "EBADFD"},
               {EBUSY, "EBUSY"}, {ENXIO, "ENXIO"}, {EOPNOTSUPP, "EOPNOTSUPP"}, {EPERM, "EPERM"}, {EOVERFLOW, "EOVERFLOW"}, {EPIPE, "EPIPE"}, {ENOMEM, "ENOMEM"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].error == -result) return names[i].name;
  return NULL;
}

static void print(const char *what, struct completion cqe) {
  const char *error = cqe.res < 0 ? error_name(cqe.res) : NULL;
  if (error) printf("%s: %llu -> %s flags 0x%x\n", what, cqe.user_data, error, cqe.flags);
  else printf("%s: %llu -> %d flags 0x%x\n", what, cqe.user_data, cqe.res, cqe.flags);
}

static void show(const char *what, int count) {
  while (count-- > 0) print(what, ring_wait(&ring));
}

/* Submits what has been entered and shows so many completions. */
static void run(const char *what, int count) {
  ring_submit(&ring, (unsigned)count);
  show(what, count);
}

static void answered(const char *what, int result) {
  const char *error = result < 0 ? error_name(-errno) : NULL;
  if (error) printf("%s: %s\n", what, error);
  else printf("%s: %d\n", what, result);
}

static void names(void) {
  /* struct statx: links at 16, size at 40. */
  unsigned char status[256] __attribute__((aligned(8))) = {0};
  ring_entry(&ring, IORING_OP_MKDIRAT, AT_FDCWD, "ring.dir", 0700, 0, 1);
  run("mkdirat", 1);
  ring_entry(&ring, IORING_OP_SYMLINKAT, AT_FDCWD, "nowhere", 0, (unsigned long)"ring.dir/link", 2);
  run("symlinkat", 1);
  ring_entry(&ring, IORING_OP_OPENAT, AT_FDCWD, "ring.dir/file", 0600, 0, 3)->open_flags = O_CREAT | O_RDWR;
  ring_submit(&ring, 1);
  int fd = ring_wait(&ring).res;
  ring_entry(&ring, OP_FTRUNCATE, fd, NULL, 0, 5000, 4);
  run("ftruncate", 1);
  ring_entry(&ring, IORING_OP_FALLOCATE, fd, (void *)8192, 0, 0, 5);
  run("fallocate", 1);
  ring_entry(&ring, IORING_OP_LINKAT, AT_FDCWD, "ring.dir/file", (unsigned)AT_FDCWD, (unsigned long)"ring.dir/hard", 6);
  run("linkat", 1);
  ring_entry(&ring, IORING_OP_STATX, AT_FDCWD, "ring.dir/file", 0x204, (unsigned long)status, 7);
  run("statx", 1);
  printf("size %llu links %u\n", *(unsigned long long *)(status + 40), *(unsigned *)(status + 16));
  ring_entry(&ring, IORING_OP_RENAMEAT, AT_FDCWD, "ring.dir/hard", (unsigned)AT_FDCWD, (unsigned long)"ring.dir/file", 8)->rename_flags = 1;
  run("renameat without replacing", 1);
  static const char *const entries[] = {"ring.dir/hard", "ring.dir/file", "ring.dir/link", "ring.dir/none"};
  for (int i = 0; i < 4; i++) ring_entry(&ring, IORING_OP_UNLINKAT, AT_FDCWD, entries[i], 0, 0, 9 + i), run("unlinkat", 1);
  ring_entry(&ring, IORING_OP_UNLINKAT, AT_FDCWD, "ring.dir", 0, 0, 13)->unlink_flags = AT_REMOVEDIR;
  run("rmdir", 1);
  ring_entry(&ring, IORING_OP_FADVISE, fd, NULL, 4096, 0, 14)->fadvise_advice = POSIX_FADV_WILLNEED;
  run("fadvise", 1);
  close(fd);
}

static char area[8][64];

static void provided_buffers(void) {
  int ends[2];
  if (pipe(ends)) exit(1);
  ring_entry(&ring, IORING_OP_READ, ends[0], NULL, 64, 0, 20)->flags = IOSQE_BUFFER_SELECT;
  run("no group", 1);
  ring_entry(&ring, IORING_OP_PROVIDE_BUFFERS, 4, area, 64, 10, 21)->buf_group = 3;
  run("provide", 1);
  if (write(ends[1], "provided", 8) != 8) exit(1);
  struct io_uring_sqe *sqe = ring_entry(&ring, IORING_OP_READ, ends[0], NULL, 64, 0, 22);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 3;
  run("chosen", 1);
  printf("'%.8s'\n", area[0]);
  ring_entry(&ring, IORING_OP_REMOVE_BUFFERS, 8, NULL, 0, 0, 23)->buf_group = 3;
  run("remove", 1);
  close(ends[0]), close(ends[1]);
}

static struct ring_buffer *buffers;

static void add(unsigned short id) {
  unsigned short tail = buffers->tail;
  struct ring_buffer *entry = &buffers[tail & 7];
  entry->address = (unsigned long)area[id], entry->length = sizeof area[id], entry->id = id;
  __atomic_store_n(&buffers->tail, (unsigned short)(tail + 1), __ATOMIC_RELEASE);
}

static void buffer_rings(unsigned short flags, const char *what) {
  struct buffer_registration registration = {.entries = 8, .group = 7, .flags = flags};
  if (!(flags & PBUF_RING_MMAP)) {
    buffers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    registration.address = (unsigned long)buffers;
  }
  printf("%s\n", what);
  answered("register", ring_register(&ring, REGISTER_PBUF_RING, &registration, 1));
  if (flags & PBUF_RING_MMAP) buffers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, (off_t)(0x80000000ull | 7ull << 16));
  answered("register twice", ring_register(&ring, REGISTER_PBUF_RING, &registration, 1));
  for (unsigned short id = 0; id < 4; id++) add(id);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) exit(1);
  memset(area, 0, sizeof area);
  if (write(pair[1], "0123456789", 10) != 10) exit(1);
  struct io_uring_sqe *sqe = ring_entry(&ring, IORING_OP_RECV, pair[0], NULL, 6, 0, 30);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 7;
  run("recv", 1);
  sqe = ring_entry(&ring, IORING_OP_RECV, pair[0], NULL, 0, 0, 31);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 7;
  run("recv the rest", 1);
  printf("'%.12s' '%.12s'\n", area[0], area[1]);
  struct buffer_status status = {.group = 7};
  answered("status", ring_register(&ring, REGISTER_PBUF_STATUS, &status, 1));
  printf("head %u\n", status.head);
  sqe = ring_entry(&ring, IORING_OP_RECV, pair[0], NULL, 0, 0, 32);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 7, sqe->ioprio = RECV_MULTISHOT;
  ring_submit(&ring, 0);
  for (int i = 0; i < 2; i++) {
    if (write(pair[1], "again", 5) != 5) exit(1);
    show("multishot", 1);
  }
  close(pair[1]);
  show("multishot ends", 1);
  close(pair[0]);
  registration.flags = 0;
  answered("unregister", ring_register(&ring, UNREGISTER_PBUF_RING, &registration, 1));
  answered("unregister twice", ring_register(&ring, UNREGISTER_PBUF_RING, &registration, 1));
}

static void bundles(void) {
  struct buffer_registration registration = {.entries = 8, .group = 7};
  buffers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  registration.address = (unsigned long)buffers;
  answered("register", ring_register(&ring, REGISTER_PBUF_RING, &registration, 1));
  for (unsigned short id = 0; id < 4; id++) memset(area[id], 'a' + id, sizeof area[id]), add(id);
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) exit(1);
  struct io_uring_sqe *sqe = ring_entry(&ring, IORING_OP_SEND, pair[0], NULL, 0, 0, 35);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 7, sqe->ioprio = RECVSEND_BUNDLE;
  run("send bundle", 1);
  char all[300];
  printf("got %zd\n", read(pair[1], all, sizeof all));
  for (unsigned short id = 0; id < 4; id++) add(id);
  if (write(pair[1], all, 130) != 130) exit(1);
  sqe = ring_entry(&ring, IORING_OP_RECV, pair[0], NULL, 0, 0, 36);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 7, sqe->ioprio = RECVSEND_BUNDLE;
  run("recv bundle", 1);
  answered("unregister", ring_register(&ring, UNREGISTER_PBUF_RING, &registration, 1));
  close(pair[0]), close(pair[1]);
}

static void sockets(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0ring"};
  socklen_t length = sizeof(sa_family_t) + 5;
  ring_entry(&ring, IORING_OP_SOCKET, AF_UNIX, NULL, 0, SOCK_STREAM, 40);
  ring_submit(&ring, 1);
  int listener = ring_wait(&ring).res;
  printf("socket %s\n", listener >= 0 ? "ok" : "failed");
  ring_entry(&ring, OP_BIND, listener, &address, 0, length, 41);
  run("bind", 1);
  ring_entry(&ring, OP_LISTEN, listener, NULL, 4, 0, 42);
  run("listen", 1);
  ring_entry(&ring, IORING_OP_ACCEPT, listener, NULL, 0, 0, 43)->ioprio = ACCEPT_MULTISHOT;
  ring_submit(&ring, 0);
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  ring_entry(&ring, IORING_OP_CONNECT, client, &address, 0, length, 44);
  ring_submit(&ring, 2);
  int server = -1;
  for (int i = 0; i < 2; i++) {
    struct completion cqe = ring_wait(&ring);
    if (cqe.user_data == 43) server = cqe.res, printf("accept more %d\n", (cqe.flags & CQE_MORE) != 0);
    else printf("connect %d\n", cqe.res);
  }
  struct iovec piece = {"message", 7};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  ring_entry(&ring, IORING_OP_SENDMSG, client, &message, 1, 0, 45);
  run("sendmsg", 1);
  char into[64] = "";
  struct iovec place = {into, sizeof into};
  struct msghdr received = {.msg_iov = &place, .msg_iovlen = 1};
  ring_entry(&ring, IORING_OP_RECVMSG, server, &received, 1, 0, 46);
  run("recvmsg", 1);
  printf("'%s'\n", into);
  ring_entry(&ring, IORING_OP_SEND_ZC, client, "copied", 6, 0, 47);
  ring_submit(&ring, 1);
  struct completion cqe = ring_wait(&ring);
  printf("send_zc %d more %d\n", cqe.res, (cqe.flags & CQE_MORE) != 0);
  if (cqe.flags & CQE_MORE) cqe = ring_wait(&ring), printf("notification %d\n", (cqe.flags & CQE_NOTIF) != 0);
  ring_entry(&ring, IORING_OP_SEND, client, "copied", 6, 0, 54);
  run("send", 1);
  ring_entry(&ring, IORING_OP_RECV, server, into, 3, 0, 48)->msg_flags = MSG_PEEK;
  run("peek", 1);
  ring_entry(&ring, IORING_OP_RECV, server, into, 64, 0, 49)->msg_flags = MSG_DONTWAIT;
  run("recv", 1);
  ring_entry(&ring, IORING_OP_RECV, server, into, 64, 0, 50)->msg_flags = MSG_DONTWAIT;
  run("recv nothing", 1);
  ring_entry(&ring, IORING_OP_SHUTDOWN, client, NULL, SHUT_WR, 0, 51);
  run("shutdown", 1);
  ring_entry(&ring, IORING_OP_RECV, server, into, 64, 0, 52);
  run("end", 1);
  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, -1, (void *)43, 0, 0, 53);
  ring_submit(&ring, 2);
  int sum = 0;
  for (int i = 0; i < 2; i++) sum += ring_wait(&ring).res;
  printf("accept cancelled %d\n", sum == -ECANCELED);
  close(client), close(server), close(listener);
}

static void slots(void) {
  int none[4] = {-1, -1, -1, -1};
  answered("register files", ring_register(&ring, IORING_REGISTER_FILES, none, 4));
  int ends[2] = {-1, -1};
  ring_entry(&ring, OP_PIPE, 0, ends, 0, 0, 60)->file_index = 1;
  run("pipe in slots", 1);
  printf("slots %d %d\n", ends[0], ends[1]);
  struct io_uring_sqe *sqe = ring_entry(&ring, IORING_OP_WRITE, 1, "through", 7, 0, 61);
  sqe->flags = IOSQE_FIXED_FILE;
  run("write", 1);
  char into[16] = "";
  sqe = ring_entry(&ring, IORING_OP_READ, 0, into, 16, 0, 62);
  sqe->flags = IOSQE_FIXED_FILE;
  run("read", 1);
  printf("'%s'\n", into);
  sqe = ring_entry(&ring, OP_FIXED_FD_INSTALL, 0, NULL, 0, 0, 63);
  sqe->flags = IOSQE_FIXED_FILE;
  ring_submit(&ring, 1);
  int fd = ring_wait(&ring).res;
  printf("installed %d\n", fd >= 0);
  int update[1] = {fd};
  ring_entry(&ring, IORING_OP_FILES_UPDATE, -1, update, 1, ~0ull, 64);
  run("update any", 1);
  printf("slot %d\n", update[0]);
  ring_entry(&ring, IORING_OP_CLOSE, 0, NULL, 0, 0, 65)->file_index = 2;
  run("close slot", 1);
  ring_entry(&ring, IORING_OP_CLOSE, 0, NULL, 0, 0, 66)->file_index = 2;
  run("close it again", 1);
  close(fd);
  answered("unregister files", ring_register(&ring, IORING_UNREGISTER_FILES, NULL, 0));
}

static void waits(void) {
  int event = eventfd(0, EFD_NONBLOCK), set = epoll_create1(0);
  struct epoll_event want = {.events = EPOLLIN, .data.u64 = 77}, got = {0};
  ring_entry(&ring, IORING_OP_EPOLL_CTL, set, &want, EPOLL_CTL_ADD, (unsigned)event, 70);
  run("epoll_ctl", 1);
  ring_entry(&ring, OP_EPOLL_WAIT, set, &got, 1, 0, 71);
  ring_submit(&ring, 0);
  unsigned long long one = 1;
  if (write(event, &one, 8) != 8) exit(1);
  show("epoll_wait", 1);
  printf("data %llu\n", (unsigned long long)got.data.u64);
  close(set), close(event);

  static unsigned word = 5;
  struct io_uring_sqe *sqe = ring_entry(&ring, OP_FUTEX_WAIT, 2 | 128, &word, 0, 4, 72);
  sqe->addr3 = 0xffffffff;
  run("futex_wait another value", 1);
  sqe = ring_entry(&ring, OP_FUTEX_WAIT, 2 | 128, &word, 0, 5, 73);
  sqe->addr3 = 0xffffffff;
  ring_submit(&ring, 0);
  sqe = ring_entry(&ring, OP_FUTEX_WAKE, 2 | 128, &word, 0, 1, 74);
  sqe->addr3 = 0xffffffff;
  ring_submit(&ring, 2);
  int sum = 0;
  for (int i = 0; i < 2; i++) {
    struct completion cqe = ring_wait(&ring);
    sum += (int)cqe.user_data * 10 + cqe.res;
  }
  printf("futex %d\n", sum);

  siginfo_t info;
  memset(&info, 0, sizeof info);
  pid_t child = fork();
  if (child == 0) _exit(9);
  ring_entry(&ring, OP_WAITID, child, NULL, P_PID, (unsigned long)&info, 75)->file_index = WEXITED;
  run("waitid", 1);
  printf("child %d status %d\n", info.si_pid == child, info.si_status);
}

static void messages(void) {
  struct ring other;
  memset(&other, 0, sizeof other);
  if (ring_open(&other, 4)) exit(1);
  ring_entry(&ring, IORING_OP_MSG_RING, other.fd, NULL, 123, 99, 80);
  run("msg_ring", 1);
  print("other", ring_wait(&other));
  ring_entry(&ring, IORING_OP_MSG_RING, 0, NULL, 1, 2, 81);
  run("msg_ring to no ring", 1);
  char memory[64];
  struct iovec piece = {memory, sizeof memory};
  answered("register buffers", ring_register(&other, IORING_REGISTER_BUFFERS, &piece, 1));
  struct clone_buffers clone = {.source = (unsigned)other.fd};
  answered("clone", ring_register(&ring, REGISTER_CLONE_BUFFERS, &clone, 1));
  answered("clone again", ring_register(&ring, REGISTER_CLONE_BUFFERS, &clone, 1));
  close(other.fd);
  answered("unregister", ring_register(&ring, IORING_UNREGISTER_BUFFERS, NULL, 0));
}

static void splices(void) {
  int from[2], to[2];
  if (pipe(from) || pipe(to)) exit(1);
  if (write(from[1], "spliced bytes", 13) != 13) exit(1);
  struct io_uring_sqe *sqe = ring_entry(&ring, IORING_OP_TEE, to[1], NULL, 7, 0, 90);
  sqe->splice_fd_in = from[0];
  run("tee", 1);
  sqe = ring_entry(&ring, IORING_OP_SPLICE, to[1], (void *)~0ul, 64, ~0ull, 91);
  sqe->splice_fd_in = from[0];
  run("splice", 1);
  char into[64] = "";
  printf("%zd '%s'\n", read(to[0], into, sizeof into), into);
  sqe = ring_entry(&ring, IORING_OP_SPLICE, to[1], (void *)~0ul, 64, ~0ull, 92);
  sqe->splice_fd_in = 99;
  run("splice from nothing", 1);
  close(from[0]), close(from[1]), close(to[0]), close(to[1]);
}

/* Rings of other kinds; each is closed at its end. */

static void large_entries(void) {
  struct ring large;
  memset(&large, 0, sizeof large);
  large.params.flags = SETUP_NO_SQARRAY | IORING_SETUP_SQE128 | IORING_SETUP_CQE32;
  large.fd = (int)syscall(SYS_io_uring_setup, 4, &large.params);
  answered("large", large.fd < 0 ? -1 : 0);
  char *base = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, large.fd, IORING_OFF_SQ_RING);
  char *sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, large.fd, IORING_OFF_SQES);
  for (int i = 0; i < 2; i++) {
    struct io_uring_sqe *sqe = (struct io_uring_sqe *)(sqes + i * 128);
    sqe->opcode = IORING_OP_NOP, sqe->user_data = 100u + (unsigned)i;
    sqe->rw_flags = NOP_CQE32 | NOP_INJECT_RESULT, sqe->len = 7, sqe->off = 11, sqe->addr = 12;
  }
  *(unsigned *)(base + large.params.sq_off.tail) = 2;
  printf("submitted %d\n", ring_enter(&large, 2, 2, IORING_ENTER_GETEVENTS));
  for (int i = 0; i < 2; i++) {
    unsigned long long *cqe = (unsigned long long *)(base + large.params.cq_off.cqes + i * 32);
    printf("%llu -> %d extra %llu %llu\n", cqe[0], ((int *)cqe)[2], cqe[2], cqe[3]);
  }
  close(large.fd);
}

static void mixed_completions(void) {
  struct ring mixed;
  memset(&mixed, 0, sizeof mixed);
  mixed.params.flags = SETUP_CQE_MIXED | IORING_SETUP_CQSIZE, mixed.params.cq_entries = 4;
  answered("mixed", ring_open(&mixed, 4));
  for (unsigned i = 0; i < 3; i++) {
    struct io_uring_sqe *sqe = ring_entry(&mixed, IORING_OP_NOP, -1, (void *)21ul, 0, 20, 110 + i);
    sqe->rw_flags = i == 0 ? 0 : NOP_CQE32;
  }
  ring_submit(&mixed, 0);
  printf("tail %u\n", *mixed.cq_tail);
  for (int i = 0; i < 6; i++) {
    struct completion cqe;
    if (!ring_take(&mixed, &cqe)) {
      ring_enter(&mixed, 0, 0, IORING_ENTER_GETEVENTS);
      if (!ring_take(&mixed, &cqe)) break;
    }
    print("mixed", cqe);
    if (cqe.flags & CQE_BIG) *mixed.cq_head += 1;
  }
  close(mixed.fd);
}

static void own_memory(void) {
  struct ring own;
  memset(&own, 0, sizeof own);
  char *memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  own.params.flags = SETUP_NO_MMAP | SETUP_NO_SQARRAY;
  memcpy((char *)&own.params + 112, &(unsigned long){(unsigned long)memory}, 8);
  memcpy((char *)&own.params + 72, &(unsigned long){(unsigned long)(memory + 4096)}, 8);
  own.fd = (int)syscall(SYS_io_uring_setup, 4, &own.params);
  answered("own memory", own.fd < 0 ? -1 : 0);
  answered("mmap of it", mmap(NULL, 4096, PROT_READ, MAP_SHARED, own.fd, IORING_OFF_SQ_RING) == MAP_FAILED ? -1 : 0);
  struct io_uring_sqe *sqe = (struct io_uring_sqe *)(memory + 4096);
  sqe->opcode = IORING_OP_NOP, sqe->user_data = 120;
  *(unsigned *)(memory + own.params.sq_off.tail) = 1;
  printf("submitted %d\n", ring_enter(&own, 1, 1, IORING_ENTER_GETEVENTS));
  printf("user_data %llu\n", *(unsigned long long *)(memory + own.params.cq_off.cqes));
  close(own.fd);
  struct io_uring_params params = {.flags = SETUP_REGISTERED_FD_ONLY};
  answered("index alone, without own memory", (int)syscall(SYS_io_uring_setup, 4, &params));
}

static void restricted(void) {
  struct ring strict;
  memset(&strict, 0, sizeof strict);
  strict.params.flags = IORING_SETUP_R_DISABLED;
  if (ring_open(&strict, 4)) exit(1);
  ring_entry(&strict, IORING_OP_NOP, -1, NULL, 0, 0, 130);
  answered("submit while disabled", ring_submit(&strict, 0));
  struct io_uring_restriction allowed[2] = {{.opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_NOP},
                                            {.opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED, .sqe_flags = IOSQE_ASYNC}};
  answered("restrict", ring_register(&strict, IORING_REGISTER_RESTRICTIONS, allowed, 2));
  answered("restrict again", ring_register(&strict, IORING_REGISTER_RESTRICTIONS, allowed, 2));
  answered("enable", ring_register(&strict, IORING_REGISTER_ENABLE_RINGS, NULL, 0));
  ring_enter(&strict, 1, 1, IORING_ENTER_GETEVENTS);
  print("allowed", ring_wait(&strict));
  ring_entry(&strict, IORING_OP_CLOSE, 99, NULL, 0, 0, 131);
  ring_submit(&strict, 1);
  print("refused", ring_wait(&strict));
  ring_entry(&strict, IORING_OP_NOP, -1, NULL, 0, 0, 132)->flags = IOSQE_IO_DRAIN;
  ring_submit(&strict, 1);
  print("refused flag", ring_wait(&strict));
  answered("register", ring_register(&strict, IORING_REGISTER_PERSONALITY, NULL, 0));
  close(strict.fd);
}

static void personalities(void) {
  int id = ring_register(&ring, IORING_REGISTER_PERSONALITY, NULL, 0);
  answered("personality", id > 0 ? 1 : id);
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 140)->personality = (unsigned short)id;
  run("as ourselves", 1);
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 141)->personality = (unsigned short)(id + 1);
  run("as nobody", 1);
  answered("unregister", ring_register(&ring, IORING_UNREGISTER_PERSONALITY, NULL, (unsigned)id));
  answered("unregister again", ring_register(&ring, IORING_UNREGISTER_PERSONALITY, NULL, (unsigned)id));
}

static void resized(void) {
  struct ring small;
  memset(&small, 0, sizeof small);
  small.params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  if (ring_open(&small, 2)) exit(1);
  ring_entry(&small, IORING_OP_NOP, -1, NULL, 0, 0, 150);
  ring_submit(&small, 1);
  struct io_uring_params params = {.sq_entries = 16, .cq_entries = 64, .flags = IORING_SETUP_CQSIZE};
  answered("resize", ring_register(&small, REGISTER_RESIZE_RINGS, &params, 1));
  printf("entries %u %u\n", params.sq_entries, params.cq_entries);
  char *base = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, small.fd, IORING_OFF_SQ_RING);
  printf("kept %llu\n", *(unsigned long long *)(base + params.cq_off.cqes + (*(unsigned *)(base + params.cq_off.head) & 63) * 16));
  params.sq_entries = 1, params.cq_entries = 1;
  answered("resize with what does not fit", ring_register(&ring, REGISTER_RESIZE_RINGS, &params, 1));
  close(small.fd);
}

static void registered_waits(void) {
  struct ring waiting;
  memset(&waiting, 0, sizeof waiting);
  waiting.params.flags = IORING_SETUP_R_DISABLED;
  if (ring_open(&waiting, 4)) exit(1);
  struct wait_argument *argument = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct region_description description = {.address = (unsigned long)argument, .size = 4096, .flags = 1};
  struct region_registration registration = {.description = (unsigned long)&description, .flags = 1};
  answered("region", ring_register(&waiting, REGISTER_MEM_REGION, &registration, 1));
  answered("region again", ring_register(&waiting, REGISTER_MEM_REGION, &registration, 1));
  ring_register(&waiting, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
  argument[1].nanoseconds = 1000000, argument[1].flags = 1;
  unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | ENTER_EXT_ARG_REG;
  answered("registered wait", (int)syscall(SYS_io_uring_enter, waiting.fd, 0, 1, flags, sizeof *argument, sizeof *argument));
  answered("beyond the region", (int)syscall(SYS_io_uring_enter, waiting.fd, 0, 1, flags, 4096, sizeof *argument));
  struct io_uring_getevents_arg least = {.pad = 2000};
  struct __kernel_timespec end = {1, 0};
  least.ts = (unsigned long)&end;
  ring_entry(&waiting, IORING_OP_NOP, -1, NULL, 0, 0, 160);
  ring_publish(&waiting);
  answered("at least 2 ms for three, one comes",
           (int)syscall(SYS_io_uring_enter, waiting.fd, 1, 3, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &least, sizeof least));
  close(waiting.fd);
}

/* Registered things that are replaced while a request uses them: their tags come when it is done. */
static void tags_in_use(void) {
  struct ring own = {0};
  int ends[2], others[2], none = -1;
  static unsigned long long tags[2] = {1001, 0};
  struct completion cqe;
  struct iovec vector = {area[0], 64}, other = {area[1], 64};
  struct io_uring_rsrc_register buffer = {.nr = 1, .data = (unsigned long)&vector, .tags = (unsigned long)&tags[0]};
  struct io_uring_rsrc_update2 change = {.data = (unsigned long)&other, .tags = (unsigned long)&tags[1], .nr = 1};
  if (ring_open(&own, 8) || pipe(ends) || pipe(others)) exit(1);
  answered("register a buffer with a tag", ring_register(&own, IORING_REGISTER_BUFFERS2, &buffer, sizeof buffer));
  tags[0] = 1002, buffer.data = (unsigned long)others;
  answered("register a file with a tag", ring_register(&own, IORING_REGISTER_FILES2, &buffer, sizeof buffer));
  ring_entry(&own, IORING_OP_READ_FIXED, ends[0], area[0], 8, 0, 250);
  ring_entry(&own, IORING_OP_POLL_ADD, 0, NULL, 0, 0, 251)->poll32_events = POLLIN, own.sqes[1].flags = IOSQE_FIXED_FILE;
  ring_submit(&own, 0);
  answered("replace the buffer", ring_register(&own, IORING_REGISTER_BUFFERS_UPDATE, &change, sizeof change));
  change.data = (unsigned long)&none;
  answered("remove the file", ring_register(&own, IORING_REGISTER_FILES_UPDATE2, &change, sizeof change));
  ring_enter(&own, 0, 0, IORING_ENTER_GETEVENTS);
  printf("announced in use: %d\n", ring_take(&own, &cqe));
  memset(area, 0, sizeof area);
  int seen = 0;
  for (int i = 0; i < 4; i++) {
    if (i % 2 == 0 && write(i == 0 ? ends[1] : others[1], "12345678", 8) != 8) exit(1);
    cqe = ring_wait(&own);
    seen |= 1 << (cqe.user_data == 250 ? 0 : cqe.user_data == 251 ? 1 : cqe.user_data == 1001 ? 2 : 3);
    if (cqe.user_data < 1000) print("its request", cqe);
    /* A tag never comes before what used it. */
    if (cqe.user_data > 1000) printf("tag %llu after its request: %d\n", cqe.user_data, seen >> (cqe.user_data == 1001 ? 0 : 1) & 1);
  }
  printf("read into the old buffer: %.8s\n", area[0]);
  close(own.fd), close(ends[0]), close(ends[1]), close(others[0]), close(others[1]);
}

/* Nonsense in the heads and tails of a ring that is to be resized. */
static void resized_wildly(void) {
  struct ring wild = {.params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
  struct io_uring_params to = {.sq_entries = 16};
  if (ring_open(&wild, 8)) exit(1);
  *wild.sq_head = 0x7fffffff, *wild.cq_tail = 0x80000000;
  answered("resize with heads before tails", ring_register(&wild, REGISTER_RESIZE_RINGS, &to, 1));
  *wild.sq_head = 0, *wild.cq_tail = 0;
  answered("resize with them in order", ring_register(&wild, REGISTER_RESIZE_RINGS, &to, 1));
  printf("flags told 0x%x\n", to.flags);
  close(wild.fd);
  static const unsigned shapes[] = {SETUP_NO_SQARRAY, IORING_SETUP_SQE128 | IORING_SETUP_CQE32, SETUP_CQE_MIXED};
  for (int i = 0; i < 3; i++) {
    struct io_uring_params own = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | shapes[i]};
    int fd = (int)syscall(SYS_io_uring_setup, 8, &own);
    to = (struct io_uring_params){.sq_entries = 4, .cq_entries = 32, .flags = IORING_SETUP_CQSIZE};
    answered("resize", (int)syscall(SYS_io_uring_register, fd, REGISTER_RESIZE_RINGS, &to, 1));
    printf("flags told 0x%x, entries %u %u\n", to.flags, to.sq_entries, to.cq_entries);
    close(fd);
  }
}

static void read_multishot(void) {
  int ends[2];
  if (pipe(ends)) exit(1);
  ring_entry(&ring, IORING_OP_PROVIDE_BUFFERS, 2, area, 64, 0, 170)->buf_group = 9;
  run("provide", 1);
  struct io_uring_sqe *sqe = ring_entry(&ring, OP_READ_MULTISHOT, ends[0], NULL, 0, ~0ull, 171);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 9;
  ring_submit(&ring, 0);
  for (int i = 0; i < 3; i++) {
    if (write(ends[1], "data", 4) != 4) exit(1);
    show("read multishot", 1);
  }
  close(ends[0]), close(ends[1]);
}

static void cancels(void) {
  int ends[2];
  if (pipe(ends)) exit(1);
  for (unsigned i = 0; i < 3; i++) ring_entry(&ring, IORING_OP_POLL_ADD, ends[0], NULL, 0, 0, 180 + i)->poll32_events = POLLIN;
  ring_submit(&ring, 0);
  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, ends[0], (void *)181, 0, 0, 190)->cancel_flags = IORING_ASYNC_CANCEL_FD | 16;
  run("cancel by descriptor and user data", 2);
  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, ends[0], NULL, IORING_OP_POLL_ADD, 0, 191)->cancel_flags = IORING_ASYNC_CANCEL_ALL | 32;
  ring_submit(&ring, 3);
  int ended = 0, asked = 0;
  for (int i = 0; i < 3; i++) {
    struct completion cqe = ring_wait(&ring);
    if (cqe.user_data == 191) asked = cqe.res;
    else ended += cqe.res == -ECANCELED;
  }
  printf("cancel by operation %d, ended %d\n", asked, ended);
  close(ends[0]), close(ends[1]);
}

/* A socket that is writable from the start and becomes readable before its task works: both are one completion. */
static void late_work(void) {
  struct ring deferring = {.params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
  int pair[2];
  if (ring_open(&deferring, 4) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) exit(1);
  ring_entry(&deferring, IORING_OP_POLL_ADD, pair[0], NULL, IORING_POLL_ADD_MULTI, 0, 200)->poll32_events = POLLIN | POLLOUT;
  ring_submit(&deferring, 0);
  struct completion cqe;
  printf("before any work: %d\n", ring_take(&deferring, &cqe));
  if (write(pair[1], "x", 1) != 1) exit(1);
  print("poll multishot", ring_wait(&deferring));
  printf("more: %d\n", ring_take(&deferring, &cqe));
  close(deferring.fd), close(pair[0]), close(pair[1]);
}

/* What is in the entries of buffers that are used piece by piece. */
static void pieces(void) {
  struct buffer_registration registration = {.entries = 8, .group = 8, .flags = PBUF_RING_INC};
  buffers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  registration.address = (unsigned long)buffers;
  answered("register", ring_register(&ring, REGISTER_PBUF_RING, &registration, 1));
  for (unsigned short id = 0; id < 3; id++) add(id);
  int pair[2], ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || pipe(ends)) exit(1);
  static const unsigned char sizes[] = {30, 34, 50, 40};
  for (unsigned i = 0; i < sizeof sizes; i++) {
    if (write(pair[1], area, sizes[i]) != sizes[i]) exit(1);
    struct io_uring_sqe *sqe = ring_entry(&ring, IORING_OP_RECV, pair[0], NULL, 0, 0, 210 + i);
    sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 8;
    run("piece", 1);
    for (int id = 0; id < 2; id++) printf("buffer %d: %u left from %llu on\n", id, buffers[id].length, buffers[id].address - (unsigned long)area[id]);
  }
  close(ends[1]);
  struct io_uring_sqe *sqe = ring_entry(&ring, IORING_OP_READ, ends[0], NULL, 8, 0, 220);
  sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 8;
  run("end of a pipe", 1);
  answered("unregister", ring_register(&ring, UNREGISTER_PBUF_RING, &(struct buffer_registration){.group = 8}, 1));
  close(pair[0]), close(pair[1]), close(ends[0]);
}

/* Two streams whose data waits take turns; a limit ends a multishot. */
static void turns(void) {
  struct ring deferring = {.params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
  struct buffer_registration registration = {.entries = 64, .group = 7};
  static char bytes[1024];
  int pairs[2][2];
  struct completion cqe;
  buffers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  registration.address = (unsigned long)buffers;
  if (ring_open(&deferring, 64) || ring_register(&deferring, REGISTER_PBUF_RING, &registration, 1)) exit(1);
  for (unsigned short id = 0; id < 64; id++) buffers[id].address = (unsigned long)bytes + id % 32 * 32, buffers[id].length = 32, buffers[id].id = id;
  __atomic_store_n(&buffers->tail, 64, __ATOMIC_RELEASE);
  for (int i = 0; i < 2; i++) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]) || write(pairs[i][1], bytes, 512) != 512) exit(1);
    struct io_uring_sqe *sqe = ring_entry(&deferring, IORING_OP_RECV, pairs[i][0], NULL, 128, 0, 230 + i);
    sqe->flags = IOSQE_BUFFER_SELECT, sqe->buf_group = 7, sqe->ioprio = RECV_MULTISHOT | RECVSEND_BUNDLE;
    /* Bytes that end it. */
    if (i == 1) sqe->file_index = 320;
  }
  ring_submit(&deferring, 2);
  ring_enter(&deferring, 0, 0, IORING_ENTER_GETEVENTS);
  while (ring_take(&deferring, &cqe)) printf("turn: %llu -> %d flags 0x%x\n", cqe.user_data, cqe.res, cqe.flags & 0xffff);
  for (int i = 0; i < 2; i++) close(pairs[i][0]), close(pairs[i][1]);
  close(deferring.fd);
}

/* TCP takes a small message whole or not at all, however full it is. */
static void full_stream(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), sender = socket(AF_INET, SOCK_STREAM, 0), size = 65536, other = 0;
  if (bind(listener, (void *)&address, length) || listen(listener, 1) || getsockname(listener, (void *)&address, &length)) exit(1);
  setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (connect(sender, (void *)&address, length)) exit(1);
  static char message[100];
  struct completion cqe;
  do {
    ring_entry(&ring, IORING_OP_SEND, sender, message, sizeof message, 0, 240)->msg_flags = MSG_DONTWAIT;
    ring_submit(&ring, 1);
    cqe = ring_wait(&ring);
    other += cqe.res >= 0 && cqe.res != sizeof message;
  } while (cqe.res > 0);
  print("a full stream", cqe);
  printf("taken in part: %d\n", other);
  close(sender), close(listener);
}

/* Everything that the task has to do for its ring is done, and shown. */
static void show_all(const char *what) {
  struct completion cqe;
  ring_enter(&ring, 0, 0, IORING_ENTER_GETEVENTS);
  while (ring_take(&ring, &cqe)) print(what, cqe);
}

/* Who has come last is told first; a poll counts what it was woken with, even if a read takes it before. */
static void turns_of_waiters(void) {
  int ends[2];
  if (pipe(ends)) exit(1);
  for (int i = 0; i < 4; i++) ring_entry(&ring, IORING_OP_READ, ends[0], area[i], 4, -1ull, 250 + i);
  ring_submit(&ring, 0);
  for (int i = 0; i < 4; i++) {
    if (write(ends[1], "data", 4) != 4) exit(1);
    show_all("reads of a pipe");
  }
  for (int i = 0; i < 4; i++) {
    if (i == 1) ring_entry(&ring, IORING_OP_READ, ends[0], area[i], 4, -1ull, 260 + i);
    else ring_entry(&ring, IORING_OP_POLL_ADD, ends[0], NULL, i == 0 ? 1 : 0, 0, 260 + i)->poll32_events = POLLIN;
  }
  ring_submit(&ring, 0);
  if (write(ends[1], "data", 4) != 4) exit(1);
  show_all("polls about a read");
  if (write(ends[1], "data", 4) != 4 || write(ends[1], "more", 4) != 4 || read(ends[0], area, 8) != 8) exit(1);
  show_all("taken by hand");
  close(ends[1]);
  show_all("hung up");
  close(ends[0]);
}

enum { NOWAIT = 8 };

static void without_waiting(void) {
  int ends[2], listing = open("/proc/self/stat", O_RDONLY), watch = inotify_init();
  if (pipe(ends)) exit(1);
  ring_entry(&ring, IORING_OP_READ, ends[0], area, 4, -1ull, 270)->rw_flags = NOWAIT;
  run("an empty pipe", 1);
  ring_entry(&ring, IORING_OP_WRITE, ends[1], area, 4, -1ull, 271)->rw_flags = NOWAIT;
  run("a pipe with room", 1);
  ring_entry(&ring, IORING_OP_READ, listing, area, 4, -1ull, 272)->rw_flags = NOWAIT;
  run("a text of /proc", 1);
  ring_entry(&ring, IORING_OP_READ, watch, area, 4, -1ull, 273)->rw_flags = NOWAIT;
  run("inotify", 1);
  close(ends[0]), close(ends[1]), close(listing), close(watch);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (ring_open(&ring, 8)) return perror("io_uring_setup"), 77;
  names();
  provided_buffers();
  buffer_rings(0, "a ring of buffers");
  buffer_rings(PBUF_RING_MMAP, "the kernel's ring of buffers");
  buffer_rings(PBUF_RING_INC, "buffers used piece by piece");
  bundles();
  sockets();
  slots();
  waits();
  messages();
  splices();
  large_entries();
  mixed_completions();
  own_memory();
  restricted();
  personalities();
  resized();
  registered_waits();
  read_multishot();
  cancels();
  late_work();
  pieces();
  turns();
  full_stream();
  turns_of_waiters();
  without_waiting();
  resized_wildly();
  tags_in_use();
  return 0;
}
