// What a signal handler finds: siginfo, the machine context, floating-point state, stacks; and what it may change.

#define _GNU_SOURCE
#include <fenv.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include "report.h"

static sigjmp_buf escape;
static siginfo_t seen;
static ucontext_t context;
static int trapped, steps;
static char alternate[65536];

static void note(int number, siginfo_t *info, void *raw) {
  (void)number;
  seen = *info;
  memcpy(&context, raw, sizeof context);
  siglongjmp(escape, 1);
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
  must(sigaction(number, &action, NULL) == 0, "sigaction");
}

/* Address is shown where it does not depend on where things lie. */
static void show(const char *what, uintptr_t origin) {
  greg_t *registers = context.uc_mcontext.gregs;
  uintptr_t address = (uintptr_t)seen.si_addr;
  const char *where = "elsewhere";
  char text[32];
  if (origin && address - origin < 65536) {
    snprintf(text, sizeof text, "origin+0x%lx", (unsigned long)(address - origin));
    where = text;
  } else if (address < 65536 || address >= 1ul << 47) {
    snprintf(text, sizeof text, "0x%lx", (unsigned long)address);
    where = text;
  } else if (address == (uintptr_t)registers[REG_RIP]) where = "rip";
  printf("%s: signal %d code %d errno %d at %s, trap %lld error %llx cr2 %s\n", what, seen.si_signo, seen.si_code, seen.si_errno, where,
         (long long)registers[REG_TRAPNO], (unsigned long long)registers[REG_ERR],
         registers[REG_CR2] == (greg_t)address ? "same" : registers[REG_TRAPNO] == 14 ? "other" : "kept");
  fflush(stdout);
}

#define TRY(what, origin, ...) \
  do { \
    memset(&seen, 0, sizeof seen); \
    if (!sigsetjmp(escape, 1)) { \
      __VA_ARGS__; \
      printf("%s: nothing happened\n", what); \
    } else show(what, (uintptr_t)(origin)); \
  } while (0)

static void faults(void) {
  for (int i = 0; i < 6; i++) install((int[]){SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS}[i], note, 0);
  char *page = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(page, 4096, PROT_READ);
  mprotect(page + 8192, 4096, PROT_NONE);
  volatile char *volatile p = page;
  uintptr_t volatile low = 8;
  TRY("write to read-only", page, p[16] = 1);
  TRY("write to read-only, touched", page, (void)p[17]; p[17] = 1);
  TRY("read of nothing", page, (void)p[8192 + 5]);
  TRY("write of nothing", page, p[8192 + 6] = 1);
  TRY("null read", 0, (void)*(volatile char *)low);
  TRY("null write", 0, ((volatile char *)low)[8] = 1);
  TRY("null call", 0, ((void (*volatile)(void))(uintptr_t)32)());
  page[4096] = 1;
  TRY("call of data", page, ((void (*volatile)(void))(page + 4096))());
  TRY("kernel address read", 0, (void)*(volatile char *volatile)0xffff800000000000ul);
  TRY("kernel address write", 0, *(volatile char *volatile)0xffff800000000008ul = 1);
  TRY("non-canonical read", 0, (void)*(volatile char *volatile)0x8000000000000000ul);
  TRY("non-canonical call", 0, ((void (*volatile)(void))0x1234000000000000ul)());
  TRY("hlt", 0, __asm__ volatile("hlt"));
  TRY("int 3", 0, __asm__ volatile("int3"));
  TRY("int 0x42", 0, __asm__ volatile("int $0x42"));
  TRY("int1", 0, __asm__ volatile(".byte 0xf1"));
  TRY("ud2", 0, __asm__ volatile("ud2"));
  TRY("divide by zero", 0, __asm__ volatile("xor %%edx,%%edx; xor %%ecx,%%ecx; mov $5,%%eax; div %%ecx" ::: "eax", "ecx", "edx"));
  TRY("divide overflow", 0, __asm__ volatile("mov $0x80000000,%%eax; cltd; mov $-1,%%ecx; idiv %%ecx" ::: "eax", "ecx", "edx"));
  TRY("misaligned SSE", 0, __asm__ volatile("movaps 1(%0),%%xmm0" ::"r"(page)));

  char *name = (char[]){"/tmp/frames-XXXXXX"};
  int fd = mkstemp(name);
  must(fd >= 0 && ftruncate(fd, 100) == 0, "file");
  unlink(name);
  volatile char *file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  file[50] = 1;
  TRY("past the end of a file", file, (void)file[4096 + 3]);
  TRY("write past the end of a file", file, file[4096 + 4] = 1);
  close(fd);
}

