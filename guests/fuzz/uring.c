// Random rings: fuzz_uring SEED ROUNDS [owed]. A round is a process of its own. In wild rounds rings, entries, heads, tails, memory and
// registrations are anything at all, from several threads and processes, until an exit or an exec in the middle: the machine must survive
// it. In the others (every second one, and all with "owed") only the entries are random: every entry that was taken must get exactly one
// last completion. Prints one line when all rounds are done; exit code 1 if a completion was lost or came twice.
// Wild rounds are only for a machine; the others hurt no host.

#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include "../include/uring.h"

enum { ARENA = 0x10000000, ARENA_BYTES = 0x10000, NAMES_AT = ARENA + 0xf000, READ_ONLY = 0x10020000, UNMAPPED = 0x10040000 };
enum { STEPS = 40, MOST_RINGS = 1000, MOST_ENTRIES = 2048, FIRST_RING_FD = 200, TICKS = 1000, OPCODES = 63, REGISTRATIONS = 36, OP_SENDMSG_ZC = 48 };
/* Completions that are nobody's: messages of other rings. */
static const uint64_t NOBODY = 1ull << 62;

static uint64_t state;

static uint64_t random_bits(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545f4914f6cdd1dUL;
}

static unsigned below(unsigned limit) { return (random_bits() >> 33) % limit; }

static uint64_t arena_address(void) { return ARENA + below(ARENA_BYTES) / 8 * 8; }

static uint64_t value(void) {
  switch (below(14)) {
    case 0:
    case 1:
    case 2: return 0;
    case 3:
    case 4: return below(40);
    case 5:
    case 6:
    case 7: return arena_address();
    case 8: return ARENA + below(16) * 4096;
    case 9: return 1ull << below(64);
    case 10: return -(uint64_t)below(200);
    case 11: return below(2) ? READ_ONLY : UNMAPPED;
    case 12: return NAMES_AT + below(8) * 64;
    default: return random_bits();
  }
}

static void fill_arena(void) {
  static const char *const names[8] = {"f", "d", "d/f", ".", "l", "p", "missing", "/dev/null"};
  for (uint64_t at = ARENA; at < NAMES_AT; at += 8) *(uint64_t *)at = below(4) ? value() : (uint64_t)below(16) << 32 | below(64);
  for (int i = 0; i < 8; i++) strcpy((char *)(long)NAMES_AT + i * 64, names[i]);
}

static int pipes[2], sockets[2], counter;

static void open_things(void) {
  open("f", O_RDWR | O_CREAT, 0644);
  open(".", O_RDONLY);
  if (pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) _exit(3);
  socketpair(AF_UNIX, SOCK_DGRAM, 0, (int[2]){0, 0});
  counter = eventfd(below(3), 0);
  epoll_create1(0);
  timerfd_create(CLOCK_MONOTONIC, 0);
  listen(socket(AF_INET, SOCK_STREAM, 0), 4);
  socket(AF_INET, SOCK_DGRAM, 0);
  open("/dev/zero", O_RDWR);
}

/* So that requests that wait go on. */
static void stir(void) {
  uint64_t one = 1;
  switch (below(4)) {
    case 0: send(sockets[1], &state, below(9), MSG_DONTWAIT | MSG_NOSIGNAL); break;
    case 1: fcntl(pipes[1], F_SETFL, O_NONBLOCK), write(pipes[1], &state, 8); break;
    case 2: fcntl(counter, F_SETFL, O_NONBLOCK), write(counter, &one, 8); break;
    default: fcntl(pipes[0], F_SETFL, O_NONBLOCK), read(pipes[0], &one, below(9)); break;
  }
}

static struct ring rings[MOST_RINGS];
static int ring_count;

static struct ring *some_ring(void) { return &rings[below((unsigned)ring_count)]; }

static void wild_parameters(struct io_uring_params *p) {
  if (below(2)) p->flags = 1u << below(19) | (below(2) ? 1u << below(19) : 0) | (below(4) ? 0 : (unsigned)random_bits());
  if (below(4) == 0) p->cq_entries = (unsigned)value();
  p->sq_thread_cpu = below(3), p->sq_thread_idle = below(3), p->wq_fd = below(24);
  if (p->flags & 1 << 14) p->cq_off.resv2 = ARENA + below(16) * 4096, p->sq_off.resv2 = ARENA + below(16) * 4096;
}

