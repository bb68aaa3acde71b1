// Extended attributes of tmpfs: setting, getting, listing, removing, their limits, and the *at calls.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include "show.h"

enum { sys_setxattrat = 463, sys_getxattrat = 464, sys_listxattrat = 465, sys_removexattrat = 466 };

struct arguments {
  uint64_t value;
  uint32_t size, flags;
};

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path) {
  char names[1000], *sorted[50];
  ssize_t length = listxattr(path, names, sizeof names);
  int count = 0;
  printf("%s lists %ld:", path, (long)length);
  for (ssize_t at = 0; at < length; at += strlen(names + at) + 1) sorted[count++] = names + at;
  qsort(sorted, count, sizeof *sorted, compare);
  for (int i = 0; i < count; i++) printf(" %s", sorted[i]);
  printf("\n");
}

int main(void) {
  static char big[70000], value[70000], name[300];
  be_nobody();
  enter_empty_directory();
  int fd = open("f", O_CREAT | O_RDWR, 0600);
  must(fd >= 0 && mkdir("d", 0700) == 0 && symlink("f", "l") == 0 && mkfifo("p", 0600) == 0, "files");

  SHOW(getxattr("f", "user.a", value, 10));
  list("f");
  SHOW(setxattr("f", "user.a", "one", 3, 0));
  SHOW(getxattr("f", "user.a", value, 10));
  printf("%.3s\n", value);
  SHOW(getxattr("f", "user.a", NULL, 0));
  SHOW(getxattr("f", "user.a", value, 2));
  SHOW(setxattr("f", "user.a", "two", 3, XATTR_CREATE));
  SHOW(setxattr("f", "user.b", "two", 3, XATTR_REPLACE));
  SHOW(setxattr("f", "user.a", "three", 5, XATTR_REPLACE));
  SHOW(setxattr("f", "user.b", "", 0, XATTR_CREATE));
  SHOW(setxattr("f", "user.c", "x", 1, XATTR_CREATE | XATTR_REPLACE));
  SHOW(setxattr("f", "user.c", "x", 1, 4));
  SHOW(getxattr("f", "user.b", value, 10));
  list("f");
  SHOW(listxattr("f", NULL, 0));
  SHOW(listxattr("f", value, 3));
  SHOW(fgetxattr(fd, "user.a", value, sizeof value));
  SHOW(lgetxattr("l", "user.a", value, sizeof value));
  SHOW(getxattr("l", "user.a", value, sizeof value));
  SHOW(lsetxattr("l", "user.a", "x", 1, 0));
  SHOW(setxattr("d", "user.on-directory", "x", 1, 0));
  SHOW(setxattr("p", "user.on-fifo", "x", 1, 0));
  SHOW(getxattr("p", "user.on-fifo", value, 1));
  SHOW(setxattr("missing", "user.a", "x", 1, 0));
  SHOW(fsetxattr(-1, "user.a", "x", 1, 0));

  printf("== names\n");
  SHOW(setxattr("f", "user.", "x", 1, 0));
  SHOW(setxattr("f", "user", "x", 1, 0));
  SHOW(setxattr("f", "", "x", 1, 0));
  SHOW(setxattr("f", "plain", "x", 1, 0));
  SHOW(setxattr("f", "unknown.a", "x", 1, 0));
  SHOW(setxattr("f", "system.a", "x", 1, 0));
  SHOW(setxattr("f", "trusted.a", "x", 1, 0));
  SHOW(getxattr("f", "trusted.a", value, 1));
  SHOW(removexattr("f", "trusted.a"));
  SHOW(setxattr("f", "security.a", "x", 1, 0));
  SHOW(getxattr("f", "security.a", value, 1));
  memset(name, 'n', sizeof name - 1);
  memcpy(name, "user.", 5);
  SHOW(setxattr("f", name, "x", 1, 0));
  name[256] = 0;
  SHOW(setxattr("f", name, "x", 1, 0));
  name[255] = 0;
  SHOW(setxattr("f", name, "x", 1, 0));
  SHOW(removexattr("f", name));
  SHOW(setxattr("f", NULL, "x", 1, 0));

  printf("== values\n");
  memset(big, 'v', sizeof big);
  SHOW(setxattr("f", "user.big", big, 65537, 0));
  SHOW(setxattr("f", "user.big", big, 65536, 0));
  SHOW(getxattr("f", "user.big", value, sizeof value));
  SHOW(getxattr("f", "user.big", value, 65535));
  SHOW(removexattr("f", "user.big"));
  SHOW(removexattr("f", "user.big"));
  SHOW(syscall(SYS_setxattr, "f", "user.bad", NULL, 5, 0));
  SHOW(syscall(SYS_setxattr, "f", "user.bad", 8, 5, 0));
  SHOW(syscall(SYS_getxattr, "f", "user.a", 8, 5));
  SHOW(syscall(SYS_listxattr, "f", 8, 500));

  printf("== permissions\n");
  SHOW(chmod("f", 0400));
  SHOW(setxattr("f", "user.a", "x", 1, 0));
  SHOW(getxattr("f", "user.a", value, 10));
  SHOW(removexattr("f", "user.a"));
  SHOW(chmod("f", 0200));
  SHOW(getxattr("f", "user.a", value, 10));
  SHOW(listxattr("f", value, 100));
  SHOW(setxattr("f", "user.a", "y", 1, 0));
  SHOW(chmod("f", 0600));
  SHOW(setxattr("/dev/null", "user.a", "x", 1, 0));
  SHOW(setxattr("/proc/self/status", "user.a", "x", 1, 0));
  SHOW(setxattr("/etc/passwd", "user.a", "x", 1, 0));
  SHOW(chmod("d", 01777));
  SHOW(setxattr("d", "user.b", "x", 1, 0));
  int path = open("f", O_PATH);
  SHOW(fgetxattr(path, "user.a", value, 10));
  SHOW(fsetxattr(path, "user.a", "x", 1, 0));
  int reading = open("f", O_RDONLY);
  SHOW(fsetxattr(reading, "user.a", "from a reader", 13, 0));
  SHOW(fremovexattr(reading, "user.b"));
  list("f");
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  SHOW(fsetxattr(pair[0], "user.a", "x", 1, 0));
  SHOW(fgetxattr(pair[0], "user.a", value, 1));
  SHOW(flistxattr(pair[0], value, 1));

  printf("== at\n");
  struct arguments given = {(uintptr_t) "at value", 8, 0};
  SHOW(syscall(sys_setxattrat, AT_FDCWD, "f", 0, "user.at", &given, sizeof given));
  struct arguments wanted = {(uintptr_t)value, sizeof value, 0};
  SHOW(syscall(sys_getxattrat, AT_FDCWD, "f", 0, "user.at", &wanted, sizeof wanted));
  printf("%.8s\n", value);
  SHOW(syscall(sys_getxattrat, fd, "", AT_EMPTY_PATH, "user.at", &wanted, sizeof wanted));
  SHOW(syscall(sys_getxattrat, fd, NULL, AT_EMPTY_PATH, "user.at", &wanted, sizeof wanted));
  SHOW(syscall(sys_getxattrat, fd, "", 0, "user.at", &wanted, sizeof wanted));
  SHOW(syscall(sys_getxattrat, AT_FDCWD, "l", AT_SYMLINK_NOFOLLOW, "user.at", &wanted, sizeof wanted));
  SHOW(syscall(sys_getxattrat, AT_FDCWD, "f", 1, "user.at", &wanted, sizeof wanted));
  SHOW(syscall(sys_getxattrat, AT_FDCWD, "f", 0, "user.at", &wanted, 8));
  wanted.flags = 1;
  SHOW(syscall(sys_getxattrat, AT_FDCWD, "f", 0, "user.at", &wanted, sizeof wanted));
  given.flags = 8;
  SHOW(syscall(sys_setxattrat, AT_FDCWD, "f", 0, "user.at", &given, sizeof given));
  SHOW(syscall(sys_listxattrat, AT_FDCWD, "f", 0, value, sizeof value));
  SHOW(syscall(sys_listxattrat, path, "", AT_EMPTY_PATH, value, sizeof value));
  SHOW(syscall(sys_removexattrat, AT_FDCWD, "f", 0, "user.at"));
  SHOW(syscall(sys_removexattrat, AT_FDCWD, "f", 0, "user.at"));
  SHOW(syscall(sys_removexattrat, AT_FDCWD, "f", 4, "user.at"));

  SHOW(link("f", "g"));
  SHOW(getxattr("g", "user.a", value, 100));
  SHOW(rename("g", "h"));
  list("h");
  unlink("f");
  unlink("h");
  unlink("l");
  unlink("p");
  rmdir("d");
  leave_empty_directory();
  return 0;
}
