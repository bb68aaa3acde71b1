// io-wq workers as programs see them: threads of the process that run what may sleep, their limits, their ends. The same on Linux and
// in a machine. What is waited for is waited for by state, never by time alone.

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "uring.h"

enum { LIMIT = 100, EVER = 10 * 1000 };

static const char *error_name(int result) {
  static const struct {
    int error;
    const char *name;
  } names[] = {{ENOENT, "ENOENT"}, {EBADF, "EBADF"}, {EAGAIN, "EAGAIN"}, {EINTR, "EINTR"}, {EALREADY, "EALREADY"}, {EFAULT, "EFAULT"},
               {EINVAL, "EINVAL"}, {ECANCELED, "ECANCELED"}, {ETIME, "ETIME"}, {EPIPE, "EPIPE"}, {EEXIST, "EEXIST"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].error == -result) return names[i].name;
  return NULL;
}

static void print(const char *what, unsigned long long user_data, int result) {
  const char *error = result < 0 ? error_name(result) : NULL;
  if (error) printf("%s: %llu -> %s\n", what, user_data, error);
  else printf("%s: %llu -> %d\n", what, user_data, result);
}

static void answered(const char *what, int result) {
  print(what, 0, result < 0 ? -errno : result);
}

/* So many completions, by user data: which of two workers is first is nobody's business. */
static void show(struct ring *ring, const char *what, int count) {
  struct completion seen[16];
  for (int i = 0; i < count; i++) {
    struct completion cqe = ring_wait(ring);
    int at = i;
    for (; at > 0 && seen[at - 1].user_data > cqe.user_data; at--) seen[at] = seen[at - 1];
    seen[at] = cqe;
  }
  for (int i = 0; i < count; i++) print(what, seen[i].user_data, seen[i].res);
}

static struct ring opened(unsigned flags) {
  struct ring ring = {.params.flags = flags};
  if (ring_open(&ring, 8)) perror("io_uring_setup"), exit(77);
  return ring;
}

/* Threads of `process` called `prefix` and the number of their owner; the last one's number goes to `last`. */
static int threads(int process, const char *prefix, int owner, int *last) {
  char path[64], name[64], wanted[64];
  int count = 0;
  snprintf(wanted, sizeof wanted, "%s-%d\n", prefix, owner);
  snprintf(path, sizeof path, "/proc/%d/task", process);
  DIR *directory = opendir(path);
  if (!directory) return -1;
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/comm", process, entry->d_name);
    int fd = open(path, O_RDONLY);
    ssize_t length = fd < 0 ? -1 : read(fd, name, sizeof name - 1);
    if (fd >= 0) close(fd);
    if (length <= 0) continue;
    name[length] = 0;
    if (strcmp(name, wanted)) continue;
    count++;
    if (last) *last = atoi(entry->d_name);
  }
  closedir(directory);
  return count;
}

static int workers(int *last) {
  return threads(getpid(), "iou-wrk", getpid(), last);
}

/* Until there are so many, or for ever has passed. */
static int await_workers(int wanted) {
  int count = -1;
  for (int i = 0; i < EVER; i++) {
    count = workers(NULL);
    if (count == wanted) break;
    usleep(1000);
  }
  return count;
}

/* Without its mappings too, which would keep it; and until its workers have gone, which the next ring would keep. */
static void end_ring(struct ring *ring) {
  munmap((char *)ring->sq_head - ring->params.sq_off.head, ring->params.sq_off.array + ring->params.sq_entries * sizeof(unsigned));
  munmap(ring->sqes, ring->params.sq_entries * sizeof(struct io_uring_sqe));
  close(ring->fd);
  await_workers(0);
}

static int await_threads(int wanted) {
  char line[128];
  int count = -1;
  for (int i = 0; i < EVER && count != wanted; i++) {
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
      if (sscanf(line, "Threads: %d", &count) == 1) break;
    if (status) fclose(status);
    usleep(1000);
  }
  return count;
}

static void async(struct ring *ring, int opcode, int fd, void *address, unsigned length, unsigned long long offset, unsigned long long user_data) {
  ring_entry(ring, opcode, fd, address, length, offset, user_data)->flags = IOSQE_ASYNC;
}

static void splice_from(struct ring *ring, int from, int to, unsigned length, unsigned long long user_data) {
  struct io_uring_sqe *sqe = ring_entry(ring, IORING_OP_SPLICE, to, NULL, length, -1ull, user_data);
  sqe->splice_off_in = -1ull, sqe->splice_fd_in = from;
}

