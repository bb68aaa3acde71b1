// Records what the processor answers to scalar SSE operations: result and MXCSR flags, one 9-byte row a case.
// Operands and MXCSR come from a generator that operands.ts repeats, so only answers are stored.
// Build and run: gcc -O1 -o generate generate.c && ./generate | gzip -9n > scalar.bin.gz
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

static uint64_t state = 0x9e3779b97f4a7c15;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

typedef struct { int width, fraction; uint64_t bias, infinity; } Format;
static const Format F32 = {32, 23, 127, 0x7f800000}, F64 = {64, 52, 1023, 0x7ff0000000000000};

static uint64_t operand(const Format *t) {
  uint64_t one = 1ull << t->fraction, ones = one - 1, unit = t->bias << t->fraction, quiet = one >> 1;
  uint64_t edges[] = {
    0, 1, ones, one, one + 1, unit, unit + 1, unit - 1, t->infinity - 1, t->infinity, t->infinity | quiet, t->infinity | quiet | 5,
    t->infinity | 1, t->infinity | (quiet - 1), unit + 31 * one, unit + 31 * one - 1, unit + 30 * one, unit + 63 * one,
    unit + 63 * one - 1, unit + 31 * one + 1, unit - one, unit - one - 1, unit + quiet, unit + one + (quiet >> 1), quiet, unit + one,
  };
  uint64_t kind = next() & 7, x = next(), fraction = x & ones, value = 0, y = next();
  switch (kind) {
    case 0: value = edges[x % (sizeof edges / sizeof *edges)]; break;
    case 1: value = x & ((1ull << (t->width - 1)) - 1); break;
    case 2: value = unit + (y % 9) * one - 4 * one + fraction; break;
    case 3: value = unit + (y % 5) * one - 2 * one + (fraction & y & next()); break;
    case 4: value = fraction >> (y % t->fraction); break;
    case 5: value = (1 + y % (t->fraction + 3)) * one + fraction; break;
    case 6: value = t->infinity - (1 + y % 4) * one + fraction; break;
    case 7: value = unit + (y % 66) * one + (fraction & ~((1ull << (next() % t->fraction)) - 1)); break;
  }
  return value | (next() & 1) << (t->width - 1);
}

static uint32_t control(void) {
  uint64_t x = next();
  uint32_t masks = x & 7 ? 0x1f80 : (x >> 8 & 0x1f80);
  return masks | (x >> 24 & 3) << 13 | ((x >> 28 & 7) == 0) << 6 | ((x >> 32 & 7) == 0) << 15;
}

static sigjmp_buf back;
static volatile uint32_t trapped;
static void on_fpe(int s, siginfo_t *i, void *c) {
  (void)s, (void)i;
  trapped = ((ucontext_t *)c)->uc_mcontext.fpregs->mxcsr;
  siglongjmp(back, 1);
}

enum { ADD, SUB, MUL, DIV, MIN, MAX, SQRT, LESS, EQUAL, TO32, TO64, TRUNCATE32, TRUNCATE64, FROM32, FROM64, RESIZE, OPERATIONS };

#define PAIR(n, I) case n: __asm__ volatile("ldmxcsr %3\n movq %1, %%xmm0\n movq %2, %%xmm1\n " I " %%xmm1, %%xmm0\n movq %%xmm0, %0\n stmxcsr %4" \
  : "=&r"(result) : "r"(x), "r"(y), "m"(mx), "m"(*flags) : "xmm0", "xmm1", "memory"); break;
#define TO(n, I) case n: __asm__ volatile("ldmxcsr %2\n movq %1, %%xmm0\n " I " %%xmm0, %0\n stmxcsr %3" \
  : "=&r"(result) : "r"(x), "m"(mx), "m"(*flags) : "xmm0", "memory"); break;
#define FROM(n, I) case n: __asm__ volatile("ldmxcsr %2\n pxor %%xmm0, %%xmm0\n " I ", %%xmm0\n movq %%xmm0, %0\n stmxcsr %3" \
  : "=&r"(result) : "r"(x), "m"(mx), "m"(*flags) : "xmm0", "memory"); break;
#define TABLE(S, D, RESIZED) \
  PAIR(ADD, "add" S) PAIR(SUB, "sub" S) PAIR(MUL, "mul" S) PAIR(DIV, "div" S) PAIR(MIN, "min" S) PAIR(MAX, "max" S) PAIR(SQRT, "sqrt" S) \
  PAIR(LESS, "cmplt" S) PAIR(EQUAL, "cmpeq" S) TO(TO32, "cvt" S "2si %%xmm0, %k0\n #") TO(TO64, "cvt" S "2si") \
  TO(TRUNCATE32, "cvtt" S "2si %%xmm0, %k0\n #") TO(TRUNCATE64, "cvtt" S "2si") \
  FROM(FROM32, "cvtsi2" S "l %k1") FROM(FROM64, "cvtsi2" S "q %1") PAIR(RESIZE, RESIZED)

static void run(int wide, int operation, uint64_t x, uint64_t y, uint32_t mx) {
  static uint32_t flag_word;
  uint32_t *volatile flags = &flag_word, start = 0x1f80;
  volatile uint64_t answer = 0;
  volatile uint8_t status;
  if (sigsetjmp(back, 1) == 0) {
    uint64_t result = 0;
    if (wide) switch (operation) { TABLE("sd", F64, "cvtsd2ss") } else switch (operation) { TABLE("ss", F32, "cvtss2sd") }
    answer = result;
    status = *flags & 0x3f;
  } else {
    status = (trapped & 0x3f) | 0x80;
  }
  __asm__ volatile("ldmxcsr %0" : : "m"(start));
  uint64_t masked = answer;
  int narrow = operation == TO32 || operation == TRUNCATE32 || (operation == RESIZE ? wide : !wide && operation < TO32) ||
               (!wide && (operation == FROM32 || operation == FROM64));
  if (narrow) masked &= 0xffffffff;
  fwrite(&masked, 8, 1, stdout);
  fwrite((const void *)&status, 1, 1, stdout);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};
  sigaction(SIGFPE, &action, NULL);
  for (int wide = 0; wide < 2; wide++)
    for (int operation = 0; operation < OPERATIONS; operation++)
      for (int i = 0; i < 1500; i++) {
        const Format *t = wide ? &F64 : &F32;
        uint64_t x, y;
        if (operation == FROM32 || operation == FROM64) {
          x = next();
          y = next();
          x = (int64_t)x >> (y & 63);
          if (y & 64) x &= -(1ull << (y >> 8 & 63));
        } else {
          x = operand(t);
          y = operand(t);
          uint64_t pair = next() & 15, z = next(), one = 1ull << t->fraction, unit = t->bias << t->fraction;
          if (pair == 0) y = x ^ (z & 3);
          if (pair == 1) x = one - 2 + (z & 7), y = unit - 4 + (z >> 8 & 7);
          if (pair == 2) x = t->infinity - 1 - (z & 7), y = unit - 4 + (z >> 8 & 7);
          if (pair == 3) x = 2 * one - 4 + (z & 7), y = unit - one - 2 + (z >> 8 & 3);
        }
        run(wide, operation, x, y, control());
      }
}
