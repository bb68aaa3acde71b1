// Ping-pong through memory that both parties map. Polled: System V shared memory, a mapped file. Slept on: a futex.

#include "ping_pong.h"
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/shm.h>
#include <sys/syscall.h>

/* A message for each party: how many came, and the latest. */
static struct inbox {
  volatile int count;
  char payload[MOST_BYTES];
} *inbox;
static int expected[2];

static void prepare_shm(void) {
  int segment = shmget(IPC_PRIVATE, 2 * sizeof *inbox, IPC_CREAT | 0600);
  must(segment >= 0, "shmget");
  inbox = shmat(segment, NULL, 0);
  must(inbox != (void *)-1, "shmat");
  must(shmctl(segment, IPC_RMID, NULL) == 0, "shmctl");
  memset((void *)inbox, 0, 2 * sizeof *inbox);
}

static void prepare_file(void) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/ipc-mapped-%d", (int)getpid());
  int file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
  must(file >= 0 && ftruncate(file, 2 * sizeof *inbox) == 0, path);
  inbox = mmap(NULL, 2 * sizeof *inbox, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  must(inbox != MAP_FAILED, "mmap");
  unlink(path), close(file);
  memset((void *)inbox, 0, 2 * sizeof *inbox);
}

static void prepare_futex(void) {
  inbox = mmap(NULL, 2 * sizeof *inbox, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(inbox != MAP_FAILED, "mmap");
  memset((void *)inbox, 0, 2 * sizeof *inbox);
}

static void put(int party, char *message) {
  struct inbox *to = &inbox[!party];
  memcpy(to->payload, message, (size_t)size);
  __atomic_store_n(&to->count, to->count + 1, __ATOMIC_RELEASE);
}

static void poll_memory(int party, char *message) {
  struct inbox *own = &inbox[party];
  while (own->count == expected[party]) continue;
  expected[party]++;
  memcpy(message, own->payload, (size_t)size);
}

static void put_and_wake(int party, char *message) {
  put(party, message);
  syscall(SYS_futex, &inbox[!party].count, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void sleep_on(int party, char *message) {
  struct inbox *own = &inbox[party];
  while (own->count == expected[party]) syscall(SYS_futex, &own->count, FUTEX_WAIT, expected[party], NULL, NULL, 0);
  poll_memory(party, message);
}

static const struct mechanism mechanisms[] = {
    {"shm", SPINS, PROCESSES, prepare_shm, NULL, put, poll_memory, NULL, NULL},
    {"mapped-file", SPINS, PROCESSES, prepare_file, NULL, put, poll_memory, NULL, NULL},
    {"futex", BLOCKS, PROCESSES, prepare_futex, NULL, put_and_wake, sleep_on, NULL, NULL},
};

int main(int argc, char **argv) { return PING_PONG(argc, argv, mechanisms); }