static int limits(struct ring *ring, unsigned bounded, unsigned unbounded, unsigned old[2]) {
  old[0] = bounded, old[1] = unbounded;
  return ring_register(ring, IORING_REGISTER_IOWQ_MAX_WORKERS, old, 2);
}

static void limits_are_real(void) {
  struct ring ring = opened(0);
  unsigned old[2];
  answered("limits", limits(&ring, 0, 0, old));
  printf("unbounded: %u\n", old[1]);
  answered("limits", limits(&ring, 3, 2, old));
  answered("limits again", limits(&ring, 0, 0, old));
  printf("bounded %u, unbounded %u\n", old[0], old[1]);
  answered("one more than the process may have", limits(&ring, 2, LIMIT + 1, old));
  limits(&ring, 0, 2, old);
  printf("bounded %u, unbounded %u\n", old[0], old[1]);
  answered("negative", limits(&ring, 0, 1u << 31, old));
  answered("of one kind", ring_register(&ring, IORING_REGISTER_IOWQ_MAX_WORKERS, old, 1));
  answered("nowhere", ring_register(&ring, IORING_REGISTER_IOWQ_MAX_WORKERS, NULL, 2));
  answered("unreadable", ring_register(&ring, IORING_REGISTER_IOWQ_MAX_WORKERS, (void *)8, 2));

  /* A splice from an empty pipe keeps its worker: the third waits for one. */
  int in[2], out[2];
  if (pipe(in) || pipe(out)) exit(1);
  for (int i = 1; i <= 3; i++) splice_from(&ring, in[0], out[1], 4, i);
  ring_submit(&ring, 0);
  printf("workers: %d, threads: %d\n", await_workers(2), await_threads(3));
  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, -1, (void *)3, 0, 0, 10);
  ring_submit(&ring, 2);
  show(&ring, "cancel one that has no worker yet", 2);
  ring_entry(&ring, IORING_OP_ASYNC_CANCEL, -1, (void *)1, 0, 0, 11);
  ring_submit(&ring, 2);
  show(&ring, "cancel one that a worker sleeps in", 2);
  if (write(in[1], "data", 4) != 4) exit(1);
  show(&ring, "splice", 1);
  /* Reads are polled for instead: one worker begins any number of them. */
  static char area[5][4];
  limits(&ring, 1, 1, old);
  for (int i = 0; i < 5; i++) async(&ring, IORING_OP_READ, in[0], area[i], 4, -1ull, 20 + i);
  ring_submit(&ring, 0);
  for (int i = 0; i < 5; i++) {
    if (write(in[1], "more", 4) != 4) exit(1);
    print("read", 0, ring_wait(&ring).res);
  }
  close(in[0]), close(in[1]), close(out[0]), close(out[1]);
  end_ring(&ring);
  printf("workers after the ring: %d\n", await_workers(0));
}

static void affinity(void) {
  struct ring ring = opened(0);
  unsigned long set = 1, none = 0;
  int worker = 0;
  answered("affinity", ring_register(&ring, IORING_REGISTER_IOWQ_AFF, &set, sizeof set));
  answered("of nothing", ring_register(&ring, IORING_REGISTER_IOWQ_AFF, &none, 0));
  answered("nowhere", ring_register(&ring, IORING_REGISTER_IOWQ_AFF, NULL, sizeof set));
  answered("unreadable", ring_register(&ring, IORING_REGISTER_IOWQ_AFF, (void *)8, sizeof set));
  async(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 30);
  ring_submit(&ring, 1);
  show(&ring, "nop", 1);
  await_workers(1);
  workers(&worker);
  set = 0;
  answered("sched_getaffinity", sched_getaffinity(worker, sizeof set, (void *)&set) < 0 ? -1 : 0);
  printf("runs on %lx\n", set);
  answered("unregister", ring_register(&ring, IORING_UNREGISTER_IOWQ_AFF, NULL, 0));
  end_ring(&ring);
}

