// Clocks and sleeps: they never go back, a sleep lasts at least as long as asked, TSC and clock agree on the order.

#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static long long now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static uint64_t tsc(void) {
  uint32_t low, high;
  __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

int main(void) {
  int forwards = 1;
  long long last = now(CLOCK_MONOTONIC);
  uint64_t last_tsc = tsc();
  for (int i = 0; i < 100; i++) {
    long long time = now(CLOCK_MONOTONIC);
    uint64_t count = tsc();
    if (time < last || count <= last_tsc) forwards = 0;
    last = time;
    last_tsc = count;
  }
  check(forwards, "the monotonic clock and the TSC go forwards");
  long long start = now(CLOCK_MONOTONIC);
  struct timespec sleep_time = {0, 3000000};
  check(nanosleep(&sleep_time, NULL) == 0 && now(CLOCK_MONOTONIC) - start >= 3000000, "nanosleep lasts");
  start = now(CLOCK_MONOTONIC);
  usleep(1);
  check(now(CLOCK_MONOTONIC) - start >= 1000, "usleep(1) lasts a microsecond at least");
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += 2000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_nsec -= 1000000000;
    until.tv_sec++;
  }
  check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0 &&
        now(CLOCK_MONOTONIC) >= until.tv_sec * 1000000000ll + until.tv_nsec, "an absolute sleep");
  sleep_time.tv_nsec = 1000000000;
  check_errno(nanosleep(&sleep_time, NULL), EINVAL, "too many nanoseconds");
  check(now(CLOCK_REALTIME) > 1000000000ll * 1000000000ll, "the calendar is after 2001");
  struct timeval wall;
  check(gettimeofday(&wall, NULL) == 0 && wall.tv_sec - now(CLOCK_REALTIME) / 1000000000ll <= 1, "gettimeofday agrees");
  long long cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  for (volatile int i = 0; i < 1000000; i++) continue;
  check(now(CLOCK_PROCESS_CPUTIME_ID) > cpu, "processor time is counted");
  check_errno(clock_gettime(99, &sleep_time), EINVAL, "no such clock");
  return check_result();
}
