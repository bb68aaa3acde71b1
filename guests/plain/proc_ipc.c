// What /proc tells of System V and POSIX IPC: tables, limits, mappings.

#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

static char text[1 << 20];

static const char *contents(const char *path) {
  int file = open(path, O_RDONLY);
  size_t length = 0;
  ssize_t got;
  while (file >= 0 && (got = read(file, text + length, sizeof text - 1 - length)) > 0) length += got;
  text[length] = 0;
  close(file);
  return text;
}

/* The line of `path` that has `part`, without its end. */
static const char *line_with(const char *path, const char *part) {
  contents(path);
  char *at = strstr(text, part);
  if (!at) return "";
  while (at > text && at[-1] != '\n') at--;
  at[strcspn(at, "\n")] = 0;
  return at;
}

static void header(const char *path) {
  contents(path);
  text[strcspn(text, "\n")] = 0;
  printf("%s:%s\n", path, text);
}

static int is(const char *got, const char *expected) {
  if (strcmp(got, expected) == 0) return 1;
  printf("  got      '%s'\n  expected '%s'\n", got, expected);
  return 0;
}

int main(void) {
  header("/proc/sysvipc/shm");
  header("/proc/sysvipc/msg");
  header("/proc/sysvipc/sem");
  char id[32], expected[300];
  int key = 0x10000000 | getpid();
  unsigned uid = geteuid(), gid = getegid();

  int segment = shmget(key, 5000, IPC_CREAT | 0640);
  char *p = shmat(segment, NULL, SHM_RDONLY);
  struct shmid_ds s;
  shmctl(segment, IPC_STAT, &s);
  snprintf(id, sizeof id, " %d ", segment);
  snprintf(expected, sizeof expected, "%10d %10d  %4o %21lu %5d %5d  %5lu %5u %5u %5u %5u %10ld %10ld %10ld %21lu %21lu", key, segment, 0640, 5000ul,
           getpid(), getpid(), 1ul, uid, gid, uid, gid, (long)s.shm_atime, 0l, (long)s.shm_ctime, 0ul, 0ul);
  check(is(line_with("/proc/sysvipc/shm", id), expected), "a segment");
  snprintf(id, sizeof id, "/SYSV%08x", key);
  snprintf(expected, sizeof expected, "%08lx-%08lx r--s 00000000 00:01 %d", (long)p, (long)p + 8192, segment);
  const char *line = line_with("/proc/self/maps", id);
  check(strncmp(line, expected, strlen(expected)) == 0 && strstr(line, " (deleted)") != NULL, "its mapping");
  shmdt(p);
  shmctl(segment, IPC_RMID, NULL);

  int queue = msgget(key, IPC_CREAT | 0600);
  struct { long type; char text[10]; } m = {1, "message"};
  msgsnd(queue, &m, 8, 0);
  struct msqid_ds q;
  msgctl(queue, IPC_STAT, &q);
  snprintf(id, sizeof id, " %d ", queue);
  snprintf(expected, sizeof expected, "%10d %10d  %4o  %10lu %10lu %5u %5u %5u %5u %5u %5u %10ld %10ld %10ld", key, queue, 0600, 8ul, 1ul, getpid(), 0, uid,
           gid, uid, gid, (long)q.msg_stime, 0l, (long)q.msg_ctime);
  check(is(line_with("/proc/sysvipc/msg", id), expected), "a queue");
  msgctl(queue, IPC_RMID, NULL);

  int set = semget(-key, 3, IPC_CREAT | 0604);
  struct semid_ds t;
  semctl(set, 0, IPC_STAT, &t);
  snprintf(id, sizeof id, " %d ", set);
  snprintf(expected, sizeof expected, "%10d %10d  %4o %10u %5u %5u %5u %5u %10ld %10ld", -key, set, 0604, 3, uid, gid, uid, gid, 0l, (long)t.sem_ctime);
  check(is(line_with("/proc/sysvipc/sem", id), expected), "a set");
  semctl(set, 0, IPC_RMID);

  check(is(contents("/proc/sys/kernel/shmmax"), "18446744073692774399\n"), "kernel.shmmax");
  check(is(contents("/proc/sys/kernel/shmall"), "18446744073692774399\n"), "kernel.shmall");
  check(is(contents("/proc/sys/kernel/shmmni"), "4096\n"), "kernel.shmmni");
  check(is(contents("/proc/sys/kernel/msgmax"), "8192\n"), "kernel.msgmax");
  check(is(contents("/proc/sys/kernel/msgmnb"), "16384\n"), "kernel.msgmnb");
  check(is(contents("/proc/sys/kernel/msgmni"), "32000\n"), "kernel.msgmni");
  check(is(contents("/proc/sys/kernel/sem"), "32000\t1024000000\t500\t32000\n"), "kernel.sem");
  check(is(contents("/proc/sys/fs/mqueue/msg_max"), "10\n"), "fs.mqueue.msg_max");
  check(is(contents("/proc/sys/fs/mqueue/msgsize_max"), "8192\n"), "fs.mqueue.msgsize_max");
  check(is(contents("/proc/sys/fs/mqueue/queues_max"), "256\n"), "fs.mqueue.queues_max");
  return check_result();
}
