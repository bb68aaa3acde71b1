// Runs single instructions on the processor itself. Reads cases from standard input, writes outcomes to standard output
// (layouts below, little-endian; the other end is generate/native.ts). Plain Linux, x86-64, no libc state is touched by a case:
// a case is loaded by returning from a signal handler into it, and ends in the next signal, whose frame holds every register.

#define _GNU_SOURCE
#include <asm/prctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, MAX_CODE = 16, TRAP_BREAKPOINT = 3 };

struct layout {
  uint64_t code_base, code_bytes, data_base, data_bytes, read_only_offset, high_base, high_bytes, gs_base, fs_base;
};

struct input {
  uint32_t code_offset, code_bytes;
  uint8_t code[MAX_CODE];
  uint64_t gpr[16];
  uint8_t xmm[16][16];
  uint64_t rflags;
  uint32_t mxcsr, patch_bytes;
}; // followed by patch_bytes of { uint32_t offset; uint8_t value; } packed in 8 bytes each

struct patch {
  uint32_t offset, value;
};

struct output {
  uint64_t gpr[16];
  uint8_t xmm[16][16];
  uint64_t rip, rflags, trap, error, cr2;
  uint32_t mxcsr, patch_bytes;
};

static struct layout layout;
static uint8_t *image, *shadow;
static size_t image_bytes;
static struct input input;
static int running;

