// POSIX threads in every way: kinds of mutexes, condition variables, barriers, read-write locks, semaphores, spin locks, keys,
// cancellation, detaching, signals, and a thousand threads at once. The output depends on nothing.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "report.h"

enum { WORKERS = 6, ROUNDS = 300, CROWD = 1000 };

static pthread_t threads[CROWD];
static int counter, peak, inside;

static void say(const char *what, int result) {
  printf("%s: %s\n", what, outcome(result));
}

static struct timespec in(clockid_t clock, long milliseconds) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_nsec += milliseconds * 1000000;
  time.tv_sec += time.tv_nsec / 1000000000;
  time.tv_nsec %= 1000000000;
  return time;
}

static void rest(long milliseconds) {
  struct timespec span = {0, milliseconds * 1000000};
  nanosleep(&span, NULL);
}

static int run(void *(*program)(void *), void *argument) {
  void *result;
  must(pthread_create(&threads[0], NULL, program, argument) == 0, "pthread_create");
  pthread_join(threads[0], &result);
  return (int)(intptr_t)result;
}

/* Mutexes */

static void *add(void *argument) {
  pthread_mutex_t *mutex = argument;
  for (int i = 0; i < ROUNDS; i++) {
    if (pthread_mutex_lock(mutex) != 0) return (void *)1;
    int seen = counter;
    if (i % 50 == 0) sched_yield();
    counter = seen + 1;
    pthread_mutex_unlock(mutex);
  }
  return NULL;
}

static void *try_lock(void *mutex) { return (void *)(intptr_t)pthread_mutex_trylock(mutex); }
static void *unlock(void *mutex) { return (void *)(intptr_t)pthread_mutex_unlock(mutex); }
static void *timed_lock(void *mutex) {
  struct timespec until = in(CLOCK_REALTIME, 3);
  return (void *)(intptr_t)pthread_mutex_timedlock(mutex, &until);
}
static void *lock_and_die(void *mutex) { return (void *)(intptr_t)pthread_mutex_lock(mutex); }

static void mutexes(void) {
  static const struct { const char *name; int type, robust, protocol; } kinds[] = {
      {"normal", PTHREAD_MUTEX_NORMAL, 0, PTHREAD_PRIO_NONE}, {"recursive", PTHREAD_MUTEX_RECURSIVE, 0, PTHREAD_PRIO_NONE},
      {"error-checking", PTHREAD_MUTEX_ERRORCHECK, 0, PTHREAD_PRIO_NONE}, {"robust", PTHREAD_MUTEX_ERRORCHECK, 1, PTHREAD_PRIO_NONE},
      {"priority-inheriting", PTHREAD_MUTEX_ERRORCHECK, 0, PTHREAD_PRIO_INHERIT}, {"recursive and priority-inheriting", PTHREAD_MUTEX_RECURSIVE, 0, PTHREAD_PRIO_INHERIT},
      {"robust and priority-inheriting", PTHREAD_MUTEX_ERRORCHECK, 1, PTHREAD_PRIO_INHERIT}};
  for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kinds[k].type);
    pthread_mutexattr_setrobust(&attributes, kinds[k].robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED);
    say(kinds[k].name, pthread_mutexattr_setprotocol(&attributes, kinds[k].protocol));
    must(pthread_mutex_init(&mutex, &attributes) == 0, "pthread_mutex_init");
    counter = 0;
    for (int i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, add, &mutex);
    int failures = 0;
    for (int i = 0; i < WORKERS; i++) {
      void *result;
      pthread_join(threads[i], &result);
      failures += result != NULL;
    }
    printf("  %d of %d, failures %d\n", counter, WORKERS * ROUNDS, failures);
    say("  lock", pthread_mutex_lock(&mutex));
    if (kinds[k].type == PTHREAD_MUTEX_RECURSIVE) {
      say("  again", pthread_mutex_lock(&mutex));
      say("  unlock", pthread_mutex_unlock(&mutex));
    } else if (kinds[k].type == PTHREAD_MUTEX_ERRORCHECK) say("  again", pthread_mutex_lock(&mutex));
    say("  trylock by another", run(try_lock, &mutex));
    say("  timedlock by another", run(timed_lock, &mutex));
    if (kinds[k].type != PTHREAD_MUTEX_NORMAL) say("  unlock by another", run(unlock, &mutex));
    say("  unlock", pthread_mutex_unlock(&mutex));
    if (kinds[k].type == PTHREAD_MUTEX_ERRORCHECK) say("  unlock again", pthread_mutex_unlock(&mutex));
    if (kinds[k].robust) {
      say("  a thread that locks it and ends", run(lock_and_die, &mutex));
      say("  lock", pthread_mutex_lock(&mutex));
      say("  consistent", pthread_mutex_consistent(&mutex));
      say("  unlock", pthread_mutex_unlock(&mutex));
      run(lock_and_die, &mutex);
      say("  trylock after another such thread", pthread_mutex_trylock(&mutex));
      say("  unlock as it is", pthread_mutex_unlock(&mutex));
      say("  lock", pthread_mutex_lock(&mutex));
    }
    pthread_mutex_destroy(&mutex);
  }
}

