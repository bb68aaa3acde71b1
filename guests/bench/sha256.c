// SHA-256 (FIPS 180-4). One iteration: one block of 64 bytes.

#include "bench.h"

static uint32_t round_constant[64], state[8];

static uint32_t rotate(uint32_t x, int n) {
  return x >> n | x << (32 - n);
}

/* The first 32 bits of the fractional part of the root of x; exact, by integers: root in 0.32 fixed point. */
static uint32_t root_fraction(uint64_t x, int cube) {
  uint64_t low = 0, high = 1ull << 40;
  while (high - low > 1) {
    uint64_t middle = (low + high) / 2;
    // middle is the root with 32 fraction bits
    unsigned __int128 square = (unsigned __int128)middle * middle;
    int less;
    if (cube) less = (square >> 32) * middle <= (unsigned __int128)x << 64;
    else less = square <= (unsigned __int128)x << 64;
    if (less) low = middle;
    else high = middle;
  }
  return (uint32_t)low;
}

static void compress(const uint8_t *block) {
  uint32_t w[64];
  for (int t = 0; t < 16; t++) w[t] = (uint32_t)block[4 * t] << 24 | block[4 * t + 1] << 16 | block[4 * t + 2] << 8 | block[4 * t + 3];
  for (int t = 16; t < 64; t++) {
    uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = s1 + w[t - 7] + s0 + w[t - 16];
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; t++) {
    uint32_t t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + round_constant[t] + w[t];
    uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 50000);
  for (uint32_t prime = 2, count = 0; count < 64; prime++) {
    int is_prime = 1;
    for (uint32_t d = 2; d * d <= prime; d++) is_prime &= prime % d != 0;
    if (!is_prime) continue;
    round_constant[count] = root_fraction(prime, 1);
    if (count < 8) state[count] = root_fraction(prime, 0);
    count++;
  }
  uint8_t block[64];
  for (int i = 0; i < 64; i++) block[i] = i;
  for (uint64_t i = 0; i < n; i++) {
    block[i % 64] += (uint8_t)i;
    compress(block);
  }
  return finish((uint64_t)state[0] << 32 | state[7]);
}
