// tmpfs in detail: links, rename, holes, fallocate, O_TMPFILE, attributes, times, listings, statx.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <utime.h>
#include "show.h"

enum { PAGE = 4096 };
enum { sys_statx = 332, sys_fchmodat2 = 452 };
/* linux/falloc.h */
#ifndef FALLOC_FL_KEEP_SIZE
enum { FALLOC_FL_KEEP_SIZE = 1, FALLOC_FL_PUNCH_HOLE = 2 };
#endif
#ifndef FALLOC_FL_COLLAPSE_RANGE
enum { FALLOC_FL_COLLAPSE_RANGE = 8, FALLOC_FL_ZERO_RANGE = 16, FALLOC_FL_INSERT_RANGE = 32, FALLOC_FL_UNSHARE_RANGE = 64 };
#endif
enum { NOREPLACE = 1, EXCHANGE = 2, WHITEOUT = 4 };

static int rename2(const char *from, const char *to, unsigned flags) {
  return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void make(const char *name, const char *text) {
  int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), name);
  close(fd);
}

static void print(const char *name) {
  struct stat st;
  if (lstat(name, &st) < 0) {
    show(-1, name);
    return;
  }
  printf("%s: mode %o links %lu size %ld blocks %ld\n", name, st.st_mode, (unsigned long)st.st_nlink, (long)st.st_size, (long)st.st_blocks);
}

static void links(void) {
  printf("== links\n");
  make("a", "text");
  SHOW(link("a", "b"));
  SHOW(link("a", "b"));
  SHOW(link("missing", "c"));
  SHOW(link("a", "c/"));
  SHOW(link("a", "missing/c"));
  SHOW(mkdir("d", 0755));
  SHOW(link("d", "e"));
  SHOW(link("a", "d/a"));
  print("a");
  print("d");
  SHOW(symlink("a", "s"));
  SHOW(symlink("", "empty"));
  SHOW(symlink("nowhere", "dangling"));
  SHOW(symlink("loop", "loop"));
  SHOW(open("loop", O_RDONLY));
  SHOW(open("dangling", O_RDONLY));
  SHOW(open("dangling", O_CREAT | O_EXCL | O_RDWR, 0600));
  SHOW(open("s", O_RDONLY | O_NOFOLLOW));
  SHOW(linkat(AT_FDCWD, "s", AT_FDCWD, "hard-s", 0));
  SHOW(linkat(AT_FDCWD, "s", AT_FDCWD, "hard-a", AT_SYMLINK_FOLLOW));
  print("s");
  print("hard-s");
  print("hard-a");
  char text[8] = "";
  SHOW(readlink("s", text, 8));
  SHOW(syscall(SYS_readlink, "s", text, 0));
  SHOW(readlink("a", text, 8));
  SHOW(unlink("s/"));
  SHOW(rmdir("s"));
  SHOW(unlink("d"));
  SHOW(rmdir("d"));
  SHOW(unlink("d/a"));
  SHOW(rmdir("d/."));
  SHOW(rmdir("d/.."));
  SHOW(rmdir("d"));
  char longest[300];
  memset(longest, 'n', sizeof longest);
  longest[255] = 0;
  SHOW(mkdir(longest, 0700));
  SHOW(rmdir(longest));
  longest[255] = 'n';
  longest[256] = 0;
  SHOW(mkdir(longest, 0700));
  const char *rest[] = {"a", "b", "s", "hard-s", "hard-a", "dangling", "loop"};
  for (unsigned i = 0; i < sizeof rest / sizeof *rest; i++) show(unlink(rest[i]), rest[i]);
}

