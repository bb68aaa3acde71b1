// Descriptors: duplicates, close_range, status flags, SIGIO, O_PATH, openat2, limits, vectors, RWF flags, reopening through /proc.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include "show.h"

enum { sys_close_range = 436, sys_openat2 = 437, sys_preadv2 = 327, sys_pwritev2 = 328 };
enum { UNSHARE = 2, CLOEXEC = 4 };
enum { NO_XDEV = 1, NO_MAGICLINKS = 2, NO_SYMLINKS = 4, BENEATH = 8, IN_ROOT = 16, CACHED = 32 };
enum { HIPRI = 1, DSYNC = 2, SYNC = 4, NOWAIT = 8, APPEND = 16, NOAPPEND = 32, ATOMIC = 64, DONTCACHE = 128 };

static void duplicates(void) {
  printf("== duplicates\n");
  int fd = open("f", O_CREAT | O_RDWR, 0644);
  SHOW(dup(-1));
  SHOW(dup2(fd, fd));
  SHOW(dup2(-1, 5));
  SHOW(dup2(99, 99));
  SHOW(dup2(fd, -1));
  SHOW(dup2(fd, 1 << 20));
  SHOW(dup2(fd, 40));
  SHOW(dup3(fd, 41, O_CLOEXEC));
  SHOW(dup3(fd, fd, 0));
  SHOW(syscall(SYS_dup3, fd, 42, O_NONBLOCK));
  SHOW(fcntl(fd, F_DUPFD, 40));
  SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 40));
  SHOW(fcntl(43, F_GETFD));
  SHOW(fcntl(fd, F_DUPFD, -1));
  SHOW(fcntl(fd, F_DUPFD, 1 << 20));
  SHOW(fcntl(fd, 1027, 40));
  SHOW(fcntl(fd, 1027, 0));
  SHOW(fcntl(fd, 1027, 99));
  SHOW(fcntl(99, 1027, fd));
  SHOW(fcntl(fd, F_SETFD, 3));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(fd, 12345, 0));
  SHOW(fcntl(-1, F_GETFD));
  SHOW(write(40, "shared", 6));
  SHOW(lseek(41, 0, SEEK_CUR));
  SHOW(syscall(sys_close_range, 41, 40, 0));
  SHOW(syscall(sys_close_range, 40, 41, 8));
  SHOW(syscall(sys_close_range, 40, 41, 0));
  SHOW(fcntl(41, F_GETFD));
  SHOW(syscall(sys_close_range, 42, ~0u, CLOEXEC));
  SHOW(fcntl(42, F_GETFD));
  SHOW(syscall(sys_close_range, 42, ~0u, UNSHARE));
  SHOW(fcntl(42, F_GETFD));
  SHOW(close(fd));
  SHOW(close(fd));
}

static void flags(void) {
  printf("== flags\n");
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  int fd = open("f", O_RDWR | O_APPEND | O_SYNC | O_NOFOLLOW);
  printf("%o\n", fcntl(fd, F_GETFL));
  SHOW(fcntl(fd, F_SETFL, O_NONBLOCK | O_RDONLY | O_CREAT));
  printf("%o\n", fcntl(fd, F_GETFL));
  SHOW(fcntl(fd, F_SETFL, O_DIRECT));
  printf("%o\n", fcntl(fd, F_GETFL));
  SHOW(fcntl(fd, F_SETFL, O_NOATIME));
  printf("%o\n", fcntl(fd, F_GETFL));
  printf("pipe %o %o\n", fcntl(pair[0], F_GETFL), fcntl(pair[1], F_GETFL));
  SHOW(fcntl(pair[0], F_SETFL, O_DIRECT | O_ASYNC | O_APPEND));
  printf("pipe %o\n", fcntl(pair[0], F_GETFL));
  int on = 1;
  SHOW(ioctl(pair[0], FIONBIO, &on));
  printf("pipe %o\n", fcntl(pair[0], F_GETFL));
  SHOW(ioctl(fd, FIOCLEX));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(ioctl(fd, FIONREAD, &on));
  printf("%d left\n", on);
  SHOW(ioctl(fd, TIOCGWINSZ, &on));
  SHOW(ioctl(pair[0], 0x12345678, &on));
  close(fd);
  SHOW(fd = open("f", O_RDWR | O_DIRECT));
  close(fd);
  SHOW(fd = open("f", 3));
  printf("%o\n", fcntl(fd, F_GETFL));
  char byte;
  SHOW(read(fd, &byte, 1));
  SHOW(write(fd, &byte, 1));
  SHOW(fstat(fd, &(struct stat){0}));
  close(fd);
  SHOW(open("f", O_RDONLY | O_CREAT | O_DIRECTORY, 0600));
  SHOW(open("new", O_RDONLY | O_CREAT | O_DIRECTORY, 0600));
  SHOW(open("f", O_DIRECTORY));
  SHOW(open(".", O_RDWR));
  SHOW(open(".", O_CREAT, 0600));
  SHOW(open("new/", O_CREAT, 0600));
  SHOW(open("", O_RDONLY));
  SHOW(open("f/", O_RDONLY));
  SHOW(fd = open("f", O_RDONLY | 0x80000000));
  close(fd);
  close(pair[0]);
  close(pair[1]);
}

