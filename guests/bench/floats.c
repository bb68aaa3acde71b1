// Chains of floating point: Horner's rule, Newton's square root, a dot product, the logistic map. One iteration: one step of each.

#include <string.h>
#include "bench.h"

enum { N = 256 };

static double a[N], b[N];

static __attribute__((noinline)) double horner(double x) {
  double y = 0;
  for (int i = 0; i < N; i++) y = y * x + a[i];
  return y;
}

static __attribute__((noinline)) double dot(void) {
  double sum = 0;
  for (int i = 0; i < N; i++) sum += a[i] * b[i];
  return sum;
}

static __attribute__((noinline)) double newton(double x) {
  double y = x;
  for (int i = 0; i < N; i++) y = 0.5 * (y + x / y);
  return y;
}

static __attribute__((noinline)) float logistic(float x) {
  for (int i = 0; i < N; i++) x = 3.7f * x * (1 - x);
  return x;
}

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 1000000), checksum = 0;
  for (int i = 0; i < N; i++) a[i] = 1.0 / (i + 1), b[i] = i / 256.0;
  for (uint64_t done = 0; done < n; done += N) {
    double x = 0.25 + done % 64 / 128.0;
    double y = horner(x) + dot() + newton(x) + logistic((float)x);
    uint64_t bits;
    memcpy(&bits, &y, 8);
    checksum = checksum * 31 + bits;
    a[done / N % N] = y / 1024;
  }
  return finish(checksum);
}