static void floats(void) {
  const struct { const char *name; int exception; } kinds[] = {
      {"invalid", FE_INVALID}, {"divide", FE_DIVBYZERO}, {"overflow", FE_OVERFLOW}, {"underflow", FE_UNDERFLOW}, {"inexact", FE_INEXACT}};
  char what[64];
  for (volatile unsigned i = 0; i < 5; i++) {
    unsigned old, unmasked;
    volatile double zero = 0, big = 1e308, small = 1e-308, one = 1, three = 3, result;
    __asm__ volatile("stmxcsr %0" : "=m"(old));
    unmasked = old & ~(unsigned)(kinds[i].exception << 7) & ~0x3fu;
    snprintf(what, sizeof what, "SSE %s", kinds[i].name);
    TRY(what, 0, {
      __asm__ volatile("ldmxcsr %0" ::"m"(unmasked));
      if (i == 0) result = zero / zero;
      if (i == 1) result = one / zero;
      if (i == 2) result = big * big;
      if (i == 3) result = small * small;
      if (i == 4) result = one / three;
      (void)result;
    });
    old &= ~0x3fu;
    __asm__ volatile("ldmxcsr %0" ::"m"(old));
  }
  for (volatile unsigned i = 0; i < 5; i++) {
    unsigned short word = 0x37f & ~kinds[i].exception, normal = 0x37f;
    snprintf(what, sizeof what, "x87 %s", kinds[i].name);
    TRY(what, 0, {
      __asm__ volatile("fnclex; fldcw %0" ::"m"(word));
      volatile long double zero = 0, one = 1, three = 3, huge = 1e4000L, tiny = 1e-4000L, result;
      if (i == 0) result = zero / zero;
      if (i == 1) result = one / zero;
      if (i == 2) result = huge * huge;
      if (i == 3) result = tiny * tiny;
      if (i == 4) result = one / three;
      (void)result;
      __asm__ volatile("fwait");
    });
    __asm__ volatile("fninit; fldcw %0" ::"m"(normal));
  }
}

static void stepped(int number, siginfo_t *info, void *raw) {
  ucontext_t *uc = raw;
  (void)number;
  steps++;
  if (steps == 1) printf("first step: code %d trap %lld\n", info->si_code, (long long)uc->uc_mcontext.gregs[REG_TRAPNO]);
  if (steps == 10) uc->uc_mcontext.gregs[REG_EFL] &= ~0x100ll;
}

static void single_step(void) {
  install(SIGTRAP, stepped, 0);
  long flags;
  __asm__ volatile(
      "pushfq; orq $0x100,(%%rsp); popfq; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop; pushfq; pop %0"
      : "=r"(flags)::"memory", "cc");
  printf("steps %d, TF %ld\n", steps, flags >> 8 & 1);
}

