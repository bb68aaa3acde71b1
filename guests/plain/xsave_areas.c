// XSAVE, XSAVEC, XSAVEOPT, XRSTOR and FXSAVE over x87 and SSE state: what the areas hold, what stays untouched, and which are refused.

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint8_t area[1024] __attribute__((aligned(64))), state[512] __attribute__((aligned(64)));
static sigjmp_buf back;

static void caught(int signal) {
  siglongjmp(back, signal);
}

static uint64_t word(const uint8_t *at) { uint64_t value; memcpy(&value, at, 8); return value; }
static void set(int at, uint64_t value) { memcpy(area + at, &value, 8); }

/* Both components in use, or neither; MXCSR too. */
static void prepare(int used) {
  static const uint32_t plain = 0x1f80, other = 0x9fc0;
  __asm__ volatile("fninit; emms; pxor %%xmm0, %%xmm0; pxor %%xmm1, %%xmm1; pxor %%xmm2, %%xmm2; pxor %%xmm3, %%xmm3; pxor %%xmm4, %%xmm4;"
                   "pxor %%xmm5, %%xmm5; pxor %%xmm6, %%xmm6; pxor %%xmm7, %%xmm7; pxor %%xmm8, %%xmm8; pxor %%xmm9, %%xmm9; pxor %%xmm10, %%xmm10;"
                   "pxor %%xmm11, %%xmm11; pxor %%xmm12, %%xmm12; pxor %%xmm13, %%xmm13; pxor %%xmm14, %%xmm14; pxor %%xmm15, %%xmm15; ldmxcsr %0" ::"m"(plain)
                   : "memory");
  if (used & 1) __asm__ volatile("fldpi; fld1");
  if (used & 2) __asm__ volatile("pcmpeqd %xmm3, %xmm3; pcmpeqd %xmm15, %xmm15");
  if (used & 4) __asm__ volatile("ldmxcsr %0" ::"m"(other));
}

#define RUN(instruction, request) __asm__ volatile(instruction " (%0)" ::"r"(area), "a"(request), "d"(0) : "memory")

static void save(int how, uint32_t request) {
  switch (how) {
    case 0: RUN("xsave64", request); break;
    case 1: RUN("xsavec64", request); break;
    case 2: RUN("fxsave64", request); break;
    case 3: RUN("xrstor64", request); break;
    case 4: RUN("fxrstor64", request); break;
  }
}

/* Runs of bytes that are still as they were filled, but for what nobody defines. */
static void untouched(void) {
  printf(" kept");
  for (int at = 0; at < 600;) {
    int end = at;
    while (end < 600 && area[end] == 0xa7) end++;
    if (end - at >= 4) printf(" %d-%d", at, end);
    at = end == at ? at + 1 : end;
  }
}

static void show_save(const char *name, int how, int used, uint32_t request) {
  memset(area, 0xa7, sizeof area);
  memset(area + 512, 0, 64);
  int signal = sigsetjmp(back, 1);
  if (signal) {
    printf("%s: signal %d\n", name, signal);
    return;
  }
  prepare(used);
  save(how, request);
  __asm__ volatile("fninit");
  printf("%s of %d, request %u: XSTATE_BV %lx XCOMP_BV %lx MXCSR %08x FCW %04x FSW %04x FTW %02x ST0 %lx XMM3 %lx", name, used, request, word(area + 512),
         word(area + 520), (uint32_t)word(area + 24), (uint16_t)word(area), (uint16_t)word(area + 2), area[4], word(area + 32), word(area + 208));
  untouched();
  printf("\n");
}

static void show_restore(const char *name, int how, uint64_t present, uint64_t layout, uint32_t request, int at, uint64_t value) {
  memset(area, 0, sizeof area);
  prepare(3);
  __asm__ volatile("fxsave64 %0" : "=m"(area));
  memset(area + 32, 0x3f, 10);
  memset(area + 208, 0x77, 16);
  set(24, 0x1fa0 | 0xffffull << 32);
  set(512, present);
  set(520, layout);
  if (at >= 0) set(at, value);
  int signal = sigsetjmp(back, 1);
  if (signal) {
    printf("%s: signal %d\n", name, signal);
    return;
  }
  prepare(7);
  save(how, request);
  __asm__ volatile("fxsave64 %0; fninit" : "=m"(state));
  prepare(0);
  printf("%s: MXCSR %08x FCW %04x FSW %04x FTW %02x ST0 %lx XMM3 %lx XMM15 %lx\n", name, (uint32_t)word(state + 24), (uint16_t)word(state),
         (uint16_t)word(state + 2), state[4], word(state + 32), word(state + 208), word(state + 400));
}

int main(void) {
  struct sigaction action = {.sa_handler = caught};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGILL, &action, NULL);
  for (uint32_t request = 0; request < 4; request++) {
    for (int used = 3; used < 8; used += 4) {
      show_save("xsave", 0, used, request);
      show_save("xsavec", 1, used, request);
    }
  }
  show_save("fxsave", 2, 7, 0);
  const uint64_t compact = 1ull << 63;
  for (uint32_t request = 0; request < 4; request++) {
    for (uint64_t present = 0; present < 4; present++) {
      char name[64];
      snprintf(name, sizeof name, "xrstor of %lu, request %u", present, request);
      show_restore(name, 3, present, 0, request, -1, 0);
      snprintf(name, sizeof name, "compacted xrstor of %lu, request %u", present, request);
      show_restore(name, 3, present, compact | 3, request, -1, 0);
    }
  }
  show_restore("fxrstor", 4, 0, 0, 0, -1, 0);
  show_restore("compacted without the component's bit", 3, 3, compact | 1, 3, -1, 0);
  show_restore("compacted, SSE alone", 3, 2, compact | 2, 3, -1, 0);
  show_restore("layout without bit 63", 3, 3, 3, 3, -1, 0);
  show_restore("a component beyond XCR0", 3, 1ull << 62 | 3, 0, 3, -1, 0);
  show_restore("reserved byte 16", 3, 3, 0, 3, 528, 1);
  show_restore("reserved byte 24, standard", 3, 3, 0, 3, 536, 1);
  show_restore("reserved byte 16, compacted", 3, 3, compact | 3, 3, 528, 1);
  show_restore("reserved byte 24, compacted", 3, 3, compact | 3, 3, 536, 1);
  show_restore("MXCSR with a reserved bit", 3, 3, 0, 3, 24, 0x80001f80);
  show_restore("MXCSR with a reserved bit, x87 alone", 3, 3, 0, 1, 24, 0x80001f80);
  show_restore("MXCSR with a reserved bit, SSE absent", 3, 1, 0, 3, 24, 0x80001f80);
  show_restore("fxrstor with MXCSR reserved", 4, 0, 0, 0, 24, 0x80001f80);
  show_restore("FCW and FSW at odds", 3, 3, 0, 3, 0, 0x0000008000000340ull | 4ull << 16);
  show_restore("FCW with all bits", 3, 3, 0, 3, 0, 0x00000000ffffull);
  return 0;
}
