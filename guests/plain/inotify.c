// inotify: every kind of event, cookies of moves, flags of watches, merging, overflow, what ends a watch.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include "show.h"

#ifndef IN_MASK_CREATE
#define IN_MASK_CREATE 0x10000000
#endif

static int queue;
/* Watch descriptors by the order in which they were made, for output that does not depend on their numbers. */
static int watches[64], watch_count;

static const struct {
  unsigned bit;
  const char *name;
} bits[] = {
    {IN_ACCESS, "ACCESS"}, {IN_MODIFY, "MODIFY"}, {IN_ATTRIB, "ATTRIB"}, {IN_CLOSE_WRITE, "CLOSE_WRITE"}, {IN_CLOSE_NOWRITE, "CLOSE_NOWRITE"},
    {IN_OPEN, "OPEN"}, {IN_MOVED_FROM, "MOVED_FROM"}, {IN_MOVED_TO, "MOVED_TO"}, {IN_CREATE, "CREATE"}, {IN_DELETE, "DELETE"},
    {IN_DELETE_SELF, "DELETE_SELF"}, {IN_MOVE_SELF, "MOVE_SELF"}, {IN_UNMOUNT, "UNMOUNT"}, {IN_Q_OVERFLOW, "Q_OVERFLOW"},
    {IN_IGNORED, "IGNORED"}, {IN_ISDIR, "ISDIR"},
};

static char watch(const char *path, unsigned mask) {
  int wd = inotify_add_watch(queue, path, mask);
  if (wd < 0) {
    show(-1, path);
    return '?';
  }
  for (int i = 0; i < watch_count; i++)
    if (watches[i] == wd) return 'A' + i;
  watches[watch_count++] = wd;
  return 'A' + watch_count - 1;
}

static int wd_of(char letter) {
  return watches[letter - 'A'];
}

/* Prints what has come since the last time. */
static void events(const char *after) {
  static char buffer[65536] __attribute__((aligned(8)));
  unsigned cookie = 0;
  printf("%s:\n", after);
  for (;;) {
    ssize_t length = read(queue, buffer, sizeof buffer);
    if (length < 0) {
      if (errno != EAGAIN) show(-1, "read");
      return;
    }
    for (char *at = buffer; at < buffer + length;) {
      struct inotify_event *event = (struct inotify_event *)at;
      char letter = event->wd == -1 ? '-' : '?';
      for (int i = 0; i < watch_count; i++)
        if (watches[i] == event->wd) letter = 'A' + i;
      printf("  %c", letter);
      for (unsigned i = 0; i < sizeof bits / sizeof *bits; i++)
        if (event->mask & bits[i].bit) printf(" %s", bits[i].name);
      if (event->cookie) printf(event->cookie == cookie ? " same move" : " move");
      if (event->cookie) cookie = event->cookie;
      if (event->len) printf(" %s (%u)", event->name, event->len);
      printf("\n");
      at += sizeof *event + event->len;
    }
  }
}

static void touch(const char *name) {
  int fd = open(name, O_CREAT | O_WRONLY, 0644);
  must(fd >= 0, name);
  close(fd);
}

