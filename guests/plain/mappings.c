// Mappings in detail: files under them, memfd and seals, mremap, madvise, mlock, mincore, protections, limits.

#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "show.h"

enum { PAGE = 4096 };
enum { sys_memfd_secret = 447, sys_mseal = 462, sys_process_madvise = 440, sys_pidfd_open = 434, sys_mlock2 = 325 };
enum { NOEXEC_SEAL = 8, EXEC = 16 };
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef F_ADD_SEALS
enum { F_ADD_SEALS = 1033, F_GET_SEALS };
#endif
enum { SEAL = 1, SHRINK = 2, GROW = 4, WRITE = 8, FUTURE_WRITE = 16, SEAL_EXEC = 32 };
enum { DONTUNMAP = 4, POPULATE_READ = 22, POPULATE_WRITE };

static sigjmp_buf escape;
static volatile int code;

static void leap(int number, siginfo_t *information, void *context) {
  (void)context;
  code = information->si_code;
  siglongjmp(escape, number);
}

static const char *touch(volatile char *at, int writes) {
  int number = sigsetjmp(escape, 1);
  static char text[32];
  if (number) {
    snprintf(text, sizeof text, "%s code %d", number == SIGBUS ? "SIGBUS" : "SIGSEGV", code);
    return text;
  }
  if (writes) *at = 1;
  else (void)*at;
  return "fine";
}

#define TOUCH(at, writes) printf("%s %s: %s\n", writes ? "write" : "read", #at, touch(at, writes))

/* "mapped" or an errno: addresses differ. */
static char *mapped(const char *what, void *at) {
  if (at == MAP_FAILED) show(-1, what);
  else printf("%s: mapped\n", what);
  return at;
}

#define MAPPED(call) mapped(#call, call)

static char *fresh(int pages) {
  char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(at != MAP_FAILED, "mmap");
  return at;
}

static int fd;

