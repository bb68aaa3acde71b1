// Records what a processor's x87 unit does: runs every instruction form over edge and random operands, control words,
// empty registers and sticky flags, and writes one record a case to standard output (format: see build.ts).
// Usage: generate [SEED FACTOR [NAME...]]: FACTOR times as many cases of the forms named, half of them over hard operands.
// Build: gcc -O1 -mno-red-zone generate.c -o generate

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 u128;
typedef struct { uint64_t significand; uint16_t exponent; } __attribute__((packed)) f80;

typedef struct {
  uint16_t fcw, fsw; uint8_t ftw, reserved; uint16_t fop; uint64_t fip, fdp; uint32_t mxcsr, mxcsr_mask;
  struct { f80 value; uint8_t reserved[6]; } st[8];
  uint8_t xmm[256], unused[96];
} __attribute__((packed, aligned(16))) image;

static image in, out;
static uint8_t memory[128];
static uint64_t flags_in, flags_out;

/* kinds of memory operand */
enum { NONE, F32, F64, F80, I16, I32, I64, BCD, STORE, ENV, SAVE, CW };
/* operand weighting */
enum { GENERAL, ARITHMETIC, SMALL, ANGLE, INTEGER, ANY_LOGARITHM, RATIO };

#define OPS(X) \
  X(Fadd_st0_sti, 1, 0, NONE, ARITHMETIC, 1100, "fadd %%st(1),%%st") \
  X(Fsub_st0_sti, 1, 0, NONE, ARITHMETIC, 1100, "fsub %%st(1),%%st") \
  X(Fmul_st0_sti, 1, 0, NONE, ARITHMETIC, 1100, "fmul %%st(1),%%st") \
  X(Fdiv_st0_sti, 1, 0, NONE, ARITHMETIC, 1100, "fdiv %%st(1),%%st") \
  X(Fsubr_st0_sti, 1, 0, NONE, ARITHMETIC, 150, ".byte 0xd8,0xe9") \
  X(Fdivr_st0_sti, 1, 0, NONE, ARITHMETIC, 150, ".byte 0xd8,0xf9") \
  X(Fadd_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xdc,0xc1") \
  X(Fmul_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xdc,0xc9") \
  X(Fsubr_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xdc,0xe1") \
  X(Fsub_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xdc,0xe9") \
  X(Fdivr_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xdc,0xf1") \
  X(Fdiv_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xdc,0xf9") \
  X(Faddp_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xde,0xc1") \
  X(Fmulp_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xde,0xc9") \
  X(Fsubrp_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xde,0xe1") \
  X(Fsubp_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xde,0xe9") \
  X(Fdivrp_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xde,0xf1") \
  X(Fdivp_sti_st0, 1, 0, NONE, ARITHMETIC, 120, ".byte 0xde,0xf9") \
  X(Fadd_m32fp, 0, 4, F32, ARITHMETIC, 150, ".byte 0xd8,0x02") \
  X(Fmul_m32fp, 0, 4, F32, ARITHMETIC, 100, ".byte 0xd8,0x0a") \
  X(Fsub_m32fp, 0, 4, F32, ARITHMETIC, 100, ".byte 0xd8,0x22") \
  X(Fsubr_m32fp, 0, 4, F32, ARITHMETIC, 100, ".byte 0xd8,0x2a") \
  X(Fdiv_m32fp, 0, 4, F32, ARITHMETIC, 100, ".byte 0xd8,0x32") \
  X(Fdivr_m32fp, 0, 4, F32, ARITHMETIC, 100, ".byte 0xd8,0x3a") \
  X(Fadd_m64fp, 0, 8, F64, ARITHMETIC, 150, ".byte 0xdc,0x02") \
  X(Fmul_m64fp, 0, 8, F64, ARITHMETIC, 100, ".byte 0xdc,0x0a") \
  X(Fsub_m64fp, 0, 8, F64, ARITHMETIC, 100, ".byte 0xdc,0x22") \
  X(Fsubr_m64fp, 0, 8, F64, ARITHMETIC, 100, ".byte 0xdc,0x2a") \
  X(Fdiv_m64fp, 0, 8, F64, ARITHMETIC, 100, ".byte 0xdc,0x32") \
  X(Fdivr_m64fp, 0, 8, F64, ARITHMETIC, 100, ".byte 0xdc,0x3a") \
  X(Fiadd_m32int, 0, 4, I32, ARITHMETIC, 80, ".byte 0xda,0x02") \
  X(Fimul_m32int, 0, 4, I32, ARITHMETIC, 80, ".byte 0xda,0x0a") \
  X(Fisub_m32int, 0, 4, I32, ARITHMETIC, 80, ".byte 0xda,0x22") \
  X(Fisubr_m32int, 0, 4, I32, ARITHMETIC, 80, ".byte 0xda,0x2a") \
  X(Fidiv_m32int, 0, 4, I32, ARITHMETIC, 80, ".byte 0xda,0x32") \
  X(Fidivr_m32int, 0, 4, I32, ARITHMETIC, 80, ".byte 0xda,0x3a") \
  X(Fiadd_m16int, 0, 2, I16, ARITHMETIC, 80, ".byte 0xde,0x02") \
  X(Fimul_m16int, 0, 2, I16, ARITHMETIC, 80, ".byte 0xde,0x0a") \
  X(Fisub_m16int, 0, 2, I16, ARITHMETIC, 80, ".byte 0xde,0x22") \
  X(Fisubr_m16int, 0, 2, I16, ARITHMETIC, 80, ".byte 0xde,0x2a") \
  X(Fidiv_m16int, 0, 2, I16, ARITHMETIC, 80, ".byte 0xde,0x32") \
  X(Fidivr_m16int, 0, 2, I16, ARITHMETIC, 80, ".byte 0xde,0x3a") \
  X(Fcom_m32fp, 0, 4, F32, GENERAL, 120, ".byte 0xd8,0x12") \
  X(Fcomp_m32fp, 0, 4, F32, GENERAL, 120, ".byte 0xd8,0x1a") \
  X(Fcom_m64fp, 0, 8, F64, GENERAL, 120, ".byte 0xdc,0x12") \
  X(Fcomp_m64fp, 0, 8, F64, GENERAL, 120, ".byte 0xdc,0x1a") \
  X(Ficom_m16int, 0, 2, I16, GENERAL, 80, ".byte 0xde,0x12") \
  X(Ficomp_m16int, 0, 2, I16, GENERAL, 80, ".byte 0xde,0x1a") \
  X(Ficom_m32int, 0, 4, I32, GENERAL, 80, ".byte 0xda,0x12") \
  X(Ficomp_m32int, 0, 4, I32, GENERAL, 80, ".byte 0xda,0x1a") \
  X(Fcom_st0_sti, 1, 0, NONE, GENERAL, 300, ".byte 0xd8,0xd1") \
  X(Fcomp_st0_sti, 1, 0, NONE, GENERAL, 120, ".byte 0xd8,0xd9") \
  X(Fcom_st0_sti_DCD0, 1, 0, NONE, GENERAL, 40, ".byte 0xdc,0xd1") \
  X(Fcomp_st0_sti_DCD8, 1, 0, NONE, GENERAL, 40, ".byte 0xdc,0xd9") \
  X(Fcomp_st0_sti_DED0, 1, 0, NONE, GENERAL, 40, ".byte 0xde,0xd1") \
  X(Fcompp, 1, 0, NONE, GENERAL, 120, "fcompp") \
  X(Fucom_st0_sti, 1, 0, NONE, GENERAL, 300, ".byte 0xdd,0xe1") \
  X(Fucomp_st0_sti, 1, 0, NONE, GENERAL, 120, ".byte 0xdd,0xe9") \
  X(Fucompp, 1, 0, NONE, GENERAL, 120, "fucompp") \
  X(Fcomi_st0_sti, 1, 0, NONE, GENERAL, 200, ".byte 0xdb,0xf1") \
  X(Fucomi_st0_sti, 1, 0, NONE, GENERAL, 200, ".byte 0xdb,0xe9") \
  X(Fcomip_st0_sti, 1, 0, NONE, GENERAL, 100, ".byte 0xdf,0xf1") \
  X(Fucomip_st0_sti, 1, 0, NONE, GENERAL, 100, ".byte 0xdf,0xe9") \
  X(Ftst, 0, 0, NONE, GENERAL, 150, "ftst") \
  X(Fxam, 0, 0, NONE, GENERAL, 200, "fxam") \
  X(Fabs, 0, 0, NONE, GENERAL, 80, "fabs") \
  X(Fchs, 0, 0, NONE, GENERAL, 80, "fchs") \
  X(Fsqrt, 0, 0, NONE, ARITHMETIC, 700, "fsqrt") \
  X(Frndint, 0, 0, NONE, INTEGER, 500, "frndint") \
  X(Fscale, 1, 0, NONE, RATIO, 700, "fscale") \
  X(Fxtract, 0, 0, NONE, GENERAL, 250, "fxtract") \
  X(Fprem, 1, 0, NONE, RATIO, 700, "fprem") \
  X(Fprem1, 1, 0, NONE, RATIO, 700, "fprem1") \
  X(F2xm1, 0, 0, NONE, SMALL, 500, "f2xm1") \
  X(Fyl2x, 1, 0, NONE, ANY_LOGARITHM, 600, "fyl2x") \
  X(Fyl2xp1, 1, 0, NONE, SMALL, 500, "fyl2xp1") \
  X(Fsin, 0, 0, NONE, ANGLE, 500, "fsin") \
  X(Fcos, 0, 0, NONE, ANGLE, 500, "fcos") \
  X(Fsincos, 0, 0, NONE, ANGLE, 400, "fsincos") \
  X(Fptan, 0, 0, NONE, ANGLE, 500, "fptan") \
  X(Fpatan, 1, 0, NONE, ANY_LOGARITHM, 600, "fpatan") \
  X(Fld1, 0, 0, NONE, GENERAL, 40, "fld1") \
  X(Fldz, 0, 0, NONE, GENERAL, 40, "fldz") \
  X(Fldpi, 0, 0, NONE, GENERAL, 50, "fldpi") \
  X(Fldl2e, 0, 0, NONE, GENERAL, 50, "fldl2e") \
  X(Fldl2t, 0, 0, NONE, GENERAL, 50, "fldl2t") \
  X(Fldlg2, 0, 0, NONE, GENERAL, 50, "fldlg2") \
  X(Fldln2, 0, 0, NONE, GENERAL, 50, "fldln2") \
  X(Fld_m32fp, 0, 4, F32, GENERAL, 250, ".byte 0xd9,0x02") \
  X(Fld_m64fp, 0, 8, F64, GENERAL, 250, ".byte 0xdd,0x02") \
  X(Fld_m80fp, 0, 10, F80, GENERAL, 100, ".byte 0xdb,0x2a") \
  X(Fld_sti, 1, 0, NONE, GENERAL, 80, ".byte 0xd9,0xc1") \
  X(Fild_m16int, 0, 2, I16, GENERAL, 80, ".byte 0xdf,0x02") \
  X(Fild_m32int, 0, 4, I32, GENERAL, 80, ".byte 0xdb,0x02") \
  X(Fild_m64int, 0, 8, I64, GENERAL, 120, ".byte 0xdf,0x2a") \
  X(Fbld_m80bcd, 0, 10, BCD, GENERAL, 120, ".byte 0xdf,0x22") \
  X(Fst_m32fp, 0, 4, STORE, ARITHMETIC, 500, ".byte 0xd9,0x12") \
  X(Fstp_m32fp, 0, 4, STORE, ARITHMETIC, 300, ".byte 0xd9,0x1a") \
  X(Fst_m64fp, 0, 8, STORE, ARITHMETIC, 500, ".byte 0xdd,0x12") \
  X(Fstp_m64fp, 0, 8, STORE, ARITHMETIC, 300, ".byte 0xdd,0x1a") \
  X(Fstp_m80fp, 0, 10, STORE, GENERAL, 100, ".byte 0xdb,0x3a") \
  X(Fst_sti, 1, 0, NONE, GENERAL, 60, ".byte 0xdd,0xd1") \
  X(Fstp_sti, 1, 0, NONE, GENERAL, 60, ".byte 0xdd,0xd9") \
  X(Fstp_sti_DFD0, 1, 0, NONE, GENERAL, 30, ".byte 0xdf,0xd1") \
  X(Fstp_sti_DFD8, 1, 0, NONE, GENERAL, 30, ".byte 0xdf,0xd9") \
  X(Fstpnce_sti, 1, 0, NONE, GENERAL, 60, ".byte 0xd9,0xd9") \
  X(Fist_m16int, 0, 2, STORE, INTEGER, 200, ".byte 0xdf,0x12") \
  X(Fistp_m16int, 0, 2, STORE, INTEGER, 200, ".byte 0xdf,0x1a") \
  X(Fist_m32int, 0, 4, STORE, INTEGER, 200, ".byte 0xdb,0x12") \
  X(Fistp_m32int, 0, 4, STORE, INTEGER, 200, ".byte 0xdb,0x1a") \
  X(Fistp_m64int, 0, 8, STORE, INTEGER, 300, ".byte 0xdf,0x3a") \
  X(Fisttp_m16int, 0, 2, STORE, INTEGER, 150, ".byte 0xdf,0x0a") \
  X(Fisttp_m32int, 0, 4, STORE, INTEGER, 150, ".byte 0xdb,0x0a") \
  X(Fisttp_m64int, 0, 8, STORE, INTEGER, 150, ".byte 0xdd,0x0a") \
  X(Fbstp_m80bcd, 0, 10, STORE, INTEGER, 300, ".byte 0xdf,0x32") \
  X(Fxch_st0_sti, 1, 0, NONE, GENERAL, 60, ".byte 0xd9,0xc9") \
  X(Fxch_st0_sti_DDC8, 1, 0, NONE, GENERAL, 30, ".byte 0xdd,0xc9") \
  X(Fxch_st0_sti_DFC8, 1, 0, NONE, GENERAL, 30, ".byte 0xdf,0xc9") \
  X(Fcmovb_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xda,0xc1") \
  X(Fcmove_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xda,0xc9") \
  X(Fcmovbe_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xda,0xd1") \
  X(Fcmovu_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xda,0xd9") \
  X(Fcmovnb_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xdb,0xc1") \
  X(Fcmovne_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xdb,0xc9") \
  X(Fcmovnbe_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xdb,0xd1") \
  X(Fcmovnu_st0_sti, 1, 0, NONE, GENERAL, 50, ".byte 0xdb,0xd9") \
  X(Fincstp, 0, 0, NONE, GENERAL, 30, "fincstp") \
  X(Fdecstp, 0, 0, NONE, GENERAL, 30, "fdecstp") \
  X(Ffree_sti, 1, 0, NONE, GENERAL, 30, ".byte 0xdd,0xc1") \
  X(Ffreep_sti, 1, 0, NONE, GENERAL, 30, ".byte 0xdf,0xc1") \
  X(Fnop, 0, 0, NONE, GENERAL, 30, "fnop") \
  X(Wait, 0, 0, NONE, GENERAL, 10, "fwait") \
  X(Fninit, 0, 0, NONE, GENERAL, 30, "fninit") \
  X(Fnclex, 0, 0, NONE, GENERAL, 40, "fnclex") \
  X(Fneni, 0, 0, NONE, GENERAL, 10, ".byte 0xdb,0xe0") \
  X(Fndisi, 0, 0, NONE, GENERAL, 10, ".byte 0xdb,0xe1") \
  X(Fnsetpm, 0, 0, NONE, GENERAL, 10, ".byte 0xdb,0xe4") \
  X(Fldcw_m2byte, 0, 2, CW, GENERAL, 80, "fldcw (%%rdx)") \
  X(Fnstcw_m2byte, 0, 2, STORE, GENERAL, 30, "fnstcw (%%rdx)") \
  X(Fnstsw_m2byte, 0, 2, STORE, GENERAL, 40, "fnstsw (%%rdx)") \
  X(Fnstenv_m28byte, 0, 28, STORE, GENERAL, 120, "fnstenv (%%rdx)") \
  X(Fnsave_m108byte, 0, 108, STORE, GENERAL, 60, "fnsave (%%rdx)") \
  X(Fnstenv_m14byte, 0, 14, STORE, GENERAL, 40, ".byte 0x66,0xd9,0x32") \
  X(Fnsave_m94byte, 0, 94, STORE, GENERAL, 30, ".byte 0x66,0xdd,0x32") \
  X(Fldenv_m28byte, 0, 28, ENV, GENERAL, 120, "fldenv (%%rdx)") \
  X(Frstor_m108byte, 0, 108, SAVE, GENERAL, 60, "frstor (%%rdx)")

