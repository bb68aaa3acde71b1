// Names an instruction that this processor lacks, and what to tell the compiler instead.

import { CpuidFeature, Decoder, DecoderOptions, Mnemonic } from 'iced-x86';
import type { UnsupportedInstruction } from './exit.ts';

const LEVELS: readonly (readonly [RegExp, string])[] = [
  [/^(SSE3|SSSE3|SSE4_1|SSE4_2|POPCNT|CMPXCHG16B)$/, '-march=x86-64'],
  [/^(AVX|FMA|BMI|LZCNT|MOVBE|F16C|ADX|AES|PCLMULQDQ|SHA|VAES|GFNI|XOP|TBM|KNC)/, '-march=x86-64'],
];

/** Null if the bytes are no instruction of any processor. */
export function describeUnsupported(bytes: Uint8Array): UnsupportedInstruction | null {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  const instruction = decoder.decode();
  decoder.free();
  const invalid = instruction.isInvalid;
  const mnemonic = Mnemonic[instruction.mnemonic]!.toLowerCase();
  const feature = CpuidFeature[instruction.cpuidFeatures()[0]!]!;
  instruction.free();
  if (invalid) return null;
  const flag = LEVELS.find(([pattern]) => pattern.test(feature))?.[1] ?? `-mno-${feature.toLowerCase().replaceAll('_', '-')}`;
  return { mnemonic, bytes, feature, remedy: flag };
}
