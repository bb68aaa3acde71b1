// Copies of 16 to 4096 bytes and comparisons of what was copied, by loops of bytes and of words. One iteration: 16 bytes.

#include <string.h>
#include "bench.h"

enum { SIZE = 4096 };

static uint8_t from[SIZE], to[SIZE];

static __attribute__((noinline)) void copy_words(uint64_t *restrict d, const uint64_t *restrict s, uint64_t words) {
  for (uint64_t i = 0; i < words; i++) {
    d[i] = s[i];
    __asm__ volatile("" ::: "memory");
  }
}

static __attribute__((noinline)) void copy_bytes(uint8_t *d, const uint8_t *s, uint64_t bytes) {
  while (bytes-- > 0) {
    *d++ = *s++;
    __asm__ volatile("" ::: "memory");
  }
}

static __attribute__((noinline)) uint64_t sum_words(const uint64_t *s, uint64_t words) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < words; i++) sum = sum * 3 + s[i];
  return sum;
}

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 5000000), checksum = 0, size = 16;
  for (int i = 0; i < SIZE; i++) from[i] = i * 7;
  for (uint64_t done = 0; done < n; done += size / 16) {
    size = size == SIZE ? 16 : size * 2;
    copy_words((uint64_t *)to, (const uint64_t *)from, size / 8);
    checksum += sum_words((const uint64_t *)to, size / 8);
    copy_bytes(to, from + 1, size - 1);
    checksum += to[size / 2];
    from[done % SIZE]++;
  }
  return finish(checksum);
}
