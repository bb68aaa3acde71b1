// The clock: a chain of multiplications, 3 cycles each on every x86-64 core since 2008. One iteration: one multiplication.

#include "bench.h"

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 10000000), x = 3;
  for (uint64_t i = 0; i < n; i += 16)
    __asm__(".rept 16\n\timul %1, %0\n\t.endr" : "+r"(x) : "r"((uint64_t)5));
  return finish(x);
}
