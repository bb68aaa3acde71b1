// The futex system call itself: wait, wake, time-out, bitsets, requeue, robust exit.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "asleep.h"
#include "check.h"

enum {
  FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_CMP_REQUEUE = 4, FUTEX_WAIT_BITSET = 9, FUTEX_PRIVATE_FLAG = 128,
  FUTEX_WAIT_PRIVATE = FUTEX_WAIT | FUTEX_PRIVATE_FLAG, FUTEX_WAKE_PRIVATE = FUTEX_WAKE | FUTEX_PRIVATE_FLAG,
  FUTEX_CMP_REQUEUE_PRIVATE = FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG,
};

static int word, other, awake;
static volatile pid_t thread_ids[3];

static long futex(int *address, int operation, int value, const void *timeout, int *second, int third) {
  return syscall(SYS_futex, address, operation, value, timeout, second, third);
}

static void *sleeper(void *number) {
  thread_ids[(long)number] = (pid_t)syscall(SYS_gettid);
  while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 0) futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
  __atomic_add_fetch(&awake, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

static void *requeued(void *number) {
  thread_ids[(long)number] = (pid_t)syscall(SYS_gettid);
  futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
  return NULL;
}

/* Three threads that sleep. */
static void start_three(pthread_t threads[3], void *(*program)(void *)) {
  for (long i = 0; i < 3; i++) {
    thread_ids[i] = 0;
    pthread_create(&threads[i], NULL, program, (void *)i);
    await_thread_sleep(&thread_ids[i]);
  }
}

static void rest(long milliseconds) {
  struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

int main(void) {
  check_errno(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), EAGAIN, "another value");
  struct timespec soon = {0, 5000000}, start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  check_errno(futex(&word, FUTEX_WAIT, 0, &soon, NULL, 0), ETIMEDOUT, "a time-out");
  clock_gettime(CLOCK_MONOTONIC, &end);
  check((end.tv_sec - start.tv_sec) * 1000000000l + end.tv_nsec - start.tv_nsec >= 5000000, "after the time asked for");
  check(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0, "nobody to wake");
  check_errno(futex((int *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, NULL, 0), EINVAL, "a word out of line");
  check_errno(futex((int *)16, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT, "a word nowhere");
  check_errno(futex(&word, 77, 0, NULL, NULL, 0), ENOSYS, "an unknown operation");
  check_errno(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0), EINVAL, "an empty bitset");

  pthread_t threads[3];
  start_three(threads, sleeper);
  __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
  check(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 1, "one is woken");
  check(futex(&word, FUTEX_WAKE_PRIVATE, 1000, NULL, NULL, 0) == 2, "the others are woken");
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  check(awake == 3, "all have gone on");

  word = 0;
  start_three(threads, requeued);
  check(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)(uintptr_t)10, &other, 0) == 3, "one woken, two requeued");
  check(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0) == 0, "none is left there");
  check(futex(&other, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0) == 2, "they are here");
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);

  int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = fork();
  if (child == 0) {
    while (__atomic_load_n(shared, __ATOMIC_SEQ_CST) == 0) futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0);
    _exit(*shared);
  }
  await_sleep(child);
  __atomic_store_n(shared, 5, __ATOMIC_SEQ_CST);
  check(futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0) == 1, "a futex between processes");
  int status;
  wait(&status);
  check(WEXITSTATUS(status) == 5, "wakes the other process");
  return check_result();
}
