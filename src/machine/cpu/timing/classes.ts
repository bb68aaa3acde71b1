// Latency, micro-operations and ports of every instruction, by class: Golden Cove, the core of Sapphire Rapids, which all presets restate.
// Sources: uops.info (Alder Lake-P) and LLVM's scheduling model of Alder Lake-P, which is made from it; Agner Fog's instruction tables;
// Intel's Optimization Reference Manual. Where they give a range, its middle. A class is of the operation itself: what a memory operand adds is added by memory.ts.

import type { PortGroup } from './ports.ts';

export interface TimingClass {
  readonly name: string;
  /** Cycles from its last input to its result. */
  readonly latency: number;
  /** Micro-operations in the fused domain, without those of memory operands. */
  readonly issue: number;
  /** How many micro-operations (or cycles, of a unit that is not pipelined) on which ports. */
  readonly ports: readonly (readonly [PortGroup, number])[];
  /** Cycles during which nothing else goes on: locked, serialising and microcoded instructions. */
  readonly serial: number;
}

interface Row {
  readonly latency: number;
  readonly issue?: number;
  readonly ports?: Readonly<Partial<Record<PortGroup, number>>>;
  readonly serial?: number;
  /** iced's mnemonics; "Name:cl" by a count in CL, "Name:64", "Name:128" an implicit operand of RDX:RAX. */
  readonly of: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  arithmetic: {
    latency: 1,
    ports: { any: 1 },
    of: 'Add Sub And Or Xor Cmp Test Inc Dec Neg Not Mov Movzx Movsx Movsxd Cbw Cwde Cdqe Lea Cmc Stc',
  },
  'carry, condition, shift': {
    latency: 1,
    ports: { shift: 1 },
    of: `Adc Sbb Shl Sal Shr Sar Rol Ror Cwd Cdq Cqo
      Cmovo Cmovno Cmovb Cmovae Cmove Cmovne Cmovs Cmovns Cmovp Cmovnp Cmovl Cmovge Cmovle Cmovg
      Seto Setno Setb Setae Sete Setne Sets Setns Setp Setnp Setl Setge Setle Setg`,
  },
  'bit test, byte swap of 32 bits': { latency: 1, ports: { multiply: 1 }, of: 'Bt Bts Btr Btc Bswap:32' },
  'flags and AH': { latency: 3, ports: { shift: 1 }, of: 'Sahf Lahf' },
  'condition of two flags': { latency: 2, issue: 2, ports: { shift: 2 }, of: 'Cmovbe Cmova Setbe Seta' },
  'shift by CL': { latency: 2, issue: 2, ports: { shift: 2 }, of: 'Shl:cl Sal:cl Shr:cl Sar:cl Rol:cl Ror:cl' },
  'rotate through carry': { latency: 3, issue: 3, ports: { shift: 2, any: 1 }, of: 'Rcl Rcr' },
  'rotate through carry by CL': { latency: 6, issue: 8, ports: { any: 8 }, of: 'Rcl:cl Rcr:cl' },
  'double shift': { latency: 3, ports: { multiply: 1 }, of: 'Shld Shrd' },
  'double shift by CL': { latency: 5, issue: 3, ports: { multiply: 1, shift: 1, any: 1 }, of: 'Shld:cl Shrd:cl' },
  'bit scan, CRC': { latency: 3, ports: { multiply: 1 }, of: 'Bsf Bsr Tzcnt Lzcnt Popcnt Crc32' },
  'byte swap': { latency: 2, issue: 2, ports: { multiply: 1, shift: 1 }, of: 'Bswap' },
  multiplication: { latency: 3, ports: { multiply: 1 }, of: 'Imul' },
  'multiplication, double result': { latency: 4, issue: 2, ports: { multiply: 1, enter: 1 }, of: 'Mul Imul:wide' },
  division: { latency: 12, issue: 4, ports: { multiply: 6 }, of: 'Div Idiv' },
  'division of 128 bits': { latency: 15, issue: 4, ports: { multiply: 10 }, of: 'Div:128 Idiv:128' },
  exchange: { latency: 2, issue: 3, ports: { any: 3 }, of: 'Xchg Xadd' },
  'compare and exchange': { latency: 3, issue: 5, ports: { any: 3, shift: 2 }, of: 'Cmpxchg' },
  'compare and exchange, wide': { latency: 16, issue: 18, ports: { any: 18 }, of: 'Cmpxchg8b Cmpxchg16b' },
  'no operation': {
    latency: 0,
    of: `Nop Endbr64 Endbr32 Cldemote Prefetchit0 Prefetchit1 Reservednop Prefetch Prefetchw Prefetchwt1 Prefetchnta Prefetcht0 Prefetcht1
      Prefetcht2 Rdsspd Rdsspq Bndmov Bndcl Bndcu Bndcn Bndmk Bndldx Bndstx Fnop Fstpnce Fneni Fndisi Fnsetpm Clc Wait`,
  },
  'stack, return': { latency: 0, of: 'Push Pop' },
  'stack frame': { latency: 1, issue: 2, ports: { any: 1 }, of: 'Leave' },
  'stack frame, nested': { latency: 8, issue: 10, ports: { any: 8 }, of: 'Enter' },
  flags: { latency: 3, issue: 3, ports: { any: 3 }, of: 'Pushf Pushfq Cld Std' },
  'flags, serialising': { latency: 10, issue: 9, ports: { any: 9 }, serial: 10, of: 'Popf Popfq' },
  'conditional branch': { latency: 1, ports: { shift: 1 }, of: 'Jo Jno Jb Jae Je Jne Jbe Ja Js Jns Jp Jnp Jl Jge Jle Jg' },
  'conditional branch on RCX': { latency: 2, issue: 2, ports: { shift: 1, any: 1 }, of: 'Jecxz Jrcxz' },
  'loop instruction': { latency: 3, issue: 7, ports: { any: 6, shift: 1 }, of: 'Loop Loope Loopne' },
  jump: { latency: 1, ports: { jump: 1 }, of: 'Jmp' },
  call: { latency: 1, issue: 2, ports: { jump: 1 }, of: 'Call' },
  return: { latency: 1, issue: 2, ports: { jump: 1 }, of: 'Ret' },
  // The latency is that of RSI, RDI and RCX.
  string: { latency: 1, issue: 3, ports: { any: 2 }, of: 'Stosb Stosw Stosd Stosq Lodsb Lodsw Lodsd Lodsq Xlatb' },
  'string move': { latency: 1, issue: 5, ports: { any: 2 }, serial: 3, of: 'Movsb Movsw Movsq Movsd:string' },
  'string comparison': { latency: 1, issue: 5, ports: { any: 3 }, of: 'Cmpsb Cmpsw Cmpsd Cmpsq Scasb Scasw Scasd Scasq' },
  // What a row of the cost table pays for, and what only raises an exception.
  'paid elsewhere': {
    latency: 0,
    serial: 1,
    of: `Syscall Int3 Int1 Int Ud2 Ud0 Ud1 Cpuid Uiret Testui Clui Stui Senduipi Hlt Cli Sti Clts Invd Wbinvd Wbnoinvd Wrmsr Rdmsr Rdpmc
      Sysexit Sysexitq Sysret Sysretq Swapgs Invlpg In Out Insb Insw Insd Outsb Outsw Outsd Lgdt Lidt Sgdt Sidt Lldt Ltr Lmsw Sldt Str Smsw
      Xsetbv`,
  },
  // Its delay (some 140 cycles) is one of the front end, which an interrupt ends; an instruction here ends before an interrupt is taken.
  'pause, without its delay': { latency: 0, serial: 1, of: 'Pause' },
  'time stamp': { latency: 25, issue: 15, serial: 25, of: 'Rdtsc' },
  'time stamp, ordered': { latency: 32, issue: 22, serial: 32, of: 'Rdtscp' },
  'load fence': { latency: 6, issue: 3, serial: 6, of: 'Lfence' },
  'store fence': { latency: 6, issue: 2, serial: 6, of: 'Sfence' },
  'full fence': { latency: 33, issue: 4, serial: 33, of: 'Mfence' },
  'cache line flush': { latency: 5, issue: 4, ports: { any: 4 }, of: 'Clflush' },
  'extended state': {
    latency: 100,
    issue: 100,
    serial: 100,
    of: `Fxsave Fxsave64 Fxrstor Fxrstor64 Xsave Xsave64 Xrstor Xrstor64 Xsaveopt Xsaveopt64 Xrstors Xrstors64 Xsavec Xsavec64 Xsaves Xsaves64
      Frstor Fnsave`,
  },
  // Assumed: the tables give some 60 cycles for older cores.
  'descriptor look-up': { latency: 60, issue: 20, serial: 20, of: 'Lar Lsl Verr Verw' },
  'control register read': { latency: 8, issue: 8, serial: 8, of: 'Xgetbv' },
  'MXCSR load': { latency: 5, issue: 3, ports: { divide: 1, any: 2 }, of: 'Ldmxcsr' },
  'MXCSR store': { latency: 4, issue: 2, ports: { divide: 1 }, of: 'Stmxcsr' },
  'vector move, logic, addition': {
    latency: 1,
    ports: { vector: 1 },
    of: `Movaps Movapd Movdqa Movups Movupd Movdqu Lddqu Movntdqa Movntps Movntpd Movntdq Movntq Movnti Movss Movsd
      Paddb Paddw Paddd Paddq Paddsb Paddsw Paddusb Paddusw Psubb Psubw Psubd Psubq Psubsb Psubsw Psubusb Psubusw
      Pand Por Pxor Pandn Andps Andpd Orps Orpd Xorps Xorpd Andnps Andnpd Psignb Psignw Psignd Pabsb Pabsw Pabsd
      Blendps Blendpd`,
  },
  'vector compare, shift': {
    latency: 1,
    ports: { float: 1 },
    of: `Pcmpeqb Pcmpeqw Pcmpeqd Pcmpeqq Pcmpgtb Pcmpgtw Pcmpgtd Pminub Pmaxub Pminsw Pmaxsw Pminsb Pminsd Pminuw Pminud Pmaxsb Pmaxsd Pmaxuw
      Pmaxud Pavgb Pavgw Psllw Pslld Psllq Psrlw Psrld Psrlq Psraw Psrad`,
  },
  shuffle: {
    latency: 1,
    ports: { add: 1 },
    of: `Pslldq Psrldq Pshufd Pshuflw Pshufhw Pshufw Shufps Shufpd Punpcklbw Punpckhbw Punpcklwd Punpckhwd Punpckldq Unpcklps Punpckhdq Unpckhps
      Punpcklqdq Unpcklpd Punpckhqdq Unpckhpd Packsswb Packuswb Packssdw Packusdw Movlps Movlpd Movhps Movhpd Movhlps Movlhps Movsldup
      Movshdup Movddup Pshufb Palignr Pmovsxbw Pmovsxbd Pmovsxbq Pmovsxwd Pmovsxwq Pmovsxdq Pmovzxbw Pmovzxbd Pmovzxbq Pmovzxwd Pmovzxwq
      Pmovzxdq Insertps Pblendw`,
  },
  'variable blend': { latency: 1, ports: { vector: 1 }, of: 'Pblendvb Blendvps Blendvpd' },
  'general to vector': { latency: 3, ports: { enter: 1 }, of: 'Movd Movq' },
  'vector to general': { latency: 3, ports: { divide: 1 }, of: 'Movd:out Movq:out Movmskps Movmskpd Pmovmskb' },
  'between MMX and XMM': { latency: 2, issue: 2, ports: { enter: 1, float: 1 }, of: 'Movq2dq Movdq2q' },
  'vector insert': { latency: 4, issue: 2, ports: { enter: 1, add: 1 }, of: 'Pinsrb Pinsrw Pinsrd Pinsrq' },
  'vector extract': { latency: 4, issue: 2, ports: { divide: 1, add: 1 }, of: 'Pextrb Pextrw Pextrd Pextrq Extractps' },
  'vector multiplication': {
    latency: 5,
    ports: { float: 1 },
    of: 'Pmullw Pmulhw Pmulhuw Pmuludq Pmuldq Pmaddwd Pmaddubsw Pmulhrsw',
  },
  'vector multiplication of 32 bits': { latency: 10, issue: 2, ports: { float: 2 }, of: 'Pmulld' },
  'sum of differences, long compare': { latency: 3, ports: { enter: 1 }, of: 'Psadbw Pcmpgtq' },
  'minimum position': { latency: 4, ports: { divide: 1 }, of: 'Phminposuw' },
  'sums of differences': { latency: 4, issue: 2, ports: { enter: 1, add: 1 }, of: 'Mpsadbw' },
  'horizontal integer': { latency: 2, issue: 3, ports: { add: 2, vector: 1 }, of: 'Phaddw Phaddd Phaddsw Phsubw Phsubd Phsubsw' },
  'vector test': { latency: 4, issue: 2, ports: { divide: 1, enter: 1 }, of: 'Ptest' },
  'floating-point addition': {
    latency: 3,
    ports: { add: 1 },
    of: 'Addps Addpd Addss Addsd Subps Subpd Subss Subsd Addsubps Addsubpd',
  },
  'floating-point multiplication, comparison, conversion': {
    latency: 4,
    ports: { float: 1 },
    of: `Mulps Mulpd Mulss Mulsd Minps Minpd Minss Minsd Maxps Maxpd Maxss Maxsd Cmpps Cmppd Cmpss Cmpsd:vector Cvtdq2ps Cvtps2dq Cvttps2dq`,
  },
  'comparison into flags': { latency: 3, ports: { divide: 1 }, of: 'Ucomiss Ucomisd Comiss Comisd' },
  'horizontal floating-point': { latency: 6, issue: 3, ports: { add: 3 }, of: 'Haddps Haddpd Hsubps Hsubpd' },
  'dot product of two': { latency: 9, issue: 3, ports: { float: 2, add: 1 }, of: 'Dppd' },
  'dot product of four': { latency: 14, issue: 6, ports: { float: 2, shift: 1, add: 2, enter: 1 }, of: 'Dpps' },
  rounding: { latency: 8, issue: 2, ports: { float: 2 }, of: 'Roundss Roundsd Roundps Roundpd' },
  'division, single': { latency: 11, ports: { divide: 3 }, of: 'Divps Divss' },
  'division, double': { latency: 14, ports: { divide: 4 }, of: 'Divpd Divsd' },
  'square root, single': { latency: 12, ports: { divide: 3 }, of: 'Sqrtps Sqrtss' },
  'square root, double': { latency: 18, ports: { divide: 6 }, of: 'Sqrtpd Sqrtsd' },
  approximation: { latency: 4, ports: { divide: 1 }, of: 'Rcpss Rcpps Rsqrtss Rsqrtps' },
  'integer to floating-point': { latency: 7, issue: 2, ports: { float: 1, enter: 1 }, of: 'Cvtsi2ss Cvtsi2sd Cvtpi2ps Cvtpi2pd' },
  'floating-point to integer': {
    latency: 7,
    issue: 2,
    ports: { divide: 1, float: 1 },
    of: 'Cvtss2si Cvtsd2si Cvttss2si Cvttsd2si Cvtps2pi Cvttps2pi Cvtpd2pi Cvttpd2pi',
  },
  'conversion of width': {
    latency: 5,
    issue: 2,
    ports: { float: 1, enter: 1 },
    of: 'Cvtss2sd Cvtsd2ss Cvtdq2pd Cvtpd2dq Cvttpd2dq Cvtpd2ps Cvtps2pd',
  },
  'masked store': { latency: 6, issue: 10, ports: { divide: 1, any: 8 }, of: 'Maskmovdqu Maskmovq' },
  'strings of implicit length': { latency: 11, issue: 3, ports: { divide: 3 }, of: 'Pcmpistrm Pcmpistri' },
  'strings of explicit length': {
    latency: 16,
    issue: 8,
    ports: { divide: 3, vector: 2, shift: 1, multiply: 1, enter: 1 },
    of: 'Pcmpestrm Pcmpestrm64 Pcmpestri Pcmpestri64',
  },
  'x87 move': { latency: 1, ports: { float: 1 }, of: 'Fld Fst Fstp Ffree Ffreep Fdecstp Fincstp' },
  'x87 sign': { latency: 1, ports: { divide: 1 }, of: 'Fchs Fabs' },
  'x87 exchange': { latency: 0, of: 'Fxch' },
  'x87 constant': { latency: 1, issue: 2, ports: { float: 2 }, of: 'Fld1 Fldl2t Fldl2e Fldpi Fldlg2 Fldln2 Fldz' },
  'x87 addition': { latency: 3, ports: { enter: 1 }, of: 'Fadd Faddp Fsub Fsubp Fsubr Fsubrp' },
  'x87 multiplication': { latency: 4, ports: { divide: 1 }, of: 'Fmul Fmulp' },
  'x87 division': { latency: 15, ports: { divide: 5 }, of: 'Fdiv Fdivp Fdivr Fdivrp' },
  'x87 with an integer': { latency: 8, issue: 2, ports: { enter: 2 }, of: 'Fiadd Fisub Fisubr Ficom Ficomp Fild' },
  'x87 multiplication by an integer': { latency: 9, issue: 2, ports: { enter: 1, divide: 1 }, of: 'Fimul' },
  'x87 division with an integer': { latency: 20, issue: 2, ports: { enter: 1, divide: 5 }, of: 'Fidiv Fidivr' },
  'x87 comparison': {
    latency: 3,
    ports: { enter: 1 },
    of: 'Fcom Fcomp Fucom Fucomp Fcompp Fucompp Ftst Fucomi Fcomi Fucomip Fcomip',
  },
  'x87 conditional move': {
    latency: 3,
    issue: 3,
    ports: { float: 2, enter: 1 },
    of: 'Fcmovb Fcmove Fcmovbe Fcmovu Fcmovnb Fcmovne Fcmovnbe Fcmovnu Fxam',
  },
  'x87 to integer': { latency: 6, issue: 3, ports: { divide: 1, enter: 1 }, of: 'Fist Fistp Fisttp' },
  'x87 square root': { latency: 21, ports: { divide: 7 }, of: 'Fsqrt' },
  'x87 remainder, scaling': { latency: 26, issue: 28, ports: { any: 20 }, of: 'Fprem Fprem1 Fscale Fxtract Frndint' },
  'x87 transcendental': { latency: 80, issue: 70, ports: { any: 60 }, of: 'F2xm1 Fyl2x Fyl2xp1 Fpatan Fptan Fsin Fcos Fsincos' },
  'x87 decimal': { latency: 120, issue: 120, ports: { any: 100 }, of: 'Fbld Fbstp' },
  'x87 status': { latency: 3, issue: 2, ports: { divide: 1 }, of: 'Fnstsw Fnstcw' },
  'x87 control': { latency: 7, issue: 3, ports: { any: 3 }, of: 'Fldcw Fnclex' },
  'MMX end': { latency: 10, issue: 10, ports: { any: 10 }, of: 'Emms' },
  'x87 environment': { latency: 40, issue: 60, serial: 20, of: 'Fldenv Fnstenv Fninit' },
};

/** By mnemonic with its variant, as in the rows. */
export const TIMING_CLASSES: ReadonlyMap<string, TimingClass> = new Map(
  Object.entries(ROWS).flatMap(([name, row]) => {
    const timing: TimingClass = {
      name,
      latency: row.latency,
      issue: row.issue ?? 1,
      ports: Object.entries(row.ports ?? {}) as [PortGroup, number][],
      serial: row.serial ?? 0,
    };
    return row.of
      .trim()
      .split(/\s+/)
      .map((mnemonic): [string, TimingClass] => [mnemonic, timing]);
  }),
);
