// System calls. One iteration: one getppid.

#include <sys/syscall.h>
#include <unistd.h>
#include "bench.h"

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 500000), checksum = 0;
  for (uint64_t i = 0; i < n; i++) checksum += syscall(SYS_getppid) >= 0;
  return finish(checksum);
}
