// Posting a user interrupt in a UPID: SDM vol. 2, SENDUIPI, the locked part of its operation. The kernel posts the same way.

import type { CpuException } from '../cpu/exit.ts';
import { generalProtection, isFault } from './faults.ts';
import type { SupervisorMemory } from './ports.ts';
import { parseUpidControl, UPID_ON, UPID_RESERVED, type UpidControl } from './upid.ts';

export interface Post {
  /** The descriptor's control word as it was before. */
  readonly before: UpidControl;
  /** ON has just been set: a notification must be sent. */
  readonly notify: boolean;
  /** PIR after the post. */
  readonly pir: bigint;
  /** The vector was posted already. */
  readonly coalesced: boolean;
}

/** One atomic step. `strict`: refuse reserved bits with #GP(0), as SENDUIPI does. A fault changes nothing. */
export function postInterrupt(memory: SupervisorMemory, upid: bigint, vector: number, strict: boolean): Post | CpuException {
  const unwritable = memory.probeWrite(upid) ?? memory.probeWrite(upid + 8n);
  if (unwritable) return unwritable;
  const low = memory.read64(upid);
  if (isFault(low)) return low;
  const requests = memory.read64(upid + 8n);
  if (isFault(requests)) return requests;
  if (strict && low & UPID_RESERVED) return generalProtection();
  const before = parseUpidControl(low);
  const notify = !before.on && !before.sn;
  const bit = 1n << BigInt(vector);
  const pir = requests | bit;
  const fault = memory.write64(upid + 8n, pir) ?? (notify ? memory.write64(upid, low | UPID_ON) : null);
  return fault ?? { before, notify, pir, coalesced: (requests & bit) !== 0n };
}
