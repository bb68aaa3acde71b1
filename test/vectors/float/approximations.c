// Records RCPSS and RSQRTSS of the processor it runs on, as src/machine/cpu/semantics/float/approximation-tables.ts holds them.
// Both depend on the top 12 fraction bits alone (and on the exponent's parity for RSQRTSS), answer with 12 fraction bits at a
// fixed exponent, and fall monotonically: one 3-bit difference an entry, two to a base64 digit. Checks all of that over every fraction.
// Build and run: gcc -O2 -o approximations approximations.c && ./approximations
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ENTRY(name, instruction) \
  static uint32_t name(uint32_t x) { \
    uint32_t r; \
    __asm__ volatile("movd %1, %%xmm0\n " instruction " %%xmm0, %%xmm0\n movd %%xmm0, %0" : "=r"(r) : "r"(x) : "xmm0"); \
    return r; \
  }
ENTRY(reciprocal, "rcpss")
ENTRY(reciprocal_root, "rsqrtss")

static void record(const char *name, uint32_t (*f)(uint32_t), uint32_t start) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t previous = (f(start) >> 11) & 0xfff;
  printf("export const %s = {\n  first: %u,\n  falls:\n    '", name, previous);
  uint32_t bits = 0;
  for (uint32_t i = 0; i < 4096; i++) {
    uint32_t value = f(start | i << 11);
    for (uint32_t m = 0; m < 2048; m++)
      if (f(start | i << 11 | m) != value) exit(1);
    if (value >> 23 != 126 || value & 0x7ff) exit(2);
    uint32_t fraction = (value >> 11) & 0xfff, fall = previous - fraction;
    if (fall > 7) exit(3);
    previous = fraction;
    bits = bits << 3 | fall;
    if (i % 2 == 1) putchar(digits[bits & 63]), bits = 0;
    if (i % 256 == 255 && i < 4095) printf("' +\n    '");
  }
  printf("',\n};\n");
}

int main(void) {
  printf("// RCPSS and RSQRTSS as recorded from an AMD EPYC (family 19h) by test/vectors/float/approximations.c: the first of 4096\n"
         "// fractions of 12 bits, and how far each entry falls below the one before, three bits each, two entries a base64 digit.\n\n");
  record("RECIPROCAL", reciprocal, 0x3f800000);
  record("RECIPROCAL_ROOT_EVEN", reciprocal_root, 0x3f800000);
  record("RECIPROCAL_ROOT_ODD", reciprocal_root, 0x40000000);
}