static void frame(int number, siginfo_t *info, void *raw) {
  ucontext_t *uc = raw;
  (void)info;
  uintptr_t here = (uintptr_t)__builtin_frame_address(0) + 8, floating = (uintptr_t)uc->uc_mcontext.fpregs;
  const uint32_t *software = (const uint32_t *)((const char *)uc->uc_mcontext.fpregs + 464);
  uint64_t features = *(const uint64_t *)(software + 2);
  uint32_t size = software[4], extended = software[1];
  uint64_t bits = *(const uint64_t *)((const char *)uc->uc_mcontext.fpregs + 512);
  printf("signal %d: frame aligned %d, floats aligned %d, context behind return address %d, siginfo behind context %d\n", number,
         (int)(here % 16), (int)(floating % 64), (int)((uintptr_t)uc - here), (int)((uintptr_t)info - (uintptr_t)uc));
  printf("flags %lx link %d stack flags %d, cs %llx, magic %x, x87 and SSE %d, magic 2 %x, extended by %u, header %d\n", uc->uc_flags,
         uc->uc_link != NULL, uc->uc_stack.ss_flags, (unsigned long long)uc->uc_mcontext.gregs[REG_CSGSFS], software[0],
         (int)(features & 3), *(const uint32_t *)((const char *)uc->uc_mcontext.fpregs + size), extended - size, (int)(bits & 3));
  unsigned mxcsr;
  unsigned short word;
  long flags;
  __asm__ volatile("stmxcsr %0; fnstcw %1; pushfq; pop %2" : "=m"(mxcsr), "=m"(word), "=r"(flags));
  printf("handler starts with mxcsr %x, x87 control %x, DF %ld\n", mxcsr, word, flags >> 10 & 1);
  uc->uc_mcontext.fpregs->_xmm[3].element[0] = 0x1234;
  uc->uc_mcontext.fpregs->mxcsr ^= 0x8000;
  __asm__ volatile("pxor %%xmm5,%%xmm5; pcmpeqd %%xmm6,%%xmm6" ::: "xmm5", "xmm6");
}

static void frames(void) {
  install(SIGUSR1, frame, 0);
  /* The flags alone outlive exec: they are what a thread of the caller left. */
  sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
  uint32_t in[4] = {1, 2, 3, 4}, three[4], five[4];
  unsigned mxcsr = 0x3f80, after;
  long pid = getpid(), result;
  __asm__ volatile(
      "ldmxcsr %3\n movups %4,%%xmm3\n movups %4,%%xmm5\n std\n mov $62,%%eax\n mov %6,%%rdi\n mov $10,%%esi\n syscall\n cld\n"
      "movups %%xmm3,%0\n movups %%xmm5,%1\n stmxcsr %2\n"
      : "=m"(three), "=m"(five), "=m"(after), "+m"(mxcsr), "+m"(in), "=&a"(result)
      : "r"(pid)
      : "rdi", "rsi", "rcx", "r11", "xmm3", "xmm5", "memory");
  printf("back: xmm3 %x %x, xmm5 %x %x, mxcsr %x, result %ld\n", three[0], three[1], five[0], five[1], after, result);
  mxcsr = 0x1f80;
  __asm__ volatile("ldmxcsr %0" ::"m"(mxcsr));
  siginfo_t *info;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  if (fork() == 0) _exit(5);
  siginfo_t child;
  info = &child;
  memset(info, 0x55, sizeof *info);
  sigwaitinfo(&set, info);
  printf("child: signo %d errno %d code %d status %d, uid %d, times %d, rest %x\n", info->si_signo, info->si_errno, info->si_code, info->si_status,
         (int)info->si_uid, info->si_utime >= 0 && info->si_utime < 1000 && info->si_stime >= 0 && info->si_stime < 1000,
         ((unsigned char *)info)[127]);
  wait(NULL);
}

static void edit(int number, siginfo_t *info, void *raw) {
  ucontext_t *uc = raw;
  (void)info;
  trapped++;
  if (number == SIGUSR1) uc->uc_mcontext.gregs[REG_RIP] = (greg_t)0x8000000000000000ull;
  if (number == SIGUSR2) uc->uc_mcontext.fpregs = (fpregset_t)8;
  if (number == SIGHUP) uc->uc_mcontext.fpregs->mxcsr = 0xffffffff;
  if (number == SIGINT) *(uint64_t *)((char *)uc->uc_mcontext.fpregs + 512) |= 1ull << 62;
  if (number == SIGTERM) {
    uc->uc_mcontext.gregs[REG_EFL] |= 0x3000 | 1 << 17 | 1 << 14 | 1 << 21;
    uc->uc_mcontext.gregs[REG_EFL] &= ~0x200ll;
  }
  if (number == SIGQUIT) sigfillset(&uc->uc_sigmask);
  if (number == SIGALRM) uc->uc_stack = (stack_t){.ss_sp = alternate, .ss_size = sizeof alternate};
  if (number == SIGVTALRM) uc->uc_stack = (stack_t){.ss_sp = alternate, .ss_size = 16};
}

