// Advisory locks: POSIX records and their ranges, who waits and who deadlocks, what close drops; open-file locks; flock; leases.

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "asleep.h"
#include "show.h"

#ifndef F_OFD_GETLK
enum { F_OFD_GETLK = 36, F_OFD_SETLK, F_OFD_SETLKW };
#endif

static int fd;

static int lock(int file, int command, int type, long start, long length) {
  struct flock request = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(file, command, &request);
}

/* Who holds what, as another process or description sees it. */
static void ask(int file, int command, int type, long start, long length) {
  struct flock request = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  if (show(fcntl(file, command, &request), "asked") < 0) return;
  if (request.l_type == F_UNLCK) printf("  free\n");
  else
    printf("  type %d whence %d start %ld length %ld pid %s\n", request.l_type, request.l_whence, (long)request.l_start,
           (long)request.l_len, request.l_pid == -1 ? "-1" : request.l_pid == getppid() ? "the parent" : "another");
}

/* Runs `what` in a child that has its own view of the locks. */
static int in_child(void (*what)(void)) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    what();
    fflush(stdout);
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  return status;
}

static void look(void) {
  ask(fd, F_GETLK, F_WRLCK, 0, 0);
  ask(fd, F_GETLK, F_RDLCK, 0, 0);
  ask(fd, F_GETLK, F_WRLCK, 15, 1);
  ask(fd, F_GETLK, F_WRLCK, 100, 10);
}

static void contend(void) {
  SHOW(lock(fd, F_SETLK, F_WRLCK, 0, 5));
  SHOW(lock(fd, F_SETLK, F_RDLCK, 0, 5));
  SHOW(lock(fd, F_SETLK, F_RDLCK, 10, 5));
  SHOW(lock(fd, F_SETLK, F_WRLCK, 10, 5));
  SHOW(lock(fd, F_SETLK, F_WRLCK, 200, 5));
}

static void records(void) {
  printf("== records\n");
  SHOW(lock(fd, F_SETLK, F_WRLCK, 0, 10));
  SHOW(lock(fd, F_SETLK, F_RDLCK, 10, 10));
  in_child(look);
  in_child(contend);
  SHOW(lock(fd, F_SETLK, F_RDLCK, 5, 10));
  in_child(look);
  SHOW(lock(fd, F_SETLK, F_UNLCK, 8, 4));
  in_child(look);
  SHOW(lock(fd, F_SETLK, F_WRLCK, 50, 0));
  in_child(look);
  SHOW(lock(fd, F_SETLK, F_UNLCK, 0, 0));
  in_child(look);

  struct flock request = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -5, .l_len = 5};
  SHOW(ftruncate(fd, 20));
  SHOW(fcntl(fd, F_SETLK, &request));
  in_child(look);
  request = (struct flock){.l_type = F_UNLCK, .l_whence = SEEK_CUR, .l_start = 20, .l_len = -10};
  SHOW(fcntl(fd, F_SETLK, &request));
  in_child(look);
  request = (struct flock){.l_type = F_WRLCK, .l_start = -1};
  SHOW(fcntl(fd, F_SETLK, &request));
  request = (struct flock){.l_type = F_WRLCK, .l_start = 5, .l_len = -6};
  SHOW(fcntl(fd, F_SETLK, &request));
  request = (struct flock){.l_type = F_WRLCK, .l_start = 5, .l_len = 0x7fffffffffffffff};
  SHOW(fcntl(fd, F_SETLK, &request));
  request = (struct flock){.l_type = F_WRLCK, .l_whence = 7};
  SHOW(fcntl(fd, F_SETLK, &request));
  request = (struct flock){.l_type = 7};
  SHOW(fcntl(fd, F_SETLK, &request));
  request = (struct flock){.l_type = F_UNLCK};
  SHOW(fcntl(fd, F_GETLK, &request));
  SHOW(fcntl(fd, F_SETLK, nowhere));
  int reading = open("f", O_RDONLY), writing = open("f", O_WRONLY);
  SHOW(lock(reading, F_SETLK, F_WRLCK, 0, 1));
  SHOW(lock(writing, F_SETLK, F_RDLCK, 0, 1));
  SHOW(lock(reading, F_SETLK, F_RDLCK, 0, 1));
  SHOW(lock(fd, F_SETLK, F_WRLCK, 0, 10));
  in_child(look);
  SHOW(close(reading));
  in_child(look);
  close(writing);
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  SHOW(lock(pair[0], F_SETLK, F_RDLCK, 0, 1));
  SHOW(lock(pair[0], F_SETLK, F_WRLCK, 0, 1));
  close(pair[0]);
  close(pair[1]);
}

static int ready[2], go_on[2];

static void hold_and_wait(void) {
  char byte;
  must(lock(fd, F_SETLK, F_WRLCK, 100, 1) == 0, "child's lock");
  must(write(ready[1], "x", 1) == 1, "write");
  long answer = lock(fd, F_SETLKW, F_WRLCK, 0, 1);
  must(read(go_on[0], &byte, 1) == 1, "read");
  printf("child: ");
  show(answer, "lock(fd, F_SETLKW, F_WRLCK, 0, 1)");
  SHOW(lock(fd, F_SETLK, F_UNLCK, 0, 0));
}

