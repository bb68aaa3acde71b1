// What becomes of open calls when a lease begins or ends.

import { MachineError } from '../../machine/errors.ts';
import { isAllowed } from './lease.ts';
import type { LiveCalls } from '../live-calls.ts';
import type { LeaseOptions } from './leases.ts';
import type { Lease } from './lease.ts';

export function endCallsWithLeases(live: LiveCalls): Pick<LeaseOptions, 'onBegin' | 'onEnd'> {
  const ended = (lease: Lease, text: string): MachineError =>
    new MachineError('LEASE_ENDED', text, { name: lease.machine, lease: lease.name });
  return {
    /** Others may look on, but no longer change anything. */
    onBegin: (lease) =>
      live.end(
        (call) => call.isExclusive && call.machines.includes(lease.machine) && !isAllowed(lease, call.principal.user),
        ended(lease, `${lease.machine} is leased by ${lease.holder} now`),
      ),
    /** One that ends by itself leaves the machine to everybody until the next begins. */
    onEnd(lease, why, revoked) {
      if (!revoked) return;
      live.end(
        (call) => call.machines.includes(lease.machine) && isAllowed(lease, call.principal.user),
        ended(lease, `${lease.name} ${why}`),
      );
    },
  };
}
