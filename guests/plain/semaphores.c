// System V semaphores: operations all at once or not at all, waiting and its order, SEM_UNDO, control, removal, time-outs.

#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "check.h"

enum { SET_STAT = 18, SET_INFO = 19 };

union argument {
  int value;
  struct semid_ds *status;
  unsigned short *values;
  struct seminfo *info;
};

static int id;

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

static int value(int number) {
  return semctl(id, number, GETVAL);
}

static int set(int number, int to) {
  return semctl(id, number, SETVAL, (union argument){.value = to});
}

static int one(int number, int change, int flags) {
  struct sembuf operation = {number, change, flags};
  return semop(id, &operation, 1);
}

#define several(...) semop(id, (struct sembuf[]){__VA_ARGS__}, sizeof((struct sembuf[]){__VA_ARGS__}) / sizeof(struct sembuf))

static int exit_of(pid_t child) {
  int how;
  must(waitpid(child, &how, 0) == child, "waitpid");
  return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

static int is_waiting(pid_t child) {
  rest(20);
  return waitpid(child, NULL, WNOHANG) == 0;
}

static void nothing(int signal) {
  (void)signal;
}

static void at_once(void) {
  check(one(0, 3, 0) == 0 && value(0) == 3, "raised");
  check(one(0, -2, 0) == 0 && value(0) == 1, "lowered");
  check_errno(one(0, -2, IPC_NOWAIT), EAGAIN, "not below zero");
  check_errno(one(0, 0, IPC_NOWAIT), EAGAIN, "not zero");
  check(one(1, 0, 0) == 0, "zero");
  check_errno(several({0, -1, 0}, {1, 5, 0}, {2, -1, IPC_NOWAIT}), EAGAIN, "three, of which one cannot be");
  check(value(0) == 1 && value(1) == 0 && value(2) == 0, "then none is done");
  check(several({0, 0, IPC_NOWAIT}, {0, 1, 0}) == -1 && several({0, -1, 0}, {0, 0, 0}, {0, 7, 0}) == 0 && value(0) == 7, "in their order");
  check(several({1, 1, 0}, {1, -1, 0}) == 0 && value(1) == 0, "the same one twice");
  check(semctl(id, 1, GETPID) == getpid(), "pid of the last operation");
  check_errno(one(0, 32767, 0), ERANGE, "beyond the largest value");
  check_errno(one(4, 1, 0), EFBIG, "no such semaphore");
  check_errno(semop(id, NULL, 0), EINVAL, "no operations");
  check_errno(semop(id, NULL, 501), E2BIG, "too many");
  check_errno(semop(id, NULL, 1), EFAULT, "from nowhere");
  check_errno(semop(-1, &(struct sembuf){0, 1, 0}, 1), EINVAL, "no set");
  set(0, 0);
}

static void control(void) {
  unsigned short all[4] = {4, 3, 2, 1};
  check(semctl(id, 0, SETALL, (union argument){.values = all}) == 0 && value(0) == 4 && value(3) == 1, "SETALL");
  memset(all, 0, sizeof all);
  check(semctl(id, 0, GETALL, (union argument){.values = all}) == 0 && all[1] == 3 && all[2] == 2, "GETALL");
  all[2] = 40000;
  check_errno(semctl(id, 0, SETALL, (union argument){.values = all}), ERANGE, "SETALL beyond the largest value");
  check(value(2) == 2, "changes nothing");
  check_errno(set(0, -1), ERANGE, "SETVAL below zero");
  check_errno(set(4, 1), EINVAL, "SETVAL of no semaphore");
  check_errno(semctl(id, 9, GETVAL), EINVAL, "GETVAL of no semaphore");
  check_errno(semctl(id, 0, 99), EINVAL, "an unknown command");
  struct semid_ds s;
  check(semctl(id, 0, IPC_STAT, (union argument){.status = &s}) == 0 && s.sem_nsems == 4 && (s.sem_perm.mode & 0777) == 0600, "IPC_STAT");
  check(s.sem_otime > 0 && s.sem_ctime > 0, "times");
  s.sem_perm.mode = 0640;
  check(semctl(id, 0, IPC_SET, (union argument){.status = &s}) == 0, "IPC_SET");
  check(semctl(id & 0x7fff, 0, SET_STAT, (union argument){.status = &s}) == id && (s.sem_perm.mode & 0777) == 0640, "SEM_STAT");
  struct seminfo info;
  /* Others on the same kernel make and remove sets meanwhile. */
  int highest = semctl(0, 0, IPC_INFO, (union argument){.info = &info});
  check(highest >= (id & 0x7fff) && info.semmni == 32000 && info.semmsl == 32000 && info.semmns == 1024000000 && info.semopm == 500, "IPC_INFO");
  check(info.semvmx == 32767 && info.semaem == 32767 && info.semume == 500 && info.semmap == 1024000000 && info.semusz == 20, "historic limits");
  check(semctl(0, 0, SET_INFO, (union argument){.info = &info}) >= (id & 0x7fff) && info.semusz >= 1 && info.semaem >= 4, "SEM_INFO");
  for (int i = 0; i < 4; i++) set(i, 0);
}

static pid_t waiter(struct sembuf *operations, int count) {
  pid_t child = fork();
  if (child == 0) _exit(semop(id, operations, count) == 0 ? 0 : errno);
  await_state(child, child, "SZ");
  return child;
}

#define waits(...) waiter((struct sembuf[]){__VA_ARGS__}, sizeof((struct sembuf[]){__VA_ARGS__}) / sizeof(struct sembuf))

static void waiting(void) {
  pid_t first = waits({0, -2, 0});
  pid_t second = waits({0, -1, 0});
  check(semctl(id, 0, GETNCNT) == 2 && semctl(id, 0, GETZCNT) == 0, "two wait for more");
  one(0, 1, 0);
  check(exit_of(second) == 0 && is_waiting(first), "one that can goes on before an older one that cannot");
  check(semctl(id, 0, GETPID) == second, "the pid is the sleeper's");
  one(0, 2, 0);
  check(exit_of(first) == 0 && value(0) == 0, "then the older one");

  set(1, 1);
  pid_t zero = waits({1, 0, 0});
  pid_t both = waits({0, -1, 0}, {1, -1, 0});
  check(semctl(id, 1, GETZCNT) == 1 && semctl(id, 0, GETNCNT) == 1 && semctl(id, 1, GETNCNT) == 0, "counted where they block");
  one(0, 1, 0);
  check(exit_of(both) == 0, "both at once");
  check(exit_of(zero) == 0 && value(0) == 0 && value(1) == 0, "which makes zero");

  set(0, 1);
  both = waits({0, -1, 0}, {1, -1, 0});
  check(value(0) == 1 && semctl(id, 1, GETNCNT) == 1, "the first of two is not done alone");
  first = waits({0, -1, 0});
  check(exit_of(first) == 0 && is_waiting(both), "another may take it");
  check(semctl(id, 0, GETNCNT) + semctl(id, 1, GETNCNT) == 1, "it waits at one of them");
  several({0, 1, 0}, {1, 1, 0});
  check(exit_of(both) == 0, "until both are there");

  both = waits({0, -1, 0}, {1, 0, IPC_NOWAIT});
  set(1, 5);
  one(0, 1, 0);
  check(exit_of(both) == EAGAIN && value(0) == 1, "IPC_NOWAIT counts when the wait before it is over");
  set(0, 0);
  set(1, 0);

  first = waits({2, -1, 0});
  set(2, 1);
  check(exit_of(first) == 0 && value(2) == 0, "SETVAL wakes");
  first = waits({2, -3, 0}, {3, -3, 0});
  unsigned short all[4] = {0, 0, 3, 3};
  semctl(id, 0, SETALL, (union argument){.values = all});
  check(exit_of(first) == 0 && value(3) == 0, "SETALL wakes");
}

static void *owe(void *amount) {
  one(0, (int)(long)amount, SEM_UNDO);
  return NULL;
}

static void undo(void) {
  set(0, 5);
  pid_t child = fork();
  if (child == 0) {
    one(0, -3, SEM_UNDO);
    one(0, 1, SEM_UNDO);
    one(0, -1, 0);
    _exit(value(0) == 2 ? 0 : 1);
  }
  check(exit_of(child) == 0 && value(0) == 4, "SEM_UNDO gives back what was taken with it");
  check(semctl(id, 0, GETPID) == child, "in the name of the process that has ended");
  child = fork();
  if (child == 0) {
    one(0, 10, SEM_UNDO);
    one(0, -12, 0);
    _exit(0);
  }
  check(exit_of(child) == 0 && value(0) == 0, "never below zero");
  set(0, 5);
  child = fork();
  if (child == 0) {
    one(0, -3, SEM_UNDO);
    set(0, 1);
    _exit(0);
  }
  check(exit_of(child) == 0 && value(0) == 1, "SETVAL cancels it");
  child = fork();
  if (child == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, owe, (void *)4);
    pthread_join(thread, NULL);
    _exit(value(0) == 5 ? 0 : 1);
  }
  check(exit_of(child) == 0 && value(0) == 1, "threads owe together");
  set(0, 2);
  child = fork();
  if (child == 0) {
    one(0, -2, SEM_UNDO);
    pid_t grandchild = fork();
    if (grandchild == 0) _exit(0);
    exit_of(grandchild);
    _exit(value(0) == 0 ? 0 : 1);
  }
  check(exit_of(child) == 0 && value(0) == 2, "a child does not inherit it");
  set(0, 1);
  child = fork();
  if (child == 0) {
    one(0, -1, SEM_UNDO);
    while (semctl(id, 0, GETNCNT) == 0) rest(1);
    kill(getpid(), SIGKILL);
  }
  while (value(0) != 0) rest(1);
  pid_t next = waits({0, -1, 0});
  check(exit_of(child) == -SIGKILL && exit_of(next) == 0, "the end of a process wakes");
  set(1, 0);
  check_errno(one(1, 32767, SEM_UNDO) == 0 ? one(1, -32767, 0) == 0 ? one(1, 32767, SEM_UNDO) : 1 : 1, ERANGE, "more than can be owed");
  set(1, 0);
}

