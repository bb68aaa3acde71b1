// Reads of whole files and computations, by one of three methods: async_io METHOD DIRECTORY READS COMPUTATIONS SEED UNIT TASKS CHUNK [block]
// METHOD is normal, uring or uintr (normal.c, rings.c). DIRECTORY has the files. SEED decides the lists of tasks, whatever the method.
// A computation is UNIT x 1..10 multiplications. `uring` polls after every TASKS computations and, unless CHUNK is 0, inside of them
// after every CHUNK multiplications. block: where nothing is left to compute, wait in the kernel instead of in a loop.
// Prints times in cycles since the clock started: "read SIZE SUBMITTED COMPLETED CHECKED", "compute FACTOR BEGAN ENDED", "handler BEGAN
// ENDED", "total CYCLES"; then "product HEX" over all computations and "checksum FILE HEX" of what was read last, which take no time.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>
#include "async_io.h"
#include "check.h"

static const uint64_t MULTIPLIER = 0x9e3779b97f4a7c15ull;
static const uint32_t WORD_MULTIPLIER = 0x9e3779b1u;

struct file files[SIZES] = {{"4K", 4096, -1, NULL}, {"4M", 4 << 20, -1, NULL}, {"40M", 40 << 20, -1, NULL}};
struct read_task reads[MOST_TASKS];
static struct compute_task computations[MOST_TASKS];
volatile long reads_done;
long read_count;
int blocking;

static const struct method *const methods[] = {&normal_method, &uring_method, &uintr_method};
static long compute_count, poll_tasks;
static unsigned long unit, chunk;
static uint64_t random_state, product = 1;
static cycles start;
static long bad_results, bad_words;

/* xorshift64*, below `bound`. */
static int draw(int bound) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (int)((random_state * 0x2545f4914f6cdd1dull >> 33) % (unsigned)bound);
}

static void draw_tasks(uint64_t seed) {
  random_state = seed * 0x9e3779b97f4a7c15ull + 0x6a09e667f3bcc909ull;
  if (random_state == 0) random_state = 1;
  for (long i = 0; i < read_count; i++) reads[i].size = draw(SIZES);
  for (long i = 0; i < compute_count; i++) computations[i].factor = 1 + draw(10);
}

int cpu_of(int party) {
  cpu_set_t set;
  must(sched_getaffinity(0, sizeof set, &set) == 0, "sched_getaffinity");
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &set) && party-- == 0) return cpu;
  return -1;
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  must(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
}

static void open_files(const char *directory) {
  for (int i = 0; i < SIZES; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, files[i].name);
    files[i].descriptor = open(path, O_RDONLY);
    must(files[i].descriptor >= 0, path);
    must(lseek(files[i].descriptor, 0, SEEK_END) == files[i].bytes, "a file of this size");
    files[i].buffer = mmap(NULL, files[i].bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    must(files[i].buffer != MAP_FAILED, "mmap");
    /* Written before, so that no page fault is measured. */
    for (uint32_t at = 0; at < files[i].bytes; at += PAGE) *(volatile uint32_t *)(files[i].buffer + at) = 0;
  }
}

/* No two places of a file have the same 32-bit word, nor has the same place of another. */
static uint32_t word_at(int size, uint32_t byte) { return (byte / 4 + 1) * WORD_MULTIPLIER ^ (uint32_t)size; }

void begin_read(void) {
  struct read_task *task = &reads[reads_done];
  const struct file *file = &files[task->size];
  for (uint32_t at = 0; at < file->bytes; at += PAGE) *(volatile uint32_t *)(file->buffer + at) = 0;
  task->submitted = tsc();
}

void end_read(long result) {
  struct read_task *task = &reads[reads_done];
  const struct file *file = &files[task->size];
  task->completed = tsc();
  if (result != file->bytes) bad_results++;
  for (uint32_t at = 0; at < file->bytes; at += PAGE)
    if (*(volatile uint32_t *)(file->buffer + at) != word_at(task->size, at)) bad_words++;
  task->checked = tsc();
  reads_done++;
}

/* Three instructions a step, each multiplication of what the one before has left. */
static inline void multiply(unsigned long steps) {
  __asm__ volatile("1: imul %2, %0\n dec %1\n jnz 1b" : "+r"(product), "+r"(steps) : "r"(MULTIPLIER) : "cc");
}

static void compute(struct compute_task *task, const struct method *method) {
  unsigned long left = unit * (unsigned long)task->factor;
  task->began = tsc();
  for (; chunk != 0 && left > chunk; left -= chunk) {
    multiply(chunk);
    method->poll();
  }
  multiply(left);
  task->ended = tsc();
}

static void nothing(void) {}

static void run(const struct method *method) {
  start = tsc();
  method->begin();
  for (long i = 0; i < compute_count; i++) {
    method->before_computation();
    compute(&computations[i], method);
    if ((i + 1) % poll_tasks == 0) method->poll();
  }
  while (reads_done < read_count) method->wait();
}

static uint32_t checksum(const struct file *file) {
  uint32_t sum = 0;
  for (uint32_t at = 0; at < file->bytes; at += 4) sum = (sum ^ *(const uint32_t *)(file->buffer + at)) * 0x01000193u;
  return sum;
}

static void report(const struct method *method, cycles total) {
  for (long i = 0; i < read_count; i++)
    printf("read %s %llu %llu %llu\n", files[reads[i].size].name, reads[i].submitted - start, reads[i].completed - start, reads[i].checked - start);
  for (long i = 0; i < compute_count; i++)
    printf("compute %d %llu %llu\n", computations[i].factor, computations[i].began - start, computations[i].ended - start);
  printf("total %llu\nproduct %llx\n", total, (unsigned long long)product);
  for (int size = 0; size < SIZES; size++) {
    long times = 0;
    for (long i = 0; i < read_count; i++) times += reads[i].size == size;
    if (times > 0) printf("checksum %s %x\n", files[size].name, checksum(&files[size]));
  }
  if (method->report) method->report(start);
}

int main(int argc, char **argv) {
  const struct method *method = NULL;
  for (unsigned i = 0; argc > 1 && i < sizeof methods / sizeof *methods; i++)
    if (strcmp(argv[1], methods[i]->name) == 0) method = methods[i];
  if (method && (argc == 9 || argc == 10)) {
    read_count = atol(argv[3]);
    compute_count = atol(argv[4]);
    unit = strtoul(argv[6], NULL, 10);
    poll_tasks = atol(argv[7]);
    chunk = strtoul(argv[8], NULL, 10);
    blocking = argc == 10 && strcmp(argv[9], "block") == 0;
  }
  if (unit < 1 || read_count < 1 || read_count > MOST_TASKS || compute_count < 0 || compute_count > MOST_TASKS || poll_tasks < 1) {
    fprintf(stderr, "usage: async_io normal|uring|uintr DIRECTORY READS COMPUTATIONS SEED UNIT TASKS CHUNK [block]\n");
    return 2;
  }
  draw_tasks(strtoull(argv[5], NULL, 10));
  open_files(argv[2]);
  struct method chosen = *method;
  if (!chosen.begin) chosen.begin = nothing;
  if (!chosen.before_computation) chosen.before_computation = nothing;
  if (!chosen.poll) chosen.poll = nothing;
  if (chosen.prepare) chosen.prepare();
  pin(cpu_of(0));
  run(&chosen);
  cycles total = tsc() - start;
  report(&chosen, total);
  if (bad_results || bad_words) fprintf(stderr, "%ld reads were not whole, %ld words were not the file's\n", bad_results, bad_words);
  return bad_results != 0 || bad_words != 0;
}
