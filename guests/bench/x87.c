// Sums of a series and a polynomial in the x87's extended precision. One iteration: one term of each.

#include "bench.h"

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 1000000);
  long double sum = 0, power = 1, x = 0.999999L;
  for (uint64_t i = 1; i <= n; i++) {
    power *= x;
    sum += power / (long double)(int64_t)i;
    x = x * 0.9999999L + 0.00000005L;
  }
  return finish((uint64_t)(int64_t)(sum * 1000000));
}
