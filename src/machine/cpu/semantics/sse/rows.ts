// The rows of MMX and of SSE to SSE4.2 in the instruction table.

import type { Code } from 'iced-x86';
import type { Row } from '../context.ts';
import { arithmeticRows } from './arithmetic.ts';
import { compareRows } from './compare.ts';
import { controlRows } from './control.ts';
import { convertRows } from './convert.ts';
import { dotProductRows } from './dot-product.ts';
import { integerRows } from './integer.ts';
import { mmxRows } from './mmx.ts';
import { moveRows } from './moves.ts';
import { shiftRows } from './shifts.ts';
import { shuffleRows } from './shuffles.ts';
import { sse3Rows } from './sse3.ts';
import { sse41Rows } from './sse41.ts';
import { compareStringsRows } from './compare-strings.ts';
import { sse42Rows } from './sse42.ts';
import { ssse3Rows } from './ssse3.ts';

export const sseRows: ReadonlyMap<Code, Row> = new Map([
  ...moveRows,
  ...integerRows,
  ...shiftRows,
  ...shuffleRows,
  ...arithmeticRows,
  ...compareRows,
  ...convertRows,
  ...controlRows,
  ...mmxRows,
  ...sse3Rows,
  ...ssse3Rows,
  ...sse41Rows,
  ...dotProductRows,
  ...sse42Rows,
  ...compareStringsRows,
]);
