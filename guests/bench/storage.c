// Reads of cached files: storage CASE [ITERATIONS]. One iteration is one read of the whole file.
// Prints a checksum: bytes read, and the last of them.

#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "bench.h"

enum { MIB = 1 << 20 };

static uint64_t read_whole(size_t size, uint64_t n) {
  char name[] = "/tmp/storage-bench-XXXXXX";
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  int fd = mkstemp(name);
  uint64_t sum = 0;
  if (memory == MAP_FAILED || fd < 0 || unlink(name) != 0) exit(3);
  memset(memory, 7, size);
  if (write(fd, memory, size) != (ssize_t)size) exit(3);
  for (uint64_t i = 0; i < n; i++) sum += (uint64_t)pread(fd, memory, size, 0) + (uint64_t)memory[size - 1];
  return sum;
}

static const struct {
  const char *name;
  size_t size;
} cases[] = {{"read-4k", 4096}, {"read-4m", 4 * MIB}, {"read-40m", 40 * MIB}};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++)
    if (strcmp(argv[1], cases[i].name) == 0) return finish(read_whole(cases[i].size, iterations(argc - 1, argv + 1, 100)));
  fprintf(stderr, "usage: storage CASE [ITERATIONS]; cases:");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) fprintf(stderr, " %s", cases[i].name);
  fprintf(stderr, "\n");
  return 2;
}