#define FUNCTION(code, sti, size, kind, weight, count, text) \
  static void run_##code(void) { \
    __asm__ volatile("fxrstor64 %[in]\n\tpush %[flags]\n\tpopf\n\t" text "\n\tpushf\n\tpop %[result]\n\tfxsave64 %[out]\n\tfninit" \
      : [out] "=m"(out), [result] "=&r"(flags_out), "+m"(memory) : [in] "m"(in), [flags] "r"(flags_in), "d"(memory) : "cc", "memory"); \
  }
OPS(FUNCTION)

static const struct { const char *code; int sti, size, kind, weight, count; void (*run)(void); } ops[] = {
#define ROW(code, sti, size, kind, weight, count, text) { #code, sti, size, kind, weight, count, run_##code },
  OPS(ROW)
};
enum { OP_COUNT = sizeof ops / sizeof ops[0] };

static uint64_t state = 0x9e3779b97f4a7c15u;
static uint64_t next(void) { state ^= state << 13; state ^= state >> 7; state ^= state << 17; return state * 0x2545f4914f6cdd1du; }
static unsigned below(unsigned n) { return (unsigned)((next() >> 33) % n); }

#define V(e, s) { 0x##s##u, 0x##e }
static const f80 edges[] = {
  V(0000, 0000000000000000), V(8000, 0000000000000000), V(3fff, 8000000000000000), V(bfff, 8000000000000000), V(4000, 8000000000000000),
  V(3ffe, 8000000000000000), V(bffe, 8000000000000000), V(3fff, c000000000000000), V(4000, c90fdaa22168c235), V(3fff, c90fdaa22168c235),
  V(3fff, 8000000000000001), V(3ffe, ffffffffffffffff), V(3fff, ffffffffffffffff), V(0001, 8000000000000000), V(8001, 8000000000000000),
  V(7ffe, ffffffffffffffff), V(fffe, ffffffffffffffff), V(7ffe, 8000000000000000), V(0000, 0000000000000001), V(8000, 0000000000000001),
  V(0000, 7fffffffffffffff), V(0000, 4000000000000000), V(0000, 8000000000000000), V(8000, c000000000000001), V(7fff, 8000000000000000),
  V(ffff, 8000000000000000), V(7fff, c000000000000000), V(ffff, c000000000000000), V(7fff, c000000000001234), V(ffff, e000000000000000),
  V(7fff, 8000000000000001), V(ffff, 8000000000000001), V(7fff, a000000000000000), V(ffff, bfffffffffffffff), V(7fff, 0000000000000000),
  V(7fff, 4000000000000000), V(ffff, 0000000000000001), V(3fff, 4000000000000000), V(0001, 0000000000000000), V(c000, 7fffffffffffffff),
  V(400d, fffe000000000000), V(400d, ffff000000000000), V(400e, 8000000000000000), V(c00e, 8000000000000000), V(c00e, 8000800000000000),
  V(c00e, 8001000000000000), V(401d, fffffffe00000000), V(401d, ffffffff00000000), V(401e, 8000000000000000), V(c01e, 8000000000000000),
  V(c01e, 8000000080000000), V(c01e, 8000000100000000), V(403d, fffffffffffffffe), V(403d, ffffffffffffffff), V(403e, 8000000000000000),
  V(c03e, 8000000000000000), V(c03e, 8000000000000001), V(403f, 8000000000000000), V(403a, de0b6b3a763ffff0), V(403a, de0b6b3a763ffff8),
  V(403a, de0b6b3a76400000), V(c03a, de0b6b3a763ffff0), V(407e, ffffff0000000000), V(407e, ffffff7fffffffff), V(407e, ffffff8000000000),
  V(407f, 8000000000000000), V(3f81, 8000000000000000), V(3f80, ffffffffffffffff), V(3f6a, 8000000000000000), V(3f69, 8000000000000000),
  V(3f69, 8000000000000001), V(3f69, c000000000000000), V(3f80, ffffff8000000000), V(43fe, fffffffffffff800), V(43fe, fffffffffffffc00),
  V(43fe, fffffffffffffbff), V(43ff, 8000000000000000), V(3c01, 8000000000000000), V(3c00, fffffffffffffc00), V(3bcd, 8000000000000000),
  V(3bcc, 8000000000000000), V(3bcc, 8000000000000001), V(3fff, ffffff8000000000), V(3fff, 8000008000000000), V(3fff, 8000018000000000),
  V(3fff, 8000000000000400), V(3fff, 8000000000000c00), V(3fbf, 8000000000000000), V(3fbe, 8000000000000001), V(bfbe, 8000000000000000),
  V(4002, a000000000000000), V(400c, fffe000000000000), V(c00c, fffe000000000000), V(400d, c000000000000000), V(c00d, f000000000000000),
  V(3ffd, 95f619980c4336f7), V(bffd, 95f619980c4336f7), V(3ffe, b504f333f9de6484), V(3ffd, aaaaaaaaaaaaaaab), V(4001, a000000000000001),
};
enum { EDGE_COUNT = sizeof edges / sizeof edges[0] };