static void renames(void) {
  printf("== rename\n");
  make("a", "A");
  make("b", "BB");
  SHOW(mkdir("d", 0755));
  SHOW(mkdir("e", 0755));
  SHOW(mkdir("d/sub", 0755));
  SHOW(rename2("a", "b", NOREPLACE));
  SHOW(rename2("a", "c", NOREPLACE));
  SHOW(rename2("c", "a", 0));
  SHOW(rename2("a", "b", EXCHANGE));
  print("a");
  print("b");
  SHOW(rename2("a", "missing", EXCHANGE));
  SHOW(rename2("a", "d", EXCHANGE));
  print("a");
  print("d");
  SHOW(rename2("a", "d", EXCHANGE));
  SHOW(rename2("a", "b", EXCHANGE | NOREPLACE));
  SHOW(rename2("a", "b", 8));
  SHOW(rename2("a", "w", WHITEOUT));
  SHOW(rename2("a", "w", WHITEOUT | EXCHANGE));
  struct stat st;
  if (lstat("a", &st) == 0) printf("left behind: %o device %u:%u\n", st.st_mode, major(st.st_rdev), minor(st.st_rdev));
  SHOW(open("a", O_RDONLY));
  SHOW(rename("w", "a"));
  SHOW(rename("d", "d/sub/x"));
  SHOW(rename("d", "a"));
  SHOW(rename("a", "d"));
  SHOW(rename("e", "d"));
  SHOW(rename("d", "e"));
  print("e");
  print(".");
  SHOW(rename("e", "e/"));
  SHOW(rename("a", "f/"));
  SHOW(rename("a/", "f"));
  SHOW(rename("e/.", "f"));
  SHOW(rename("a", "e/.."));
  SHOW(rename("missing", "f"));
  SHOW(link("a", "same"));
  SHOW(rename("a", "same"));
  print("a");
  SHOW(rename2("a", "/proc/x", 0));
  SHOW(unlink("a"));
  SHOW(unlink("b"));
  SHOW(unlink("same"));
  SHOW(rmdir("e/sub"));
  SHOW(rmdir("e"));
}

static void holes(void) {
  printf("== holes\n");
  int fd = open("h", O_CREAT | O_RDWR, 0600);
  SHOW(pwrite(fd, "x", 1, 3 * PAGE));
  print("h");
  SHOW(lseek(fd, 0, SEEK_DATA));
  SHOW(lseek(fd, 0, SEEK_HOLE));
  SHOW(lseek(fd, 3 * PAGE + 5, SEEK_DATA));
  SHOW(lseek(fd, 3 * PAGE, SEEK_HOLE));
  SHOW(lseek(fd, 9 * PAGE, SEEK_DATA));
  SHOW(lseek(fd, -1, SEEK_HOLE));
  SHOW(lseek(fd, -1, SEEK_SET));
  SHOW(lseek(fd, 0, 9));
  SHOW(lseek(fd, 5l << 32, SEEK_SET));
  SHOW(write(fd, "far", 3));
  print("h");
  char text[4] = "";
  SHOW(pread(fd, text, 4, 5l << 32));
  printf("read %s\n", text);
  SHOW(pread(fd, text, 4, (5l << 32) + 3));
  SHOW(lseek(fd, 4 * PAGE, SEEK_DATA));
  SHOW(ftruncate(fd, 6l << 32));
  print("h");
  SHOW(ftruncate(fd, PAGE + 1));
  print("h");
  SHOW(ftruncate(fd, -1));
  SHOW(truncate("h", 10));
  SHOW(truncate("h", -1));
  SHOW(truncate(".", 10));
  SHOW(truncate("missing", 10));
  SHOW(pwrite(fd, "x", 1, -1));
  close(fd);
  SHOW(unlink("h"));
}

