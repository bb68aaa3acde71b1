// IORING_OP_NOP.

import { operation } from './row.ts';

const NOTHING = {};

export const NOP = operation({ name: 'NOP', prepare: () => NOTHING, issue: () => 0 });
