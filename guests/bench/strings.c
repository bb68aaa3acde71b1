// libc's strings and qsort over short words. One iteration: one word formatted, searched, compared, copied and sorted in.

#include <string.h>
#include "bench.h"

enum { WORDS = 512 };

static char words[WORDS][24];
static const char *order[WORDS];

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 100000), checksum = 0;
  uint32_t random = 1;
  for (uint64_t done = 0; done < n; done += WORDS) {
    for (int i = 0; i < WORDS; i++) {
      random = random * 1664525 + 1013904223;
      snprintf(words[i], sizeof words[i], "%x-%u", random >> 8, random % 1000);
      order[i] = words[i];
    }
    qsort(order, WORDS, sizeof *order, compare);
    char joined[24 * 16] = "";
    for (int i = 0; i < WORDS; i++) {
      const char *dash = strchr(order[i], '-');
      checksum = checksum * 31 + strlen(order[i]) + (dash ? (uint64_t)(dash - order[i]) : 0) + (uint64_t)order[i][0];
      if (i % 16 == 0) joined[0] = 0;
      strcat(joined, order[i]);
      if (strstr(joined, "ff-")) checksum++;
      checksum += memcmp(order[i], words[i], 4) == 0;
    }
  }
  return finish(checksum);
}
