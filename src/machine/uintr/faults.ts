// CPU faults that the UINTR unit raises, as values, and the address checks behind them (SDM vol. 1, 3.3.7.1: 48-bit linear addresses).

import type { CpuException } from '../cpu/exit.ts';

const UD = 6,
  SS = 12,
  GP = 13,
  PF = 14;

/** Error-code bit of an exception met while an external event was being delivered (SDM vol. 3, 7.13). */
export const EXT = 1;

function fault(vector: number, errorCode: number, address = 0n): CpuException {
  return { kind: 'exception', vector, errorCode, address };
}

export function invalidOpcode(): CpuException {
  return fault(UD, 0);
}

export function generalProtection(): CpuException {
  return fault(GP, 0);
}

export function stackFault(): CpuException {
  return fault(SS, 0);
}

/** `present`: the page is mapped but the access is not permitted. */
export function pageFault(
  address: bigint,
  access: { readonly present: boolean; readonly write: boolean; readonly user: boolean },
): CpuException {
  return fault(PF, Number(access.present) | (Number(access.write) << 1) | (Number(access.user) << 2), address);
}

/** The same fault as it is reported when it interrupts the delivery of an external interrupt: EXT set, which #PF has no room for. */
export function duringExternalDelivery(exception: CpuException): CpuException {
  return exception.vector === PF ? exception : { ...exception, errorCode: exception.errorCode | EXT };
}

export function isCanonical(address: bigint): boolean {
  return BigInt.asUintN(64, BigInt.asIntN(48, address)) === address;
}

export function isFault(result: unknown): result is CpuException {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'exception';
}
