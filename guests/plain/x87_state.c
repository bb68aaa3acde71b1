// The x87 unit's exceptions and what is left of them: pending until the next waiting instruction, pointers to instruction and operand,
// images of FNSTENV, FNSAVE and FXSAVE in all widths, tags, and MMX, which shares the registers. Opcode and operand are shown while an
// exception is pending, as else makers differ.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

static uint64_t saved_rsp __attribute__((used));
static char *start;
static struct {
  int signal, code, status, control, tag;
  long address, rip, trap;
} seen;

static uint8_t room[1024] __attribute__((aligned(64)));
static float zero_single __attribute__((used));
static double big_double __attribute__((used)) = 1e300, denormal_double __attribute__((used)) = 4e-310;
static const uint16_t all_unmasked __attribute__((used)) = 0x340, none_unmasked __attribute__((used)) = 0x37f;

void run_case(void *code);
extern char resume_case[];
__asm__("run_case:\n"
        "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "  mov %rsp, saved_rsp(%rip)\n"
        "  fninit\n"
        "  lea room(%rip), %rdi\n"
        "  jmp *%r9\n"
        "resume_case:\n"
        "  mov saved_rsp(%rip), %rsp\n"
        "  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "  ret\n");

static void caught(int signal, siginfo_t *info, void *context) {
  ucontext_t *user = context;
  greg_t *registers = user->uc_mcontext.gregs;
  seen.signal = signal;
  seen.code = info->si_code;
  seen.address = (char *)info->si_addr - start;
  seen.trap = registers[REG_TRAPNO];
  seen.rip = registers[REG_RIP] - (long)start;
  seen.status = user->uc_mcontext.fpregs->swd;
  seen.control = user->uc_mcontext.fpregs->cwd;
  seen.tag = user->uc_mcontext.fpregs->ftw;
  registers[REG_RIP] = (long)resume_case;
  registers[REG_RSP] = saved_rsp;
}

// Each begins with everything unmasked and an exception of the kind that its name says, at the label 1.
#define DIVISION "fldcw all_unmasked(%rip); fld1; 1: fdivs zero_single(%rip);"
#define INVALID "fldcw all_unmasked(%rip); fldz; fldz; 1: fdivp;"
#define UNDERFLOW_OF_STACK "fldcw all_unmasked(%rip); 1: fchs;"
#define OVERFLOW_OF_STORE "fldl big_double(%rip); fldcw all_unmasked(%rip); 1: fsts 512(%rdi);"
#define DENORMAL "fldcw all_unmasked(%rip); 1: fldl denormal_double(%rip);"
#define PRECISION "fldpi; fldcw all_unmasked(%rip); 1: fistpl 512(%rdi);"

#define PENDING(X, kind, before) \
  X(kind##_environment, before "fnstenv (%rdi)") \
  X(kind##_environment_14, before ".byte 0x66; fnstenv (%rdi)") \
  X(kind##_state, before "fnsave (%rdi)") \
  X(kind##_fxsave64, before "fxsave64 (%rdi)") \
  X(kind##_fxsave, before "fxsave (%rdi)") \
  X(kind##_fwait, before "nop; fwait") \
  X(kind##_load, before "nop; fld1") \
  X(kind##_store, before "nop; fstpl 600(%rdi)")

#define CASES(X) \
  PENDING(X, division, DIVISION) \
  PENDING(X, invalid, INVALID) \
  PENDING(X, stack_fault, UNDERFLOW_OF_STACK) \
  PENDING(X, overflow, OVERFLOW_OF_STORE) \
  PENDING(X, denormal, DENORMAL) \
  PENDING(X, precision, PRECISION) \
  X(prefixed, "fldcw all_unmasked(%rip); fld1; 1: .byte 0x65, 0x40; fdivs zero_single(,1); fnstenv (%rdi)") \
  X(indexed, "fldcw all_unmasked(%rip); fld1; xor %eax, %eax; 1: fdivs 520(%rdi,%rax,4); fnstenv (%rdi)") \
  X(at_mmx, DIVISION "nop; movq %mm0, %mm1") \
  X(at_emms, DIVISION "nop; emms") \
  X(at_fxrstor, DIVISION "fxsave64 (%rdi); fxrstor64 (%rdi); nop; fwait") \
  X(at_fnclex, DIVISION "fnclex; fwait; fnstenv (%rdi)") \
  X(at_fninit, DIVISION "fninit; fwait; fnstenv (%rdi)") \
  X(at_fldcw, DIVISION "fldcw none_unmasked(%rip)") \
  X(at_fnstsw, DIVISION "fnstsw %ax; fnstcw (%rdi); nop; fnstsw 2(%rdi); fnop") \
  X(at_ffree, DIVISION "ffree %st(0)") \
  X(at_sse, DIVISION "addsd %xmm0, %xmm0; cvtpi2pd %mm0, %xmm0") \
  X(masked_by_fnstenv, DIVISION "fnstenv 200(%rdi); fwait; fnstenv (%rdi)") \
  X(unmasked_by_fldcw, "fld1; 1: fdivs zero_single(%rip); fldcw all_unmasked(%rip); fnstsw (%rdi); nop; fwait") \
  X(unmasked_by_fldenv, DIVISION "fnstenv (%rdi); fldenv (%rdi); nop; fwait") \
  X(unmasked_by_frstor, DIVISION "fnsave (%rdi); fninit; frstor (%rdi); nop; fwait") \
  X(tags, "fld1; fldz; fldpi; fld1; fld1; fldz; fdivrp; fldl denormal_double(%rip); ffree %st(2); fnstenv (%rdi)") \
  X(tags_after_mmx, "fldpi; pcmpeqd %mm3, %mm3; fnstenv (%rdi); fnsave 64(%rdi)") \
  X(tags_after_mmx_fxsave, "fldpi; pcmpeqd %mm3, %mm3; fxsave64 (%rdi)") \
  X(tags_after_emms, "fldpi; pcmpeqd %mm3, %mm3; emms; fnstenv (%rdi)") \
  X(movq_to_memory_tags, "fldpi; fldpi; movq %mm1, 512(%rdi); fnstenv (%rdi)") \
  X(last_instruction, "fld1; fnop; fnstenv (%rdi)") \
  X(last_freed, "fld1; ffree %st(0); fwait; fnstsw %ax; fnstenv (%rdi)") \
  X(last_control, "fld1; fnclex; fldcw none_unmasked(%rip); emms; fnstenv (%rdi)") \
  X(turned, "fdecstp; fdecstp; fincstp; fld1; fnstenv (%rdi)") \
  X(loaded_environment, "movl $0x0300, (%rdi); movl $0x7fff, 4(%rdi); movl $0x1b1b, 8(%rdi); movl $0x1234, 12(%rdi); movl $0xffffffff, 16(%rdi); movl $0x5678, 20(%rdi);" \
    "fldenv (%rdi); fnstenv (%rdi)") \
  X(loaded_control, "movw $0xffff, (%rdi); fldcw (%rdi); fnstcw (%rdi); movw $0, 2(%rdi); fldcw 2(%rdi); fnstcw 2(%rdi)")

#define DEFINE(name, code) __asm__("case_" #name ": " code "\n jmp resume_case\n");
CASES(DEFINE)
#define DECLARE(name, code) extern char case_##name[];
CASES(DECLARE)

/* Addresses of code as offsets from the case, of data from `room` or by name */
static void place(char *text, uint64_t value, uint64_t mask) {
  struct {
    const char *name;
    void *at;
    long bytes;
  } known[] = {{"code", start, 256}, {"room", room, sizeof room}, {"zero", &zero_single, 4}, {"denormal", &denormal_double, 8}};
  for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
    long distance = (long)(value - ((uint64_t)known[i].at & mask));
    if (distance >= 0 && distance < known[i].bytes) {
      sprintf(text, "%s+%ld", known[i].name, distance);
      return;
    }
  }
  sprintf(text, "%#lx", (long)value);
}

static uint32_t word(int at) { uint32_t value; memcpy(&value, room + at, 4); return value; }
static uint16_t half(int at) { uint16_t value; memcpy(&value, room + at, 2); return value; }

static void show(const char *name, void *code) {
  char instruction[32] = "", operand[32] = "";
  start = code;
  memset(&seen, 0, sizeof seen);
  memset(room, 0xcc, sizeof room);
  memset(room + 512, 0, 64);
  register void *at __asm__("r9") = code;
  __asm__ volatile("call run_case" : "+r"(at)::"rax", "rcx", "rdx", "rsi", "rdi", "r8", "r10", "r11", "xmm0", "memory");
  __asm__ volatile("fninit");
  printf("%s:", name);
  if (seen.signal)
    printf(" signal %d code %d address +%ld trap %ld at +%ld FSW %04x FCW %04x FTW %02x", seen.signal, seen.code, seen.address, seen.trap, seen.rip,
           seen.status, seen.control, seen.tag);
  if (strstr(name, "fxsave")) {
    place(instruction, strstr(name, "64") ? word(8) | (uint64_t)word(12) << 32 : word(8), strstr(name, "64") ? ~0ul : 0xffffffff);
    place(operand, strstr(name, "64") ? word(16) | (uint64_t)word(20) << 32 : word(16), strstr(name, "64") ? ~0ul : 0xffffffff);
    printf(" FCW %04x FSW %04x FTW %04x", half(0), half(2), half(4));
    if (half(2) & 0x80) printf(" FOP %04x FIP %s FDP %s", half(6), instruction, operand);
    for (int i = 0; i < 3; i++) printf(" %04x:%08x%08x", half(40 + 16 * i), word(36 + 16 * i), word(32 + 16 * i));
  } else if (strstr(name, "_14")) {
    place(instruction, half(6), 0xffff);
    place(operand, half(10), 0xffff);
    printf(" FCW %04x FSW %04x tags %04x FIP %s FDP %s", half(0), half(2), half(4), instruction, operand);
  } else if (word(0) != 0xcccccccc && !strstr(name, "at_fxrstor")) {
    place(instruction, word(12), 0xffffffff);
    place(operand, word(20), 0xffffffff);
    printf(" FCW %08x FSW %08x tags %08x FIP %s", word(0), word(4), word(8), instruction);
    if (word(4) & 0x80) printf(" FOP %04x FDP %s", word(16) >> 16, operand);
    if (word(28) != 0xcccccccc) printf(" ST %04x:%08x%08x", half(36), word(32), word(28));
  }
  printf("\n");
}

int main(void) {
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER};
  int signals[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
#define SHOW(name, code) show(#name, case_##name);
  CASES(SHOW)
  return 0;
}