static void shared_mutex(int protocol, const char *name) {
  pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  volatile int *words = (volatile int *)((char *)mutex + 2048);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setprotocol(&attributes, protocol);
  pthread_mutex_init(mutex, &attributes);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(mutex);
    words[0] = 1;
    while (words[1] == 0) rest(1);
    rest(3);
    kill(getpid(), SIGKILL);
  }
  while (words[0] == 0) rest(1);
  words[1] = 1;
  say(name, pthread_mutex_lock(mutex));
  say("  consistent", pthread_mutex_consistent(mutex));
  say("  unlock", pthread_mutex_unlock(mutex));
  waitpid(child, NULL, 0);
  munmap(mutex, 4096);
}

/* Condition variables */

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn, woken;

static void *take_turns(void *argument) {
  int own = (int)(intptr_t)argument;
  for (int i = 0; i < 50; i++) {
    pthread_mutex_lock(&guard);
    while (turn % WORKERS != own) pthread_cond_wait(&changed, &guard);
    counter = counter * 31 % 1000003 + own;
    turn++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&guard);
  }
  return NULL;
}

static void *wait_once(void *argument) {
  pthread_mutex_lock(&guard);
  inside++;
  while (turn == 0) pthread_cond_wait(&changed, &guard);
  turn--;
  woken++;
  pthread_mutex_unlock(&guard);
  return argument;
}

