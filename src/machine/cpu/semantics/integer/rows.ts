// The integer instructions of x86-64-v1, merged.

import type { Code } from 'iced-x86';
import type { Row } from '../context.ts';
import { arithmeticRows } from './arithmetic.ts';
import { bitRows } from './bits.ts';
import { controlRows } from './control.ts';
import { flagRows } from './flags.ts';
import { moveRows } from './moves.ts';
import { multiplyRows } from './multiply.ts';
import { shiftRows } from './shifts.ts';
import { stringRows } from './strings.ts';
import { systemRows } from './system.ts';

export const integerRows: ReadonlyMap<Code, Row> = new Map(
  [arithmeticRows, multiplyRows, shiftRows, bitRows, moveRows, controlRows, stringRows, flagRows, systemRows].flat(),
);
