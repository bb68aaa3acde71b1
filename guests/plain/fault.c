// Dies in the way its argument names, for what the kernel and the events say of it.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void null_write(void) {
  volatile int *volatile nowhere = 0;
  *nowhere = 1;
}

static void null_call(void) {
  ((void (*)(void))(volatile long)0)();
}

static void divide(void) {
  volatile int one = 1, zero = 0;
  zero = one / zero;
}

static void undefined(void) {
  __asm__ volatile("ud2");
}

static void avx(void) {
  __asm__ volatile(".byte 0xc5, 0xfd, 0x58, 0xc1" ::: "xmm0"); // vaddpd %ymm1, %ymm0, %ymm0
}

static void sse4(void) {
  __asm__ volatile(".byte 0x66, 0x0f, 0x38, 0x17, 0xc1"); // ptest %xmm1, %xmm0
}

static void privileged(void) {
  __asm__ volatile("hlt");
}

static void misaligned(void) {
  char room[48] __attribute__((aligned(16)));
  __asm__ volatile("movaps %%xmm0, (%0)" ::"r"(room + 1) : "memory");
}

static void non_canonical(void) {
  volatile int *volatile nowhere = (volatile int *)0x8000000000000000ul;
  *nowhere = 1;
}

static int overflow_depth(volatile char *outer) {
  volatile char room[4096];
  room[0] = outer[0] + 1;
  if (room[0] == 0 && outer[1] == 77) return 0;
  return overflow_depth(room) + room[0];
}

static void stack_overflow(void) {
  volatile char first[2] = {0, 0};
  overflow_depth(first);
}

static void not_executable(void) {
  static char data[16] = {(char)0xc3};
  ((void (*)(void))(void *)data)();
}

static void breakpoint(void) {
  __asm__ volatile("int3");
}

static const struct {
  const char *name;
  void (*die)(void);
} ways[] = {
    {"null-write", null_write}, {"null-call", null_call}, {"divide", divide}, {"ud2", undefined}, {"avx", avx}, {"sse4", sse4},
    {"privileged", privileged}, {"misaligned", misaligned}, {"non-canonical", non_canonical}, {"stack-overflow", stack_overflow},
    {"not-executable", not_executable}, {"breakpoint", breakpoint}, {"abort", abort},
};

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  for (size_t n = 0; argc == 2 && n < sizeof ways / sizeof *ways; n++) {
    if (strcmp(argv[1], ways[n].name)) continue;
    printf("dying by %s\n", argv[1]);
    ways[n].die();
    printf("still alive\n");
    return 1;
  }
  printf("usage: fault WAY\n");
  return 2;
}
