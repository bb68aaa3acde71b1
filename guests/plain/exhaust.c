// Takes as much of one thing as there is, and says what ended it: exhaust memory|shared|descriptors|pipes|inodes|bytes|...
// For a machine alone: on a host this would hurt others. What it holds goes with it.

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include "show.h"

enum { PAGE = 4096 };

static void raise_descriptors(void) {
  struct rlimit limit = {1 << 20, 1 << 20};
  must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

/* The call that failed, and after how many that worked: as a magnitude, since limits follow from the machine's RAM. */
static void ended(long count, const char *what) {
  int error = errno;
  long magnitude = 1;
  while (magnitude * 10 <= count) magnitude *= 10;
  char text[80];
  snprintf(text, sizeof text, "%s after %ld or more", what, magnitude);
  errno = error;
  show(-1, text);
  fflush(stdout);
}

static void memory(void) {
  pid_t child = fork();
  if (child == 0) {
    for (;;) {
      char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (at == MAP_FAILED) _exit(1);
      for (int i = 0; i < 1 << 20; i += PAGE) at[i] = 1;
    }
  }
  int status;
  waitpid(child, &status, 0);
  printf("memory: the child %s %d\n", WIFSIGNALED(status) ? "was killed by" : "exited with", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void shared(void) {
  pid_t child = fork();
  if (child == 0) {
    int fd = memfd_create("all", 0);
    long size = 4l << 30;
    must(ftruncate(fd, size) == 0, "ftruncate");
    char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) _exit(1);
    for (long i = 0; i < size; i += PAGE) at[i] = 1;
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("shared: the child %s %d\n", WIFSIGNALED(status) ? "was killed by" : "exited with", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void descriptors(void) {
  raise_descriptors();
  int fd, count = 0;
  while ((fd = open("/dev/null", O_RDONLY)) >= 0) count++;
  ended(count, "open");
  SHOW(dup(0));
  SHOW(fork());
  SHOW(socket(AF_UNIX, SOCK_STREAM, 0));
}

static void pipes(void) {
  static char bytes[65536];
  raise_descriptors();
  int pair[2], count = 0;
  long held = 0, last = 0;
  while (pipe2(pair, O_NONBLOCK) == 0) {
    count++;
    last = write(pair[1], bytes, sizeof bytes);
    if (last > 0) held += last;
  }
  ended(count, "pipe");
  printf("the last took %ld bytes, less than RAM: %d\n", last, held < 64l << 20);
  SHOW(fcntl(pair[0], F_SETPIPE_SZ, 1 << 20));
}

static void sizes(void) {
  int pair[2], count = 0;
  raise_descriptors();
  while (pipe(pair) == 0 && fcntl(pair[0], F_SETPIPE_SZ, 1 << 20) > 0) count++;
  ended(count, "F_SETPIPE_SZ");
}

static void inodes(void) {
  char name[32];
  long count = 0;
  must(mkdir("/dev/shm/many", 0700) == 0 && chdir("/dev/shm/many") == 0, "mkdir");
  for (;; count++) {
    snprintf(name, sizeof name, "%ld", count);
    if (mknod(name, S_IFREG | 0600, 0) < 0) break;
  }
  ended(count, "mknod");
  SHOW(mkdir("d", 0700));
  SHOW(symlink("x", "s"));
  SHOW(link("0", "l"));
  SHOW(setxattr("0", "user.a", "x", 1, 0));
  SHOW(unlink("0"));
  SHOW(mkdir("d", 0700));
  for (long i = 1; i < count; i++) {
    snprintf(name, sizeof name, "%ld", i);
    unlink(name);
  }
  SHOW(rmdir("d"));
  SHOW(rmdir("/dev/shm/many"));
}

static void bytes(void) {
  static char chunk[1 << 20];
  int fd = open("/dev/shm/big", O_CREAT | O_RDWR, 0600), other = open("/tmp/big", O_CREAT | O_RDWR, 0600);
  long count = 0, got;
  while ((got = write(fd, chunk, sizeof chunk)) == sizeof chunk) count++;
  printf("then a write of %ld\n", got > 0 ? -1 : got);
  if (got > 0) got = write(fd, chunk, 1);
  ended(count, "write");
  char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4l << 30);
  SHOW(ftruncate(fd, 8l << 30));
  fflush(stdout);
  if (fork() == 0) {
    at[0] = 1;
    _exit(0);
  }
  int status;
  wait(&status);
  printf("a store where there is no room: signal %d\n", WTERMSIG(status));
  SHOW(fallocate(fd, 0, 5l << 30, 4096));
  count = 0;
  while ((got = write(other, chunk, sizeof chunk)) == sizeof chunk) count++;
  if (got > 0) got = write(other, chunk, 1);
  ended(count, "write elsewhere");
  SHOW(munmap(at, 4096));
  SHOW(unlink("/dev/shm/big"));
  SHOW(unlink("/tmp/big"));
  close(fd);
  close(other);
  fd = open("/dev/shm/big", O_CREAT | O_RDWR, 0600);
  SHOW(write(fd, chunk, sizeof chunk));
  SHOW(unlink("/dev/shm/big"));
}

static void mappings(void) {
  long count = 0;
  char *area = mmap(NULL, 70000l * 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(area != MAP_FAILED, "mmap");
  for (;; count++)
    if (mprotect(area + count * 2 * PAGE, PAGE, PROT_READ) < 0) break;
  ended(count, "mprotect");
  SHOW((long)mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  SHOW(munmap(area + 60000l * 2 * PAGE + PAGE, 20000l * PAGE));
  SHOW(mprotect(area + PAGE, PAGE, PROT_READ));
}

static void locks(void) {
  int fd = open("/dev/shm/locked", O_CREAT | O_RDWR, 0600);
  long count = 0;
  struct flock lock = {.l_type = F_WRLCK, .l_len = 1};
  while (count < 3000 && fcntl(fd, F_SETLK, &lock) == 0) {
    lock.l_start += 2;
    count++;
  }
  printf("%ld locks\n", count);
  lock = (struct flock){.l_type = F_UNLCK};
  SHOW(fcntl(fd, F_SETLK, &lock));
  SHOW(unlink("/dev/shm/locked"));
}

static void watches(void) {
  long count = 0;
  int fd;
  while ((fd = inotify_init()) >= 0) count++;
  ended(count, "inotify_init");
  must(mkdir("/dev/shm/watched", 0700) == 0 && chdir("/dev/shm/watched") == 0, "mkdir");
  for (int i = 3; i < count + 3; i++) inotify_add_watch(i, ".", IN_CREATE | IN_DELETE);
  char name[256];
  memset(name, 'n', 250);
  for (int i = 0; i < 300; i++) {
    snprintf(name + 240, 16, "%d", i);
    must(mknod(name, S_IFREG | 0600, 0) == 0 && unlink(name) == 0, name);
  }
  static char events[1 << 20];
  long total = 0, got;
  while ((got = read(3, events, sizeof events)) == sizeof events) total += got;
  printf("events have come: %d\n", total + got > 0);
  SHOW(rmdir("/dev/shm/watched"));
}

/* Standard error; what there is to say goes to the other stream. */
static void console(void) {
  static char text[1000];
  long count = 0;
  while (write(2, text, sizeof text) == sizeof text) count++;
  while (write(2, text, 1) == 1) continue;
  ended(count, "write(2, ...)");
}

static const struct {
  const char *name;
  void (*run)(void);
} modes[] = {{"memory", memory}, {"shared", shared}, {"descriptors", descriptors}, {"pipes", pipes}, {"sizes", sizes}, {"inodes", inodes},
             {"bytes", bytes},   {"mappings", mappings}, {"locks", locks}, {"watches", watches}, {"console", console}};

int main(int count, char **arguments) {
  for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++)
    if (count > 1 && !strcmp(arguments[1], modes[i].name)) {
      modes[i].run();
      return 0;
    }
  for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++) printf("exhaust %s\n", modes[i].name);
  return 0;
}
