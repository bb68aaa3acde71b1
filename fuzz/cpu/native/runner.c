// Runs sequences of instructions on the processor itself. Standard input is a file of cases, standard output gets their outcomes
// (layouts below, little-endian; the other end is batch.ts). Freestanding: a case may use FS, GS, the stack and every register.
// A case is loaded by returning from a signal handler into it, and ends in the next signal, whose frame holds every register.
// A filter of system calls stops whatever a case might ask of the kernel.

#include <asm/prctl.h>
#include <asm/sigcontext.h>
#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/mman.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE = 4096, LINE = 64, WINDOWS = 8, MAX_IMAGE = 16 * PAGE, OUTPUT_BYTES = 1 << 20 };
enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGVTALRM = 26, SIGSYS = 31 };
/** A case that is met by this many ticks of the timer never ends. */
enum { TICK_MICROSECONDS = 20000, PATIENCE = 5 };

struct window {
  uint64_t base, bytes, protection; // protection as for mmap
};

struct header {
  uint64_t windows, images, cases, fs_base, gs_base, alias; // alias: where code is writable once more
  struct window window[WINDOWS]; // the first is code; images hold the others, one after the other
}; // followed by the images

struct input {
  uint32_t image, code_offset, code_bytes, patches;
  uint64_t gpr[16];
  uint64_t rip, rflags;
  uint8_t fx[512];
}; // followed by the code, padded to 8 bytes, and the patches

struct patch {
  uint32_t offset, bytes;
}; // followed by the bytes, padded to 8

struct output {
  uint64_t gpr[16];
  uint64_t rip, rflags, signal, trap, error, address;
  uint8_t fx[512];
  uint64_t lines;
}; // followed by lines of { uint64_t offset; uint8_t bytes[64] } that differ, counted over all windows from the code on

struct signal_frame {
  uint64_t flags, link;
  uint64_t stack[3];
  struct sigcontext registers;
};

static const uint8_t *cursor;
static const struct header *header;
static const uint8_t *images;
static size_t image_bytes, case_number;
static int running, ticks;
static uint8_t shadow[MAX_IMAGE] __attribute__((aligned(64)));
static uint8_t output[OUTPUT_BYTES];
static size_t output_used;

static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}

static void leave(int code) {
  for (;;) call(__NR_exit_group, code, 0, 0, 0, 0, 0);
}

void *memcpy(void *to, const void *from, size_t bytes) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes)::"memory");
  return start;
}

void *memset(void *to, int value, size_t bytes) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
  return start;
}

static void flush(void) {
  for (size_t at = 0; at < output_used;) {
    long written = call(__NR_write, 1, (long)(output + at), output_used - at, 0, 0, 0);
    if (written <= 0) leave(3);
    at += written;
  }
  output_used = 0;
}

static void put(const void *from, size_t bytes) {
  if (output_used + bytes > OUTPUT_BYTES) flush();
  memcpy(output + output_used, from, bytes);
  output_used += bytes;
}

static const void *take(size_t bytes) {
  const void *at = cursor;
  cursor += (bytes + 7) & ~(size_t)7;
  return at;
}

static int same(const uint64_t *a, const uint64_t *b, size_t bytes) {
  uint64_t difference = 0;
  for (size_t i = 0; i < bytes / 8; i++) difference |= a[i] ^ b[i];
  return difference == 0;
}

static __u64 *frame_register(struct sigcontext *c, int n) {
  __u64 *const in_order[16] = {&c->rax, &c->rcx, &c->rdx, &c->rbx, &c->rsp, &c->rbp, &c->rsi, &c->rdi,
                                  &c->r8,  &c->r9,  &c->r10, &c->r11, &c->r12, &c->r13, &c->r14, &c->r15};
  return in_order[n];
}

static uint64_t *xsave_features(struct sigcontext *c) {
  return (uint64_t *)((uint8_t *)c->fpstate + 512);
}

/** What the legacy area does not hold because the component is in its initial state. */
static void fill_initial(uint8_t *fx, uint64_t features) {
  if (!(features & 1)) {
    memset(fx, 0, 24);
    fx[0] = 0x7f, fx[1] = 3;
    memset(fx + 32, 0, 128);
  }
  if (!(features & 2)) memset(fx + 160, 0, 256);
}

static void record(int signal, struct sigcontext *c) {
  static struct output out;
  for (int n = 0; n < 16; n++) out.gpr[n] = *frame_register(c, n);
  out.rip = c->rip;
  out.rflags = c->eflags;
  out.signal = signal;
  out.trap = c->trapno;
  out.error = c->err;
  out.address = c->cr2;
  memcpy(out.fx, c->fpstate, sizeof out.fx);
  fill_initial(out.fx, *xsave_features(c));
  static struct {
    uint64_t offset;
    uint8_t bytes[LINE];
  } lines[MAX_IMAGE / LINE];
  out.lines = 0;
  size_t offset = 0;
  for (size_t w = 0; w < header->windows; w++) {
    const uint8_t *now = (const uint8_t *)header->window[w].base;
    for (size_t page = 0; page < header->window[w].bytes; page += PAGE) {
      if (same((const uint64_t *)(now + page), (const uint64_t *)(shadow + offset + page), PAGE)) continue;
      for (size_t at = page; at < page + PAGE; at += LINE) {
        if (same((const uint64_t *)(now + at), (const uint64_t *)(shadow + offset + at), LINE)) continue;
        lines[out.lines].offset = offset + at;
        memcpy(lines[out.lines++].bytes, now + at, LINE);
      }
    }
    offset += header->window[w].bytes;
  }
  put(&out, sizeof out);
  put(lines, out.lines * sizeof lines[0]);
}