static void conditions(void) {
  turn = 0, counter = 1;
  for (intptr_t i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, take_turns, (void *)i);
  for (int i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
  printf("turns: %d, sum %d\n", turn, counter);
  turn = inside = woken = 0;
  for (int i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, wait_once, NULL);
  while (__atomic_load_n(&inside, __ATOMIC_SEQ_CST) < WORKERS) rest(1);
  for (int i = 0; i < WORKERS; i++) {
    pthread_mutex_lock(&guard);
    turn++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&guard);
  }
  for (int i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
  printf("signalled: %d\n", woken);
  struct timespec until = in(CLOCK_REALTIME, 3);
  pthread_mutex_lock(&guard);
  say("timedwait", pthread_cond_timedwait(&changed, &guard, &until));
  until.tv_nsec = 1000000000;
  say("timedwait with a bad time", pthread_cond_timedwait(&changed, &guard, &until));
  pthread_mutex_unlock(&guard);
  pthread_condattr_t attributes;
  pthread_cond_t monotonic;
  pthread_condattr_init(&attributes);
  say("setclock", pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
  pthread_cond_init(&monotonic, &attributes);
  until = in(CLOCK_MONOTONIC, 3);
  pthread_mutex_lock(&guard);
  say("timedwait on CLOCK_MONOTONIC", pthread_cond_timedwait(&monotonic, &guard, &until));
  pthread_mutex_unlock(&guard);
  pthread_cond_destroy(&monotonic);
}

/* Barriers, read-write locks, semaphores, spin locks */

static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t semaphore;
static pthread_spinlock_t spinlock;
static int serials, torn, pair[2], phase[WORKERS];

static void *meet(void *argument) {
  int own = (int)(intptr_t)argument;
  for (int i = 1; i <= 20; i++) {
    phase[own] = i;
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) __atomic_add_fetch(&serials, 1, __ATOMIC_SEQ_CST);
    for (int j = 0; j < WORKERS; j++)
      if (phase[j] < i) __atomic_add_fetch(&torn, 1, __ATOMIC_SEQ_CST);
    pthread_barrier_wait(&barrier);
  }
  return NULL;
}

static void *read_and_write(void *argument) {
  int own = (int)(intptr_t)argument;
  for (int i = 0; i < 100; i++) {
    if ((i + own) % 5 == 0) {
      pthread_rwlock_wrlock(&rwlock);
      pair[0]++;
      if (i % 10 == 0) sched_yield();
      pair[1]++;
      pthread_rwlock_unlock(&rwlock);
    } else {
      pthread_rwlock_rdlock(&rwlock);
      if (pair[0] != pair[1]) __atomic_add_fetch(&torn, 1, __ATOMIC_SEQ_CST);
      pthread_rwlock_unlock(&rwlock);
    }
  }
  return NULL;
}

static void *try_write(void *unused) { (void)unused; return (void *)(intptr_t)pthread_rwlock_trywrlock(&rwlock); }
static void *try_read(void *unused) {
  (void)unused;
  int result = pthread_rwlock_tryrdlock(&rwlock);
  if (result == 0) pthread_rwlock_unlock(&rwlock);
  return (void *)(intptr_t)result;
}
static void *timed_write(void *unused) {
  struct timespec until = in(CLOCK_REALTIME, 3);
  (void)unused;
  return (void *)(intptr_t)pthread_rwlock_timedwrlock(&rwlock, &until);
}

static void *pass(void *argument) {
  for (int i = 0; i < 60; i++) {
    sem_wait(&semaphore);
    int now = __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    if (now > 3) __atomic_add_fetch(&torn, 1, __ATOMIC_SEQ_CST);
    if (i % 8 == 0) sched_yield();
    __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    sem_post(&semaphore);
  }
  return argument;
}

static void *spin(void *argument) {
  for (int i = 0; i < ROUNDS; i++) {
    pthread_spin_lock(&spinlock);
    counter++;
    pthread_spin_unlock(&spinlock);
  }
  return argument;
}

static void together(void *(*program)(void *), int count) {
  for (intptr_t i = 0; i < count; i++) must(pthread_create(&threads[i], NULL, program, (void *)i) == 0, "pthread_create");
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

static void others(void) {
  pthread_barrier_init(&barrier, NULL, WORKERS);
  together(meet, WORKERS);
  printf("barrier: serial %d, too early %d\n", serials, torn);
  say("destroy", pthread_barrier_destroy(&barrier));
  together(read_and_write, WORKERS);
  printf("read-write lock: %d writes, torn %d\n", pair[0], torn);
  pthread_rwlock_rdlock(&rwlock);
  say("  tryrdlock while it is read", run(try_read, NULL));
  say("  trywrlock while it is read", run(try_write, NULL));
  say("  timedwrlock while it is read", run(timed_write, NULL));
  pthread_rwlock_unlock(&rwlock);
  pthread_rwlock_wrlock(&rwlock);
  say("  tryrdlock while it is written", run(try_read, NULL));
  pthread_rwlock_unlock(&rwlock);
  inside = torn = 0;
  sem_init(&semaphore, 0, 3);
  together(pass, WORKERS);
  int left;
  sem_getvalue(&semaphore, &left);
  printf("semaphore: too many %d, left %d\n", torn, left);
  for (int i = 0; i < 3; i++) sem_wait(&semaphore);
  struct timespec until = in(CLOCK_REALTIME, 3);
  report(sem_trywait(&semaphore), "sem_trywait");
  report(sem_timedwait(&semaphore, &until), "sem_timedwait");
  counter = 0;
  pthread_spin_init(&spinlock, 0);
  together(spin, 4);
  printf("spin lock: %d\n", counter);
}

/* Keys, once, attributes */

static pthread_key_t keys[3];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int destroyed, rounds_of_destruction, onces;
static __thread int local = 5;

static void destroy(void *value) {
  __atomic_add_fetch(&destroyed, (int)(intptr_t)value, __ATOMIC_SEQ_CST);
}

static void destroy_again(void *value) {
  __atomic_add_fetch(&rounds_of_destruction, 1, __ATOMIC_SEQ_CST);
  if ((intptr_t)value < 3) pthread_setspecific(keys[2], (void *)((intptr_t)value + 1));
}

static void run_once(void) { onces++; }

static void *use_keys(void *argument) {
  pthread_once(&once, run_once);
  local += (int)(intptr_t)argument;
  pthread_setspecific(keys[0], (void *)((intptr_t)argument + 1));
  pthread_setspecific(keys[2], (void *)1);
  return (void *)(intptr_t)(local + (pthread_getspecific(keys[1]) == NULL));
}

static void key_values(void) {
  must(pthread_key_create(&keys[0], destroy) == 0 && pthread_key_create(&keys[1], NULL) == 0 && pthread_key_create(&keys[2], destroy_again) == 0, "keys");
  pthread_setspecific(keys[1], keys);
  int sum = 0;
  for (intptr_t i = 0; i < WORKERS; i++) sum += run(use_keys, (void *)i);
  printf("keys: sum %d, destroyed %d, rounds %d, once %d, own %d\n", sum, destroyed, rounds_of_destruction, onces, local);
  say("key_delete", pthread_key_delete(keys[0]));
}

static void *own_stack(void *unused) {
  pthread_attr_t attributes;
  size_t size, room;
  void *base;
  (void)unused;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &base, &size);
  pthread_attr_getguardsize(&attributes, &room);
  int here = (char *)&size > (char *)base && (char *)&size < (char *)base + size;
  pthread_attr_destroy(&attributes);
  return (void *)(intptr_t)here;
}

/* Cancellation */

static int cleaned[4], state_seen;
static volatile int ready;

static void clean(void *argument) {
  cleaned[(intptr_t)argument]++;
}

static void *cancelled_in_a_call(void *unused) {
  pthread_cleanup_push(clean, (void *)0);
  pthread_cleanup_push(clean, (void *)1);
  ready = 1;
  for (;;) pause();
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return unused;
}

static void release(void *mutex) {
  pthread_mutex_unlock(mutex);
}

static void *cancelled_in_a_wait(void *unused) {
  pthread_mutex_lock(&guard);
  pthread_cleanup_push(release, &guard);
  ready = 1;
  for (;;) pthread_cond_wait(&changed, &guard);
  pthread_cleanup_pop(0);
  return unused;
}

static void *cancelled_anywhere(void *unused) {
  int old;
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
  state_seen = old == PTHREAD_CANCEL_DEFERRED;
  pthread_cleanup_push(clean, (void *)2);
  ready = 1;
  for (;;) __asm__ volatile("pause");
  pthread_cleanup_pop(0);
  return unused;
}

static void *not_to_be_cancelled(void *unused) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  ready = 1;
  while (ready == 1) rest(1);
  cleaned[3] = 1;
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  pthread_testcancel();
  cleaned[3] = 2;
  return unused;
}

