// Threads: mutex, condition variable, barrier, semaphore, thread-local storage, once, join values.

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include "check.h"

enum { THREADS = 4, ROUNDS = 500, ITEMS = 200 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t semaphore;
static __thread int local;
static int counter, arrivals, once_runs, serial_threads;
static int queue[8], head, tail;

static void run_once(void) {
  once_runs++;
}

static void *worker(void *argument) {
  intptr_t id = (intptr_t)argument;
  pthread_once(&once, run_once);
  local = (int)id * 100;
  for (int i = 0; i < ROUNDS; i++) {
    pthread_mutex_lock(&lock);
    counter++;
    pthread_mutex_unlock(&lock);
    local++;
  }
  __atomic_add_fetch(&arrivals, 1, __ATOMIC_SEQ_CST);
  if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) __atomic_add_fetch(&serial_threads, 1, __ATOMIC_SEQ_CST);
  int all_arrived = __atomic_load_n(&arrivals, __ATOMIC_SEQ_CST) == THREADS;
  sem_post(&semaphore);
  return (void *)(intptr_t)(all_arrived ? local : -1);
}

static void *producer(void *unused) {
  for (int i = 1; i <= ITEMS; i++) {
    pthread_mutex_lock(&lock);
    while (tail - head == 8) pthread_cond_wait(&not_full, &lock);
    queue[tail++ % 8] = i;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&lock);
  }
  return unused;
}

static void *consumer(void *unused) {
  intptr_t sum = 0;
  for (int i = 0; i < ITEMS; i++) {
    pthread_mutex_lock(&lock);
    while (tail == head) pthread_cond_wait(&not_empty, &lock);
    sum += queue[head++ % 8];
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&lock);
  }
  (void)unused;
  return (void *)sum;
}

int main(void) {
  pthread_t threads[THREADS];
  pthread_barrier_init(&barrier, NULL, THREADS);
  sem_init(&semaphore, 0, 0);
  for (intptr_t i = 0; i < THREADS; i++) must(pthread_create(&threads[i], NULL, worker, (void *)i) == 0, "pthread_create");
  for (int i = 0; i < THREADS; i++) sem_wait(&semaphore);
  int values = 1;
  for (intptr_t i = 0; i < THREADS; i++) {
    void *value;
    pthread_join(threads[i], &value);
    if ((intptr_t)value != i * 100 + ROUNDS) values = 0;
  }
  check(counter == THREADS * ROUNDS, "a mutex guards a counter");
  check(values, "every thread has its own local variable");
  check(once_runs == 1, "pthread_once runs once");
  check(serial_threads == 1, "a barrier names one serial thread");

  pthread_t from, to;
  void *sum;
  pthread_create(&from, NULL, producer, NULL);
  pthread_create(&to, NULL, consumer, NULL);
  pthread_join(from, NULL);
  pthread_join(to, &sum);
  check((intptr_t)sum == ITEMS * (ITEMS + 1) / 2, "a bounded queue delivers every item");

  struct timespec past = {1, 0};
  pthread_mutex_lock(&lock);
  check(pthread_cond_timedwait(&not_empty, &lock, &past) == ETIMEDOUT, "a condition wait times out");
  check(pthread_mutex_trylock(&lock) == EBUSY, "a held mutex is busy");
  pthread_mutex_unlock(&lock);
  return check_result();
}
