// What libc does with numbers: integer and floating-point printing and parsing, sorting, long double, the maths of libm.

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include "check.h"

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(void) {
  printf("%d %u %lx %lld %c %s %p\n", -42, 42u, 0xdeadbeefcafeul, (long long)INT64_MIN, 'c', "string", (void *)0x1234);
  printf("%5d|%-5d|%05d|%+d|%x|%o\n", 42, 42, 42, 42, 255, 8);
  printf("%f %.3f %e %g %g %a\n", 3.14159265358979, 2.0 / 3, 12345.678, 1e-10, 1e20, 1.0 / 3);
  printf("%g %g %g %g\n", 0.1 + 0.2, DBL_MAX, DBL_MIN, DBL_TRUE_MIN);
  printf("%.17g %.20Lg %Lf\n", 0.1, 0.1L, 1.0L / 3);
  printf("%f %f %f\n", INFINITY, -INFINITY, NAN);
  printf("%.15g %.15g %.15g %.15g\n", strtod("2.5e-3", NULL), strtod("0x1.8p3", NULL), strtod("1e400", NULL), atof("123456789.987654321"));
  printf("%ld %lu %ld\n", strtol("-0x7f", NULL, 16), strtoul("777", NULL, 8), strtol("99999999999999999999", NULL, 10));
  printf("%.12g %.12g %.12g %.12g\n", sin(1), cos(1), tan(1), atan2(1, 2));
  printf("%.12g %.12g %.12g %.12g\n", exp(1), log(10), pow(2, 0.5), cbrt(27));
  printf("%.12g %.12g %.12g %.12g\n", floor(-2.5), ceil(-2.5), round(2.5), rint(2.5));
  printf("%.12g %.12g %.12g\n", fmod(10, 3), hypot(3, 4), tgamma(5));
  printf("%.18Lg %.18Lg %.18Lg\n", sqrtl(2), sinl(1), expl(1));
  printf("%f %f %f\n", (double)(float)16777217, (double)(1ull << 63), (double)(int)-2.9);

  fesetround(FE_UPWARD);
  volatile double one = 1, three = 3;
  volatile double up = one / three;
  fesetround(FE_DOWNWARD);
  volatile double down = one / three;
  fesetround(FE_TONEAREST);
  check(up > down, "rounding modes");
  feclearexcept(FE_ALL_EXCEPT);
  volatile double zero = 0;
  volatile double infinite = one / zero;
  check(isinf(infinite) && fetestexcept(FE_ALL_EXCEPT) == FE_DIVBYZERO, "a division by zero leaves its flag");
  feclearexcept(FE_ALL_EXCEPT);
  volatile double third = one / three;
  (void)third;
  check(fetestexcept(FE_INEXACT) != 0, "an inexact result leaves its flag");

  double values[1000];
  uint32_t random = 12345;
  for (int i = 0; i < 1000; i++) {
    random = random * 1664525 + 1013904223;
    values[i] = (random >> 8) / 16777216.0;
  }
  qsort(values, 1000, sizeof *values, ascending);
  int sorted = 1;
  for (int i = 1; i < 1000; i++) sorted &= values[i - 1] <= values[i];
  check(sorted, "qsort");
  printf("%.10g %.10g\n", values[0], values[999]);
  return check_result();
}
