// System V shared memory: keys, attachments across fork, exec-less exit and unmapping, segments marked for destruction.

#define _GNU_SOURCE
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

#ifdef __GLIBC__
#define KEY_FIELD __key
#else
#define KEY_FIELD __key
#endif

enum { PAGE = 4096, DEST = 01000, LOCKED = 02000, SEGMENT_INFO = 14, SEGMENT_STAT = 13 };

static struct shmid_ds status(int id) {
  struct shmid_ds now;
  must(shmctl(id, IPC_STAT, &now) == 0, "IPC_STAT");
  return now;
}

static long attached(int id) {
  return (long)status(id).shm_nattch;
}

static int exit_of(pid_t child) {
  int how;
  must(waitpid(child, &how, 0) == child, "waitpid");
  return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

int main(void) {
  key_t key = 0x5eed0000 ^ getpid();
  /* The clock of these stamps is a tick behind time(). */
  time_t start = time(NULL) - 1;

  check_errno(shmget(key, PAGE, 0600), ENOENT, "no such key");
  check_errno(shmget(key, 0, IPC_CREAT | 0600), EINVAL, "a segment of nothing");
  check_errno(shmget(IPC_PRIVATE, (size_t)-1, 0600), EINVAL, "a segment larger than may be");
  int id = shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0640);
  check(id >= 0, "a segment");
  check_errno(shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600), EEXIST, "the key is taken");
  check(shmget(key, 5000, 0) == id && shmget(key, 1, IPC_CREAT) == id, "found by its key");
  check_errno(shmget(key, 5001, 0), EINVAL, "smaller than asked for");
  int one = shmget(IPC_PRIVATE, PAGE, 0600), two = shmget(IPC_PRIVATE, PAGE, 0600);
  check(one >= 0 && two >= 0 && one != two, "IPC_PRIVATE is nobody's key");

  struct shmid_ds s = status(id);
  check(s.shm_segsz == 5000 && s.shm_nattch == 0 && s.shm_cpid == getpid() && s.shm_lpid == 0, "size, attachments, pids");
  check(s.shm_atime == 0 && s.shm_dtime == 0 && s.shm_ctime >= start, "times");
  check((s.shm_perm.mode & 07777) == 0640 && s.shm_perm.uid == geteuid() && s.shm_perm.cgid == getegid(), "mode and owners");
  check(s.shm_perm.KEY_FIELD == key, "key");

  check_errno((long)shmat(id, (void *)1, 0), EINVAL, "an address between pages");
  check_errno((long)shmat(-1, NULL, 0), EINVAL, "attaching no segment");
  check_errno((long)shmat(id, NULL, SHM_REMAP), EINVAL, "SHM_REMAP without an address");
  check_errno(shmdt((void *)1), EINVAL, "detaching an odd address");

  char *p = shmat(id, NULL, 0);
  char *q = shmat(id, NULL, SHM_RDONLY);
  check(p != (void *)-1 && q != (void *)-1 && p != q, "attached twice");
  strcpy(p + 4990, "shared");
  check(strcmp(q + 4990, "shared") == 0, "both show the same");
  check(p[8191] == 0, "whole pages");
  check(attached(id) == 2, "counted");
  s = status(id);
  check(s.shm_lpid == getpid() && s.shm_atime >= start, "last pid, time of attachment");
  check_errno(mprotect(q, PAGE, PROT_READ | PROT_WRITE), EACCES, "a read-only attachment stays so");

  char *room = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check_errno((long)shmat(id, room, 0), EINVAL, "a place that is taken");
  check(shmat(id, room, SHM_REMAP) == room && room[4990] == 's', "SHM_REMAP replaces what is there");
  munmap(room + 2 * PAGE, 2 * PAGE);
  check(shmat(id, room + 2 * PAGE + 5, SHM_RND) == room + 2 * PAGE, "SHM_RND rounds down");
  check(attached(id) == 4, "four attachments");
  munmap(room + PAGE, PAGE);
  check(attached(id) == 4, "one page of two unmapped");
  check(shmdt(room) == 0 && attached(id) == 3, "the rest is detached");
  check_errno(shmdt(room), EINVAL, "detached before");
  mprotect(room + 2 * PAGE, PAGE, PROT_READ);
  check(attached(id) == 4, "an attachment in two ranges counts twice");
  check(shmdt(room + 2 * PAGE) == 0 && attached(id) == 2, "and goes as one");
  check(status(id).shm_dtime >= start, "time of detachment");

  pid_t child = fork();
  if (child == 0) {
    if (attached(id) != 4) _exit(1);
    strcpy(p, "from the child");
    shmdt(q);
    _exit(attached(id) == 3 ? 0 : 2);
  }
  check(exit_of(child) == 0 && strcmp(p, "from the child") == 0, "a child inherits attachments");
  check(attached(id) == 2 && status(id).shm_lpid == child, "its end detaches them");

  child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);
    *(volatile char *)q = 1;
    _exit(0);
  }
  check(exit_of(child) == -SIGSEGV, "a store to a read-only attachment");

  struct shmid_ds change = status(id);
  change.shm_perm.mode = 0600 | DEST;
  check(shmctl(id, IPC_SET, &change) == 0 && (status(id).shm_perm.mode & 07777) == 0600, "IPC_SET changes permissions only");
  check(shmctl(id, SHM_LOCK, NULL) == 0 && (status(id).shm_perm.mode & LOCKED) != 0, "SHM_LOCK");
  check(shmctl(id, SHM_UNLOCK, NULL) == 0 && (status(id).shm_perm.mode & LOCKED) == 0, "SHM_UNLOCK");
  check_errno(shmctl(id, 99, NULL), EINVAL, "an unknown command");
  check_errno(shmctl(id, IPC_STAT, NULL), EFAULT, "IPC_STAT to nowhere");

  struct { int used; unsigned long total, resident, swapped, attempts, successes; } info;
  long highest = shmctl(0, SEGMENT_INFO, (void *)&info);
  check(highest >= (id & 0x7fff) && info.used >= 3 && info.total >= 4 && info.resident >= 2, "SHM_INFO");
  unsigned long limits[9];
  /* Others on the same kernel make and remove segments meanwhile. */
  check(shmctl(0, IPC_INFO, (void *)limits) >= (id & 0x7fff) && limits[1] == 1 && limits[2] == 4096, "IPC_INFO");
  check(shmctl(id & 0x7fff, SEGMENT_STAT, &s) == id && s.shm_segsz == 5000, "SHM_STAT goes by the place in the table");

  shmctl(one, IPC_RMID, NULL);
  shmctl(two, IPC_RMID, NULL);
  check(shmctl(id, IPC_RMID, NULL) == 0, "removed while attached");
  s = status(id);
  check((s.shm_perm.mode & DEST) != 0 && s.shm_perm.KEY_FIELD == 0, "marked for destruction, without its key");
  check_errno(shmget(key, 1, 0), ENOENT, "not found by its key");
  int other = shmget(key, PAGE, IPC_CREAT | 0600);
  check(other >= 0 && other != id, "the key makes another");
  shmctl(other, IPC_RMID, NULL);
  char *late = shmat(id, NULL, 0);
  check(late != (void *)-1 && strcmp(late, "from the child") == 0, "still attached by its identifier");
  check(shmdt(p) == 0 && shmdt(q) == 0 && attached(id) == 1, "not yet gone");
  check(munmap(late, 2 * PAGE) == 0, "unmapping the last");
  check_errno(shmctl(id, IPC_STAT, &s), EINVAL, "gone");
  check_errno((long)shmat(id, NULL, 0), EINVAL, "not attached any more");

  id = shmget(IPC_PRIVATE, PAGE, 0600);
  p = shmat(id, NULL, 0);
  shmctl(id, IPC_RMID, NULL);
  child = fork();
  if (child == 0) {
    while (*(volatile char *)p != 'p') usleep(1000);
    p[1] = 'c';
    _exit(0);
  }
  p[0] = 'p';
  check(exit_of(child) == 0 && p[0] == 'p' && p[1] == 'c', "a removed segment of two processes");
  shmdt(p);
  check_errno(shmctl(id, IPC_STAT, &s), EINVAL, "goes with the last");
  return check_result();
}