static uint64_t random_significand(void) {
  uint64_t s;
  switch (below(5)) {
    case 0: s = next() << below(63); break;
    case 1: s = ~(next() >> (1 + below(62))); break;
    case 2: s = next() & ~0ull << below(45); break;
    default: s = next(); break;
  }
  return s | 0x8000000000000000u;
}

static f80 operand(int weight, const f80 *partner) {
  f80 v;
  int e, sign = below(2) << 15;
  if (below(100) < (weight == GENERAL ? 60 : 30)) return edges[below(EDGE_COUNT)];
  v.significand = random_significand();
  switch (weight) {
    case SMALL: e = 0x3fff - 1 - (int)below(below(3) ? 8 : 90); break;
    case ANGLE: e = 0x3fff + 4 - (int)below(12) + (below(5) ? 0 : (int)below(70)) - (below(5) ? 0 : (int)below(70)); break;
    case INTEGER: e = 0x3fff - 3 + (int)below(68); break;
    case ANY_LOGARITHM: e = 0x3fff + 20 - (int)below(40); if (!below(4)) e = 1 + (int)below(0x7ffe); if (!below(4)) e = 0x3fff - (int)below(2); break;
    case RATIO: e = 0x3fff + (int)below(140) - 20; break;
    case ARITHMETIC:
      switch (below(8)) {
        case 0: e = 1 + (int)below(0x7ffe); break;
        case 1: e = (int)below(80); break;
        case 2: e = 0x7ffe - (int)below(80); break;
        case 3: e = 0x3fff + (below(2) ? 128 : -128) + (int)below(40) - 30; break;
        case 4: e = 0x3fff + (below(2) ? 1024 : -1024) + (int)below(80) - 60; break;
        default: e = 0x3fff + (int)below(8) - 4; break;
      }
      if (partner && below(3) == 0) {
        e = (partner->exponent & 0x7fff) + (int)below(140) - 70;
        if (below(4) == 0) { e = partner->exponent & 0x7fff; v.significand = partner->significand + below(3) - 1; }
      }
      if (partner && below(8) == 0) e = (below(2) ? 0x3fff : 0x7fff) * (1 + (int)below(2)) / 2 + 0x1fff - (partner->exponent & 0x7fff) + (int)below(130) - 65;
      break;
    default: e = 0x3fff + (int)below(20) - 10; break;
  }
  if (e < 0) e = 0;
  if (e > 0x7ffe) e = 0x7ffe;
  if (e == 0) v.significand &= 0x7fffffffffffffffu;
  else v.significand |= 0x8000000000000000u;
  if (!below(6) && weight != SMALL) v.significand &= ~0ull << (below(2) ? 40 : 11);
  v.exponent = (uint16_t)(e | sign);
  return v;
}

