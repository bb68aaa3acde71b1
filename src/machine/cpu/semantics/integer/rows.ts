// The integer instructions of x86-64-v1, merged.

import type { Code } from 'iced-x86';
import type { Row } from '../context.ts';
import { arithmeticRows } from './arithmetic.ts';
import { controlRows } from './control.ts';
import { moveRows } from './moves.ts';

export const integerRows: ReadonlyMap<Code, Row> = new Map([...arithmeticRows, ...controlRows, ...moveRows]);