static void space(void) {
  printf("== fallocate\n");
  int fd = open("f", O_CREAT | O_RDWR, 0600);
  SHOW(fallocate(fd, 0, 0, 3 * PAGE + 1));
  print("f");
  SHOW(fallocate(fd, FALLOC_FL_KEEP_SIZE, 8 * PAGE, PAGE));
  print("f");
  SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 2 * PAGE));
  print("f");
  SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, PAGE));
  SHOW(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, PAGE));
  SHOW(fallocate(fd, FALLOC_FL_INSERT_RANGE, 0, PAGE));
  SHOW(fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, PAGE));
  SHOW(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, PAGE));
  SHOW(fallocate(fd, FALLOC_FL_UNSHARE_RANGE, 0, PAGE));
  SHOW(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_PUNCH_HOLE, 0, PAGE));
  SHOW(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_ZERO_RANGE, 0, PAGE));
  SHOW(fallocate(fd, 0x1000, 0, PAGE));
  SHOW(fallocate(fd, 0, -1, PAGE));
  SHOW(fallocate(fd, 0, 0, 0));
  SHOW(fallocate(fd, 0, 0, -5));
  SHOW(fallocate(fd, 0, 0x7fffffffffffffff, 10));
  close(fd);
  fd = open("f", O_RDONLY);
  SHOW(fallocate(fd, 0, 0, PAGE));
  SHOW(ftruncate(fd, 0));
  close(fd);
  SHOW(fd = open("f", O_WRONLY | O_TRUNC));
  print("f");
  close(fd);
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  SHOW(fallocate(pair[1], 0, 0, PAGE));
  SHOW(ftruncate(pair[1], 0));
  SHOW(lseek(pair[0], 0, SEEK_CUR));
  SHOW(pread(pair[0], &fd, 1, 0));
  close(pair[0]);
  close(pair[1]);
  fd = open(".", O_RDONLY);
  SHOW(fallocate(fd, 0, 0, PAGE));
  SHOW(ftruncate(fd, 0));
  SHOW(fsync(fd));
  SHOW(syncfs(fd));
  SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED));
  SHOW(posix_fadvise(fd, 0, 0, 77));
  SHOW(posix_fadvise(fd, 0, -1, POSIX_FADV_WILLNEED));
  SHOW(readahead(fd, 0, 100));
  SHOW(sync_file_range(fd, 0, 0, 0));
  close(fd);
  SHOW(unlink("f"));
}