/* pi/2 with 66 significant bits, times 2^67: what the argument reduction of processors knows of it */
static const u128 HALF_PI = (u128)0xc << 64 | 0x90fdaa22168c234c;

/* ST(0) of what follows is near value * 2^exponent, but for the lowest bits */
static f80 near(u128 value, int exponent, int sign) {
  f80 v;
  if (value == 0) value = 1;
  while (!(value >> 127)) { value <<= 1; exponent--; }
  v.significand = (uint64_t)(value >> 64) + below(9) - 4;
  if (!(v.significand >> 63)) v.significand |= 1ull << 63;
  v.exponent = (uint16_t)(0x3fff + 127 + exponent) | sign;
  return v;
}

/* Where an approximation is at its limits: multiples of pi/2 and of table steps, powers of two, 1, ends of the domain, every binade. */
static f80 hard_operand(int weight, const f80 *partner) {
  int sign = below(2) << 15;
  f80 v = { random_significand(), (uint16_t)(0x3fff | sign) };
  switch (weight) {
    case ANGLE:
      switch (below(4)) {
        case 0: return near(HALF_PI * (1 + (next() >> below(62) >> 2)), -67, sign);
        case 1: return near(HALF_PI * (1 + below(4096)), -67, sign);
        case 2: v.exponent = (uint16_t)(0x3fff - 40 + below(106)) | sign; return v;
        default: return near(HALF_PI * (1 + below(64)), -67 - (int)below(6), sign);
      }
    case SMALL:
      switch (below(4)) {
        case 0: return near(1 + below(256), -8, sign);
        case 1: return near((u128)(1 + below(64)) << 64 | next() >> below(63), -70, sign);
        case 2: v.exponent = (uint16_t)(0x3fff - 1 - below(80)) | sign; return v;
        default: return near(0x95f619980c4336f7, -65, sign);
      }
    case ANY_LOGARITHM:
      switch (below(6)) {
        case 0: return near(((u128)1 << 64) + (next() >> below(63)), -64, sign);
        case 1: return near(((u128)1 << 64) - (next() >> (1 + below(62))), -64, sign);
        case 2: return near(1, (int)below(0x7f00) - 0x3f80, sign);
        case 3: return near(64 + below(64), -6 - (int)below(3) + 1, sign);
        case 4:
          if (partner) { v = *partner; v.significand = (v.significand + below(9) - 4) | 1ull << 63; v.exponent ^= (uint16_t)sign; return v; }
          break;
        default: break;
      }
      v.exponent = (uint16_t)(1 + below(0x7ffe)) | sign;
      return v;
    case RATIO:
      if (partner && below(2)) return near((u128)partner->significand * (1 + (next() >> below(63))), (partner->exponent & 0x7fff) - 0x3fff - 63 - (int)below(70), sign);
      v.exponent = (uint16_t)(1 + below(0x7ffe)) | sign;
      return v;
    case INTEGER:
      return near(((u128)(next() >> below(63)) << 1) + below(2), -1 - (int)below(64), sign);
    default:
      if (partner && below(2)) { v.exponent = partner->exponent ^ (uint16_t)sign; v.significand = (partner->significand + below(9) - 4) | 1ull << 63; return v; }
      if (below(2)) { uint64_t root = random_significand() >> (32 - below(2)); v = near((u128)root * root, (int)below(0x7f00) - 0x3f80, 0); return v; }
      v.exponent = (uint16_t)(1 + below(0x7ffe)) | sign;
      return v;
  }
}

