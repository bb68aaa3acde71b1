// Every instruction that writes an XMM register and takes two: what is known of its lanes afterwards must be true of them.

export interface LaneWriter {
  readonly name: string;
  /** Without ModRM and immediate. */
  readonly opcode: string;
  readonly immediate?: number;
  /** What its second operand may be; stored: the first is its second in the encoding. */
  readonly forms: readonly ('register' | 'same' | 'memory' | 'stored' | 'general')[];
}

const BOTH = ['register', 'same', 'memory'] as const;

const named = (names: string, opcodes: string, forms: LaneWriter['forms'] = BOTH): LaneWriter[] => {
  const codes = opcodes.split(' ');
  return names.split(' ').map((name, n) => ({ name, opcode: codes[n]!, forms }));
};
const selecting = (name: string, opcode: string, immediates: readonly number[], forms: LaneWriter['forms'] = BOTH): LaneWriter[] =>
  immediates.map((immediate) => ({ name: `${name} ${immediate.toString(16)}`, opcode, immediate, forms }));

export const writers: readonly LaneWriter[] = [
  ...named('MOVAPS MOVAPD MOVDQA MOVUPS MOVUPD MOVDQU MOVSS MOVSD MOVQ', '0f28 660f28 660f6f 0f10 660f10 f30f6f f30f10 f20f10 f30f7e'),
  ...named('MOVAPS MOVAPD MOVDQA MOVUPS MOVUPD MOVDQU', '0f29 660f29 660f7f 0f11 660f11 f30f7f', ['stored']),
  ...named('MOVSS MOVSD MOVQ', 'f30f11 f20f11 660fd6', ['stored']),
  ...named('MOVLPS MOVLPD MOVHPS MOVHPD LDDQU MOVNTDQA', '0f12 660f12 0f16 660f16 f20ff0 660f382a', ['memory']),
  ...named('MOVHLPS MOVLHPS', '0f12 0f16', ['register', 'same']),
  ...named('MOVD MOVQ', '660f6e 66480f6e', ['general', 'memory']),
  ...named('MOVSLDUP MOVSHDUP MOVDDUP', 'f30f12 f30f16 f20f12'),
  ...named('UNPCKLPS UNPCKHPS UNPCKLPD UNPCKHPD', '0f14 0f15 660f14 660f15'),
  ...named('PUNPCKLBW PUNPCKLWD PUNPCKLDQ PUNPCKLQDQ', '660f60 660f61 660f62 660f6c'),
  ...named('PUNPCKHBW PUNPCKHWD PUNPCKHDQ PUNPCKHQDQ', '660f68 660f69 660f6a 660f6d'),
  ...named('PACKSSWB PACKUSWB PACKSSDW PACKUSDW', '660f63 660f67 660f6b 660f382b'),
  ...named('ANDPS ANDPD PAND ANDNPS PANDN ORPS POR XORPS XORPD PXOR', '0f54 660f54 660fdb 0f55 660fdf 0f56 660feb 0f57 660f57 660fef'),
  ...named('PADDB PADDD PADDQ PSUBB PSUBD PSUBQ PMULLD PMULUDQ', '660ffc 660ffe 660fd4 660ff8 660ffa 660ffb 660f3840 660ff4'),
  ...named('PCMPEQD PCMPGTD PCMPEQQ PCMPGTQ PMINSD PMAXUD', '660f76 660f66 660f3829 660f3837 660f3839 660f383f'),
  ...named('PSLLD PSLLQ PSRLD PSRLQ PSHUFB PABSD', '660ff2 660ff3 660fd2 660fd3 660f3800 660f381e'),
  ...named('PBLENDVB BLENDVPS BLENDVPD', '660f3810 660f3814 660f3815'),
  ...named('PMOVSXDQ PMOVZXDQ PMOVZXWD PHMINPOSUW', '660f3825 660f3835 660f3833 660f3841'),
  ...named('MINPS MINPD MINSS MINSD MAXPS MAXSD', '0f5d 660f5d f30f5d f20f5d 0f5f f20f5f'),
  ...named('ADDPS ADDPD ADDSS ADDSD MULSS MULSD', '0f58 660f58 f30f58 f20f58 f30f59 f20f59'),
  ...named('SQRTPS SQRTPD SQRTSS SQRTSD', '0f51 660f51 f30f51 f20f51'),
  ...named('HADDPS HADDPD ADDSUBPS ADDSUBPD', 'f20f7c 660f7c f20fd0 660fd0'),
  ...named('CVTPS2PD CVTPD2PS CVTSS2SD CVTSD2SS CVTDQ2PS CVTDQ2PD', '0f5a 660f5a f30f5a f20f5a 0f5b f30fe6'),
  ...named('CVTPS2DQ CVTTPS2DQ CVTPD2DQ CVTTPD2DQ', '660f5b f30f5b f20fe6 660fe6'),
  ...named('CVTSI2SS CVTSI2SD', 'f3480f2a f2480f2a', ['general']),
  ...selecting('PSHUFD', '660f70', [0x00, 0x1b, 0x4e, 0x93]),
  ...selecting('PSHUFLW', 'f20f70', [0xe4, 0x4e]),
  ...selecting('PSHUFHW', 'f30f70', [0xe4, 0x1b]),
  ...selecting('SHUFPS', '0fc6', [0x00, 0xe4, 0x4e, 0x39]),
  ...selecting('SHUFPD', '660fc6', [0, 1, 2, 3]),
  ...selecting('PALIGNR', '660f3a0f', [0, 4, 8, 12, 16, 20, 3]),
  ...selecting('BLENDPS', '660f3a0c', [0, 1, 6, 8, 15]),
  ...selecting('BLENDPD', '660f3a0d', [0, 1, 2, 3]),
  ...selecting('PBLENDW', '660f3a0e', [0x0f, 0x30, 0x01]),
  ...selecting('INSERTPS', '660f3a21', [0x00, 0x10, 0xa0, 0x31, 0x4e]),
  ...selecting('PINSRD', '660f3a22', [0, 1, 3], ['general', 'memory']),
  ...selecting('PINSRQ', '66480f3a22', [0, 1], ['general', 'memory']),
  ...selecting('PINSRB', '660f3a20', [3, 15], ['general']),
  ...selecting('PINSRW', '660fc4', [1, 3], ['general', 'memory']),
  ...selecting('ROUNDPS', '660f3a08', [0, 8]),
  ...selecting('ROUNDPD', '660f3a09', [1]),
  ...selecting('ROUNDSS', '660f3a0a', [2]),
  ...selecting('ROUNDSD', '660f3a0b', [11]),
  ...selecting('CMPPS', '0fc2', [0, 1, 4]),
  ...selecting('CMPPD', '660fc2', [0, 5]),
  ...selecting('CMPSS', 'f30fc2', [0, 3]),
  ...selecting('CMPSD', 'f20fc2', [0, 2]),
  ...selecting('DPPS', '660f3a40', [0xf1]),
  ...selecting('DPPD', '660f3a41', [0x31]),
  ...selecting('MPSADBW', '660f3a42', [0]),
];