static void unnamed(void) {
  printf("== O_TMPFILE\n");
  int fd = SHOW(open(".", O_TMPFILE | O_RDWR, 0600));
  struct stat st;
  must(fstat(fd, &st) == 0, "fstat");
  printf("links %d\n", (int)st.st_nlink);
  char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  SHOW(write(fd, "named", 5));
  SHOW(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  SHOW(linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH));
  print("named");
  close(fd);
  SHOW(fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600));
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  SHOW(linkat(AT_FDCWD, path, AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
  close(fd);
  SHOW(open(".", O_TMPFILE | O_RDONLY, 0600));
  SHOW(open("named", O_TMPFILE | O_RDWR, 0600));
  SHOW(open("missing", O_TMPFILE | O_RDWR, 0600));
  SHOW(open("/proc", O_TMPFILE | O_RDWR, 0600));
  SHOW(unlink("named"));
  unlink("again");
  fd = open("gone", O_CREAT | O_RDWR, 0600);
  SHOW(unlink("gone"));
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  SHOW(linkat(AT_FDCWD, path, AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
  close(fd);
  SHOW(mkdir("dead", 0700));
  fd = open("dead", O_RDONLY | O_DIRECTORY);
  SHOW(rmdir("dead"));
  SHOW(openat(fd, "x", O_CREAT | O_RDWR, 0600));
  SHOW(mkdirat(fd, "x", 0700));
  SHOW(openat(fd, "..", O_PATH) >= 0);
  char room[256];
  SHOW(syscall(SYS_getdents64, fd, room, sizeof room));
  close(fd);
}

static void modes(void) {
  printf("== modes\n");
  umask(027);
  int fd = open("m", O_CREAT | O_RDWR, 07777);
  print("m");
  SHOW(fchmod(fd, 06755));
  print("m");
  SHOW(write(fd, "x", 1));
  print("m");
  SHOW(fchmod(fd, 06755));
  SHOW(ftruncate(fd, 0));
  print("m");
  SHOW(fchmod(fd, 06755));
  SHOW(fchown(fd, -1, getgid()));
  print("m");
  SHOW(fchmod(fd, 02644));
  SHOW(fchown(fd, -1, -1));
  print("m");
  SHOW(fchown(fd, 1, -1));
  SHOW(fchown(fd, -1, 1));
  SHOW(chmod("missing", 0600));
  SHOW(syscall(sys_fchmodat2, AT_FDCWD, "m", 0640, 0));
  SHOW(symlink("m", "l"));
  SHOW(syscall(sys_fchmodat2, AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
  SHOW(syscall(sys_fchmodat2, fd, "", 0604, AT_EMPTY_PATH));
  SHOW(syscall(sys_fchmodat2, fd, "", 0604, 0));
  SHOW(syscall(sys_fchmodat2, fd, "", 0604, 1));
  print("m");
  print("l");
  SHOW(mkdir("sticky", 01777));
  SHOW(chmod("sticky", 03777));
  print("sticky");
  SHOW(mkdir("sticky/d", 0777));
  print("sticky/d");
  SHOW(chmod("sticky/d", 0500));
  SHOW(open("sticky/d/x", O_CREAT | O_RDWR, 0600));
  SHOW(unlink("sticky/d/x"));
  SHOW(chmod("sticky/d", 0200));
  SHOW(open("sticky/d/x", O_RDONLY));
  SHOW(open("sticky/d", O_RDONLY));
  SHOW(chdir("sticky/d"));
  SHOW(rmdir("sticky/d"));
  SHOW(rmdir("sticky"));
  SHOW(chmod("m", 0));
  SHOW(open("m", O_RDONLY));
  SHOW(access("m", F_OK));
  SHOW(access("m", R_OK));
  SHOW(access("m", 8));
  SHOW(syscall(SYS_faccessat2, AT_FDCWD, "m", W_OK, AT_EACCESS));
  SHOW(syscall(SYS_faccessat2, AT_FDCWD, "l", R_OK, AT_SYMLINK_NOFOLLOW));
  SHOW(syscall(SYS_faccessat2, fd, "", R_OK, AT_EMPTY_PATH));
  SHOW(syscall(SYS_faccessat2, AT_FDCWD, "m", R_OK, 0x8000));
  SHOW(truncate("m", 0));
  SHOW(mknod("fifo", S_IFIFO | 0644, 0));
  SHOW(mknod("plain", S_IFREG | 0644, 0));
  SHOW(mknod("typeless", 0644, 0));
  SHOW(mknod("socket", S_IFSOCK | 0644, 0));
  SHOW(mknod("char", S_IFCHR | 0644, makedev(1, 3)));
  SHOW(mknod("block", S_IFBLK | 0644, makedev(1, 3)));
  SHOW(mknod("white", S_IFCHR | 0644, 0));
  SHOW(mknod("dir", S_IFDIR | 0644, 0));
  SHOW(mknod("link", S_IFLNK | 0644, 0));
  SHOW(mknod("strange", 0030000 | 0644, 0));
  print("fifo");
  print("plain");
  print("typeless");
  print("socket");
  SHOW(open("socket", O_RDWR));
  SHOW(truncate("fifo", 0));
  const char *rest[] = {"m", "l", "fifo", "plain", "typeless", "socket", "white"};
  for (unsigned i = 0; i < sizeof rest / sizeof *rest; i++) show(unlink(rest[i]), rest[i]);
  close(fd);
  umask(022);
}

static struct timespec before;

/* Which times have changed since `before`, as letters. */
static const char *changed(const char *name) {
  static char text[8];
  struct stat st;
  must(lstat(name, &st) == 0, name);
  char *at = text;
#define NEWER(t) ((t).tv_sec > before.tv_sec || ((t).tv_sec == before.tv_sec && (t).tv_nsec >= before.tv_nsec))
  if (NEWER(st.st_atim)) *at++ = 'a';
  if (NEWER(st.st_mtim)) *at++ = 'm';
  if (NEWER(st.st_ctim)) *at++ = 'c';
  if (at == text) *at++ = '-';
  *at = 0;
  return text;
}

/* Makes all times of a file old but its change time, and waits until that is old too. */
static void age(const char *name) {
  struct timespec old[2] = {{1000, 5}, {2000, 6}};
  utimensat(AT_FDCWD, name, old, AT_SYMLINK_NOFOLLOW);
  struct timespec pause = {0, 12000000};
  nanosleep(&pause, NULL);
  clock_gettime(CLOCK_REALTIME_COARSE, &before);
  nanosleep(&pause, NULL);
}

#define CHANGES(call, name)                                   \
  do {                                                        \
    age(name);                                                \
    long result = (long)(call);                               \
    printf("%s: %ld, %s: %s\n", #call, result, name, changed(name)); \
  } while (0)

static void times(void) {
  printf("== times\n");
  char byte[256];
  make("t", "text");
  SHOW(mkdir("d", 0755));
  int fd = open("t", O_RDWR), dir = open("d", O_RDONLY);
  CHANGES(read(fd, byte, 1), "t");
  CHANGES(write(fd, byte, 1), "t");
  CHANGES(write(fd, byte, 0), "t");
  CHANGES(ftruncate(fd, 4), "t");
  CHANGES(ftruncate(fd, 8), "t");
  CHANGES(truncate("t", 8), "t");
  CHANGES(fchmod(fd, 0600), "t");
  CHANGES(fchown(fd, -1, -1), "t");
  CHANGES(fallocate(fd, 0, 0, 100), "t");
  CHANGES(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 100), "t");
  CHANGES(link("t", "u"), "t");
  CHANGES(rename("u", "v"), "t");
  CHANGES(unlink("v"), "t");
  CHANGES(open("t", O_RDONLY) >= 0, "t");
  CHANGES(open("t", O_RDONLY | O_TRUNC) >= 0, "t");
  CHANGES(pread(open("t", O_RDONLY | O_NOATIME), byte, 0, 0), "t");
  CHANGES(lseek(fd, 0, SEEK_SET), "t");
  CHANGES(read(fd, byte, 1), "t");
  CHANGES(syscall(SYS_getdents64, dir, byte, sizeof byte), "d");
  CHANGES(close(open("d/x", O_CREAT | O_RDWR, 0600)), "d");
  CHANGES(close(open("d/x", O_CREAT | O_RDWR, 0600)), "d");
  CHANGES(chmod("d/x", 0640), "d");
  CHANGES(rename("d/x", "d/y"), "d");
  CHANGES(unlink("d/y"), "d");
  CHANGES(mkdir("d/z", 0700), "d");
  CHANGES(rmdir("d/z"), "d");
  CHANGES(symlink("t", "l"), ".");
  CHANGES(readlink("l", byte, 8), "l");
  CHANGES(access("l", R_OK), "l");
  CHANGES((long)mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != -1, "t");

  struct timespec both[2] = {{10, 20}, {30, 40}};
  SHOW(futimens(fd, both));
  struct stat st;
  must(fstat(fd, &st) == 0, "fstat");
  printf("times %ld.%09ld %ld.%09ld\n", (long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  struct timespec omit[2] = {{7, UTIME_OMIT}, {-50, 5}};
  SHOW(futimens(fd, omit));
  must(fstat(fd, &st) == 0, "fstat");
  printf("times %ld.%09ld %ld.%09ld\n", (long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  struct timespec bad[2] = {{1, 1000000000}, {1, 0}}, now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}}, none[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
  SHOW(futimens(fd, bad));
  SHOW(utimensat(AT_FDCWD, "missing", none, 0));
  SHOW(utimensat(AT_FDCWD, "missing", now, 0));
  SHOW(syscall(SYS_utimensat, AT_FDCWD, NULL, now, 0));
  SHOW(syscall(SYS_utimensat, fd, NULL, now, AT_SYMLINK_NOFOLLOW));
  SHOW(syscall(SYS_utimensat, fd, "", now, AT_EMPTY_PATH));
  SHOW(syscall(SYS_utimensat, fd, "", now, 0));
  SHOW(syscall(SYS_utimensat, AT_FDCWD, "t", now, 1));
  SHOW(syscall(SYS_utimensat, AT_FDCWD, "t", (void *)1, 0));
  SHOW(utimensat(AT_FDCWD, "/etc/passwd", now, 0));
  SHOW(utimensat(AT_FDCWD, "/etc/passwd", both, 0));
  SHOW(utimensat(AT_FDCWD, "/dev/null", now, 0));
  SHOW(utimensat(AT_FDCWD, "/dev/null", both, 0));
  struct timeval micro[2] = {{1, 2}, {3, 1000000}};
  SHOW(utimes("t", micro));
  micro[1].tv_usec = 999999;
  SHOW(utimes("t", micro));
  must(fstat(fd, &st) == 0, "fstat");
  printf("times %ld.%09ld %ld.%09ld\n", (long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  struct utimbuf seconds = {5, 6};
  SHOW(utime("t", &seconds));
  must(fstat(fd, &st) == 0, "fstat");
  printf("times %ld.%09ld %ld.%09ld\n", (long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  close(fd);
  close(dir);
  SHOW(unlink("t"));
  SHOW(unlink("l"));
  SHOW(rmdir("d"));
}

/* struct statx, which not every libc has. */
struct answer {
  uint32_t mask, blksize;
  uint64_t attributes;
  uint32_t nlink, uid, gid;
  uint16_t mode, spare;
  uint64_t ino, size, blocks, attributes_mask;
  struct {
    int64_t seconds;
    uint32_t nanoseconds, spare;
  } atime, btime, ctime, mtime;
  uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
  uint64_t mount_id, dio[13];
};

enum { EVERYTHING = 0xfff, MOUNT_ID = 0x1000, DIO_ALIGN = 0x2000, UNIQUE_MOUNT_ID = 0x4000, SUBVOLUME = 0x8000 };

static long xstat(int directory, const char *path, int flags, unsigned mask, struct answer *answer) {
  return syscall(sys_statx, directory, path, flags, mask, answer);
}

static void extended(void) {
  printf("== statx\n");
  make("x", "12345");
  struct answer sx;
  memset(&sx, 0xff, sizeof sx);
  SHOW(xstat(AT_FDCWD, "x", 0, EVERYTHING, &sx));
  printf("mask %x attributes %lx of %lx blksize %u nlink %u mode %o size %lu blocks %lu rdev %u:%u spare %d\n", sx.mask,
         (long)sx.attributes, (long)sx.attributes_mask, sx.blksize, sx.nlink, sx.mode, (long)sx.size, (long)sx.blocks, sx.rdev_major,
         sx.rdev_minor, sx.spare);
  printf("birth %s\n", sx.btime.seconds == sx.mtime.seconds ? "now" : "not now");
  unsigned masks[] = {0, 0x200, EVERYTHING | MOUNT_ID, DIO_ALIGN | UNIQUE_MOUNT_ID | SUBVOLUME, UNIQUE_MOUNT_ID, 0x7fffffff};
  for (unsigned i = 0; i < sizeof masks / sizeof *masks; i++) {
    SHOW(xstat(AT_FDCWD, "x", 0, masks[i], &sx));
    printf("asked %x, told %x\n", masks[i], sx.mask);
  }
  SHOW(xstat(AT_FDCWD, "x", 0, 0x80000000, &sx));
  SHOW(xstat(AT_FDCWD, "x", 0x6000, EVERYTHING, &sx));
  SHOW(xstat(AT_FDCWD, "x", 0x2000, EVERYTHING, &sx));
  SHOW(xstat(AT_FDCWD, "x", 0x200, EVERYTHING, &sx));
  SHOW(xstat(AT_FDCWD, "", 0, EVERYTHING, &sx));
  SHOW(xstat(AT_FDCWD, "", AT_EMPTY_PATH, EVERYTHING, &sx));
  printf("mode %o\n", sx.mode & S_IFMT);
  SHOW(xstat(AT_FDCWD, NULL, AT_EMPTY_PATH, EVERYTHING, &sx));
  SHOW(xstat(AT_FDCWD, NULL, 0, EVERYTHING, &sx));
  SHOW(xstat(AT_FDCWD, "x", 0, EVERYTHING, (void *)8));
  SHOW(xstat(AT_FDCWD, ".", 0, EVERYTHING, &sx));
  printf("attributes %lx\n", (long)sx.attributes);
  SHOW(xstat(AT_FDCWD, "/dev/shm", 0, EVERYTHING, &sx));
  printf("attributes %lx\n", (long)sx.attributes);
  struct stat st;
  SHOW(syscall(SYS_newfstatat, AT_FDCWD, "", &st, AT_EMPTY_PATH));
  SHOW(syscall(SYS_newfstatat, AT_FDCWD, NULL, &st, AT_EMPTY_PATH));
  SHOW(syscall(SYS_newfstatat, AT_FDCWD, "x", &st, 0x8000));
  struct statfs fs;
  SHOW(statfs(".", &fs));
  printf("type %lx bsize %ld namelen %ld frsize %ld\n", (long)fs.f_type, (long)fs.f_bsize, (long)fs.f_namelen, (long)fs.f_frsize);
  SHOW(statfs("missing", &fs));
  SHOW(fstatfs(-1, &fs));
  int pair[2];
  must(pipe(pair) == 0, "pipe");
  SHOW(fstatfs(pair[0], &fs));
  printf("type %lx\n", (long)fs.f_type);
  close(pair[0]);
  close(pair[1]);
  SHOW(unlink("x"));
}

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A listing while entries go and come: each entry that was there all the time shows once. */
static void listings(void) {
  printf("== listings\n");
  char name[16];
  for (int i = 0; i < 40; i++) {
    snprintf(name, sizeof name, "n%02d", i);
    make(name, "");
  }
  int fd = open(".", O_RDONLY | O_DIRECTORY);
  char buffer[200] __attribute__((aligned(8)));
  char *names[100];
  int count = 0, removed = 0;
  for (;;) {
    long length = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
    must(length >= 0, "getdents64");
    if (length == 0) break;
    for (long at = 0; at < length;) {
      unsigned short step;
      memcpy(&step, buffer + at + 16, sizeof step);
      names[count++] = strdup(buffer + at + 19);
      at += step;
    }
    if (count < 30)
      for (int i = 0; i < 2; i++)
        if (names[count - 1 - i][0] == 'n' && unlink(names[count - 1 - i]) == 0) removed++;
  }
  qsort(names, count, sizeof *names, compare);
  int doubles = 0;
  for (int i = 1; i < count; i++) doubles += strcmp(names[i - 1], names[i]) == 0;
  printf("%d entries, %d doubles, some removed: %d\n", count, doubles, removed > 0);
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(syscall(SYS_getdents64, fd, buffer, 10));
  SHOW(syscall(SYS_getdents64, fd, 8, 100));
  SHOW(syscall(SYS_getdents64, fd, buffer, 24));
  SHOW(syscall(SYS_getdents64, fd, buffer, 24));
  SHOW(lseek(fd, 0, SEEK_END) >= 0);
  SHOW(read(fd, buffer, 10));
  SHOW(syscall(SYS_getdents64, 0, buffer, 100));
  close(fd);
  for (int i = 0; i < count; i++) {
    if (names[i][0] == 'n') unlink(names[i]);
    free(names[i]);
  }
  print(".");
}

struct handle {
  unsigned bytes;
  int type;
  unsigned char data[128];
};

static void handles(void) {
  printf("== handles\n");
  struct handle handle = {0, 0, {0}};
  int mount = 0;
  make("a", "text");
  SHOW(syscall(SYS_name_to_handle_at, AT_FDCWD, "a", &handle, &mount, 0));
  printf("%u bytes\n", handle.bytes);
  SHOW(syscall(SYS_name_to_handle_at, AT_FDCWD, "a", &handle, &mount, 0));
  printf("type %d, a mount %d\n", handle.type, mount > 0);
  SHOW(syscall(SYS_name_to_handle_at, AT_FDCWD, "missing", &handle, &mount, 0));
  SHOW(syscall(SYS_name_to_handle_at, AT_FDCWD, "a", &handle, &mount, 0x80));
  SHOW(syscall(SYS_name_to_handle_at, AT_FDCWD, "a", &handle, nowhere, 0));
  SHOW(syscall(SYS_name_to_handle_at, AT_FDCWD, "a", nowhere, &mount, 0));
  SHOW(syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));
  handle.bytes = 200;
  SHOW(syscall(SYS_name_to_handle_at, AT_FDCWD, "a", &handle, &mount, 0));
  SHOW(unlink("a"));
}

int main(void) {
  be_nobody();
  enter_empty_directory();
  links();
  renames();
  holes();
  space();
  unnamed();
  modes();
  times();
  extended();
  listings();
  handles();
  leave_empty_directory();
  return 0;
}
