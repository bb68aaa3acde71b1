// Which recorded file a form belongs to.

import { type Form, levelOf } from './forms.ts';
import { laneOf } from './plans.ts';

const FAMILIES: readonly [string, RegExp][] = [
  ['string', /^(Movs|Cmps|Stos|Lods|Scas)[bwdq]_(m|AL|AX|EAX|RAX)/],
  ['branch', /^(J|Call|Ret|Loop)/],
  ['stack', /^(Push|Pop(?!cnt)|Enter|Leave)/],
  ['shift', /^(Ro[lr]|Rc[lr]|Sh[lr]|Sal|Sar|Shld|Shrd)_/],
  ['multiply-divide', /^(Mul|Imul|Div|Idiv)_r/],
  ['bit', /^(Bt|Bs|Bswap|Popcnt|Crc32)/],
  ['conditional', /^(Set|Cmov)/],
  ['exchange', /^(Xchg|Cmpxchg|Xadd)/],
  ['arithmetic', /^(Add|Or|Adc|Sbb|And|Sub|Xor|Cmp|Test|Inc|Dec|Neg|Not)_(r|AL|AX|EAX|RAX)/],
];

export function familyOf(form: Form): string {
  return levelOf(form) === 2 ? `v2-${kindOf(form)}` : kindOf(form);
}

function kindOf(form: Form): string {
  if (form.privileged) return 'privileged';
  const known = FAMILIES.find(([, pattern]) => pattern.test(form.name));
  if (known) return known[0];
  const { float } = laneOf(form);
  if (float) return form.name.startsWith('Cvt') ? 'sse-convert' : 'sse-float';
  if (/xmm/.test(form.name)) return /^P|^And|^Or|^Xor/.test(form.name) ? 'sse-integer' : 'sse-move';
  return 'move';
}