// The order of general registers in an instruction, as indices of the signal frame.
static const int frame_register[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                       REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static void die(const char *what) {
  perror(what);
  _exit(1);
}

static int get(void *to, size_t bytes) {
  return fread(to, 1, bytes, stdin) == bytes;
}

static void put(const void *from, size_t bytes) {
  if (fwrite(from, 1, bytes, stdout) != bytes) die("write");
}

static uint8_t *image_address(size_t offset) {
  return (uint8_t *)(offset < layout.data_bytes ? layout.data_base + offset : layout.high_base + (offset - layout.data_bytes));
}

static void protect_read_only(int protection) {
  void *start = (void *)(layout.data_base + layout.read_only_offset);
  if (mprotect(start, layout.data_bytes - layout.read_only_offset, protection)) die("mprotect");
}

static void fill_memory(void) {
  memcpy((void *)layout.data_base, shadow, layout.read_only_offset);
  memcpy((void *)layout.high_base, shadow + layout.data_bytes, layout.high_bytes);
  uint8_t *fixed = (uint8_t *)(layout.data_base + layout.read_only_offset);
  size_t fixed_bytes = layout.data_bytes - layout.read_only_offset;
  if (memcmp(fixed, shadow + layout.read_only_offset, fixed_bytes)) {
    protect_read_only(PROT_READ | PROT_WRITE);
    memcpy(fixed, shadow + layout.read_only_offset, fixed_bytes);
    protect_read_only(PROT_READ);
  }
}

static uint64_t *xsave_features(struct _libc_fpstate *fp) {
  return (uint64_t *)((uint8_t *)fp + 512);
}

static void record(ucontext_t *uc) {
  static struct patch patches[1 << 16];
  struct output out;
  memset(&out, 0, sizeof out);
  for (int n = 0; n < 16; n++) out.gpr[n] = uc->uc_mcontext.gregs[frame_register[n]];
  if (*xsave_features(uc->uc_mcontext.fpregs) & 2) memcpy(out.xmm, uc->uc_mcontext.fpregs->_xmm, sizeof out.xmm);
  out.rip = uc->uc_mcontext.gregs[REG_RIP];
  out.rflags = uc->uc_mcontext.gregs[REG_EFL];
  out.trap = uc->uc_mcontext.gregs[REG_TRAPNO];
  out.error = uc->uc_mcontext.gregs[REG_ERR];
  out.cr2 = uc->uc_mcontext.gregs[REG_CR2];
  out.mxcsr = uc->uc_mcontext.fpregs->mxcsr;
  size_t count = 0;
  for (size_t offset = 0; offset < image_bytes; offset += PAGE) {
    const uint8_t *now = image_address(offset);
    if (!memcmp(now, shadow + offset, PAGE)) continue;
    for (size_t i = 0; i < PAGE; i++)
      if (now[i] != shadow[offset + i]) patches[count++] = (struct patch){offset + i, now[i]};
  }
  out.patch_bytes = count * sizeof(struct patch);
  put(&out, sizeof out);
  put(patches, out.patch_bytes);
}

static void load(ucontext_t *uc) {
  memset((void *)layout.code_base, 0xcc, layout.code_bytes);
  if (!get(&input, sizeof input)) {
    fflush(stdout);
    _exit(ferror(stdin) != 0);
  }
  memcpy(shadow, image, image_bytes);
  for (uint32_t n = 0; n < input.patch_bytes; n += sizeof(struct patch)) {
    struct patch p;
    if (!get(&p, sizeof p)) die("short input");
    shadow[p.offset] = p.value;
  }
  fill_memory();
  memcpy((void *)(layout.code_base + input.code_offset), input.code, input.code_bytes);
  for (int n = 0; n < 16; n++) uc->uc_mcontext.gregs[frame_register[n]] = input.gpr[n];
  uc->uc_mcontext.gregs[REG_RIP] = layout.code_base + input.code_offset;
  uc->uc_mcontext.gregs[REG_EFL] = input.rflags;
  memcpy(uc->uc_mcontext.fpregs->_xmm, input.xmm, sizeof input.xmm);
  uc->uc_mcontext.fpregs->mxcsr = input.mxcsr;
  *xsave_features(uc->uc_mcontext.fpregs) |= 3;
}

static void on_signal(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  if (running) record(context);
  running = 1;
  load(context);
}

// AC, NT and ID may be set when a case ends; the handler must not run with them.
__attribute__((used)) static void handle(int signal, siginfo_t *info, void *context) {
  on_signal(signal, info, context);
}
__asm__(".text\nentry:\n  push $2\n  popf\n  jmp handle\n");
extern void entry(int, siginfo_t *, void *);

static void map(uint64_t base, uint64_t bytes, int protection) {
  void *at = mmap((void *)base, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (at != (void *)base) die("mmap");
}

// Moves the thread-local storage of libc (a static program's, which begins with its page at the earliest) to where FS is to point.
static void move_thread_storage(void) {
  uint64_t old;
  if (syscall(SYS_arch_prctl, ARCH_GET_FS, &old)) die("arch_prctl");
  map((layout.fs_base & ~(uint64_t)(PAGE - 1)) - PAGE, 3 * PAGE, PROT_READ | PROT_WRITE);
  uint64_t before = old % PAGE < PAGE / 4 ? old % PAGE : PAGE / 4;
  memcpy((void *)(layout.fs_base - before), (void *)(old - before), before + 2304);
  *(uint64_t *)layout.fs_base = layout.fs_base;
  if (syscall(SYS_arch_prctl, ARCH_SET_FS, layout.fs_base)) die("arch_prctl");
}

int main(void) {
  if (!get(&layout, sizeof layout)) die("short input");
  image_bytes = layout.data_bytes + layout.high_bytes;
  image = malloc(image_bytes);
  shadow = malloc(image_bytes);
  if (!get(image, image_bytes)) die("short input");
  map(layout.code_base, layout.code_bytes, PROT_READ | PROT_WRITE | PROT_EXEC);
  map(layout.data_base, layout.data_bytes, PROT_READ | PROT_WRITE);
  map(layout.high_base, layout.high_bytes, PROT_READ | PROT_WRITE);
  protect_read_only(PROT_READ);
  if (syscall(SYS_arch_prctl, ARCH_SET_GS, layout.gs_base)) die("arch_prctl");

  move_thread_storage();

  static uint8_t stack[1 << 17];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  if (sigaltstack(&alternate, NULL)) die("sigaltstack");
  struct sigaction action = {.sa_sigaction = entry, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  const int signals[] = {SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP};
  sigfillset(&action.sa_mask);
  for (int n = 0; n < 5; n++)
    if (sigaction(signals[n], &action, NULL)) die("sigaction");
  __asm__ volatile("int3");
  return 1;
}
