// Why a run has ended, for people.

import type { Machine } from '../machine.ts';
import type { Ending } from './controlled-run.ts';

/** As the reason of the machine's state. */
export function endingText(machine: Machine, ending: Ending): string {
  const hit = ending === 'breakpoint' ? machine.board.breakpointHit : null;
  if (!hit) return ending === 'cycle' || ending === 'condition' ? 'requested' : ending;
  const { id, process, address } = hit.breakpoint;
  const where = process.symbols?.describe(address) || `0x${address.toString(16)}`;
  return `breakpoint ${id} (${where}), met by thread ${hit.tid} at cycle ${hit.cycle}`;
}