static void put(const void *p, size_t n) { fwrite(p, 1, n, stdout); }

static void memory_operand(int kind, int weight) {
  static const uint32_t singles[] = { 0, 0x80000000, 0x3f800000, 0x00800000, 0x007fffff, 1, 0x80000001, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc00000,
    0xffc00000, 0x7f800001, 0xffbfffff, 0x7fe12345, 0x40490fdb };
  static const uint64_t doubles[] = { 0, 1ull << 63, 0x3ff0000000000000, 0x0010000000000000, 0x000fffffffffffff, 1, 0x8000000000000001, 0x7fefffffffffffff,
    0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000000, 0x7ff0000000000001, 0xfff7ffffffffffff, 0x7ffc0000deadbeef,
    0x400921fb54442d18 };
  static const int64_t integers[] = { 0, 1, -1, 2, 10, 32767, -32768, 2147483647, -2147483648ll, 0x7fffffffffffffff, -0x7fffffffffffffff - 1, 0x4000000000000001 };
  uint64_t u = next();
  f80 x;
  memset(memory, 0xcc, sizeof memory);
  switch (kind) {
    case F32: {
      uint32_t v = below(2) ? singles[below(16)] : below(3) ? (uint32_t)((u & 0x807fffff) | (uint32_t)(117 + below(20)) << 23) : (uint32_t)u;
      memcpy(memory, &v, 4);
      break;
    }
    case F64: {
      uint64_t v = below(2) ? doubles[below(16)] : below(3) ? (u & 0x800fffffffffffff) | (uint64_t)(1013 + below(20)) << 52 : u;
      memcpy(memory, &v, 8);
      break;
    }
    case F80: x = operand(weight, 0); memcpy(memory, &x, 10); break;
    case I16: case I32: case I64: {
      int64_t v = below(2) ? integers[below(12)] : (int64_t)u >> below(63);
      memcpy(memory, &v, 8);
      break;
    }
    case BCD:
      for (int i = 0; i < 9; i++) memory[i] = (uint8_t)(below(3) ? below(10) | below(10) << 4 : below(2) ? 0x99 : 0);
      memory[9] = (uint8_t)(below(2) ? 0x80 : 0) | (below(4) ? 0 : below(128));
      break;
    case CW: memcpy(memory, &u, 2); break;
    case ENV: case SAVE: {
      uint32_t words[7] = { 0xffff0000u | (uint16_t)u, 0xffff0000u | (uint16_t)(u >> 16), 0xffff0000u | (uint16_t)(u >> 32), 0, 0, 0, 0 };
      memcpy(memory, words, 28);
      for (int i = 0; i < 8; i++) { x = operand(GENERAL, 0); memcpy(memory + 28 + 10 * i, &x, 10); }
      break;
    }
  }
}

