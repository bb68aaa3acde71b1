// UIRET, TESTUI, CLUI, STUI, SENDUIPI: SDM vol. 2. All of them run in helpers/uintr.ts.

import { Code } from 'iced-x86';
import type { Row } from './context.ts';

function row(helper: string): Row {
  return { definition: (c) => c.leave(helper), features: ['UINTR'] };
}

export const UINTR_ROWS: Readonly<Record<number, Row>> = {
  [Code.Uiret]: row('uiret'),
  [Code.Testui]: row('testui'),
  [Code.Clui]: row('clui'),
  [Code.Stui]: row('stui'),
  [Code.Senduipi_r64]: row('senduipi'),
};
