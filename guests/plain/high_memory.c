// Memory above 4 GiB, where most programs on Linux have theirs: hot loops, permissions, copies on write, strings, stacks and code there.

#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096, PAGES = 64, WORDS = PAGES * PAGE / 8, ROUNDS = 40 };

#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define DATA (PROT_READ | PROT_WRITE)

/* Pages whose numbers are alike in some of their bits: what one finds must not be what another one has. */
static const uint64_t BASES[] = {
    0x100000000,  0x200000000,  0x1000000000,   0xc000000000,   0xc010000000, 0xc010001000 + PAGES * PAGE,
    0x1010000000, 0x10000000, 0x550000000000, 0x7e0000000000,
};
enum { COUNT = sizeof BASES / sizeof *BASES };

static sigjmp_buf escape;
static void *volatile fault_address;

static void leap(int number, siginfo_t *info, void *context) {
  (void)context;
  fault_address = info->si_addr;
  siglongjmp(escape, number);
}

__attribute__((noinline)) static int faults(volatile char *at, int writes) {
  int number = sigsetjmp(escape, 1);
  if (number) return number;
  if (writes) *at = 1;
  else (void)*at;
  return 0;
}

static void *map(uint64_t at, size_t bytes, int protection) {
  void *got = mmap((void *)at, bytes, protection, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  must(got == (void *)at, "mmap above 4 GiB");
  return got;
}

/* A walk through all bases by turns, so that no page is looked at twice in a row. */
__attribute__((noinline)) static uint64_t mix(uint64_t *const *tables, uint64_t seed) {
  for (int round = 0; round < ROUNDS; round++)
    for (int i = 0; i < WORDS; i += 13) {
      uint64_t *table = tables[(seed >> 13) % COUNT];
      table[i] = table[i] * 31 + seed;
      seed = seed * 6364136223846793005u + table[(i * 7) % WORDS] + 1;
    }
  return seed;
}

/* Unaligned, over the ends of pages too. */
__attribute__((noinline)) static uint64_t slide(char *at, int bytes) {
  uint64_t sum = 0;
  for (int round = 0; round < 4; round++)
    for (int i = 0; i + 8 <= bytes; i += 3) {
      uint64_t value;
      memcpy(&value, at + i, 8);
      value = value * 5 + i;
      memcpy(at + i, &value, 8);
      sum += value;
    }
  return sum;
}

__attribute__((noinline)) static int deep(int n) {
  volatile char here[200];
  here[n % 200] = n;
  return n == 0 ? 0 : deep(n - 1) + here[n % 200] - (char)n + 1;
}

static int on_stack(char *top, int (*function)(int), int argument) {
  int result;
  __asm__ volatile("mov %%rsp, %%rbx; mov %2, %%rsp; call *%3; mov %%rbx, %%rsp"
                   : "=&a"(result), "+D"(argument)
                   : "r"(top), "r"(function)
                   : "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory", "cc");
  return result;
}

static void strings(char *a, char *b) {
  uint64_t bytes = 3 * PAGE + 77;
  for (uint64_t i = 0; i < bytes; i++) a[i + 5] = i * 7;
  void *from = a + 5, *to = b + 9;
  uint64_t count = bytes;
  __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count) : : "memory");
  check(memcmp(a + 5, b + 9, bytes) == 0 && count == 0 && (char *)to == b + 9 + bytes, "rep movsb over pages");
  from = a + 5, to = b + 9, count = bytes;
  b[9 + 2 * PAGE] ^= 1;
  __asm__ volatile("repe cmpsb" : "+S"(from), "+D"(to), "+c"(count) : : "memory", "cc");
  check(bytes - count == 2 * PAGE + 1, "repe cmpsb ends where they differ");
  to = b, count = 2 * PAGE / 8;
  __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0x1122334455667788) : "memory");
  check(b[0] == (char)0x88 && b[2 * PAGE - 1] == 0x11 && (char *)to == b + 2 * PAGE, "rep stosq");
  b[PAGE + 100] = 0;
  to = b, count = bytes;
  __asm__ volatile("repne scasb" : "+D"(to), "+c"(count) : "a"(0) : "memory", "cc");
  check((char *)to == b + PAGE + 101, "repne scasb ends behind what it finds");
}

