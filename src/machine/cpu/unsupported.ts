// Names an instruction that this processor lacks, and what to do about it.

import { CpuidFeature, Decoder, DecoderError, DecoderOptions, Mnemonic } from 'iced-x86';
import type { UnsupportedInstruction } from './exit.ts';
import { MAX_INSTRUCTION } from './decode/block-decoder.ts';
import { ABSENT } from './semantics/absent.ts';

/** Features that come with a compiler's choice of instruction set. */
const ISA =
  /^(SSE3|SSSE3|SSE4|POPCNT|CMPXCHG16B|AVX|FMA|BMI|LZCNT|MOVBE|F16C|ADX|AES|VAES|PCLMUL|VPCLMUL|SHA|GFNI|RDRAND|RDSEED|CLFLUSHOPT|CLWB|FSGSBASE|PREFETCHW|XOP|TBM|AMX|WAITPKG|MOVDIR|SERIALIZE|PTWRITE|RDPID|ENQCMD|CMPCCXADD|RAO)/;

/** What the compiler is told so that it keeps to a level. */
const MARCH = { 'x86-64-v1': '-march=x86-64', 'x86-64-v2': '-march=x86-64-v2' } as const;

/** Null if the bytes are no instruction of any processor. */
export function describeUnsupported(bytes: Uint8Array, level: keyof typeof MARCH): UnsupportedInstruction | null {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  const instruction = decoder.decode();
  decoder.free();
  const { isInvalid, code } = instruction;
  const mnemonic = Mnemonic[instruction.mnemonic]!.toLowerCase();
  const features = [...instruction.cpuidFeatures()].map((number) => CpuidFeature[number]!);
  // FISTTP needs FPU and SSE3: the one that a compiler leaves out.
  const feature = features.find((name) => ISA.test(name)) ?? features[0]!;
  instruction.free();
  if (isInvalid) return null;
  const remedy =
    ABSENT.get(code) ?? (ISA.test(feature) ? MARCH[level] : feature.startsWith('CET') ? '-fcf-protection=none' : `do not use ${feature}`);
  return { mnemonic, bytes, feature, remedy };
}

/** The first 15 bytes of an instruction that has more: #GP(0), not #UD. Such a one begins with a prefix, and lacks bytes without it too. */
export function isTooLong(bytes: Uint8Array): boolean {
  if (bytes.length < MAX_INSTRUCTION) return false;
  const decoder = new Decoder(64, bytes.subarray(1), DecoderOptions.None);
  decoder.decode().free();
  const lacking = decoder.lastError === DecoderError.NoMoreBytes;
  decoder.free();
  return lacking;
}