static void *exits_early(void *value) {
  pthread_cleanup_push(clean, (void *)0);
  pthread_exit(value);
  pthread_cleanup_pop(0);
  return NULL;
}

static void cancel(const char *what, void *(*program)(void *)) {
  void *result;
  ready = 0;
  pthread_create(&threads[0], NULL, program, NULL);
  while (ready == 0) rest(1);
  rest(2);
  int error = pthread_cancel(threads[0]);
  ready = 2;
  pthread_join(threads[0], &result);
  printf("%s: %s, cancelled %d, cleaned %d %d %d %d\n", what, outcome(error), result == PTHREAD_CANCELED, cleaned[0], cleaned[1], cleaned[2], cleaned[3]);
}

static void cancellation(void) {
  cancel("in a call", cancelled_in_a_call);
  cancel("in a wait", cancelled_in_a_wait);
  say("its mutex is free", pthread_mutex_trylock(&guard));
  pthread_mutex_unlock(&guard);
  cancel("anywhere", cancelled_anywhere);
  printf("deferred at first: %d\n", state_seen);
  cancel("when it allows it", not_to_be_cancelled);
  void *result;
  pthread_create(&threads[0], NULL, exits_early, (void *)42);
  pthread_join(threads[0], &result);
  printf("pthread_exit: %d, cleaned %d\n", (int)(intptr_t)result, cleaned[0]);
}

