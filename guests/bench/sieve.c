// Eratosthenes over 64 KiB, again and again. One iteration: one number struck out.

#include <string.h>
#include "bench.h"

enum { SIZE = 65536 };

static uint8_t composite[SIZE];

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 10000000), struck = 0, primes = 0;
  while (struck < n) {
    memset(composite, 0, SIZE);
    primes = 0;
    for (uint32_t i = 2; i < SIZE; i++) {
      if (composite[i]) continue;
      primes++;
      for (uint32_t j = 2 * i; j < SIZE; j += i) {
        composite[j] = 1;
        struck++;
      }
    }
  }
  return finish(primes * 1000003 + struck);
}
