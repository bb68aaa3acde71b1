// x87 instructions by iced's Code name. The arithmetic is in ../x87.

import { arithmeticInstructions } from '../x87/arithmetic-instructions.ts';
import { compareInstructions } from '../x87/compare-instructions.ts';
import { controlInstructions } from '../x87/control-instructions.ts';
import { transcendentalInstructions } from '../x87/transcendental-instructions.ts';
import { transferInstructions } from '../x87/transfer-instructions.ts';
import type { Helper } from './helper.ts';

export const x87Helpers: Readonly<Record<string, Helper>> = {
  ...transferInstructions,
  ...arithmeticInstructions,
  ...compareInstructions,
  ...transcendentalInstructions,
  ...controlInstructions,
};