/* Not before its task asks for completions (DEFER_TASKRUN), and an eventfd of workers hears of what they complete alone. */
static void completions(void) {
  struct ring ring = opened(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
  async(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 40);
  ring_submit(&ring, 0);
  usleep(20 * 1000);
  struct completion cqe;
  printf("before it is asked for: %d\n", ring_take(&ring, &cqe));
  show(&ring, "deferred", 1);
  end_ring(&ring);

  ring = opened(0);
  int event = eventfd(0, EFD_NONBLOCK), file = open("workers.file", O_TRUNC | O_CREAT | O_RDWR, 0600), ends[2];
  unsigned long long count = 0;
  answered("eventfd", ring_register(&ring, IORING_REGISTER_EVENTFD_ASYNC, &event, 1));
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 41);
  ring_submit(&ring, 1);
  show(&ring, "in place", 1);
  answered("told", (int)read(event, &count, 8));
  async(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 42);
  ring_submit(&ring, 1);
  show(&ring, "by a worker", 1);
  answered("told", (int)read(event, &count, 8));
  async(&ring, IORING_OP_READ, 1000, NULL, 0, 0, 43);
  ring_submit(&ring, 1);
  show(&ring, "a failure", 1);
  answered("told", (int)read(event, &count, 8));

  /* A link goes on where it is; what comes behind a worker's part is not begun before. */
  static char text[] = "written", back[16];
  async(&ring, IORING_OP_WRITE, file, text, 7, 0, 50);
  ring.sqes[(ring.next - 1) & ring.sq_mask].flags |= IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_READ, file, back, 16, 0, 51)->flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_FSYNC, file, NULL, 0, 0, 52);
  ring_submit(&ring, 3);
  show(&ring, "link", 3);
  printf("'%s'\n", back);
  async(&ring, IORING_OP_WRITE, 1000, text, 7, 0, 53);
  ring.sqes[(ring.next - 1) & ring.sq_mask].flags |= IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_READ, file, back, 16, 0, 54);
  ring_submit(&ring, 2);
  show(&ring, "broken link", 2);
  async(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 55);
  ring_entry(&ring, IORING_OP_NOP, -1, NULL, 0, 0, 56)->flags = IOSQE_IO_DRAIN;
  ring_submit(&ring, 2);
  print("drain", ring_wait(&ring).user_data, 0);
  print("drain", ring_wait(&ring).user_data, 0);

  /* Appends of one file by many workers: whole, and one after the other. */
  int log = open("workers.log", O_TRUNC | O_CREAT | O_RDWR | O_APPEND, 0600);
  for (int i = 0; i < 8; i++) async(&ring, IORING_OP_WRITE, log, "eight by", 8, 0, 60 + i);
  ring_submit(&ring, 8);
  show(&ring, "append", 8);
  struct stat status;
  fstat(log, &status);
  printf("size %lld\n", (long long)status.st_size);

  /* What is polled for is limited; what a worker sleeps in is not (Linux 6.18), but ends when it is cancelled. */
  if (pipe(ends)) exit(1);
  int other[2];
  if (pipe(other)) exit(1);
  struct __kernel_timespec soon = {.tv_nsec = 1000 * 1000};
  async(&ring, IORING_OP_READ, ends[0], back, 4, -1ull, 70);
  ring.sqes[(ring.next - 1) & ring.sq_mask].flags |= IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_LINK_TIMEOUT, -1, &soon, 1, 0, 71);
  ring_submit(&ring, 2);
  show(&ring, "limited", 2);
  splice_from(&ring, ends[0], other[1], 4, 72);
  ring.sqes[(ring.next - 1) & ring.sq_mask].flags = IOSQE_IO_LINK;
  ring_entry(&ring, IORING_OP_LINK_TIMEOUT, -1, &soon, 1, 0, 73);
  ring_submit(&ring, 0);
  usleep(20 * 1000);
  printf("limited: %d\n", ring_take(&ring, &cqe));
  struct io_uring_sync_cancel_reg cancel = {.addr = 72, .timeout = {-1, -1}};
  answered("cancel and wait", ring_register(&ring, IORING_REGISTER_SYNC_CANCEL, &cancel, 1));
  show(&ring, "cancelled", 2);
  answered("cancel what has ended", ring_register(&ring, IORING_REGISTER_SYNC_CANCEL, &cancel, 1));
  close(ends[0]), close(ends[1]), close(other[0]), close(other[1]);
  close(file), close(log), close(event), end_ring(&ring);
  unlink("workers.file"), unlink("workers.log");
}

/* A long write by a worker while its submitter goes on; the thread is found by its number alone too. */
static void overlap(void) {
  enum { BYTES = 1 << 20 };
  struct ring ring = opened(0);
  struct completion cqe;
  int file = open("workers.file", O_CREAT | O_TRUNC | O_RDWR, 0600), worker = 0;
  char *bytes = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0), path[64], name[64] = "";
  async(&ring, IORING_OP_WRITE, file, bytes, BYTES, 0, 80);
  ring_submit(&ring, 0);
  while (!ring_take(&ring, &cqe)) getppid();
  print("a long write", cqe.user_data, cqe.res);
  await_workers(1);
  workers(&worker);
  snprintf(path, sizeof path, "/proc/%d/comm", worker);
  int fd = open(path, O_RDONLY);
  printf("%zd '%.8s'\n", read(fd, name, sizeof name) > 8 ? (ssize_t)1 : -1, name);
  snprintf(path, sizeof path, "/proc/%d/task/%d/comm", getpid(), worker);
  printf("found: %d\n", access(path, F_OK));
  close(fd), close(file), unlink("workers.file"), munmap(bytes, BYTES);
  end_ring(&ring);
}