static void load(struct sigcontext *c) {
  if (case_number++ == header->cases) {
    flush();
    leave(0);
  }
  const struct input *in = take(sizeof *in);
  const struct window *code = &header->window[0];
  memset(shadow, 0xcc, code->bytes);
  memcpy(shadow + in->code_offset, take(in->code_bytes), in->code_bytes);
  memcpy(shadow + code->bytes, images + in->image * image_bytes, image_bytes);
  for (uint32_t n = 0; n < in->patches; n++) {
    const struct patch *patch = take(sizeof *patch);
    memcpy(shadow + patch->offset, take(patch->bytes), patch->bytes);
  }
  size_t offset = 0;
  for (size_t w = 0; w < header->windows; w++) {
    const struct window *window = &header->window[w];
    // What cannot be written is the same in every image, and stands there already.
    if (window->protection & PROT_WRITE) memcpy((void *)window->base, shadow + offset, window->bytes);
    offset += window->bytes;
  }
  for (int n = 0; n < 16; n++) *frame_register(c, n) = in->gpr[n];
  c->rip = in->rip;
  c->eflags = in->rflags;
  uint8_t *fx = (uint8_t *)c->fpstate;
  memcpy(fx, in->fx, 28); // not MXCSR_MASK
  memcpy(fx + 32, in->fx + 32, 384);
  *xsave_features(c) |= 3;
  ticks = 0;
}

__attribute__((used)) static void handle(int signal, void *info, struct signal_frame *frame) {
  (void)info;
  if (signal == SIGVTALRM && (!running || ++ticks < PATIENCE)) return;
  if (running) record(signal, &frame->registers);
  running = 1;
  load(&frame->registers);
}

// AC, NT and ID may be set when a case ends; the handler must not run with them.
__asm__(".text\n"
        "entry:\n  push $2\n  popf\n  jmp handle\n"
        "restore:\n  mov $15, %eax\n  syscall\n"
        ".globl _start\n_start:\n  and $-16, %rsp\n  call begin\n");
extern void entry(void), restore(void);
extern const char __executable_start[], etext[];

static void map_at(uint64_t base, size_t bytes, int flags, int file) {
  long at = call(__NR_mmap, base, bytes, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, file, 0);
  if (at != (long)base) leave(4);
}

static void fill(const struct window *window, const uint8_t *bytes) {
  memcpy((void *)window->base, bytes, window->bytes);
  if (call(__NR_mprotect, window->base, window->bytes, window->protection, 0, 0, 0)) leave(4);
}

/** System calls are for this program's own text. */
static void filter_calls(void) {
  const uint64_t from = (uint64_t)__executable_start, to = (uint64_t)etext;
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 6),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, from >> 32, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)from, 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)to, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
  };
  struct sock_fprog filter = {sizeof program / sizeof program[0], program};
  enum { SET_NO_NEW_PRIVILEGES = 38 };
  if (call(__NR_prctl, SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0, 0)) leave(5);
  if (call(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&filter, 0, 0, 0)) leave(5);
}

__attribute__((used)) static void begin(void) {
  struct {
    uint64_t device_to_rdev[6], size, rest[16];
  } status;
  if (call(__NR_fstat, 0, (long)&status, 0, 0, 0, 0)) leave(2);
  long at = call(__NR_mmap, 0, status.size, PROT_READ, MAP_PRIVATE, 0, 0);
  if (at < 0 && at > -PAGE) leave(2);
  cursor = (const uint8_t *)at;
  header = take(sizeof *header);
  size_t bytes = header->window[0].bytes;
  for (size_t w = 1; w < header->windows; w++) image_bytes += header->window[w].bytes;
  if (bytes + image_bytes > MAX_IMAGE) leave(2);
  images = take(header->images * image_bytes);
  const int file = call(__NR_memfd_create, (long)"code", 0, 0, 0, 0, 0);
  if (file < 0 || call(__NR_ftruncate, file, bytes, 0, 0, 0, 0)) leave(4);
  map_at(header->window[0].base, bytes, MAP_SHARED, file);
  map_at(header->alias, bytes, MAP_SHARED, file);
  fill(&header->window[0], shadow);
  const uint8_t *image = images;
  for (size_t w = 1; w < header->windows; w++) {
    map_at(header->window[w].base, header->window[w].bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    fill(&header->window[w], image);
    image += header->window[w].bytes;
  }
  if (call(__NR_arch_prctl, ARCH_SET_GS, header->gs_base, 0, 0, 0, 0)) leave(4);
  if (call(__NR_arch_prctl, ARCH_SET_FS, header->fs_base, 0, 0, 0, 0)) leave(4);

  static uint8_t stack[1 << 16];
  const uint64_t alternate[3] = {(uint64_t)stack, 0, sizeof stack};
  if (call(__NR_sigaltstack, (long)alternate, 0, 0, 0, 0, 0)) leave(5);
  enum { SIGINFO = 4, RESTORER = 0x04000000, ONSTACK = 0x08000000 };
  const uint64_t action[4] = {(uint64_t)entry, SIGINFO | RESTORER | ONSTACK, (uint64_t)restore, ~0ull};
  const int signals[] = {SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP, SIGSYS, SIGVTALRM};
  for (size_t n = 0; n < sizeof signals / sizeof signals[0]; n++)
    if (call(__NR_rt_sigaction, signals[n], (long)action, 0, 8, 0, 0)) leave(5);
  filter_calls();
  const uint64_t interval[4] = {0, TICK_MICROSECONDS, 0, TICK_MICROSECONDS};
  if (call(__NR_setitimer, 1, (long)interval, 0, 0, 0, 0)) leave(5);
  __asm__ volatile("int3");
  leave(1);
}