static void endings(void) {
  struct timespec soon = {0, 20000000}, bad = {0, 1000000000}, start, end;
  struct sembuf down = {0, -1, 0};
  set(0, 0);
  clock_gettime(CLOCK_MONOTONIC, &start);
  check_errno(semtimedop(id, &down, 1, &soon), EAGAIN, "a time-out");
  clock_gettime(CLOCK_MONOTONIC, &end);
  check((end.tv_sec - start.tv_sec) * 1000000000l + end.tv_nsec - start.tv_nsec >= 20000000, "after the time asked for");
  check_errno(semtimedop(id, &down, 1, &bad), EINVAL, "a time that is none");
  check_errno(semtimedop(id, &down, 1, (void *)1), EFAULT, "a time nowhere");
  check(semctl(id, 0, GETNCNT) == 0, "nobody waits any more");

  struct sigaction act = {.sa_handler = nothing, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &act, NULL);
  pid_t child = waits({0, -1, 0});
  kill(child, SIGUSR1);
  check(exit_of(child) == EINTR, "a handler ends it");
  child = waits({0, -1, 0});
  kill(child, SIGSTOP);
  await_state(child, child, "T");
  kill(child, SIGCONT);
  check(exit_of(child) == EINTR, "and so does a stop");
  child = waits({0, -1, 0});
  kill(child, SIGKILL);
  check(exit_of(child) == -SIGKILL && semctl(id, 0, GETNCNT) == 0, "a sleeper killed");

  child = waits({0, -1, 0});
  pid_t other = waits({0, -1, 0}, {1, -1, 0});
  check(semctl(id, 0, IPC_RMID) == 0, "removed");
  check(exit_of(child) == EIDRM && exit_of(other) == EIDRM, "EIDRM for who waited");
  check_errno(one(0, 1, 0), EINVAL, "EINVAL for who comes later");
}

int main(void) {
  key_t key = 0x53454d00 ^ getpid();
  check_errno(semget(key, 4, 0), ENOENT, "no such key");
  check_errno(semget(key, 0, IPC_CREAT | 0600), EINVAL, "a set of none");
  check_errno(semget(key, 32001, IPC_CREAT | 0600), EINVAL, "a set of too many");
  check_errno(semget(key, -1, IPC_CREAT | 0600), EINVAL, "a set of less than none");
  id = semget(key, 4, IPC_CREAT | IPC_EXCL | 0600);
  check(id >= 0 && semget(key, 0, 0) == id && semget(key, 2, IPC_CREAT) == id, "a set and its key");
  check_errno(semget(key, 5, 0), EINVAL, "smaller than asked for");
  check_errno(semget(key, 4, IPC_CREAT | IPC_EXCL | 0600), EEXIST, "the key is taken");
  check(value(0) == 0 && semctl(id, 0, GETPID) == 0, "all zero");
  at_once();
  control();
  waiting();
  undo();
  endings();
  return check_result();
}
