// Instructions of the table that have no vector in data/, and where they are tested instead, by the pattern of their Code's name.

export const ELSEWHERE: readonly (readonly [reason: string, names: RegExp])[] = [
  ['x87 has a recording of its own', /^(F(?!xsave|xrstor)|Wait$)/],
  ['MMX has a recording of its own', /_mm\b|_mm_|_mmm|^Emms$|_mm$|_mmi/],
  ['moves whole areas: test/machine/cpu/xsave, and guests/plain/xsave_areas.c natively', /^(Fxsave|Fxrstor|Xsave|Xrstor|Xgetbv)/],
  [
    'reaches the kernel that vectors are recorded under: guests/plain/traps.c natively',
    /^(Syscall|Int1|Int_imm8|Xsetbv|Wrmsr|Rdmsr|Rdpmc|Swapgs)/,
  ],
  ['answered by the kernel in place of #GP (UMIP)', /^(Sgdt|Sidt|Sldt|Str|Smsw)_/],
  ['depends on the GDT: guests/plain/segments.c natively', /^(Mov_Sreg|Pop[wq]_[FG]S|Lar_|Lsl_|Verr_|Verw_)/],
  ['what it says is the machine’s own: test/machine/cpu/xsave/cpuid.test.ts and time.test.ts', /^(Cpuid|Rdtscp?)$/],
  ['no processor at hand has it: test/machine/uintr', /^(Uiret|Testui|Clui|Stui|Senduipi_r64)$/],
  ['newer processors do something else where this one, as it reports, executes BSF and BSR', /^(Tzcnt|Lzcnt)_/],
  ['a hint that does nothing here and something on newer processors', /^(Endbr|Cldemote|Prefetch|Bnd|Rdssp)/],
  ['makers differ', /^(Sysexit|Sysret|Wbnoinvd|Ud0)/],
];

/** Addressing that cannot be written, or that is never looked at because the instruction is #GP in user mode. */
export const NO_SHAPE: readonly (readonly [reason: string, names: RegExp])[] = [
  ['an absolute address has no index', /^Mov_(moffs|[AER]+X?L?_moffs)/],
  ['#GP before its operand', /^(Lgdt|Lidt|Lldt|Ltr|Lmsw|Invlpg|Ins[bwd]|Outs[bwd])_/],
  ['a hint without an operand size of its own', /^Reservednop_/],
];