/* Writes in pieces of pages that are not in the page cache: of two files, and with the device waited for. */
static void small_writes(void) {
  enum { SIZE = 16384 };
  static char contents[SIZE], back[2][SIZE];
  struct ring ring = opened(0);
  int files[2], same = 1;
  for (int i = 0; i < 2; i++) {
    files[i] = open(i ? "workers.other" : "workers.file", O_CREAT | O_TRUNC | O_RDWR | (i ? O_DSYNC : 0), 0600);
    if (write(files[i], contents, SIZE) != SIZE || fsync(files[i]) || posix_fadvise(files[i], 0, 0, POSIX_FADV_DONTNEED)) exit(1);
  }
  for (int i = 0; i < 8; i++) ring_entry(&ring, IORING_OP_WRITE, files[i & 1], "ab", 2, (unsigned)(4095 * (i / 2) + 1), 90 + i);
  ring_submit(&ring, 8);
  show(&ring, "a small write", 8);
  for (int i = 0; i < 4; i++) memcpy(contents + 4095 * i + 1, "ab", 2);
  for (int i = 0; i < 2; i++) same &= pread(files[i], back[i], SIZE, 0) == SIZE && !memcmp(back[i], contents, SIZE);
  printf("the same: %d\n", same);
  for (int i = 0; i < 2; i++) close(files[i]);
  unlink("workers.file"), unlink("workers.other");
  end_ring(&ring);
}

/* Two workers have had something to do, and nothing more comes. */
static void rest(void) {
  struct ring ring = opened(0);
  int in[2], out[2];
  if (pipe(in) || pipe(out)) exit(1);
  for (int i = 1; i <= 2; i++) splice_from(&ring, in[0], out[1], 1, i);
  ring_submit(&ring, 0);
  await_workers(2);
  if (write(in[1], "12", 2) != 2) exit(1);
  show(&ring, "splice", 2);
  pause();
}

/* The process ends while workers sleep: with a pipe that only they would still hold, whose other end must learn of it. */
static void ends(const char *what, void (*end)(struct ring *)) {
  int in[2], out[2], status = 0;
  char byte;
  if (pipe(in) || pipe(out)) exit(1);
  pid_t child = fork();
  if (child == 0) {
    close(in[1]), close(out[0]);
    struct ring ring = opened(0);
    unsigned old[2];
    limits(&ring, 2, 2, old);
    printf("%s, workers of the parent: %d\n", what, workers(NULL));
    for (int i = 1; i <= 3; i++) splice_from(&ring, in[0], out[1], 1, i);
    ring_submit(&ring, 0);
    printf("%s, workers: %d\n", what, await_workers(2));
    end(&ring);
    printf("%s, workers after that: %d\n", what, await_workers(0));
    if (write(out[1], "!", 1) != 1) exit(1);
    exit(3);
  }
  close(in[0]), close(out[1]);
  ssize_t got = read(out[0], &byte, 1);
  waitpid(child, &status, 0);
  printf("%s: %zd, status 0x%x, ", what, got, status);
  signal(SIGPIPE, SIG_IGN);
  answered("nobody reads", (int)write(in[1], "x", 1));
  close(in[1]), close(out[0]);
}

static void by_exit(struct ring *ring) {
  (void)ring;
  _exit(4);
}

static void by_kill(struct ring *ring) {
  (void)ring;
  kill(getpid(), SIGKILL);
}

static void by_execution(struct ring *ring) {
  (void)ring;
  execl("/proc/self/exe", "workers", "again", NULL);
}

static void by_close(struct ring *ring) {
  end_ring(ring);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  if (argc > 1 && !strcmp(argv[1], "again")) return 5;
  if (argc > 1) rest();
  struct rlimit most = {LIMIT, LIMIT};
  setrlimit(RLIMIT_NPROC, &most);
  limits_are_real();
  affinity();
  completions();
  overlap();
  small_writes();
  ends("exit", by_exit);
  ends("kill", by_kill);
  ends("exec", by_execution);
  ends("close", by_close);
  return 0;
}
