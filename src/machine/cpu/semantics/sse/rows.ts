// The MMX, SSE and SSE2 rows of the instruction table.

import type { Code } from 'iced-x86';
import type { Row } from '../context.ts';
import { arithmeticRows } from './arithmetic.ts';
import { compareRows } from './compare.ts';
import { controlRows } from './control.ts';
import { convertRows } from './convert.ts';
import { integerRows } from './integer.ts';
import { mmxRows } from './mmx.ts';
import { moveRows } from './moves.ts';
import { shiftRows } from './shifts.ts';
import { shuffleRows } from './shuffles.ts';

export const sseRows: ReadonlyMap<Code, Row> = new Map([
  ...moveRows, ...integerRows, ...shiftRows, ...shuffleRows, ...arithmeticRows, ...compareRows, ...convertRows, ...controlRows, ...mmxRows,
]);
