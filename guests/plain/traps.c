// RFLAGS.TF, INT3, INT1, INT n and what is no instruction in 64-bit mode: every signal's code, address, trap number, error and place.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define TF 0x100ul
#define MOST 48

static uint64_t saved_rsp __attribute__((used));
static char *start;
static int count;
static struct {
  int signal, code;
  long trap, error, address, rip;
  int flag, inside;
} seen[MOST];

void run_case(void *code);
extern char resume_case[];

// A case begins with TF clear and ends where resume_case is, or with the first signal that is no step.
__asm__("run_case:\n"
        "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "  mov %rsp, saved_rsp(%rip)\n"
        "  xor %eax, %eax; xor %ecx, %ecx; xor %edx, %edx; xor %ebx, %ebx\n"
        "  lea scratch(%rip), %rsi; lea scratch+64(%rip), %r8\n"
        "  mov %rdi, %r9; lea scratch+32(%rip), %rdi\n"
        "  jmp *%r9\n"
        "resume_case:\n"
        "  mov saved_rsp(%rip), %rsp\n"
        "  cld; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "  ret\n");
char scratch[128] __attribute__((used));

static void caught(int signal, siginfo_t *info, void *context) {
  uint64_t flags;
  __asm__ volatile("pushfq; pop %0" : "=r"(flags));
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  int ends = registers[REG_RIP] == (long)resume_case;
  if (!ends && count < MOST) {
    seen[count].signal = signal;
    seen[count].code = info->si_code;
    seen[count].address = (long)info->si_addr;
    seen[count].trap = registers[REG_TRAPNO];
    seen[count].error = registers[REG_ERR];
    seen[count].rip = registers[REG_RIP] - (long)start;
    seen[count].flag = !!(registers[REG_EFL] & TF);
    seen[count].inside = !!(flags & TF);
    count++;
  }
  int step = signal == SIGTRAP && (registers[REG_EFL] & TF) && count < MOST;
  if (ends || !step) {
    registers[REG_EFL] &= ~TF;
    registers[REG_RIP] = (long)resume_case;
    registers[REG_RSP] = saved_rsp;
  }
}

#define STEP "pushfq; orq $0x100, (%rsp); popfq\n"
#define REST "pushfq; andq $~0x100, (%rsp); popfq\n"

#define CASES(X) \
  X(steps, STEP "nop; nop; nop\n" REST "nop") \
  X(jumps, STEP "jmp 1f; nop; 1: call 2f; jmp 3f; 2: ret; 3: jz 4f; 4:\n" REST) \
  X(repeated, STEP "mov $3, %ecx; rep movsb\n" REST) \
  X(repeated_never, STEP "xor %ecx, %ecx; rep movsb; nop\n" REST) \
  X(system_call, STEP "mov $39, %eax; syscall; nop; nop\n" REST) \
  X(pushed_flags, STEP "pushfq; pop %rax; nop\n" REST) \
  X(cpuid, STEP "xor %eax, %eax; cpuid; nop\n" REST) \
  X(time_stamp, STEP "rdtsc; nop\n" REST) \
  X(x87, STEP "fldpi; fstpl (%rsi); fwait\n" REST) \
  X(stack_segment, STEP "mov %ss, %eax; mov %eax, %ss; nop; nop\n" REST) \
  X(data_segment, STEP "mov $0x2b, %eax; mov %eax, %ds; nop\n" REST) \
  X(fault_under_step, STEP "nop; ud2") \
  X(breakpoint_under_step, STEP "nop; int3; nop") \
  X(load_of_nothing_under_step, STEP "nop; mov 0, %eax") \
  X(breakpoint, "int3") \
  X(breakpoint_of_two_bytes, ".byte 0xcd, 3") \
  X(breakpoint_with_prefix, ".byte 0x66, 0xcc") \
  X(overflow_by_number, ".byte 0xcd, 4") \
  X(debug_by_number, ".byte 0xcd, 1") \
  X(divide_by_number, ".byte 0xcd, 0") \
  X(fault_by_number, ".byte 0xcd, 14") \
  X(interrupt_by_number, ".byte 0xcd, 0x20") \
  X(last_by_number, ".byte 0xcd, 0xff") \
  X(into, ".byte 0xce") \
  X(daa, ".byte 0x27") \
  X(das, ".byte 0x2f") \
  X(aaa, ".byte 0x37") \
  X(aas, ".byte 0x3f") \
  X(aam, ".byte 0xd4, 10") \
  X(aad, ".byte 0xd5, 10") \
  X(salc, ".byte 0xd6") \
  X(pusha, ".byte 0x60") \
  X(popa, ".byte 0x61") \
  X(push_es, ".byte 0x06") \
  X(push_cs, ".byte 0x0e") \
  X(pop_ds, ".byte 0x1f") \
  X(group_82, ".byte 0x82, 0xc0, 1") \
  X(far_call_pointer, ".byte 0x9a, 0, 0, 0, 0, 0x33, 0") \
  X(far_jump_pointer, ".byte 0xea, 0, 0, 0, 0, 0x33, 0") \
  X(ud0, ".byte 0x0f, 0xff, 0xc0") \
  X(ud1, ".byte 0x0f, 0xb9, 0xc0") \
  X(ud2, "ud2") \
  X(locked_load, ".byte 0xf0, 0x8b, 0x06") \
  X(locked_register, ".byte 0xf0, 0x01, 0xc0") \
  X(hlt, "hlt") \
  X(cli, "cli") \
  X(in_, "in $0x80, %al") \
  X(out_by_string, "outsb") \
  X(read_cr0, "mov %cr0, %rax") \
  X(read_dr7, "mov %db7, %rax") \
  X(rdmsr, "rdmsr") \
  X(wbinvd, "wbinvd") \
  X(invlpg, "invlpg (%rsi)") \
  X(lgdt, "lgdt (%rsi)") \
  X(ltr, "ltr %ax") \
  X(lmsw, "lmsw %ax") \
  X(clts, "clts") \
  X(swapgs, "swapgs") \
  X(sysretq, "sysretq") \
  X(xsetbv, "xsetbv") \
  X(divide_by_zero, "div %ecx") \
  X(divide_overflow, "mov $5, %edx; mov $2, %ecx; div %ecx") \
  X(divide_signed_overflow, "mov $0x80000000, %eax; mov $-1, %edx; mov $-1, %ecx; idiv %ecx") \
  X(x87_invalid, "fninit; fldcw invalid_unmasked(%rip); fldz; fldz; fdivp; fwait") \
  X(x87_invalid_later, "fninit; fldcw invalid_unmasked(%rip); fldz; fldz; fdivp; fnstsw %ax; nop; fld1") \
  X(sse_division, "stmxcsr (%rsi); andl $~0x200, (%rsi); ldmxcsr (%rsi); cvtsi2sd %ecx, %xmm1; mov $1, %eax; cvtsi2sd %eax, %xmm0; divsd %xmm1, %xmm0") \
  X(mxcsr_reserved, "movl $0x10000, (%rsi); ldmxcsr (%rsi)") \
  X(misaligned, "movaps 1(%rsi), %xmm0") \
  X(non_canonical_load, "mov $0x8000000000000000, %rcx; mov (%rcx), %eax") \
  X(non_canonical_stack, "mov $0x8000000000000000, %rsp; push %rax") \
  X(non_canonical_jump, "mov $0x8000000000000000, %rcx; jmp *%rcx") \
  X(non_canonical_return, "mov $0x8000000000000000, %rcx; push %rcx; ret") \
  X(upper_half_load, "mov $0xffff800000000000, %rcx; mov (%rcx), %eax")

static const uint16_t invalid_unmasked __attribute__((used)) = 0x37e;

#define DEFINE(name, code) __asm__("case_" #name ": " code "\n jmp resume_case\n");
CASES(DEFINE)
#define DECLARE(name, code) extern char case_##name[];
CASES(DECLARE)

static void show(const char *name, void *code) {
  uint32_t mxcsr = 0x1f80;
  start = code;
  count = 0;
  run_case(code);
  __asm__ volatile("fninit; ldmxcsr %0" ::"m"(mxcsr));
  printf("%s:\n", name);
  for (int i = 0; i < count; i++) {
    char address[32], place[32];
    snprintf(address, sizeof address, seen[i].address == 0 ? "0" : seen[i].address == seen[i].rip + (long)start ? "rip" : "%#lx", seen[i].address);
    snprintf(place, sizeof place, seen[i].rip >= 0 && seen[i].rip < 64 ? "+%ld" : "elsewhere", seen[i].rip);
    printf("  signal %d code %d address %s trap %ld error %#lx at %s TF %d, inside %d\n", seen[i].signal, seen[i].code, address, seen[i].trap,
           seen[i].error, place, seen[i].flag, seen[i].inside);
  }
}

int main(void) {
  static char stack[65536];
  sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
  int signals[] = {SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
#define SHOW(name, code) show(#name, case_##name);
  CASES(SHOW)
  return 0;
}
