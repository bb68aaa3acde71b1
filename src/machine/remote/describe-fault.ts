// A sentence for an exception that ends a remote thread: the exception, the step, and what was wrong where that can be told.

import { type CpuException, VECTOR } from '../cpu/exit.ts';
import type { UintrUnit } from '../uintr/uintr-unit.ts';
import type { RemoteStep } from './remote-call.ts';

const NAMES = new Map<number, string>(Object.entries(VECTOR).map(([name, vector]) => [vector, `#${name}`]));

export function describeFault(exception: CpuException, step: RemoteStep | undefined, unit: UintrUnit): string {
  const name = NAMES.get(exception.vector) ?? `exception ${exception.vector}`;
  const at = exception.vector === VECTOR.PF ? ` for address 0x${exception.address.toString(16)}` : '';
  if (!step) return `${name}${at}`;
  const what = step.kind === 'instruction' ? step.name : step.kind;
  const why = step.kind === 'senduipi' ? senderReason(exception, step.index, unit) : '';
  return `${name}${at} at ${what}${why && `: ${why}`}`;
}

function senderReason({ vector }: CpuException, index: bigint, unit: UintrUnit): string {
  if (vector === VECTOR.UD) return 'the thread has no UITT: no sender was registered';
  if (vector !== VECTOR.GP) return '';
  return index > BigInt(unit.uittsz) ? `index ${index} is above ${unit.uittsz}, the last of the UITT` : `UITT entry ${index} is not valid`;
}