static volatile int signals, band, fd_of, code;

static void handler(int number, siginfo_t *information, void *context) {
  (void)context;
  signals = signals * 100 + number;
  band = information->si_band;
  fd_of = information->si_fd;
  code = information->si_code;
}

static void told(const char *what) {
  printf("%s: signals %d\n", what, signals);
  if (signals) printf("  band %x code %d\n", band, code);
  signals = 0;
}

static void asynchronous(void) {
  printf("== SIGIO\n");
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGIO, &action, NULL);
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGURG, &action, NULL);
  int pair[2], sockets[2];
  char text[16];
  must(pipe(pair) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "pairs");
  SHOW(fcntl(pair[0], F_GETOWN));
  SHOW(fcntl(pair[0], F_SETOWN, getpid()));
  printf("own %d\n", fcntl(pair[0], F_GETOWN) == getpid());
  SHOW(fcntl(pair[0], F_SETOWN, 999999));
  SHOW(fcntl(pair[0], F_SETSIG, 65));
  SHOW(fcntl(pair[0], F_GETSIG));
  SHOW(write(pair[1], "x", 1));
  told("without O_ASYNC");
  SHOW(fcntl(pair[0], F_SETFL, O_ASYNC));
  told("O_ASYNC when there is something already");
  SHOW(write(pair[1], "x", 1));
  told("a byte more");
  SHOW(read(pair[0], text, 16));
  SHOW(write(pair[1], "x", 1));
  told("a byte into an empty pipe");
  SHOW(fcntl(pair[0], F_SETSIG, SIGUSR1));
  SHOW(fcntl(pair[0], F_GETSIG));
  SHOW(read(pair[0], text, 16));
  SHOW(write(pair[1], "x", 1));
  told("by another signal");
  printf("fd %s\n", fd_of == pair[0] ? "told" : "wrong");
  struct f_owner_ex {
    int type, pid;
  } owner = {0, getpid()};
  SHOW(fcntl(pair[0], 15, &owner));
  owner.pid = 0;
  SHOW(fcntl(pair[0], 16, &owner));
  printf("type %d own %d\n", owner.type, owner.pid == getpid());
  SHOW(read(pair[0], text, 16));
  SHOW(write(pair[1], "x", 1));
  told("to a thread");
  owner.type = 5;
  SHOW(fcntl(pair[0], 15, &owner));
  owner.type = 2;
  owner.pid = getpgrp();
  SHOW(fcntl(pair[0], 15, &owner));
  printf("group %d\n", fcntl(pair[0], F_GETOWN) == -getpgrp());
  SHOW(fcntl(pair[0], F_SETOWN, 0));
  SHOW(read(pair[0], text, 16));
  SHOW(write(pair[1], "x", 1));
  told("to nobody");
  SHOW(fcntl(pair[0], F_SETOWN, getpid()));
  SHOW(close(pair[1]));
  told("the writer is gone");
  close(pair[0]);

  must(pipe(pair) == 0, "pipe");
  static char full[65536];
  SHOW(write(pair[1], full, sizeof full));
  SHOW(fcntl(pair[1], F_SETOWN, getpid()));
  SHOW(fcntl(pair[1], F_SETFL, O_ASYNC));
  SHOW(read(pair[0], full, 4096));
  told("room again");
  SHOW(close(pair[0]));
  told("the reader is gone");
  close(pair[1]);

  SHOW(fcntl(sockets[0], F_SETOWN, getpid()));
  SHOW(fcntl(sockets[0], F_SETFL, O_ASYNC | O_NONBLOCK));
  SHOW(write(sockets[1], "x", 1));
  told("a socket with data");
  SHOW(write(sockets[1], "x", 1));
  told("and more");
  SHOW(close(sockets[1]));
  told("the other end closes");
  close(sockets[0]);
  int fd = open("f", O_RDWR);
  SHOW(fcntl(fd, F_SETFL, O_ASYNC));
  printf("%o\n", fcntl(fd, F_GETFL));
  SHOW(fcntl(fd, F_GETLEASE));
  close(fd);
}