static void permissions(char *a) {
  volatile char *page = a + 4 * PAGE;
  *page = 9;
  mprotect((void *)page, PAGE, PROT_READ);
  check(faults(page + 3, 1) == SIGSEGV && fault_address == page + 3 && faults(page, 0) == 0 && *page == 9, "mprotect takes writing away");
  mprotect((void *)page, PAGE, PROT_NONE);
  check(faults(page, 0) == SIGSEGV, "and reading");
  mprotect((void *)page, PAGE, DATA);
  check(faults(page, 1) == 0 && *page == 1, "and gives both back");
  munmap((void *)page, PAGE);
  check(faults(page, 0) == SIGSEGV && faults(page, 1) == SIGSEGV, "munmap takes all away");
  map((uint64_t)page, PAGE, DATA);
  check(*page == 0, "and a new page is zero");
  page[0] = 7;
  madvise((void *)page, PAGE, MADV_DONTNEED);
  check(*page == 0, "so is one that is not needed");
  volatile char *far = (char *)((uint64_t)page ^ 1ul << 47);
  check(faults(far, 0) == SIGSEGV && faults(far, 1) == SIGSEGV, "an address that is not canonical is none");
  char *moved = mremap((void *)page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x560000000000);
  check(moved == (char *)0x560000000000 && faults(page, 0) == SIGSEGV && *moved == 0, "mremap moves it");
  map((uint64_t)page, PAGE, DATA);
}

static void processes(uint64_t *const *tables) {
  uint64_t before = tables[3][5];
  int to_child[2], to_parent[2];
  must(pipe(to_child) == 0 && pipe(to_parent) == 0, "pipe");
  pid_t child = fork();
  if (child == 0) {
    char go;
    int good = 1;
    for (int i = 0; i < 20; i++) {
      good &= read(to_child[0], &go, 1) == 1 && tables[3][5] == before + i;
      tables[3][5]++;
      mix(tables, i);
      volatile char *far = (char *)((uint64_t)tables[3] ^ 1ul << 47);
      good &= faults(far, 0) == SIGSEGV && faults(far, 1) == SIGSEGV;
      tables[3][5] = before + i + 1;
      good &= write(to_parent[1], "x", 1) == 1;
    }
    _exit(good ? 0 : 1);
  }
  int good = 1;
  for (int i = 0; i < 20; i++) {
    char done;
    tables[3][5] = before + 1000 * i;
    good &= write(to_child[1], "x", 1) == 1 && read(to_parent[0], &done, 1) == 1 && tables[3][5] == before + 1000 * i;
  }
  int status;
  waitpid(child, &status, 0);
  check(good && status == 0, "two processes by turns, each with pages of its own");
}

/* mov $number, %eax; ret */
static void write_code(unsigned char *at, uint32_t number) {
  at[0] = 0xb8;
  memcpy(at + 1, &number, 4);
  at[5] = 0xc3;
}

__attribute__((noinline)) static uint64_t call_often(unsigned (*function)(void), int times) {
  uint64_t sum = 0;
  for (int i = 0; i < times; i++) sum += function();
  return sum;
}

static void code(void) {
  unsigned char *at = map(0x570000000000, 2 * PAGE, DATA | PROT_EXEC);
  int good = 1;
  for (uint32_t i = 0; i < 20; i++) {
    write_code(at + 16 * (i % 3), i);
    good &= call_often((unsigned (*)(void))(at + 16 * (i % 3)), 20000) == 20000ul * i;
  }
  check(good, "code there, and changed");
  write_code(at + PAGE - 3, 77);
  good = call_often((unsigned (*)(void))(at + PAGE - 3), 20000) == 20000 * 77;
  write_code(at + PAGE - 3, 78);
  check(good && call_often((unsigned (*)(void))(at + PAGE - 3), 20000) == 20000 * 78, "over the end of a page");
  mprotect(at, PAGE, PROT_READ);
  int number = sigsetjmp(escape, 1);
  if (number == 0) call_often((unsigned (*)(void))at, 1);
  check(number == SIGSEGV && fault_address == at, "what must not be executed is not");
}

int main(void) {
  struct sigaction action = {.sa_sigaction = leap, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, NULL);
  uint64_t *tables[COUNT];
  for (int i = 0; i < COUNT; i++) tables[i] = map(BASES[i], PAGES * PAGE, DATA);
  printf("%016lx\n", mix(tables, 1));
  for (int i = 0; i < COUNT; i++) {
    uint64_t sum = 0;
    for (int k = 0; k < WORDS; k++) sum = sum * 3 + tables[i][k];
    printf("%016lx %016lx\n", sum, slide((char *)tables[i] + i, PAGES * PAGE - 16));
  }
  strings((char *)tables[2], (char *)tables[6]);
  permissions((char *)tables[4]);
  processes(tables);
  char *stack = map(0x580000000000, 64 * PAGE, DATA);
  int depth = 0;
  for (int i = 0; i < 200; i++) depth += on_stack(stack + 64 * PAGE - 16, deep, 500);
  check(depth == 200 * 500, "a stack there");
  code();
  void *hint = (void *)0xd000000000;
  check(mmap(hint, PAGE, DATA, ANONYMOUS, -1, 0) == hint, "a hint is heeded");
  check(mmap((void *)0x7ffffffff000, PAGE, DATA, ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED && errno == ENOMEM, "the last page is no user's");
  return check_result();
}
