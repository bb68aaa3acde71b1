// Virtual memory: mmap in its forms, mprotect, munmap, mremap, brk, files, madvise.

#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096 };

static sigjmp_buf escape;

static void leap(int number) {
  siglongjmp(escape, number);
}

static int faults(volatile char *at, int writes) {
  int number = sigsetjmp(escape, 1);
  if (number) return number;
  if (writes) *at = 1;
  else (void)*at;
  return 0;
}

int main(void) {
  signal(SIGSEGV, leap);
  signal(SIGBUS, leap);
  char *a = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(a != MAP_FAILED, "mmap");
  int zero = 1;
  for (int i = 0; i < 8 * PAGE; i++) zero &= a[i] == 0;
  check(zero, "anonymous memory is zero");
  memset(a, 5, 8 * PAGE);

  mprotect(a + PAGE, PAGE, PROT_READ);
  check(faults(a + PAGE, 1) == SIGSEGV && faults(a + PAGE, 0) == 0, "mprotect takes writing away");
  mprotect(a + PAGE, PAGE, PROT_NONE);
  check(faults(a + PAGE, 0) == SIGSEGV, "and reading");
  mprotect(a + PAGE, PAGE, PROT_READ | PROT_WRITE);
  check(faults(a + PAGE, 1) == 0 && a[PAGE + 1] == 5, "and gives both back, with the contents");
  munmap(a + 3 * PAGE, PAGE);
  check(faults(a + 3 * PAGE, 0) == SIGSEGV && a[4 * PAGE] == 5, "munmap makes a hole");
  char *fixed = mmap(a + 3 * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  check(fixed == a + 3 * PAGE && *fixed == 0, "MAP_FIXED fills it");
  check(mmap(a, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED && errno == EEXIST,
        "MAP_FIXED_NOREPLACE does not replace");
  madvise(a + 5 * PAGE, PAGE, MADV_DONTNEED);
  check(a[5 * PAGE] == 0 && a[6 * PAGE] == 5, "MADV_DONTNEED drops the contents");

  a[7 * PAGE] = 77;
  char *larger = mremap(a + 7 * PAGE, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
  check(larger != MAP_FAILED && *larger == 77 && larger[2 * PAGE] == 0, "mremap grows");

  char path[] = "/tmp/memory-guest-XXXXXX";
  int fd = mkstemp(path);
  must(fd >= 0, "mkstemp");
  must(write(fd, "file contents", 13) == 13, "write");
  char *shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char *own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  must(shared != MAP_FAILED && own != MAP_FAILED, "mmap of a file");
  check(!memcmp(shared, "file contents", 14), "a file is mapped, zeros behind its end");
  own[0] = 'F';
  check(shared[0] == 'f', "a private mapping is private");
  shared[5] = 'C';
  char text[14] = "";
  must(pread(fd, text, 13, 0) == 13, "pread");
  check(!strcmp(text, "file Contents"), "a shared mapping writes the file");
  check(faults(shared + PAGE, 0) == SIGBUS, "beyond the file's last page is SIGBUS");
  ftruncate(fd, PAGE + 10);
  check(faults(shared + PAGE, 0) == 0, "until the file grows");
  close(fd);
  unlink(path);
  check(shared[5] == 'C', "a mapping outlives its file");

  // A fresh process image has the break to itself: libc is told nothing, so it is put back.
  char *before = (char *)syscall(SYS_brk, 0);
  char *start = (char *)(((uintptr_t)before + PAGE - 1) & -PAGE);
  check((char *)syscall(SYS_brk, start + 3 * PAGE) == start + 3 * PAGE && faults(start + 2 * PAGE, 1) == 0, "brk grows");
  check((char *)syscall(SYS_brk, before) == before && faults(start + 2 * PAGE, 1) == SIGSEGV, "and shrinks");
  check((char *)syscall(SYS_brk, -1l) == before, "a break nowhere changes nothing");

  int *counter = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 3; i++)
    if (fork() == 0) {
      __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
      a[0]++;
      _exit(0);
    }
  while (wait(NULL) > 0) continue;
  check(*counter == 3 && a[0] == 5, "children share what is shared and nothing else");
  check(munmap(a + 1, PAGE) == -1 && errno == EINVAL, "munmap wants whole pages");
  unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
  unsigned char *run = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(run, code, sizeof code);
  mprotect(run, PAGE, PROT_READ | PROT_EXEC);
  check(((int (*)(void))(uintptr_t)run)() == 42, "code made at run time");
  mprotect(run, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
  run[1] = 43;
  check(((int (*)(void))(uintptr_t)run)() == 43, "and changed in place");
  return check_result();
}