static void places(void) {
  printf("== O_PATH\n");
  char text[64];
  struct stat st;
  SHOW(symlink("f", "l"));
  SHOW(mkdir("d", 0755));
  int fd = open("f", O_PATH);
  printf("%o\n", fcntl(fd, F_GETFL));
  SHOW(read(fd, text, 1));
  SHOW(write(fd, text, 1));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(fstat(fd, &st));
  SHOW(syscall(SYS_fchmod, fd, 0600));
  SHOW(syscall(SYS_fchown, fd, -1, -1));
  SHOW(ftruncate(fd, 0));
  SHOW(fsync(fd));
  SHOW(ioctl(fd, FIOCLEX));
  SHOW(fcntl(fd, F_SETFL, 0));
  SHOW(fcntl(fd, F_SETFD, FD_CLOEXEC));
  SHOW(fcntl(fd, F_SETLK, &(struct flock){.l_type = F_WRLCK}));
  SHOW((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
  SHOW(fchdir(fd));
  SHOW(poll(&(struct pollfd){fd, POLLIN, 0}, 1, 0));
  int copy = SHOW(dup(fd));
  close(copy);
  snprintf(text, sizeof text, "/proc/self/fd/%d", fd);
  SHOW(copy = open(text, O_RDWR));
  SHOW(write(copy, "reopened", 8));
  close(copy);
  SHOW(open(text, O_RDWR | O_NOFOLLOW));
  close(fd);
  fd = open("l", O_PATH | O_NOFOLLOW);
  SHOW(fstat(fd, &st));
  printf("%o\n", st.st_mode & S_IFMT);
  SHOW(readlinkat(fd, "", text, sizeof text));
  SHOW(openat(fd, "", O_RDONLY));
  close(fd);
  fd = open("d", O_PATH);
  SHOW(fchdir(fd));
  SHOW(chdir(".."));
  SHOW(openat(fd, "x", O_CREAT | O_RDWR, 0600) >= 0);
  SHOW(unlinkat(fd, "x", 0));
  SHOW(syscall(SYS_getdents64, fd, text, sizeof text));
  SHOW(unlinkat(fd, "x", 77));
  close(fd);
  SHOW(open("/proc/self/fd/99", O_RDONLY));
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  snprintf(text, sizeof text, "/proc/self/fd/%d", pair[0]);
  SHOW(fd = open(text, O_WRONLY | O_NONBLOCK));
  SHOW(write(fd, "x", 1));
  SHOW(read(pair[0], text, 4));
  close(fd);
  close(pair[0]);
  close(pair[1]);
}

struct how {
  uint64_t flags, mode, resolve, more;
};

static long open2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  struct how how = {flags, mode, resolve, 0};
  long fd = syscall(sys_openat2, directory, path, &how, 24);
  if (fd >= 0) close(fd);
  return fd >= 0 ? 0 : -1;
}

static void second(void) {
  printf("== openat2\n");
  struct how how = {O_RDONLY, 0, 0, 0};
  SHOW(syscall(sys_openat2, AT_FDCWD, "f", &how, 23));
  SHOW(syscall(sys_openat2, AT_FDCWD, "f", NULL, 24));
  how.more = 1;
  SHOW(syscall(sys_openat2, AT_FDCWD, "f", &how, 32));
  SHOW(open2(AT_FDCWD, "f", O_RDONLY, 0, 0));
  SHOW(open2(AT_FDCWD, "f", O_RDONLY, 0600, 0));
  SHOW(open2(AT_FDCWD, "f", 1ul << 40, 0, 0));
  SHOW(open2(AT_FDCWD, "f", O_CREAT | O_RDWR, 010000, 0));
  SHOW(open2(AT_FDCWD, "f", 0, 0, 64));
  SHOW(open2(AT_FDCWD, "l", 0, 0, NO_SYMLINKS));
  SHOW(open2(AT_FDCWD, "l", O_PATH | O_NOFOLLOW, 0, NO_SYMLINKS));
  SHOW(open2(AT_FDCWD, "/proc/self/fd/0", O_PATH, 0, NO_MAGICLINKS));
  SHOW(open2(AT_FDCWD, "/proc/self/exe", O_PATH, 0, NO_MAGICLINKS));
  SHOW(open2(AT_FDCWD, "/proc/self", O_PATH, 0, NO_MAGICLINKS));
  int d = open("d", O_PATH);
  SHOW(open2(d, "..", O_PATH, 0, BENEATH));
  SHOW(open2(d, "../f", O_PATH, 0, BENEATH));
  SHOW(open2(d, "/f", O_PATH, 0, BENEATH));
  SHOW(open2(d, "..", O_PATH, 0, IN_ROOT));
  SHOW(open2(d, "/../f", O_PATH, 0, IN_ROOT));
  SHOW(open2(d, ".", O_PATH, 0, BENEATH | IN_ROOT));
  SHOW(open2(AT_FDCWD, "/proc/self/status", O_RDONLY, 0, NO_XDEV));
  SHOW(open2(d, "../l", O_PATH, 0, NO_XDEV));
  SHOW(open2(AT_FDCWD, "f", O_CREAT | O_RDWR, 0600, CACHED));
  SHOW(open2(AT_FDCWD, "f", O_RDONLY | O_TMPFILE, 0600, 0));
  SHOW(open2(AT_FDCWD, "f", O_PATH | O_RDWR, 0, 0));
  SHOW(open2(AT_FDCWD, "f", O_CREAT | O_DIRECTORY, 0600, 0));
  close(d);
}

static void vectors(void) {
  printf("== vectors\n");
  char a[8] = "", b[8] = "";
  static struct iovec many[1025];
  struct iovec two[2] = {{a, 4}, {b, 4}};
  int fd = open("v", O_CREAT | O_RDWR | O_TRUNC, 0644);
  SHOW(write(fd, "0123456789", 10));
  SHOW(preadv(fd, two, 2, 1));
  printf("%.4s %.4s\n", a, b);
  SHOW(preadv(fd, two, 2, -1));
  SHOW(syscall(SYS_readv, fd, two, 1025));
  SHOW(syscall(SYS_readv, fd, two, -1));
  SHOW(readv(fd, two, 0));
  SHOW(readv(fd, many, 1024));
  two[1].iov_len = -1;
  SHOW(readv(fd, two, 2));
  two[1].iov_len = 4;
  SHOW(syscall(SYS_readv, fd, 8, 2));
  two[0].iov_base = nowhere;
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(readv(fd, two, 2));
  two[0] = two[1], two[1] = (struct iovec){nowhere, 4};
  SHOW(readv(fd, two, 2));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(write(fd, nowhere, 4));
  SHOW(syscall(SYS_read, fd, a, -1l));
  SHOW(syscall(SYS_read, fd, a, 0x7ffffffffffffffful));
  SHOW(syscall(SYS_read, fd, -1l, 1));
  two[1] = two[0] = (struct iovec){a, 2};
  SHOW(syscall(sys_preadv2, fd, two, 2, 0, 0, NOWAIT));
  SHOW(syscall(sys_preadv2, fd, two, 2, -1l, 0, 0));
  SHOW(syscall(sys_preadv2, fd, two, 2, 0, 0, HIPRI));
  SHOW(syscall(sys_preadv2, fd, two, 2, 0, 0, 0x1000));
  SHOW(syscall(sys_preadv2, fd, two, 2, 0, 0, APPEND));
  SHOW(syscall(sys_pwritev2, fd, two, 2, 0, 0, APPEND));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(syscall(sys_pwritev2, fd, two, 2, -1l, 0, APPEND));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(syscall(sys_pwritev2, fd, two, 2, 0, 0, DSYNC | SYNC));
  SHOW(syscall(sys_pwritev2, fd, two, 2, 0, 0, ATOMIC));
  SHOW(syscall(sys_pwritev2, fd, two, 2, 0, 0, DONTCACHE));
  SHOW(syscall(sys_pwritev2, fd, two, 2, 0, 0, APPEND | NOAPPEND));
  int append = open("v", O_WRONLY | O_APPEND);
  SHOW(pwrite(append, "AA", 2, 0));
  SHOW(syscall(sys_pwritev2, append, two, 1, 0, 0, NOAPPEND));
  SHOW(lseek(fd, 0, SEEK_END));
  close(append);
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  SHOW(syscall(sys_preadv2, pair[0], two, 2, -1l, 0, NOWAIT));
  SHOW(syscall(sys_preadv2, pair[0], two, 2, 0, 0, NOWAIT));
  SHOW(pwritev(pair[1], two, 2, 0));
  close(pair[0]);
  close(pair[1]);
  close(fd);
  SHOW(unlink("v"));
}

static void limits(void) {
  printf("== limits\n");
  signal(SIGXFSZ, SIG_DFL);
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGXFSZ, &action, NULL);
  int fd = open("v", O_CREAT | O_RDWR | O_TRUNC, 0644);
  struct rlimit limit = {100, RLIM_INFINITY};
  static char bytes[200];
  SHOW(setrlimit(RLIMIT_FSIZE, &limit));
  SHOW(write(fd, bytes, 200));
  printf("signals %d\n", signals), signals = 0;
  SHOW(write(fd, bytes, 1));
  printf("signals %d\n", signals), signals = 0;
  SHOW(pwrite(fd, bytes, 1, 99));
  SHOW(ftruncate(fd, 101));
  printf("signals %d\n", signals), signals = 0;
  SHOW(ftruncate(fd, 100));
  SHOW(fallocate(fd, 0, 0, 101));
  printf("signals %d\n", signals), signals = 0;
  SHOW(fallocate(fd, 0, 0, 100));
  limit.rlim_cur = RLIM_INFINITY;
  SHOW(setrlimit(RLIMIT_FSIZE, &limit));
  close(fd);
  SHOW(unlink("v"));
  getrlimit(RLIMIT_NOFILE, &limit);
  rlim_t hard = limit.rlim_max;
  limit.rlim_cur = 10;
  SHOW(setrlimit(RLIMIT_NOFILE, &limit));
  while ((fd = dup(0)) >= 0) continue;
  show(fd, "dup until none is left");
  SHOW(open("f", O_RDONLY));
  SHOW(pipe((int[2]){0}));
  SHOW(socket(AF_UNIX, SOCK_STREAM, 0));
  SHOW(dup2(0, 10));
  SHOW(dup2(0, 9));
  SHOW(fcntl(0, F_DUPFD, 10));
  SHOW(fcntl(0, F_DUPFD, 9));
  SHOW(access("created", F_OK));
  SHOW(open("created", O_CREAT | O_RDWR, 0600));
  SHOW(access("created", F_OK));
  for (int i = 3; i < 10; i++) close(i);
  limit.rlim_cur = 1024;
  limit.rlim_max = hard;
  SHOW(setrlimit(RLIMIT_NOFILE, &limit));
}

int main(void) {
  be_nobody();
  enter_empty_directory();
  for (int i = 3; i < 20; i++) close(i);
  duplicates();
  flags();
  asynchronous();
  places();
  second();
  vectors();
  limits();
  unlink("f");
  unlink("l");
  rmdir("d");
  leave_empty_directory();
  return 0;
}
