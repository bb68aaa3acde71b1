// Random system calls with wild arguments: fuzz_syscalls SEED ROUNDS TABLE. A round is a process of its own that makes CALLS calls; one
// that hangs is killed. TABLE names the calls and the kinds of their arguments, "0:fpz 3:f": f descriptor, p pointer, n path, z size,
// b flags, s signal, i any other number; most arguments are of their kind. What the calls answer does not matter: the machine must survive
// them. Prints one line when all rounds are done.
// Only for a machine: some calls would hurt a host.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 48, MOST_NUMBERS = 512, ARENA = 0x10000000, ARENA_BYTES = 0x10000, READ_ONLY = 0x10020000, UNMAPPED = 0x10040000 };

static uint64_t state;
static struct {
  int number;
  char kinds[8];
} table[MOST_NUMBERS];
static int table_length;

static uint64_t random_bits(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545f4914f6cdd1dUL;
}

static unsigned below(unsigned limit) { return (random_bits() >> 33) % limit; }

static const char *const names[] = {"/tmp/f", "f", "d", "d/f", ".", "..", "/", "/proc/self", "/proc/self/fd/3", "/dev/null", "/dev/zero",
    "/dev/tty", "l", "p", "", "missing", "/proc/self/mem"};
enum { NAMES = sizeof names / sizeof *names, NAMES_AT = ARENA + 0xe000 };

static long arena_address(void) { return ARENA + (long)below(ARENA_BYTES) / 8 * 8; }

static long wild_value(void) {
  switch (below(20)) {
    case 0:
    case 1: return below(17);
    case 2: return -(long)below(200);
    case 3:
    case 4:
    case 5: return below(24);
    case 6:
    case 7:
    case 8: return arena_address();
    case 9: return ARENA + ARENA_BYTES - (long)below(40);
    case 10: return READ_ONLY + (long)below(4096);
    case 11: return UNMAPPED;
    case 12: return below(2) ? (long)0xffff888000000000 : (long)0x0100000000000000;
    case 13: return 1L << below(64);
    case 14: return (long)random_bits();
    case 15: return (long)(random_bits() & random_bits() & 0xffffffff);
    case 16:
    case 17: return NAMES_AT + (long)below(NAMES) * 64;
    case 18: return below(3) ? getpid() : (long)below(4);
    default: return (long)below(64) * 4096;
  }
}

static long value_of_kind(char kind) {
  switch (kind) {
    case 'f': return below(26);
    case 'p': return below(6) ? arena_address() : 0;
    case 'n': return NAMES_AT + (long)below(NAMES) * 64;
    case 'z': return below(3) ? (long)below(300) : (long)below(16) * 4096;
    case 'b': return below(3) == 0 ? 0 : 1L << below(22) | (below(2) ? 1L << below(22) : 0);
    case 's': return 1 + (long)below(64);
    default: return below(3) ? (long)below(12) : wild_value();
  }
}

static void fill_arena(void) {
  for (int at = 0; at < 0xe000; at += 8) {
    long value = below(3) ? 0 : wild_value();
    if (below(4) == 0) value = (long)(((uint64_t)below(16) << 32) | below(64));
    memcpy((char *)(long)ARENA + at, &value, 8);
  }
  for (int i = 0; i < NAMES; i++) strcpy((char *)(long)NAMES_AT + i * 64, names[i]);
}

static void open_things(void) {
  int ends[2];
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  open("f", O_RDWR | O_CREAT, 0644);
  open(".", O_RDONLY);
  if (pipe2(ends, below(2) ? O_NONBLOCK : 0) == 0) socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
  eventfd(below(3), EFD_NONBLOCK);
  epoll_create1(0);
  timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  socket(AF_INET, SOCK_STREAM, 0);
  socket(AF_INET, SOCK_DGRAM, 0);
  memfd_create("m", MFD_ALLOW_SEALING);
  syscall(SYS_inotify_init1, 0);
  syscall(SYS_signalfd4, -1, &signals, 8, 0);
  char parameters[120] = {0};
  syscall(SYS_io_uring_setup, 4, parameters);
  open("/dev/zero", O_RDWR);
  open("/proc/self/maps", O_RDONLY);
  open("/dev/ptmx", O_RDWR);
}

