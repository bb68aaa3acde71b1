// The lower half of a remote thread's data area: arguments of one call, overwritten by the next.

import type { RemoteState } from '../../../kernel/remote/remote-state.ts';
import { invalidField } from '../../errors.ts';
import type { RemoteStep } from '../remote-call.ts';
import { SCRATCH_BYTES, scratchOf } from './thread.ts';

const ALIGNMENT = 64;

export class Scratch {
  /** Stores that must precede the call. */
  readonly steps: RemoteStep[] = [];
  private next: number;
  private readonly end: number;

  constructor(remote: RemoteState) {
    const { address, length } = scratchOf(remote);
    this.next = address;
    this.end = address + length;
  }

  /** Where the bytes will be. */
  store(bytes: Uint8Array): number {
    const address = this.reserve(bytes.length);
    if (bytes.length > 0) this.steps.push({ kind: 'store', address, bytes });
    return address;
  }

  private reserve(length: number): number {
    const address = this.next;
    this.next += Math.ceil(Math.max(length, 1) / ALIGNMENT) * ALIGNMENT;
    if (this.next > this.end) throw invalidField('arguments', `take more than ${SCRATCH_BYTES} bytes together`);
    return address;
  }
}
