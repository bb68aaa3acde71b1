// Products of 64 x 64 matrices of doubles. One iteration: one multiplication and addition.

#include <string.h>
#include "bench.h"

enum { N = 64 };

static double a[N][N], b[N][N], c[N][N];

int main(int argc, char **argv) {
  uint64_t rounds = iterations(argc, argv, 10000000) / (N * N * N);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = (i * 7 + j * 3) % 11 / 16.0;
      b[i][j] = i == j ? 0.5 : 1.0 / (1 + i + j);
    }
  for (uint64_t r = 0; r < rounds; r++) {
    memset(c, 0, sizeof c);
    for (int i = 0; i < N; i++)
      for (int k = 0; k < N; k++) {
        double x = a[i][k];
        for (int j = 0; j < N; j++) c[i][j] += x * b[k][j];
      }
    a[r % N][0] = c[N - 1][r % N] / 1024;
  }
  uint64_t checksum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      uint64_t bits;
      memcpy(&bits, &c[i][j], 8);
      checksum = checksum * 31 + bits;
    }
  return finish(checksum);
}