static void nothing(int signal) { (void)signal; }

/* The ends of everything, and what would end or name processes of other rounds. */
static int is_left_out(long number) { return number == SYS_exit || number == SYS_exit_group || number == SYS_vfork ||
    number == SYS_rt_sigreturn; }

static int hits_others(long number, const long *arguments) {
  if (number == SYS_kill || number == SYS_rt_sigqueueinfo) return (int)arguments[0] <= 1 || (int)arguments[0] != getpid();
  if (number == SYS_tkill || number == SYS_tgkill || number == SYS_rt_tgsigqueueinfo || number == SYS_prlimit64)
      return (int)arguments[0] != getpid();
  return number == SYS_process_vm_writev || (number == SYS_fcntl && arguments[1] == F_SETOWN);
}

/* A directory of its own, which others find as they like; standard streams that nobody reads. */
static void move_in(int round) {
  char name[24];
  snprintf(name, sizeof name, "/tmp/r%d", round);
  if (mkdir(name, 0777) | chmod(name, 0777) | chdir(name) | mkdir("d", 0777) | symlink("f", "l") | mkfifo("p", 0644)) _exit(3);
  int nothing = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(nothing, fd);
  close(nothing);
}

static void one_round(int round) {
  struct itimerval tick = {{0, 200}, {0, 200}};
  move_in(round);
  int self = getpid();
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGALRM, nothing);
  siginterrupt(SIGALRM, 1);
  setitimer(ITIMER_REAL, &tick, NULL);
  if (round % 2 && setresuid(65534, 65534, 65534)) _exit(3);
  open_things();
  for (int call = 0; call < CALLS; call++) {
    if (call % 8 == 0) fill_arena();
    int row = below(table_length);
    /* Now and then a number that nobody has. */
    long number = below(40) ? table[row].number : (long)below(1000), arguments[6];
    size_t known = strlen(table[row].kinds);
    for (size_t i = 0; i < 6; i++) arguments[i] = i < known && below(5) ? value_of_kind(table[row].kinds[i]) : wild_value();
    if (is_left_out(number) || hits_others(number, arguments)) continue;
    syscall(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    if ((int)syscall(SYS_getpid) != self) break;
  }
  syscall(SYS_exit_group, 0);
}

static void read_table(const char *text) {
  for (const char *at = text; *at && table_length < MOST_NUMBERS; at += strspn(at, " ")) {
    char *colon;
    table[table_length].number = strtol(at, &colon, 10);
    size_t length = strcspn(colon + 1, " ");
    if (length < sizeof table[0].kinds) memcpy(table[table_length++].kinds, colon + 1, length);
    at = colon + 1 + length;
  }
}

static void limit(int resource, long value) {
  struct rlimit both = {value, value};
  setrlimit(resource, &both);
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  read_table(arguments[3]);
  uint64_t seed = strtoul(arguments[1], NULL, 0);
  int rounds = atoi(arguments[2]), killed = 0, died = 0;
  mmap((void *)ARENA, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)READ_ONLY, 0x2000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  limit(RLIMIT_AS, 64 << 20);
  limit(RLIMIT_FSIZE, 4 << 20);
  limit(RLIMIT_NOFILE, 128);
  limit(RLIMIT_NPROC, 64);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  for (int round = 0; round < rounds; round++) {
    struct timespec patience = {0, 50000000};
    state = (seed * 0x9e3779b97f4a7c15UL) ^ ((uint64_t)(round + 1) * 0xbf58476d1ce4e5b9UL);
    int child = fork(), status;
    if (child == 0) {
      sigprocmask(SIG_UNBLOCK, &children, NULL);
      one_round(round);
    }
    if (child < 0) continue;
    int ended = 0;
    while (!(ended = waitpid(child, &status, WNOHANG) == child) && sigtimedwait(&children, NULL, &patience) > 0) {}
    if (!ended) {
      killed++;
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
    } else if (WIFSIGNALED(status)) died++;
    kill(-child, SIGKILL);
    while (waitpid(-1, &status, WNOHANG) > 0) {}
  }
  printf("%d rounds of %d calls, %d died, %d hung and were killed\n", rounds, CALLS, died, killed);
  fflush(stdout);
  kill(-1, SIGKILL);
  return 0;
}