int main(void) {
  char text[64];
  be_nobody();
  enter_empty_directory();
  SHOW(inotify_init1(1));
  queue = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  must(queue >= 0, "inotify_init1");
  SHOW(fcntl(queue, F_GETFD));
  SHOW(read(queue, text, sizeof text));
  SHOW(write(queue, text, 1));
  SHOW(lseek(queue, 0, SEEK_SET));
  SHOW(inotify_add_watch(queue, ".", 0));
  SHOW(inotify_add_watch(queue, "missing", IN_OPEN));
  SHOW(inotify_add_watch(0, ".", IN_OPEN));
  SHOW(inotify_add_watch(-1, ".", IN_OPEN));
  SHOW(inotify_rm_watch(queue, 77));

  printf("== a directory\n");
  SHOW(watch(".", IN_ALL_EVENTS));
  touch("f");
  events("creating");
  int fd = open("f", O_RDWR);
  SHOW(write(fd, "text", 4));
  SHOW(write(fd, "text", 4));
  SHOW(pread(fd, text, 4, 0));
  SHOW(read(fd, text, 4));
  SHOW(ftruncate(fd, 2));
  SHOW(ftruncate(fd, 2));
  SHOW(fchmod(fd, 0600));
  SHOW(futimens(fd, NULL));
  SHOW(fallocate(fd, 0, 0, 10));
  SHOW(fsetxattr(fd, "user.a", "x", 1, 0));
  close(fd);
  events("a file's life");
  SHOW(close(open("f", O_RDONLY)));
  SHOW(close(open("f", O_RDWR | O_TRUNC)));
  SHOW(close(open("f", O_PATH)));
  events("opens");
  SHOW(truncate("f", 5));
  SHOW(chmod("f", 0644));
  SHOW(chown("f", -1, getgid()));
  struct timespec access_only[2] = {{5, 0}, {0, UTIME_OMIT}}, modify_only[2] = {{0, UTIME_OMIT}, {5, 0}};
  SHOW(utimensat(AT_FDCWD, "f", access_only, 0));
  SHOW(utimensat(AT_FDCWD, "f", modify_only, 0));
  SHOW(access("f", R_OK));
  struct stat st;
  SHOW(stat("f", &st));
  events("by path");
  SHOW(mkdir("d", 0755));
  SHOW(symlink("f", "s"));
  SHOW(link("f", "l"));
  SHOW(mkfifo("p", 0600));
  SHOW(readlink("s", text, sizeof text));
  events("makers");
  fd = open("d", O_RDONLY | O_DIRECTORY);
  SHOW(syscall(SYS_getdents64, fd, text, sizeof text));
  close(fd);
  events("a listing");
  SHOW(rename("l", "m"));
  SHOW(rename("m", "d/m"));
  SHOW(rename("d/m", "l"));
  SHOW(rename("d", "e"));
  events("moves");
  SHOW(rename("l", "f"));
  events("onto itself by another name");
  touch("g");
  SHOW(rename("g", "f"));
  events("onto another");
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "e", 2));
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "f", AT_FDCWD, "e", 2));
  events("exchange");
  SHOW(unlink("f"));
  SHOW(unlink("s"));
  SHOW(unlink("p"));
  SHOW(unlink("l"));
  SHOW(rmdir("e"));
  events("removals");

  printf("== a file and its directory\n");
  touch("f");
  SHOW(mkdir("d", 0755));
  events("before");
  SHOW(watch("f", IN_ALL_EVENTS));
  SHOW(watch("d", IN_ALL_EVENTS));
  touch("f");
  touch("d/x");
  SHOW(link("f", "g"));
  SHOW(rename("f", "h"));
  SHOW(rename("d", "e"));
  events("twice told");
  SHOW(unlink("g"));
  events("one of two names");
  fd = open("h", O_RDONLY);
  SHOW(unlink("h"));
  events("unlinked but open");
  SHOW(read(fd, text, 1));
  close(fd);
  events("closed");
  SHOW(unlink("e/x"));
  SHOW(rmdir("e"));
  events("a directory goes");

  printf("== masks and flags\n");
  touch("f");
  SHOW(mkdir("d", 0755));
  events("before");
  SHOW(inotify_rm_watch(queue, wd_of('A')));
  events("the watch is removed");
  SHOW(inotify_rm_watch(queue, wd_of('A')));
  SHOW(watch("f", IN_OPEN));
  SHOW(watch("f", IN_CLOSE_WRITE));
  touch("f");
  events("the second mask");
  SHOW(watch("f", IN_OPEN | IN_MASK_ADD));
  touch("f");
  events("both masks");
  SHOW(watch("f", IN_OPEN | IN_MASK_CREATE));
  SHOW(watch("d", IN_ONLYDIR | IN_OPEN));
  SHOW(watch("f", IN_ONLYDIR | IN_OPEN));
  SHOW(watch("f", IN_MASK_ADD | IN_MASK_CREATE | IN_OPEN));
  SHOW(symlink("f", "s"));
  SHOW(watch("s", IN_ALL_EVENTS | IN_DONT_FOLLOW));
  SHOW(readlink("s", text, 8));
  SHOW(unlink("s"));
  events("a link itself");
  SHOW(watch("d", IN_CREATE | IN_ONESHOT));
  touch("d/x");
  touch("d/y");
  events("one shot");
  SHOW(watch("d", IN_MODIFY | IN_EXCL_UNLINK));
  fd = open("d/x", O_WRONLY);
  SHOW(write(fd, "x", 1));
  SHOW(unlink("d/x"));
  SHOW(write(fd, "y", 1));
  close(fd);
  events("not of the unlinked");
  SHOW(watch("d", IN_MODIFY));
  fd = open("d/y", O_WRONLY);
  SHOW(write(fd, "x", 1));
  SHOW(unlink("d/y"));
  SHOW(write(fd, "y", 1));
  close(fd);
  events("of the unlinked too");
  SHOW(chmod("f", 0));
  SHOW(watch("f", IN_OPEN));
  SHOW(chmod("f", 0600));

  printf("== reading\n");
  SHOW(watch(".", IN_CREATE | IN_MODIFY));
  touch("one");
  int pending = 0;
  SHOW(ioctl(queue, FIONREAD, &pending));
  printf("%d bytes\n", pending);
  struct pollfd poll_set = {queue, POLLIN | POLLOUT, 0};
  SHOW(poll(&poll_set, 1, 0));
  printf("revents %x\n", poll_set.revents);
  SHOW(read(queue, text, 16));
  SHOW(read(queue, text, 31));
  SHOW(read(queue, text, 32));
  SHOW(read(queue, text, 32));
  touch("two");
  touch("a-name-of-sixteen");
  touch("fifteen-letters");
  SHOW(read(queue, text, 40));
  events("the rest");
  fd = open("one", O_WRONLY);
  for (int i = 0; i < 5; i++) must(write(fd, "x", 1) == 1, "write");
  events("equal ones become one");
  int other = open("two", O_WRONLY);
  for (int i = 0; i < 2; i++) must(write(fd, "x", 1) == 1 && write(other, "x", 1) == 1, "write");
  events("others in between");
  for (int i = 0; i < 10000; i++) must(write(fd, "x", 1) == 1 && write(other, "x", 1) == 1, "write");
  char *drained = malloc(40000 * 32);
  ssize_t length = read(queue, drained, 40000 * 32);
  struct inotify_event *last = (struct inotify_event *)(drained + length - 16);
  printf("%ld bytes before the overflow, then wd %d mask %x len %u\n", (long)length - 16, last->wd, last->mask, last->len);
  events("nothing more");
  close(other);

  if (fork() == 0) {
    struct timespec pause = {0, 20000000};
    nanosleep(&pause, NULL);
    must(write(fd, "x", 1) == 1, "write");
    _exit(0);
  }
  fcntl(queue, F_SETFL, 0);
  SHOW(read(queue, text, sizeof text));
  fcntl(queue, F_SETFL, O_NONBLOCK);
  wait(NULL);
  close(fd);
  unlink("one");
  unlink("two");
  unlink("a-name-of-sixteen");
  unlink("fifteen-letters");
  unlink("f");
  rmdir("d");
  leave_empty_directory();
  events("the end of all");
  return 0;
}
