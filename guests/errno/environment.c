// What the rows find: memory with holes, an open file of every kind, and a working directory with a name of every kind.

#include "errno.h"
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

void make_zones(void) {
  for (int argument = 0; argument < 6; argument++) {
    char *zone = (char *)ZONE(argument);
    mmap(zone, 0x4000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    mmap((void *)ZONE_READ_ONLY(argument), 0x2000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    memset(zone, 0, 0x4000);
  }
}

const char *const path_names[] = {
    "null", "unmapped", "kernel", "unterminated", "empty", "missing", "file", "dir", "full", "link", "dirlink",
            "dangling", "loop",
    "longname", "longpath", "name255", "file/", "file/x", "missing/", "missing/x", "dir/", "dir/x", "locked", "locked/x",
        "unreadable", "readonly/x", ".", "..",
    "/", "/dev/null", "/dev/new", "fifo", "sock", "prog",       NULL,
};

static char long_name[257], long_path[5001], name_255[256];

const char *path_text(const char *name) {
  if (!strcmp(name, "empty")) return "";
  if (!strcmp(name, "longname")) return memset(long_name, 'n', 256);
  if (!strcmp(name, "longpath")) return memset(long_path, '/', 5000);
  if (!strcmp(name, "name255")) return memset(name_255, 'n', 255);
  return name;
}

static void make_file(const char *name, int mode, const char *text) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (write(fd, text, strlen(text)) < 0) _exit(2);
  fchmod(fd, mode);
  close(fd);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *at) {
  (void)status;
  if (at->level > 0) remove(path);
  return type == FTW_NS;
}

/* Everything there may have been removed, replaced or locked. */
void make_directory(void) {
  static const char *const directories[] = {"dir", "full", "locked", "readonly"};
  fchmod(HOME, 0755);
  for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) chmod(directories[i], 0755);
  nftw(".", remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  make_file("file", 0644, "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz");
  make_file("unreadable", 0, "secret");
  make_file("prog", 0755, "no program\n");
  mkdir("dir", 0755);
  mkdir("full", 0755);
  make_file("full/inner", 0644, "inner");
  mkdir("locked", 0);
  mkdir("readonly", 0555);
  if (symlink("file", "link") | symlink("dir", "dirlink") | symlink("nowhere", "dangling") | symlink("loop", "loop")) _exit(2);
  mknod("fifo", S_IFIFO | 0644, 0);
  mknod("sock", S_IFSOCK | 0644, 0);
}

const char *const descriptor_names[] = {
    "-1", "closed", "huge", "file", "rdonly", "wronly", "append", "opath", "dir", "odir", "null", "zero", "memfd", "pr",
             "pw", "pbroken", "peof",
    "epoll", "eventfd", "timerfd", "signalfd", "ustream", "udgram", "ubound", "ulisten", "unew", "tcp", "tlisten", "udp", "inotify",
        "pidfd",   NULL,
};

enum { FIRST_DESCRIPTOR = 100, CLOSED_DESCRIPTOR = 77, PEERS = 60 };

/* Moves `fd` where the lowest free numbers are not disturbed. */
static int move_to(int fd, int number) {
  if (fd < 0 || dup2(fd, number) < 0) {
    fprintf(stderr, "descriptor %d cannot be made\n", number);
    _exit(2);
  }
  close(fd);
  return number;
}

static int pair_end(int ends[2], int kept, int number) {
  move_to(ends[!kept], number + PEERS);
  return ends[kept];
}

static int half_pipe(int kept, int number, int close_other) {
  int ends[2];
  if (pipe(ends) != 0) _exit(2);
  if (!close_other) return pair_end(ends, kept, number);
  close(ends[!kept]);
  return ends[kept];
}

static int unix_pair(int type, int number) {
  int ends[2];
  if (socketpair(AF_UNIX, type, 0, ends) != 0) _exit(2);
  return pair_end(ends, 0, number);
}

static int unix_bound(int listens) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "errno-%d-%d", getpid(), listens);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0) _exit(2);
  if (listens) listen(fd, 5);
  return fd;
}

static int tcp_listening(void) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  bind(fd, (struct sockaddr *)&name, sizeof name);
  listen(fd, 5);
  return fd;
}

static int open_kind(const char *name, int number) {
  if (!strcmp(name, "file")) return open("file", O_RDWR);
  if (!strcmp(name, "rdonly")) return open("file", O_RDONLY);
  if (!strcmp(name, "wronly")) return open("file", O_WRONLY);
  if (!strcmp(name, "append")) return open("file", O_RDWR | O_APPEND);
  if (!strcmp(name, "opath")) return open("file", O_PATH);
  if (!strcmp(name, "dir")) return open("dir", O_RDONLY);
  if (!strcmp(name, "odir")) return open("dir", O_PATH);
  if (!strcmp(name, "null")) return open("/dev/null", O_RDWR);
  if (!strcmp(name, "zero")) return open("/dev/zero", O_RDWR);
  if (!strcmp(name, "memfd")) return memfd_create("m", MFD_ALLOW_SEALING);
  if (!strcmp(name, "pr")) return half_pipe(0, number, 0);
  if (!strcmp(name, "pw")) return half_pipe(1, number, 0);
  if (!strcmp(name, "pbroken")) return half_pipe(1, number, 1);
  if (!strcmp(name, "peof")) return half_pipe(0, number, 1);
  if (!strcmp(name, "epoll")) return epoll_create1(0);
  if (!strcmp(name, "eventfd")) return eventfd(0, 0);
  if (!strcmp(name, "timerfd")) return timerfd_create(CLOCK_MONOTONIC, 0);
  if (!strcmp(name, "signalfd")) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    return signalfd(-1, &set, 0);
  }
  if (!strcmp(name, "ustream")) return unix_pair(SOCK_STREAM, number);
  if (!strcmp(name, "udgram")) return unix_pair(SOCK_DGRAM, number);
  if (!strcmp(name, "ubound")) return unix_bound(0);
  if (!strcmp(name, "ulisten")) return unix_bound(1);
  if (!strcmp(name, "unew")) return socket(AF_UNIX, SOCK_STREAM, 0);
  if (!strcmp(name, "tcp")) return socket(AF_INET, SOCK_STREAM, 0);
  if (!strcmp(name, "tlisten")) return tcp_listening();
  if (!strcmp(name, "udp")) return socket(AF_INET, SOCK_DGRAM, 0);
  if (!strcmp(name, "inotify")) return inotify_init1(0);
  if (!strcmp(name, "pidfd")) return syscall(SYS_pidfd_open, getpid(), 0);
  fprintf(stderr, "no descriptor is called %s\n", name);
  _exit(2);
}

int descriptor(const char *name) {
  static int opened[64];
  if (!strcmp(name, "-1")) return -1;
  if (!strcmp(name, "closed")) return CLOSED_DESCRIPTOR;
  if (!strcmp(name, "huge")) return 0x7fffffff;
  for (int i = 0; descriptor_names[i]; i++) {
    if (strcmp(name, descriptor_names[i])) continue;
    if (!opened[i]) opened[i] = move_to(open_kind(name, FIRST_DESCRIPTOR + i), FIRST_DESCRIPTOR + i);
    return opened[i];
  }
  fprintf(stderr, "no descriptor is called %s\n", name);
  _exit(2);
}
