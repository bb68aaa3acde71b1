// grpc.health.v1: SERVING for the daemon and each of its services, until it drains, and unless its store cannot be written.

import { API } from '../../gen/api.ts';
import { MachineError } from '../../machine/errors.ts';
import { Bell } from '../signal.ts';
import type { Health, HealthCheckResponseServingStatus } from '../../gen/api.ts';
import type { Implementation } from '../call.ts';

export class HealthState {
  private serving = true;
  private readonly troubles = new Set<string>();
  readonly bell = new Bell();

  stop(): void {
    this.serving = false;
    this.bell.ring();
  }

  /** Something that all services need, by its name, does not work, or works again. */
  setTrouble(what: string, isTroubled: boolean): void {
    if (isTroubled === this.troubles.has(what)) return;
    if (isTroubled) this.troubles.add(what);
    else this.troubles.delete(what);
    this.bell.ring();
  }

  of(service: string): HealthCheckResponseServingStatus {
    if (service !== '' && !Object.hasOwn(API.services, service)) return 'SERVICE_UNKNOWN';
    return this.serving && this.troubles.size === 0 ? 'SERVING' : 'NOT_SERVING';
  }
}

export function healthService(health: HealthState): Implementation<Health> {
  return {
    Check({ service }) {
      const answer = health.of(service);
      // The protocol's own rule: an unknown service is NOT_FOUND here, and a status in Watch.
      if (answer === 'SERVICE_UNKNOWN') throw new MachineError('SERVICE_NOT_FOUND', `there is no service ${service}`, { name: service });
      return { status: answer };
    },

    async Watch({ service }, send, { signal }) {
      let last: string | undefined;
      for (;;) {
        const now = health.of(service);
        if (now !== last) await send({ status: now });
        last = now;
        await health.bell.wait(signal);
      }
    },
  };
}