static void arguments(void) {
  printf("== arguments\n");
  char *a = fresh(4);
  int reading = open("f", O_RDONLY), writing = open("f", O_WRONLY), path = open("f", O_PATH), dir = open(".", O_RDONLY), pair[2];
  must(pipe(pair) == 0, "pipe");
  MAPPED(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  MAPPED(mmap(NULL, -1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  MAPPED(mmap(NULL, 1ul << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 1));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, path, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, dir, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, pair[0], 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, writing, 0));
  MAPPED(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, reading, 0));
  char *b = MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, reading, 0));
  SHOW(mprotect(b, PAGE, PROT_READ | PROT_WRITE));
  MAPPED(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, reading, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 1l << 40));
  MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, -PAGE));
  MAPPED(mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0x7ffffffffffff000));
  MAPPED(mmap(a + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
  MAPPED(mmap(a, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
  MAPPED(mmap((void *)-PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, 3 | MAP_ANONYMOUS | 0x80000, -1, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, 3, fd, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, 3 | 0x80000, fd, 0));
  MAPPED(mmap(NULL, PAGE, PROT_READ, 3 | 0x4000000, fd, 0));
  SHOW(munmap(a + 1, PAGE));
  SHOW(munmap(a, 0));
  SHOW(munmap(a, -1));
  SHOW(munmap((void *)(1ul << 46), PAGE));
  SHOW(syscall(SYS_mprotect, a + 1, PAGE, PROT_READ));
  SHOW(mprotect(a, 0, PROT_READ));
  SHOW(mprotect(a, PAGE, 0x100));
  SHOW(syscall(SYS_mprotect, a, -1l, PROT_READ));
  SHOW(munmap(a + PAGE, PAGE));
  SHOW(mprotect(a, 3 * PAGE, PROT_READ));
  TOUCH(a, 1);
  TOUCH(a + 2 * PAGE, 1);
  TOUCH(a + PAGE, 0);
  SHOW(mprotect(a, PAGE, PROT_WRITE));
  TOUCH(a, 0);
  SHOW(mprotect(a, PAGE, PROT_NONE));
  TOUCH(a, 0);
  SHOW(mprotect(a, PAGE, PROT_READ | 0x01000000));
  SHOW(msync(a, PAGE, MS_SYNC | MS_ASYNC));
  SHOW(msync(a, PAGE, 8));
  SHOW(msync(a + 1, PAGE, MS_SYNC));
  SHOW(msync(a, 2 * PAGE, MS_SYNC));
  SHOW(msync(a, PAGE, MS_SYNC | MS_INVALIDATE));
  SHOW(msync(a, 0, MS_SYNC));
  close(reading), close(writing), close(path), close(dir), close(pair[0]), close(pair[1]);
}

static void files(void) {
  printf("== files under mappings\n");
  char text[8] = "";
  SHOW(ftruncate(fd, 3 * PAGE));
  char *shared = MAPPED(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  char *own = MAPPED(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
  struct stat st;
  fstat(fd, &st);
  printf("blocks %ld\n", (long)st.st_blocks);
  shared[0] = 's';
  printf("%c\n", own[0]);
  own[0] = 'o';
  shared[0] = 't';
  printf("%c %c\n", own[0], shared[0]);
  SHOW(pwrite(fd, "w", 1, 1));
  printf("%d %c\n", own[1], shared[1]);
  own[PAGE] = 'o';
  SHOW(pwrite(fd, "w", 1, PAGE));
  printf("%c %c\n", own[PAGE], shared[PAGE]);
  TOUCH(shared + 3 * PAGE, 0);
  SHOW(ftruncate(fd, PAGE + 10));
  TOUCH(shared + 2 * PAGE, 0);
  TOUCH(own + 2 * PAGE, 1);
  shared[PAGE + 20] = 'x';
  SHOW(pread(fd, text, 4, PAGE + 8));
  SHOW(ftruncate(fd, 3 * PAGE));
  printf("behind the end: %d\n", shared[PAGE + 20]);
  own[0] = 'p';
  SHOW(ftruncate(fd, 0));
  TOUCH(own, 0);
  TOUCH(shared, 0);
  SHOW(ftruncate(fd, 3 * PAGE));
  printf("%d %d\n", own[0], shared[0]);
  SHOW(madvise(shared, PAGE, MADV_REMOVE));
  shared[PAGE] = 'r';
  SHOW(madvise(shared + PAGE, PAGE, MADV_REMOVE));
  printf("removed: %d\n", shared[PAGE]);
  SHOW(madvise(own, PAGE, MADV_REMOVE));
  own[PAGE] = 'd';
  SHOW(pwrite(fd, "f", 1, PAGE));
  SHOW(madvise(own, 3 * PAGE, MADV_DONTNEED));
  printf("dropped: %c\n", own[PAGE]);
  SHOW(fallocate(fd, 3, PAGE, PAGE));
  printf("punched: %d %d\n", own[PAGE], shared[PAGE]);
  fstat(fd, &st);
  printf("blocks %ld\n", (long)st.st_blocks);
  SHOW(unlink("f"));
  shared[5] = 'g';
  SHOW(pread(fd, text, 1, 5));
  close(fd);
  printf("%c\n", shared[5]);
  if (fork() == 0) {
    shared[6] = 'c';
    own[6] = 'c';
    _exit(0);
  }
  wait(NULL);
  printf("after the child: %c %d\n", shared[6], own[6]);
  SHOW(munmap(shared, 4 * PAGE));
  SHOW(munmap(own, 4 * PAGE));
}

static void sealed(void) {
  printf("== memfd\n");
  char name[300];
  memset(name, 'n', sizeof name);
  name[250] = 0;
  SHOW(memfd_create(name, 0));
  name[249] = 0;
  int made = SHOW(memfd_create(name, 0));
  close(made);
  SHOW(memfd_create("x", 32));
  SHOW(memfd_create("x", NOEXEC_SEAL | EXEC));
  SHOW(memfd_create(nowhere, 0));
  int m = memfd_create("name", MFD_CLOEXEC);
  SHOW(fcntl(m, F_GET_SEALS));
  SHOW(fcntl(m, F_ADD_SEALS, GROW));
  SHOW(fcntl(m, F_GETFD));
  char path[64], link[64] = "";
  snprintf(path, sizeof path, "/proc/self/fd/%d", m);
  SHOW(readlink(path, link, sizeof link - 1));
  printf("%s\n", link);
  struct stat st;
  SHOW(fstat(m, &st));
  printf("%o %ld\n", st.st_mode, (long)st.st_nlink);
  close(m);
  m = memfd_create("name", NOEXEC_SEAL);
  fstat(m, &st);
  printf("%o seals %x\n", st.st_mode, fcntl(m, F_GET_SEALS));
  SHOW(fchmod(m, 0777));
  SHOW(fchmod(m, 0600));
  close(m);
  m = memfd_create("name", MFD_ALLOW_SEALING | EXEC);
  SHOW(fcntl(m, F_GET_SEALS));
  SHOW(fcntl(m, F_ADD_SEALS, SEAL_EXEC));
  SHOW(fchmod(m, 0666));
  close(m);
  m = memfd_create("name", MFD_ALLOW_SEALING);
  SHOW(ftruncate(m, 2 * PAGE));
  SHOW(fcntl(m, F_ADD_SEALS, 64));
  SHOW(fcntl(m, F_ADD_SEALS, SHRINK));
  SHOW(ftruncate(m, PAGE));
  SHOW(ftruncate(m, 3 * PAGE));
  SHOW(fcntl(m, F_ADD_SEALS, GROW));
  SHOW(ftruncate(m, 4 * PAGE));
  SHOW(pwrite(m, "x", 1, 3 * PAGE));
  SHOW(pwrite(m, "xy", 2, 3 * PAGE - 1));
  SHOW(fallocate(m, 0, 0, 4 * PAGE));
  char *shared = MAPPED(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0));
  SHOW(fcntl(m, F_ADD_SEALS, WRITE));
  SHOW(fcntl(m, F_ADD_SEALS, FUTURE_WRITE));
  SHOW(pwrite(m, "x", 1, 0));
  TOUCH(shared, 1);
  MAPPED(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0));
  char *looking = MAPPED(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, m, 0));
  SHOW(mprotect(looking, PAGE, PROT_READ | PROT_WRITE));
  MAPPED(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, m, 0));
  SHOW(munmap(shared, PAGE));
  SHOW(fcntl(m, F_ADD_SEALS, WRITE));
  SHOW(fallocate(m, 3, 0, PAGE));
  SHOW(fcntl(m, F_ADD_SEALS, SEAL));
  SHOW(fcntl(m, F_ADD_SEALS, SEAL));
  SHOW(fcntl(m, F_GET_SEALS));
  snprintf(path, sizeof path, "/proc/self/fd/%d", m);
  int reading = open(path, O_RDONLY);
  SHOW(fcntl(reading, F_ADD_SEALS, SEAL));
  SHOW(fcntl(0, F_GET_SEALS));
  close(reading);
  close(m);
}

static void moves(void) {
  printf("== mremap\n");
  char *a = fresh(8);
  for (int i = 0; i < 8; i++) a[i * PAGE] = 'a' + i;
  MAPPED(mremap(a + 1, PAGE, PAGE, 0));
  MAPPED(mremap(a, PAGE, 0, 0));
  MAPPED(mremap(a, PAGE, PAGE, 8));
  MAPPED(mremap(a, PAGE, PAGE, MREMAP_FIXED, a));
  MAPPED(mremap(a, 8 * PAGE, 6 * PAGE, 0));
  TOUCH(a + 6 * PAGE, 0);
  MAPPED(mremap(a + 10 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE));
  char *blocker = mmap(a + 6 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  printf("blocked: %d\n", blocker == a + 6 * PAGE);
  MAPPED(mremap(a, 6 * PAGE, 9 * PAGE, 0));
  char *b = MAPPED(mremap(a, 6 * PAGE, 9 * PAGE, MREMAP_MAYMOVE));
  printf("%c %c %d\n", b[0], b[5 * PAGE], b[8 * PAGE]);
  TOUCH(a, 0);
  char *target = fresh(9);
  SHOW(mremap(b, 9 * PAGE, 9 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
  printf("%c %c\n", target[0], target[5 * PAGE]);
  TOUCH(b, 0);
  MAPPED(mremap(target, 9 * PAGE, 9 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target + PAGE));
  MAPPED(mremap(target, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target + 1));
  SHOW(mprotect(target + PAGE, PAGE, PROT_READ));
  MAPPED(mremap(target, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE));
  char *c = MAPPED(mremap(target + 2 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | DONTUNMAP));
  printf("%c %d\n", c[0], target[2 * PAGE]);
  MAPPED(mremap(target + 2 * PAGE, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | DONTUNMAP));
  char *shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared[0] = 's';
  char *again = MAPPED(mremap(shared, 0, 2 * PAGE, MREMAP_MAYMOVE));
  again[1] = 't';
  printf("%c %c\n", again[0], shared[1]);
  MAPPED(mremap(c, 0, PAGE, MREMAP_MAYMOVE));
  MAPPED(mremap(shared, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE));
}

static void advice(void) {
  printf("== madvise\n");
  char *a = fresh(4);
  memset(a, 'a', 4 * PAGE);
  int known[] = {0, 1, 2, 3, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25, 5, 24, 99, -1};
  for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
    char what[32];
    snprintf(what, sizeof what, "advice %d", known[i]);
    show(madvise(a, PAGE, known[i]), what);
  }
  SHOW(madvise(a + 1, PAGE, MADV_NORMAL));
  SHOW(madvise(a, 0, MADV_DONTNEED));
  SHOW(madvise(a, 0, 99));
  SHOW(madvise(a, -1, MADV_DONTNEED));
  SHOW(madvise(a + PAGE, 1, MADV_DONTNEED));
  printf("%d %c\n", a[PAGE + 100], a[2 * PAGE]);
  SHOW(munmap(a + PAGE, PAGE));
  a[2 * PAGE] = 'k';
  SHOW(madvise(a, 3 * PAGE, MADV_DONTNEED));
  printf("%d %d\n", a[0], a[2 * PAGE]);
  SHOW(madvise(a, 3 * PAGE, MADV_WILLNEED));
  SHOW(madvise(a, 3 * PAGE, POPULATE_READ));
  SHOW(mprotect(a, PAGE, PROT_READ));
  SHOW(madvise(a, PAGE, POPULATE_WRITE));
  SHOW(madvise(a, PAGE, POPULATE_READ));
  SHOW(mprotect(a, PAGE, PROT_NONE));
  SHOW(madvise(a, PAGE, POPULATE_READ));
  SHOW(madvise(a, PAGE, MADV_DONTNEED));
  char *shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared[0] = 's';
  SHOW(madvise(shared, PAGE, MADV_DONTNEED));
  printf("%c\n", shared[0]);
  SHOW(madvise(shared, PAGE, MADV_FREE));
  SHOW(madvise(shared, PAGE, MADV_WIPEONFORK));
  SHOW(madvise(shared, PAGE, MADV_REMOVE));
  printf("%d\n", shared[0]);
  char *own = fresh(3);
  own[0] = own[PAGE] = own[2 * PAGE] = 'o';
  SHOW(madvise(own, PAGE, MADV_WIPEONFORK));
  SHOW(madvise(own + PAGE, PAGE, MADV_DONTFORK));
  SHOW(madvise(shared, PAGE, MADV_DONTFORK));
  fflush(stdout);
  if (fork() == 0) {
    printf("child: %d %c\n", own[0], own[2 * PAGE]);
    TOUCH(own + PAGE, 0);
    TOUCH(shared, 0);
    TOUCH(shared + PAGE, 0);
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  printf("parent: %c %c\n", own[0], own[PAGE]);
  int pidfd = syscall(sys_pidfd_open, getpid(), 0);
  struct iovec range = {own, 2 * PAGE};
  SHOW(syscall(sys_process_madvise, pidfd, &range, 1, MADV_COLD, 0));
  SHOW(syscall(sys_process_madvise, pidfd, &range, 1, MADV_WILLNEED, 0));
  SHOW(syscall(sys_process_madvise, pidfd, &range, 1, MADV_DONTNEED, 0));
  SHOW(syscall(sys_process_madvise, pidfd, &range, 1, 99, 0));
  SHOW(syscall(sys_process_madvise, pidfd, &range, 1, MADV_COLD, 1));
  SHOW(syscall(sys_process_madvise, -1, &range, 1, MADV_COLD, 0));
  SHOW(syscall(sys_process_madvise, 0, &range, 1, MADV_COLD, 0));
  range.iov_base = own + 1;
  SHOW(syscall(sys_process_madvise, pidfd, &range, 1, MADV_COLD, 0));
  close(pidfd);
}

static void locks(void) {
  printf("== mlock and mincore\n");
  struct rlimit limit = {64 * PAGE, 64 * PAGE};
  SHOW(setrlimit(RLIMIT_MEMLOCK, &limit));
  char *a = fresh(100);
  unsigned char vector[100];
  char *hole = a + 99 * PAGE;
  SHOW(munmap(hole, PAGE));
  SHOW(mincore(a, 4 * PAGE, vector));
  printf("%d%d\n", vector[0] & 1, vector[1] & 1);
  a[PAGE] = 1;
  SHOW(mincore(a, 4 * PAGE, vector));
  printf("%d%d%d\n", vector[0] & 1, vector[1] & 1, vector[2] & 1);
  SHOW(mincore(a + 1, PAGE, vector));
  SHOW(mincore(a, PAGE, nowhere));
  SHOW(mincore(a, 0, vector));
  SHOW(mincore(hole, PAGE, vector));
  SHOW(mincore(a, -1, vector));
  SHOW(mlock(a, 2 * PAGE));
  SHOW(mincore(a, 4 * PAGE, vector));
  printf("%d%d%d\n", vector[0] & 1, vector[1] & 1, vector[2] & 1);
  SHOW(madvise(a, PAGE, MADV_DONTNEED));
  SHOW(madvise(a, PAGE, 24));
  SHOW(mlock(a + 3 * PAGE + 5, 1));
  SHOW(mlock(a, 65 * PAGE));
  SHOW(mlock(a, 64 * PAGE));
  SHOW(mlock(a + 64 * PAGE, PAGE));
  SHOW(munlock(a, 63 * PAGE));
  SHOW(mlock(a + 64 * PAGE, PAGE));
  SHOW(syscall(sys_mlock2, a, PAGE, 2));
  SHOW(syscall(sys_mlock2, a + 70 * PAGE, PAGE, 1));
  SHOW(mincore(a + 70 * PAGE, PAGE, vector));
  printf("%d\n", vector[0] & 1);
  SHOW(mlock(hole, PAGE));
  SHOW(munlock(hole, PAGE));
  SHOW(mlock(a, 0));
  SHOW(mlock(a, -1));
  SHOW(mlockall(0));
  SHOW(mlockall(8));
  SHOW(mlockall(4));
  SHOW(mlockall(MCL_CURRENT));
  SHOW(mlockall(MCL_FUTURE));
  MAPPED(mmap(NULL, 70 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  SHOW(munlockall());
  SHOW(munlock(a, 99 * PAGE));
  MAPPED(mmap(NULL, 70 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
  char *b = MAPPED(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
  SHOW(mincore(b, 2 * PAGE, vector));
  printf("%d%d\n", vector[0] & 1, vector[1] & 1);
  b = MAPPED(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
  SHOW(mincore(b, 2 * PAGE, vector));
  printf("%d%d\n", vector[0] & 1, vector[1] & 1);
}

static void sealing(void) {
  printf("== mseal\n");
  char *a = fresh(4), *hole = fresh(1);
  a[0] = 'a';
  SHOW(munmap(hole, PAGE));
  SHOW(syscall(sys_mseal, a, 2 * PAGE, 1));
  SHOW(syscall(sys_mseal, a + 1, 2 * PAGE, 0));
  SHOW(syscall(sys_mseal, a, 0, 0));
  SHOW(syscall(sys_mseal, hole, PAGE, 0));
  SHOW(syscall(sys_mseal, a, 2 * PAGE, 0));
  SHOW(munmap(a, PAGE));
  SHOW(munmap(a, 4 * PAGE));
  SHOW(mprotect(a, PAGE, PROT_READ));
  MAPPED(mmap(a, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
  MAPPED(mremap(a, 2 * PAGE, PAGE, 0));
  MAPPED(mremap(a, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, a + 3 * PAGE));
  SHOW(madvise(a, PAGE, MADV_DONTNEED));
  SHOW(munmap(a + 2 * PAGE, PAGE));
  printf("%d\n", a[0]);
}

static void limits(void) {
  printf("== limits\n");
  struct rlimit limit = {64 << 20, RLIM_INFINITY};
  SHOW(setrlimit(RLIMIT_AS, &limit));
  MAPPED(mmap(NULL, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  char *a = MAPPED(mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  MAPPED(mremap(a, 16 << 20, 128 << 20, MREMAP_MAYMOVE));
  limit.rlim_cur = RLIM_INFINITY;
  SHOW(setrlimit(RLIMIT_AS, &limit));
  limit.rlim_cur = 8 << 20;
  SHOW(setrlimit(RLIMIT_DATA, &limit));
  MAPPED(mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  MAPPED(mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  MAPPED(mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  SHOW(mprotect(a, 16 << 20, PROT_READ | PROT_WRITE));
  char *end = (char *)syscall(SYS_brk, 0);
  SHOW((char *)syscall(SYS_brk, end + (16 << 20)) == end);
  limit.rlim_cur = RLIM_INFINITY;
  SHOW(setrlimit(RLIMIT_DATA, &limit));
  SHOW(mprotect(a, 16 << 20, PROT_READ | PROT_WRITE));
}

static void stack(void) {
  printf("== MAP_GROWSDOWN\n");
  char *area = mmap(NULL, 1000 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(area != MAP_FAILED && munmap(area, 1000 * PAGE) == 0, "room");
  char *top = area + 990 * PAGE;
  char *down = mmap(top, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
  must(down == top, "MAP_GROWSDOWN");
  TOUCH(down, 1);
  TOUCH(down - PAGE, 1);
  TOUCH(down - 2 * PAGE, 1);
  SHOW(mprotect(down, PAGE, PROT_READ | 0x01000000));
  TOUCH(down - 2 * PAGE, 1);
  SHOW(mprotect(area, PAGE, PROT_READ | 0x01000000));
}

int main(void) {
  be_nobody();
  enter_empty_directory();
  struct sigaction action = {.sa_sigaction = leap, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  fd = open("f", O_CREAT | O_RDWR, 0600);
  must(fd >= 0 && ftruncate(fd, PAGE) == 0, "a file");
  arguments();
  files();
  sealed();
  moves();
  advice();
  locks();
  sealing();
  limits();
  stack();
  leave_empty_directory();
  return 0;
}