static void open_ring(int wild) {
  static const unsigned tame[] = {0, IORING_SETUP_SUBMIT_ALL, IORING_SETUP_COOP_TASKRUN, IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, IORING_SETUP_SQPOLL, IORING_SETUP_CQSIZE};
  struct ring ring = {0};
  if (ring_count == MOST_RINGS) return;
  if (wild) wild_parameters(&ring.params);
  else ring.params.flags = tame[below(7)], ring.params.cq_entries = 16, ring.params.sq_thread_idle = 5;
  if (ring_open(&ring, wild && below(8) == 0 ? (unsigned)value() : 1u << below(5)) != 0) return;
  if (!wild) {
    int high = fcntl(ring.fd, F_DUPFD, FIRST_RING_FD);
    close(ring.fd);
    ring.fd = high;
  }
  rings[ring_count++] = ring;
}

/* By number of the entry: its operation, and how many last completions it has had. */
static unsigned char opcodes[MOST_ENTRIES], lasts[MOST_ENTRIES];

static void random_entry(struct ring *ring, int wild) {
  int opcode = below(16) ? (int)below(OPCODES) : (int)below(256);
  struct io_uring_sqe *sqe = ring_entry(ring, opcode, (int)below(24), (void *)(long)value(), below(2) ? below(64) : (unsigned)value(), value(), ring->next);
  if (below(3) == 0) sqe->flags = (unsigned char)(1u << below(8) | (below(2) ? 1u << below(8) : 0));
  if (below(5) == 0) sqe->ioprio = (unsigned short)(below(2) ? below(32) : random_bits());
  if (below(8) == 0) sqe->fd = (int)value();
  if (below(2)) sqe->rw_flags = (int)(below(2) ? 1u << below(12) : value());
  if (below(3) == 0) sqe->buf_index = (unsigned short)below(4), sqe->file_index = below(4) ? below(4) : (unsigned)value(), sqe->__pad2[0] = value();
  if (below(12) == 0) sqe->personality = (unsigned short)below(3);
  if (wild) {
    if (below(4)) sqe->user_data = below(4);
    return;
  }
  opcodes[sqe->user_data] = (unsigned char)opcode;
  /* Silence is not owed anything; what would say something in another's name says it in nobody's. */
  sqe->flags &= (unsigned char)~IOSQE_CQE_SKIP_SUCCESS;
  if (opcode == IORING_OP_POLL_REMOVE) sqe->len &= ~IORING_POLL_UPDATE_USER_DATA;
  if (opcode == IORING_OP_MSG_RING) sqe->off |= NOBODY;
  if (opcode == IORING_OP_MADVISE) sqe->addr = arena_address(), sqe->len &= 0xfff;
  if (sqe->fd >= FIRST_RING_FD) sqe->fd = -1;
  /* Linux 6.18 loses and doubles completions of zero-copy sends that were wrong, and with them what drains. */
  if (opcode == IORING_OP_SEND_ZC || opcode == OP_SENDMSG_ZC) sqe->opcode = IORING_OP_NOP;
  if (opcode == IORING_OP_CLOSE && sqe->fd < 3) sqe->fd = -1;
}

static void fill(struct ring *ring, int wild) {
  for (unsigned i = below(ring->params.sq_entries < 40 ? ring->params.sq_entries + 1 : 40); i > 0; i--) {
    if (!wild && (ring->next - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE) >= ring->params.sq_entries || ring->next >= MOST_ENTRIES)) break;
    random_entry(ring, wild);
  }
  ring_publish(ring);
}

static void random_register(struct ring *ring, int wild) {
  static const unsigned tame[] = {IORING_REGISTER_BUFFERS, IORING_UNREGISTER_BUFFERS, IORING_REGISTER_FILES, IORING_UNREGISTER_FILES,
      IORING_REGISTER_EVENTFD, IORING_UNREGISTER_EVENTFD, IORING_REGISTER_PERSONALITY, 22, 23};
  unsigned opcode = wild ? (below(10) ? below(REGISTRATIONS) : (unsigned)value()) : tame[below(9)];
  unsigned count = below(3) ? below(5) : (unsigned)value();
  uint64_t argument = below(5) ? arena_address() : value();
  /* Now and then something that makes sense: pages as buffers, descriptors as files. */
  if (below(2) && opcode == IORING_REGISTER_BUFFERS) {
    uint64_t *vector = (uint64_t *)(ARENA + 0x800);
    for (int i = 0; i < 4; i++) vector[2 * i] = ARENA + below(15) * 4096, vector[2 * i + 1] = 1 + below(5000);
    argument = ARENA + 0x800, count = 1 + below(4);
  } else if (below(2) && opcode == IORING_REGISTER_FILES) {
    for (int i = 0; i < 4; i++) ((int *)(ARENA + 0x800))[i] = (int)below(20) - 1;
    argument = ARENA + 0x800, count = 1 + below(4);
  } else if (below(2) && opcode == 22) {
    uint64_t registration[5] = {ARENA + below(15) * 4096, 1u << below(5) | (uint64_t)below(3) << 32};
    memcpy((void *)(ARENA + 0x800), registration, sizeof registration);
    argument = ARENA + 0x800, count = 1;
  }
  ring_register(ring, opcode, (void *)argument, count);
}