static void nothing(int number) {
  (void)number;
}

static void waiting(void) {
  printf("== waiting\n");
  char byte;
  must(pipe(ready) == 0 && pipe(go_on) == 0, "pipe");
  SHOW(lock(fd, F_SETLK, F_WRLCK, 0, 1));
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    hold_and_wait();
    fflush(stdout);
    _exit(0);
  }
  must(read(ready[0], &byte, 1) == 1, "read");
  await_sleep(child);
  SHOW(lock(fd, F_SETLKW, F_WRLCK, 100, 1));
  SHOW(lock(fd, F_SETLK, F_WRLCK, 100, 1));
  fflush(stdout);
  SHOW(lock(fd, F_SETLK, F_UNLCK, 0, 1));
  fflush(stdout);
  must(write(go_on[1], "x", 1) == 1, "write");
  waitpid(child, NULL, 0);
  SHOW(lock(fd, F_SETLK, F_WRLCK, 100, 1));
  SHOW(lock(fd, F_SETLK, F_UNLCK, 0, 0));

  fflush(stdout);
  child = fork();
  if (child == 0) {
    must(lock(fd, F_SETLK, F_WRLCK, 0, 1) == 0 && write(ready[1], "x", 1) == 1, "child");
    await_sleep(getppid());
    _exit(0);
  }
  must(read(ready[0], &byte, 1) == 1, "read");
  SHOW(lock(fd, F_SETLK, F_WRLCK, 0, 1));
  SHOW(lock(fd, F_SETLKW, F_WRLCK, 0, 1));
  waitpid(child, NULL, 0);
  printf("given up by exit\n");

  fflush(stdout);
  child = fork();
  if (child == 0) {
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGALRM, &action, NULL);
    alarm(1);
    printf("child: ");
    SHOW(lock(fd, F_SETLKW, F_WRLCK, 0, 1));
    printf("child: ");
    SHOW(lock(fd, F_OFD_SETLKW, F_UNLCK, 0, 1));
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  SHOW(lock(fd, F_SETLK, F_UNLCK, 0, 0));
}

static void descriptions(void) {
  printf("== of open files\n");
  int other = open("f", O_RDWR);
  SHOW(lock(fd, F_OFD_SETLK, F_WRLCK, 0, 10));
  SHOW(lock(other, F_OFD_SETLK, F_WRLCK, 5, 10));
  SHOW(lock(other, F_OFD_SETLK, F_RDLCK, 10, 10));
  ask(other, F_OFD_GETLK, F_WRLCK, 0, 0);
  ask(fd, F_OFD_GETLK, F_WRLCK, 0, 0);
  ask(fd, F_GETLK, F_WRLCK, 0, 0);
  SHOW(lock(fd, F_SETLK, F_WRLCK, 0, 5));
  struct flock request = {.l_type = F_WRLCK, .l_pid = 5};
  SHOW(fcntl(fd, F_OFD_SETLK, &request));
  in_child(look);
  int copy = dup(other);
  close(other);
  SHOW(lock(fd, F_OFD_SETLK, F_WRLCK, 10, 1));
  close(copy);
  SHOW(lock(fd, F_OFD_SETLK, F_WRLCK, 10, 1));
  SHOW(lock(fd, F_OFD_SETLK, F_UNLCK, 0, 0));
}

static void try_whole(void) {
  int own = open("f", O_RDONLY);
  SHOW(flock(own, LOCK_SH | LOCK_NB));
  SHOW(flock(own, LOCK_EX | LOCK_NB));
  SHOW(flock(fd, LOCK_EX | LOCK_NB));
}

static void wait_whole(void) {
  int own = open("f", O_RDONLY);
  struct sigaction action = {.sa_handler = nothing};
  sigaction(SIGALRM, &action, NULL);
  alarm(1);
  SHOW(flock(own, LOCK_EX));
}

static void whole(void) {
  printf("== flock\n");
  SHOW(flock(fd, LOCK_SH));
  in_child(try_whole);
  SHOW(flock(fd, LOCK_EX));
  in_child(try_whole);
  in_child(wait_whole);
  SHOW(flock(fd, LOCK_SH | LOCK_EX));
  SHOW(flock(fd, 0));
  SHOW(flock(fd, LOCK_NB));
  SHOW(flock(-1, LOCK_SH));
  SHOW(flock(fd, LOCK_UN));
  in_child(try_whole);
  int path = open("f", O_PATH);
  SHOW(flock(path, LOCK_SH));
  close(path);
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  SHOW(flock(pair[0], LOCK_EX | LOCK_NB));
  SHOW(flock(pair[1], LOCK_EX | LOCK_NB));
  close(pair[0]);
  close(pair[1]);
}

int main(void) {
  be_nobody();
  enter_empty_directory();
  fd = open("f", O_CREAT | O_RDWR, 0600);
  must(fd >= 0, "open");
  records();
  waiting();
  descriptions();
  whole();
  printf("== leases\n");
  SHOW(fcntl(fd, F_GETLEASE));
  SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
  SHOW(fcntl(fd, F_SETLEASE, 9));
  unlink("f");
  leave_empty_directory();
  return 0;
}