static void edits(void) {
  for (int i = 0; i < 8; i++) {
    int number = (int[]){SIGUSR1, SIGUSR2, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGALRM, SIGVTALRM}[i];
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      install(SIGSEGV, note, 0);
      install(number, edit, 0);
      char what[32];
      snprintf(what, sizeof what, "edit for signal %d", number);
      TRY(what, 0, {
        raise(number);
        long flags;
        __asm__ volatile("pushfq; pop %0" : "=r"(flags));
        sigset_t mask;
        sigprocmask(SIG_BLOCK, NULL, &mask);
        stack_t stack;
        sigaltstack(NULL, &stack);
        printf("flags %lx blocks %d%d%d stack %d %lu: ", flags & ~0x8d5l, sigismember(&mask, SIGHUP), sigismember(&mask, SIGKILL),
               sigismember(&mask, SIGSTOP), stack.ss_flags, (unsigned long)stack.ss_size);
      });
      fflush(stdout);
      _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    printf("status %x\n", status);
  }
}

static void overflow(int number, siginfo_t *info, void *raw) {
  (void)number, (void)raw;
  seen = *info;
  siglongjmp(escape, 1);
}

static volatile int depth_limit = 1 << 30;
static int recurse(int n) {
  volatile char pad[4096];
  pad[0] = (char)n;
  return n > depth_limit ? 0 : recurse(n + 1) + pad[0];
}

static void stacks(void) {
  fflush(stdout);
  pid_t child = fork();
  int status;
  if (child == 0) {
    install(SIGSEGV, overflow, 0);
    recurse(0);
    _exit(0);
  }
  waitpid(child, &status, 0);
  printf("stack overflow with a handler on the same stack: %x\n", status);
  child = fork();
  if (child == 0) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    sigaltstack(&stack, NULL);
    install(SIGSEGV, overflow, SA_ONSTACK);
    if (sigsetjmp(escape, 1) == 0) recurse(0);
    _exit(seen.si_code + 40);
  }
  waitpid(child, &status, 0);
  printf("and with an alternate one: %x\n", status);
  child = fork();
  if (child == 0) {
    char *small = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(small, 4096, PROT_NONE);
    stack_t stack = {.ss_sp = small, .ss_size = 8192};
    sigaltstack(&stack, NULL);
    install(SIGUSR1, overflow, SA_ONSTACK);
    install(SIGSEGV, overflow, SA_ONSTACK);
    stack.ss_sp = small + 4096 - 2048;
    stack.ss_size = 2048;
    sigaltstack(&stack, NULL);
    if (sigsetjmp(escape, 1) == 0) raise(SIGUSR1);
    _exit(seen.si_code);
  }
  waitpid(child, &status, 0);
  printf("a stack that cannot be written: %x\n", status);
  child = fork();
  if (child == 0) {
    struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } raw = {(void *)overflow, SA_SIGINFO, NULL, 0};
    syscall(SYS_rt_sigaction, SIGUSR1, &raw, NULL, 8);
    if (sigsetjmp(escape, 1) == 0) raise(SIGUSR1);
    _exit(0);
  }
  waitpid(child, &status, 0);
  printf("no restorer: %x\n", status);
  child = fork();
  if (child == 0) {
    __asm__ volatile("mov $0x1000,%%rsp; mov $15,%%eax; syscall" ::: "rax", "rcx", "r11", "memory");
    _exit(0);
  }
  waitpid(child, &status, 0);
  printf("rt_sigreturn from nowhere: %x\n", status);
}

static void blocked_faults(void) {
  for (int how = 0; how < 3; how++) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      install(SIGSEGV, note, 0);
      if (how == 1) signal(SIGSEGV, SIG_IGN);
      sigset_t set;
      sigemptyset(&set);
      sigaddset(&set, SIGSEGV);
      if (how != 1) sigprocmask(SIG_BLOCK, &set, NULL);
      if (how == 2) {
        raise(SIGSEGV);
        _exit(7);
      }
      uintptr_t volatile low = 8;
      if (sigsetjmp(escape, 1) == 0) *(volatile char *)low = 1;
      _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    printf("fault %s: %x\n", how == 0 ? "blocked" : how == 1 ? "ignored" : "only raised", status);
  }
}

int main(void) {
  faults();
  floats();
  single_step();
  frames();
  edits();
  stacks();
  blocked_faults();
  return 0;
}