/* Detaching, signals, a crowd */

static sem_t done;
static void *detached(void *unused) {
  sem_post(&done);
  return unused;
}

static volatile sig_atomic_t handled;
static __thread volatile int handled_here;
static void handle(int number) {
  (void)number;
  handled++;
  handled_here++;
}

static void *gets_signals(void *unused) {
  (void)unused;
  ready = 1;
  while (handled_here < 3) rest(1);
  return (void *)(intptr_t)handled_here;
}

static void *gets_no_signals(void *unused) {
  sigset_t set;
  int number;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  ready = 1;
  sigwait(&set, &number);
  (void)unused;
  return (void *)(intptr_t)number;
}

static void lives(void) {
  pthread_attr_t attributes;
  sem_init(&done, 0, 0);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  say("stack size", pthread_attr_setstacksize(&attributes, 65536));
  for (int i = 0; i < 50; i++) {
    pthread_t thread;
    must(pthread_create(&thread, i % 2 ? &attributes : NULL, detached, NULL) == 0, "pthread_create");
    if (i % 2 == 0) must(pthread_detach(thread) == 0, "pthread_detach");
  }
  for (int i = 0; i < 50; i++) sem_wait(&done);
  printf("50 detached threads have run\n");
  printf("a thread lies on its stack: %d\n", run(own_stack, NULL));

  struct sigaction action = {.sa_handler = handle};
  sigaction(SIGUSR1, &action, NULL);
  ready = 0;
  pthread_create(&threads[0], NULL, gets_signals, NULL);
  while (ready == 0) rest(1);
  for (int i = 1; i <= 3; i++) {
    pthread_kill(threads[0], SIGUSR1);
    while (handled < i) rest(1);
  }
  void *result;
  pthread_join(threads[0], &result);
  printf("pthread_kill: %d there, %d here\n", (int)(intptr_t)result, handled_here);
  ready = 0;
  pthread_create(&threads[0], NULL, gets_no_signals, NULL);
  while (ready == 0) rest(1);
  pthread_kill(threads[0], SIGUSR2);
  pthread_join(threads[0], &result);
  printf("sigwait: %d\n", (int)(intptr_t)result == SIGUSR2);
  ready = 0;
  pthread_create(&threads[0], NULL, gets_no_signals, NULL);
  while (ready == 0) rest(1);
  say("pthread_kill of 0", pthread_kill(threads[0], 0));
  pthread_kill(threads[0], SIGUSR2);
  pthread_join(threads[0], &result);
}

static pthread_mutex_t crowd_guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t crowd_arrived = PTHREAD_COND_INITIALIZER, crowd_changed = PTHREAD_COND_INITIALIZER;
static int arrived, released, left_over;

static void *stand(void *argument) {
  pthread_mutex_lock(&crowd_guard);
  arrived++;
  if (arrived > peak) peak = arrived;
  pthread_cond_signal(&crowd_arrived);
  while (!released) pthread_cond_wait(&crowd_changed, &crowd_guard);
  arrived--;
  pthread_mutex_unlock(&crowd_guard);
  return argument;
}

static void crowd(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 32768);
  intptr_t made = 0;
  for (int i = 0; i < CROWD; i++) made += pthread_create(&threads[made], &attributes, stand, (void *)made) == 0;
  pthread_mutex_lock(&crowd_guard);
  while (arrived < made) pthread_cond_wait(&crowd_arrived, &crowd_guard);
  released = 1;
  pthread_cond_broadcast(&crowd_changed);
  pthread_mutex_unlock(&crowd_guard);
  int right = 0;
  for (intptr_t i = 0; i < made; i++) {
    void *result;
    right += pthread_join(threads[i], &result) == 0 && (intptr_t)result == i;
  }
  printf("a crowd of %d, %d at once, %d joined, %d left\n", (int)made, peak, right, arrived + left_over);
}

int main(void) {
  mutexes();
  shared_mutex(PTHREAD_PRIO_NONE, "a robust mutex of a killed process");
  shared_mutex(PTHREAD_PRIO_INHERIT, "and with priority inheritance");
  conditions();
  others();
  key_values();
  cancellation();
  lives();
  crowd();
  return 0;
}
