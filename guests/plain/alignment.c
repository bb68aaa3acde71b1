// RFLAGS.AC: which accesses of which instructions are #AC, at offsets 0 to 15 from a boundary of 16 bytes, and what the signal says of one.
// FXSAVE and XSAVE, which processors differ about, are not here.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define AC 0x40000ul

static uint64_t saved_rsp __attribute__((used));
static struct {
  int signal, code, trap;
  long address, error, rip;
  long flag;
  long inside;
} seen;

void run_case(void *start, void *operand);
extern char resume_case[];

__asm__("run_case:\n"
        "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "  mov %rsp, saved_rsp(%rip)\n"
        "  mov %rdi, %rax; mov %rsi, %rdi; lea 64(%rsi), %rsi\n"
        "  xor %ecx, %ecx; xor %edx, %edx; xor %ebx, %ebx; xor %ebp, %ebp; mov %rsp, %r15\n"
        "  pushfq; orq $0x40000, (%rsp); popfq\n"
        "  jmp *%rax\n"
        "resume_case:\n"
        "  mov saved_rsp(%rip), %rsp\n"
        "  pushfq; andq $~0x40500, (%rsp); popfq\n"
        "  fninit; emms\n"
        "  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "  ret\n");

static void caught(int signal, siginfo_t *info, void *context) {
  long inside;
  __asm__ volatile("pushfq; mov (%%rsp), %0; andq $~0x40000, (%%rsp); popfq" : "=r"(inside)::"memory", "cc");
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  seen.signal = signal;
  seen.code = info->si_code;
  seen.address = (long)info->si_addr;
  seen.trap = registers[REG_TRAPNO];
  seen.error = registers[REG_ERR];
  seen.rip = registers[REG_RIP];
  seen.flag = !!(registers[REG_EFL] & AC);
  seen.inside = inside;
  registers[REG_RIP] = (long)resume_case;
  registers[REG_RSP] = saved_rsp;
  registers[REG_EFL] &= ~AC;
}

#define CASES(X) \
  X(load_1, "mov (%rdi), %al") \
  X(load_2, "mov (%rdi), %ax") \
  X(load_4, "mov (%rdi), %eax") \
  X(load_8, "mov (%rdi), %rax") \
  X(store_2, "mov %ax, (%rdi)") \
  X(store_4, "mov %eax, (%rdi)") \
  X(store_8, "mov %rax, (%rdi)") \
  X(store_immediate, "movl $5, (%rdi)") \
  X(movzx_2, "movzwl (%rdi), %eax") \
  X(movsx_4, "movslq (%rdi), %rax") \
  X(add_to_memory, "add %rax, (%rdi)") \
  X(lock_add, "lock addl $1, (%rdi)") \
  X(xchg_2, "xchg %ax, (%rdi)") \
  X(cmpxchg_4, "lock cmpxchg %ecx, (%rdi)") \
  X(cmpxchg8b, "cmpxchg8b (%rdi)") \
  X(xadd_8, "xadd %rax, (%rdi)") \
  X(lea, "lea (%rdi), %rax") \
  X(nop, "nopl (%rdi)") \
  X(prefetch, "prefetcht0 (%rdi)") \
  X(push_memory, "pushq (%rdi)") \
  X(pop_memory, "pushq $0; popq (%rdi)") \
  X(push, "mov %rdi, %rsp; add $32, %rsp; push %rax") \
  X(push_2, "mov %rdi, %rsp; add $32, %rsp; push %ax") \
  X(pop, "mov %rdi, %rsp; pop %rax") \
  X(call, "mov %rdi, %rsp; add $32, %rsp; call 9f; 9:") \
  X(call_memory, "lea 9f(%rip), %rax; add $-3, %rdi; movb %al, (%rdi); jmp 9f; 9:") \
  X(leave, "mov %rdi, %rbp; leave") \
  X(enter, "mov %rdi, %rsp; add $32, %rsp; enter $0, $0") \
  X(pushf, "mov %rdi, %rsp; add $32, %rsp; pushfq") \
  X(bt_4, "bt %ecx, (%rdi)") \
  X(bts_8, "bts %rcx, (%rdi)") \
  X(div_4, "mov $1, %eax; movb $1, (%rdi); movb $0, 1(%rdi); movb $0, 2(%rdi); movb $0, 3(%rdi); divl (%rdi)") \
  X(imul_8, "imul (%rdi), %rax") \
  X(cmovne, "cmp %eax, %eax; cmovne (%rdi), %eax") \
  X(setc, "setc (%rdi)") \
  X(movs_4, "movsl") \
  X(lods_8, "mov %rdi, %rsi; lodsq") \
  X(stos_2, "stosw") \
  X(scas_4, "scasl") \
  X(cmps_8, "cmpsq") \
  X(rep_movs_8, "mov $3, %ecx; rep movsq") \
  X(rep_movs_none, "rep movsq") \
  X(rep_stos_1, "mov $9, %ecx; rep stosb") \
  X(fild_2, "filds (%rdi)") \
  X(fld_4, "flds (%rdi)") \
  X(fld_8, "fldl (%rdi)") \
  X(fst_8, "fldz; fstl (%rdi)") \
  X(fistp_8, "fldz; fistpll (%rdi)") \
  X(fldcw, "fnstcw -8(%rsp); mov -8(%rsp), %ax; movb %al, (%rdi); movb %ah, 1(%rdi); fldcw (%rdi)") \
  X(fnstsw, "fnstsw (%rdi)") \
  X(movss, "movss (%rdi), %xmm0") \
  X(movsd, "movsd (%rdi), %xmm0") \
  X(movsd_store, "movsd %xmm0, (%rdi)") \
  X(movq, "movq (%rdi), %xmm0") \
  X(movd, "movd (%rdi), %xmm0") \
  X(movhps, "movhps (%rdi), %xmm0") \
  X(addsd, "addsd (%rdi), %xmm0") \
  X(cvtsi2sd, "cvtsi2sdl (%rdi), %xmm0") \
  X(movaps, "movaps (%rdi), %xmm0") \
  X(paddb, "paddb (%rdi), %xmm0") \
  X(movq_mmx, "movq (%rdi), %mm0") \
  X(pinsrw, "pinsrw $1, (%rdi), %xmm0") \
  X(ldmxcsr, "movl $0x1f80, -8(%rsp); mov -8(%rsp), %eax; movb %al, (%rdi); shr $8, %eax; movb %al, 1(%rdi); movb $0, 2(%rdi); movb $0, 3(%rdi); ldmxcsr (%rdi)") \
  X(stmxcsr, "stmxcsr (%rdi)") \
  X(fld_10, "fldt (%rdi)") \
  X(fstp_10, "fldz; fstpt (%rdi)") \
  X(fbld, "fbld (%rdi)") \
  X(fnstenv, "fnstenv (%rdi)") \
  X(fnstenv_14, ".byte 0x66; fnstenv (%rdi)") \
  X(fnsave, "fnsave (%rdi)") \
  X(frstor, "fnsave -128(%rsp); mov %rdi, %rbx; lea -128(%rsp), %rsi; mov $108, %ecx; rep movsb; frstor (%rbx)") \
  X(movups, "movups (%rdi), %xmm0") \
  X(movups_store, "movups %xmm0, (%rdi)") \
  X(movdqu, "movdqu (%rdi), %xmm0") \
  X(lddqu, "lddqu (%rdi), %xmm0") \
  X(pcmpistri, "pcmpistri $0, (%rdi), %xmm0") \
  X(cmpxchg16b, "cmpxchg16b (%rdi)") \
  X(pmovsxbw, "pmovsxbw (%rdi), %xmm0") \
  X(pmovsxbd, "pmovsxbd (%rdi), %xmm0") \
  X(pmovsxbq, "pmovsxbq (%rdi), %xmm0") \
  X(movddup, "movddup (%rdi), %xmm0") \
  X(roundsd, "roundsd $0, (%rdi), %xmm0") \
  X(insertps, "insertps $0, (%rdi), %xmm0") \
  X(crc32, "crc32q (%rdi), %rax") \
  X(popcnt, "popcnt (%rdi), %rax") \
  X(mov_segment, "mov %ss, (%rdi)") \
  X(maskmovdqu, "pcmpeqd %xmm0, %xmm0; maskmovdqu %xmm0, %xmm0") \
  X(maskmovq, "pcmpeqd %mm0, %mm0; maskmovq %mm0, %mm0") \
  X(xlat, "mov %rdi, %rbx; xlat") \
  X(clflush, "clflush (%rdi)") \
  X(bt_far, "mov $40, %ecx; bt %ecx, (%rdi)") \
  X(enter_nested, "mov %rdi, %rbp; enter $0, $2") \
  X(enter_2, "mov %rdi, %rsp; add $32, %rsp; enterw $0, $0") \
  X(push_segment, "mov %rdi, %rsp; add $32, %rsp; push %fs") \
  X(gs_based, "mov %gs:(%rdi), %eax") \
  X(scaled, "mov %rdi, %rcx; neg %rdi; mov (%rdi,%rcx,2), %eax") \
  X(narrow, "mov (%edi), %eax") \
  X(movnti, "movnti %eax, (%rdi)")

#define DEFINE(name, code) __asm__("case_" #name ": " code "\n jmp resume_case\n");
CASES(DEFINE)
#define DECLARE(name, code) extern char case_##name[];
CASES(DECLARE)

static char buffer[256] __attribute__((aligned(64)));

static char outcome(void *start, void *operand) {
  memset(&seen, 0, sizeof seen);
  run_case(start, operand);
  return seen.signal == 0 ? '.' : seen.signal == SIGBUS ? 'A' : seen.signal == SIGSEGV ? 'G' : '?';
}

static void probe(const char *name, void *start) {
  char row[17] = {0};
  for (int offset = 0; offset < 16; offset++) {
    memset(buffer, 0, sizeof buffer);
    row[offset] = outcome(start, buffer + 64 + offset);
  }
  printf("%-16s %s\n", name, row);
}

static void one(const char *name, void *start, char *operand, char *base) {
  outcome(start, operand);
  printf("%s: signal %d code %d address %ld trap %d error %ld flag %d, inside %d, rip +%ld\n", name, seen.signal, seen.code,
         seen.address ? seen.address - (long)base : 0, seen.trap, seen.error, (int)seen.flag, !!(seen.inside & AC), seen.signal ? seen.rip - (long)start : 0);
}

int main(void) {
  static char stack[65536];
  sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
  for (int i = 1; i < 32; i++) if (i == SIGBUS || i == SIGSEGV || i == SIGILL || i == SIGTRAP || i == SIGFPE) sigaction(i, &action, NULL);
#define PROBE(name, code) probe(#name, case_##name);
  CASES(PROBE)

  one("misaligned", case_load_4, buffer + 65, buffer);
  char *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages + 4096, 4096, PROT_READ);
  munmap(pages + 8192, 4096);
  one("aligned, not mapped", case_load_4, pages + 8192, pages);
  one("misaligned, not mapped", case_load_4, pages + 8193, pages);
  one("misaligned, read-only", case_store_4, pages + 4097, pages);
  one("over the end of what is mapped", case_load_8, pages + 8188, pages);
  one("over two pages", case_load_8, pages + 4092, pages);
  return 0;
}
