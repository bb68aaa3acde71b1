// FXSAVE, the XSAVE family: all of them run in helpers/xsave.ts, under the name of their Code.

import { Code } from 'iced-x86';
import { xsaveHelpers } from '../helpers/xsave.ts';
import type { Row } from './context.ts';

function features(name: string): readonly string[] {
  if (name.startsWith('Fx')) return ['FXSR'];
  if (name.startsWith('Xsaveopt')) return ['XSAVE', 'XSAVEOPT'];
  if (name.startsWith('Xsavec')) return ['XSAVE', 'XSAVEC'];
  if (/^X(saves|rstors)/.test(name)) return ['XSAVE', 'XSAVES'];
  return ['XSAVE'];
}

export const XSAVE_ROWS: Readonly<Record<number, Row>> = {
  ...Object.fromEntries(
    Object.keys(xsaveHelpers).map((name): [number, Row] => [
      Code[name as keyof typeof Code],
      { definition: (c) => c.leave(name), features: features(name) },
    ]),
  ),
};
