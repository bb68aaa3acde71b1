// Sorts 1024 numbers by a heap, by shells and by merging. One iteration: one number sorted by each.

#include <string.h>
#include "bench.h"

enum { N = 1024 };

static uint32_t values[N], work[N], spare[N];

static __attribute__((noinline)) void heap_sort(uint32_t *v) {
  for (int n = N, root = N / 2;;) {
    uint32_t x;
    if (root > 0) x = v[--root];
    else {
      if (--n == 0) return;
      x = v[n];
      v[n] = v[0];
    }
    int at = root;
    for (int child = 2 * at + 1; child < n; child = 2 * at + 1) {
      if (child + 1 < n && v[child + 1] > v[child]) child++;
      if (v[child] <= x) break;
      v[at] = v[child];
      at = child;
    }
    v[at] = x;
  }
}

static __attribute__((noinline)) void shell_sort(uint32_t *v) {
  for (int gap = 364; gap > 0; gap /= 3)
    for (int i = gap; i < N; i++) {
      uint32_t x = v[i];
      int at = i;
      for (; at >= gap && v[at - gap] > x; at -= gap) v[at] = v[at - gap];
      v[at] = x;
    }
}

static __attribute__((noinline)) void merge_sort(uint32_t *v) {
  for (int width = 1; width < N; width *= 2) {
    for (int low = 0; low < N; low += 2 * width) {
      int left = low, right = low + width;
      for (int to = low; to < low + 2 * width; to++)
        if (right == low + 2 * width || (left < low + width && v[left] <= v[right])) spare[to] = v[left++];
        else spare[to] = v[right++];
    }
    memcpy(v, spare, sizeof spare);
  }
}

int main(int argc, char **argv) {
  uint64_t n = iterations(argc, argv, 100000), checksum = 0;
  uint32_t random = 1;
  for (uint64_t done = 0; done < n; done += N) {
    for (int i = 0; i < N; i++) values[i] = (random = random * 1664525 + 1013904223) >> 8;
    void (*const sorts[])(uint32_t *) = {heap_sort, shell_sort, merge_sort};
    for (int s = 0; s < 3; s++) {
      memcpy(work, values, sizeof work);
      sorts[s](work);
      checksum = checksum * 31 + work[done % N];
    }
  }
  return finish(checksum);
}