int main(int argc, char **argv) {
  int factor = argc > 2 ? atoi(argv[2]) : 1, hard = argc > 2;
  if (argc > 1) for (uint64_t seed = strtoull(argv[1], 0, 0), n = 0; n < 8; n++) state ^= seed << n * 7, next();
  printf("{\"operations\":[");
  for (int i = 0; i < OP_COUNT; i++) {
    printf("%s{\"code\":\"%s\",\"sti\":%d,\"bytes\":%d,\"store\":%s}", i ? "," : "", ops[i].code, ops[i].sti, ops[i].size, ops[i].kind == STORE ? "true" : "false");
  }
  printf("]}\n");
  for (int i = 0; i < OP_COUNT; i++) {
    int wanted = argc <= 3;
    for (int a = 3; a < argc; a++) wanted |= !strcmp(argv[a], ops[i].code);
    for (int n = 0; wanted && n < ops[i].count * factor; n++) {
      memset(&in, 0, sizeof in);
      in.mxcsr = 0x1f80;
      in.fcw = (uint16_t)(0x40 | (below(4) ? 0x3f : below(3) ? 0x3f & ~(1 << below(6)) : below(64)) | (below(2) ? 3 : below(4)) << 8 | (below(2) ? 0 : below(4)) << 10);
      unsigned top = below(3) ? 6 : below(8);
      in.fsw = (uint16_t)(top << 11 | (next() & 0x4700) | (below(5) ? 0 : next() & in.fcw & 0x3f) | (below(8) ? 0 : 0x40));
      int load = ops[i].kind >= F32 && ops[i].kind <= BCD;
      in.ftw = 0xff;
      if (load || !below(3)) in.ftw &= ~(1 << ((top + 7) & 7));
      if (load && !below(8)) in.ftw = 0xff;
      if (!below(25)) in.ftw &= ~(1 << top);
      if (!below(25)) in.ftw &= ~(1 << ((top + 1) & 7));
      if (!below(40)) in.ftw = (uint8_t)next();
      for (int r = 0; r < 8; r++) { in.st[r].value.significand = 0xc000000000000000u + r; in.st[r].value.exponent = (uint16_t)(0x4000 + r); }
      in.st[0].value = operand(ops[i].weight, 0);
      in.st[1].value = operand(ops[i].weight, &in.st[0].value);
      if (hard && below(2)) in.st[0].value = hard_operand(ops[i].weight, 0);
      if (hard && below(2)) in.st[1].value = hard_operand(ops[i].weight, &in.st[0].value);
      if (ops[i].weight == ANY_LOGARITHM && below(10)) in.st[0].value.exponent &= ops[i].run == run_Fpatan ? 0xffff : 0x7fff;
      if (ops[i].weight == SMALL && below(2)) in.st[1].value = (f80){ 0x8000000000000000u, 0x3fff };
      if (ops[i].weight == RATIO && below(2)) in.st[1].value = operand(INTEGER, 0);
      memory_operand(ops[i].kind, ops[i].weight);
      flags_in = 0x202 | (next() & 0x8d5);
      uint8_t before[128];
      memcpy(before, memory, sizeof before);
      ops[i].run();
      uint8_t index = (uint8_t)i, changed = 0;
      uint16_t f = (uint16_t)(flags_in & 0x8d5);
      put(&index, 1); put(&in.fcw, 2); put(&in.fsw, 2); put(&in.ftw, 1); put(&f, 2);
      put(&in.st[0].value, 10); put(&in.st[1].value, 10);
      if (ops[i].kind != NONE && ops[i].kind != STORE) put(before, ops[i].size);
      f = (uint16_t)(flags_out & 0x8d5);
      unsigned newtop = out.fsw >> 11 & 7;
      f80 now[8];
      for (unsigned r = 0; r < 8; r++) {
        now[r] = out.st[(r - newtop) & 7].value;
        if (memcmp(&now[r], &in.st[(r - top) & 7].value, 10)) changed |= 1 << r;
      }
      put(&out.fcw, 2); put(&out.fsw, 2); put(&out.ftw, 1); put(&f, 2); put(&changed, 1);
      for (int r = 0; r < 8; r++) if (changed >> r & 1) put(&now[r], 10);
      if (ops[i].kind == STORE) put(memory, ops[i].size);
    }
  }
  return 0;
}