static void corrupt(struct ring *ring) {
  unsigned *const words[] = {ring->sq_head, ring->sq_tail, ring->sq_flags, ring->sq_dropped, ring->cq_head, ring->cq_tail, ring->cq_overflow};
  switch (below(4)) {
    case 0: *words[below(7)] = (unsigned)value(); break;
    case 1: *words[below(7)] += below(9) - 4; break;
    case 2: ring->sq_array[below(ring->params.sq_entries)] = (unsigned)value(); break;
    default: ((uint64_t *)ring->sqes)[below(ring->params.sq_entries * 8)] = value();
  }
}

static void disturb_memory(struct ring *ring) {
  char *page = (char *)(ARENA + (long)below(15) * 4096);
  switch (below(6)) {
    case 0: munmap(ring->sqes, 4096); break;
    case 1: mmap((void *)((long)ring->sq_head & -4096), 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0); break;
    case 2: munmap(page, 4096); break;
    case 3: mprotect(page, 4096, (int)below(4)); break;
    case 4: mmap(page, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0); break;
    default: mmap(NULL, 4096 * below(8), PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, (off_t)((uint64_t)below(32) << 27 | (uint64_t)below(4) << 16)); break;
  }
}

static void enter_wildly(struct ring *ring) {
  unsigned flags = below(3) ? IORING_ENTER_GETEVENTS : (1u << below(9) | below(2));
  unsigned count = below(4) ? 40 : (unsigned)value();
  syscall(SYS_io_uring_enter, below(12) ? ring->fd : (int)below(24), count, below(3), flags, below(4) ? 0 : value(), below(2) ? 8 : below(64));
}

static void *run_aside(void *ring) {
  fill(ring, 1);
  enter_wildly(ring);
  return NULL;
}

static void start_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, run_aside, some_ring()) == 0) pthread_detach(thread);
}

static void start_child(void) {
  if (fork() != 0) return;
  for (int i = 0; i < 3; i++) fill(some_ring(), 1), enter_wildly(some_ring());
  _exit(0);
}

static void wild_round(void) {
  for (int step = 0; step < STEPS; step++) {
    struct ring *ring = some_ring();
    switch (below(20)) {
      case 0: open_ring(1); break;
      case 1: corrupt(ring); break;
      case 2: disturb_memory(ring); break;
      case 3: close((int)below(30)); break;
      case 4: start_thread(); break;
      case 5: start_child(); break;
      case 6:
      case 7:
      case 8: random_register(ring, 1); break;
      case 9:
      case 10: stir(); break;
      case 11: *ring->cq_head = *ring->cq_tail; break;
      case 12: fill_arena(); break;
      default: fill(ring, 1), enter_wildly(ring);
    }
  }
  if (below(4) == 0) execl("/proc/self/exe", "fuzz", "end", NULL);
  if (below(2)) syscall(SYS_exit, 0);
}

/* As many rings as there may be, each with a request that waits for a pipe; all end with the process. */
static void many_rings(void) {
  while (ring_count < MOST_RINGS) {
    int before = ring_count;
    open_ring(1);
    if (ring_count == before) break;
    struct ring *ring = &rings[before];
    ring_entry(ring, IORING_OP_POLL_ADD, pipes[0], NULL, below(2), 0, 1)->poll32_events = 1;
    ring_submit(ring, 0);
  }
}


static void reap(struct ring *ring) {
  struct completion cqe;
  while (ring_take(ring, &cqe)) {
    if (cqe.user_data < MOST_ENTRIES && !(cqe.flags & IORING_CQE_F_MORE)) lasts[cqe.user_data]++;
  }
}

static int count_wrong(const struct ring *ring) {
  unsigned taken = *ring->sq_head;
  int wrong = 0;
  for (unsigned i = 0; i < MOST_ENTRIES; i++) wrong += lasts[i] != (i < taken);
  return wrong;
}

