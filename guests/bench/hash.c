// A hash table of 4096 places with linear probing, half of them in use. One iteration: one key that is looked up and counted.

#include "bench.h"

enum { PLACES = 4096 };

static uint32_t keys[PLACES], counts[PLACES];

static uint32_t place_of(uint32_t key) {
  uint32_t at = (key * 0x9e3779b1u) >> 20;
  while (keys[at] != 0 && keys[at] != key) at = (at + 1) & (PLACES - 1);
  return at;
}

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 1000000), checksum = 0;
  uint32_t random = 1;
  for (uint64_t i = 0; i < n; i++) {
    random = random * 1664525 + 1013904223;
    uint32_t key = 1 + (random >> 21);
    uint32_t at = place_of(key);
    keys[at] = key;
    checksum += ++counts[at];
  }
  return finish(checksum);
}
