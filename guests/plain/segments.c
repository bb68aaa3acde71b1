// Selectors as user code sees them: LAR, LSL, VERR and VERW of all that the GDT may have, loads of every data segment register, pushes and pops.
// What a null selector in FS and GS does to the base, which makers differ about, is not here.

#define _GNU_SOURCE
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile long trap, error;

static void caught(int signal, siginfo_t *info, void *context) {
  (void)info;
  trap = ((ucontext_t *)context)->uc_mcontext.gregs[REG_TRAPNO];
  error = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR];
  siglongjmp(back, signal);
}

static void descriptors(void) {
  for (unsigned selector = 0; selector < 0x100; selector++) {
    // The task state, the LDT and the three slots of set_thread_area belong to the kernel, or to whoever asked.
    if (selector >= 0x40 && selector < 0x78) continue;
    uint64_t rights = 0x1111222233334444, limit = rights, rights2 = rights, limit2 = rights;
    uint8_t seen, bounded, readable, writable;
    __asm__("lar %k2, %k0; setz %1" : "+r"(rights), "=q"(seen) : "r"(selector) : "cc");
    __asm__("lsl %k2, %k0; setz %1" : "+r"(limit), "=q"(bounded) : "r"(selector) : "cc");
    __asm__("larw %w1, %w0" : "+r"(rights2) : "r"(selector) : "cc");
    __asm__("lslw %w1, %w0" : "+r"(limit2) : "r"(selector) : "cc");
    __asm__("verr %w1; setz %0" : "=q"(readable) : "r"(selector) : "cc");
    __asm__("verw %w1; setz %0" : "=q"(writable) : "r"(selector) : "cc");
    if (!(seen | bounded | readable | writable)) {
      if (rights != 0x1111222233334444 || limit != rights || rights2 != rights) printf("%02x changes what it must not\n", selector);
      continue;
    }
    int names_processor = (selector & ~3u) == 0x78;
    if (names_processor) limit = limit2 = limit == (uint64_t)sched_getcpu();
    printf("%02x: lar %d %lx %lx lsl %d %lx %lx verr %d verw %d\n", selector, seen, rights, rights2, bounded, limit, limit2, readable, writable);
  }
  uint16_t words[2] = {0x2b, 0x33};
  unsigned rights;
  __asm__("lar %1, %0" : "=r"(rights) : "m"(words[0]) : "cc");
  printf("lar of memory %x\n", rights);
}

#define LOAD(register) \
  static void load_##register(unsigned selector) { \
    unsigned got; \
    __asm__ volatile("mov %1, %%" #register "; mov %%" #register ", %0; mov %2, %%" #register : "=&r"(got) : "r"(selector), "r"(0)); \
    printf(" %02x->%02x", selector, got); \
  }
LOAD(ds)
LOAD(es)
LOAD(gs)

static void load_ss(unsigned selector) {
  unsigned got;
  __asm__ volatile("mov %1, %%ss; mov %%ss, %0; mov %2, %%ss" : "=&r"(got) : "r"(selector), "r"(0x2b));
  printf(" %02x->%02x", selector, got);
}

static void pop_gs(unsigned selector) {
  uint64_t got;
  uint16_t narrow;
  __asm__ volatile("push %2; pop %%gs; push %%gs; pop %0; pushw %%gs; popw %1; mov %k3, %%gs" : "=&r"(got), "=&r"(narrow) : "r"((uint64_t)selector), "r"(0ul));
  printf(" %02x->%02lx/%02x", selector, got, narrow);
}

static void loads(const char *name, void (*load)(unsigned)) {
  printf("%s:", name);
  for (volatile unsigned selector = 0; selector < 0x88; selector++) {
    if (selector >= 0x40 && selector < 0x78) continue;
    int signal = sigsetjmp(back, 1);
    if (!signal) load(selector);
    else if (selector % 8 == 3 || signal != SIGSEGV) printf(" %02x: signal %d trap %ld error %lx", selector, signal, trap, error);
  }
  printf("\n");
}

int main(void) {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(sched_getcpu(), &here);
  sched_setaffinity(0, sizeof here, &here);
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGILL, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  descriptors();
  loads("ds", load_ds);
  loads("es", load_es);
  loads("gs", load_gs);
  loads("ss", load_ss);
  loads("pop gs", pop_gs);
  unsigned cs, ss, ds, es;
  __asm__("mov %%cs, %0; mov %%ss, %1; mov %%ds, %2; mov %%es, %3" : "=r"(cs), "=r"(ss), "=r"(ds), "=r"(es));
  printf("cs %x ss %x ds %x es %x\n", cs, ss, ds, es);

  // A selector outlives system calls, other threads' turns, and is inherited; setting the base takes it away.
  unsigned after, base_set;
  __asm__ volatile("mov %0, %%gs" ::"r"(0x2b));
  sched_yield();
  usleep(1000);
  pid_t child = fork();
  if (child == 0) {
    __asm__ volatile("mov %%gs, %0" : "=r"(after));
    _exit(after);
  }
  int status = 0;
  waitpid(child, &status, 0);
  __asm__ volatile("mov %%gs, %0" : "=r"(after));
  syscall(SYS_arch_prctl, 0x1001, 0x1000ul);
  __asm__ volatile("mov %%gs, %0" : "=r"(base_set));
  printf("gs after calls %x, in a child %x, after ARCH_SET_GS %x\n", after, status >> 8, base_set);
  return 0;
}