/** Vectors by their two halves, in which some lanes are zero or normal, as singles or as doubles, and some are not. */
export const VECTORS: readonly (readonly [low: bigint, high: bigint])[] = [
  [0x4000_0000_3f80_0000n, 0x4080_0000_4040_0000n], // 1, 2, 3, 4: normal as doubles, too
  [0n, 0n],
  [0x3ff0_0000_0000_0001n, 0x4000_0000_0000_0003n], // normal doubles, denormal singles
  [0x0000_0000_3f80_0000n, 0x0000_0000_4000_0000n], // normal singles, denormal doubles
  [0x4000_0000_3f80_0000n, 0x0000_0000_4000_0000n],
  [0x0000_0000_3f80_0000n, 0x4080_0000_4040_0000n],
  [0x4000_0000_0000_0001n, 0x4080_0000_4040_0000n], // one denormal single
  [0x0000_0001_3f80_0000n, 0x4080_0000_4040_0000n],
  [0x4000_0000_3f80_0000n, 0x4080_0000_8000_0001n],
  [0x4000_0000_3f80_0000n, 0x0000_0001_4040_0000n],
  [0x0000_0000_0000_0001n, 0x8000_0000_0000_0001n],
  [0x7ff0_0000_7f80_0000n, 0x7ff8_0000_ffc0_0000n],
];