/* How many completions are missing or too many: 0 to 100. */
static int owed_round(void) {
  struct ring *ring = &rings[0];
  for (int step = 0; step < STEPS; step++) {
    switch (below(8)) {
      case 0: stir(); break;
      case 1: random_register(ring, 0); break;
      case 2: fill_arena(); break;
      default:
        fill(ring, 0);
        ring_enter(ring, ring->next - *ring->sq_head, below(3), IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP);
    }
    if (below(3)) reap(ring);
  }
  /* Whatever still waits is cancelled, again and again, because links bring new ones. */
  for (int tick = 0; tick < TICKS; tick++) {
    struct { uint64_t user_data; int fd; unsigned flags; struct { long long seconds, nanoseconds; } time; uint64_t rest[4]; } all = {.fd = -1, .flags = 4 | 1};
    stir();
    ring_register(ring, 24, &all, 1);
    ring_enter(ring, ring->next - *ring->sq_head, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP);
    reap(ring);
    if (*ring->sq_head == ring->next && count_wrong(ring) == 0) return 0;
  }
  int wrong = count_wrong(ring);
  if (getenv("SHOW"))
    for (unsigned i = 0; i < *ring->sq_head; i++)
      if (lasts[i] != 1) fprintf(stderr, "entry %u of %u, opcode %u: %u times; ring 0x%x\n", i, *ring->sq_head, opcodes[i], lasts[i], ring->params.flags);
  return wrong > 100 ? 100 : wrong;
}

static void nothing(int signal) { (void)signal; }

static void limit(int resource, long value) {
  struct rlimit both = {value, value};
  setrlimit(resource, &both);
}

static void one_round(const char *directory, int wild, int many) {
  struct itimerval tick = {{0, 200}, {0, 200}};
  struct rlimit files = {1100, 1100};
  if (mkdir(directory, 0777) | chmod(directory, 0777) | chdir(directory) | mkdir("d", 0777) | symlink("f", "l") | mkfifo("p", 0644)) _exit(103);
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < (getenv("SHOW") ? 2 : 3); fd++) dup2(null, fd);
  close(null);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setrlimit(RLIMIT_NOFILE, &files);
  limit(RLIMIT_AS, 256 << 20), limit(RLIMIT_FSIZE, 4 << 20), limit(RLIMIT_NPROC, 64);
  signal(SIGALRM, nothing), siginterrupt(SIGALRM, 1), signal(SIGPIPE, SIG_IGN), signal(SIGXFSZ, SIG_IGN);
  setitimer(ITIMER_REAL, &tick, NULL);
  if ((!wild || below(2)) && setresuid(65534, 65534, 65534)) _exit(103);
  open_things();
  open_ring(wild);
  if (ring_count == 0) _exit(wild ? 0 : 103);
  if (!wild) _exit(owed_round());
  if (many) many_rings();
  wild_round();
  _exit(0);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status, (void)kind, (void)place;
  remove(path);
  return 0;
}

int main(int count, char **arguments) {
  if (count == 2) return 0;
  if (count < 3) return 2;
  uint64_t seed = strtoul(arguments[1], NULL, 0);
  int rounds = atoi(arguments[2]), owed = count > 3, killed = 0, died = 0, lost = 0, checked = 0;
  mmap((void *)ARENA, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)READ_ONLY, 0x2000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  for (int round = 0; round < rounds; round++) {
    struct timespec patience = {1, 0};
    int wild = !owed && round % 2, status, ended = 0;
    char directory[40];
    snprintf(directory, sizeof directory, "/tmp/fuzz-uring-%d", getpid());
    state = (seed * 0x9e3779b97f4a7c15UL) ^ ((uint64_t)(round + 1) * 0xbf58476d1ce4e5b9UL);
    fill_arena();
    int child = fork();
    if (child == 0) {
      sigprocmask(SIG_UNBLOCK, &children, NULL);
      one_round(directory, wild, round % 50 == 49);
    }
    while (!(ended = waitpid(child, &status, WNOHANG) == child) && sigtimedwait(&children, NULL, &patience) > 0) {}
    if (!ended) {
      killed++;
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
    } else if (WIFSIGNALED(status)) died++;
    if (!wild && ended && WIFEXITED(status) && WEXITSTATUS(status) <= 100) {
      checked++;
      if (WEXITSTATUS(status)) lost++, printf("round %d: %d completions are missing or too many\n", round, WEXITSTATUS(status));
    }
    kill(-child, SIGKILL);
    while (waitpid(-1, &status, WNOHANG) > 0) {}
    nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  }
  printf("%d rounds, completions counted in %d, %d died, %d hung and were killed\n", rounds, checked, died, killed);
  return lost > 0;
}
