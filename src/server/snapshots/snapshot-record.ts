// What is known of a snapshot beside the bytes in its blobs; the same in the store and at the head of a file.

import { completeSpec } from '../../machine/machine-spec.ts';
import type { MachineSpec } from '../../machine/machine-spec.ts';
import type { MachineImage } from '../../machine/protocol.ts';
import type { ImageBlobs } from '../store/blobs/image-blobs.ts';

/** A spec without the bytes of its root file system, which are the blob of their sha256. */
export type RecordedSpec = Omit<MachineSpec, 'root'> & { readonly root: { readonly artifact: string; readonly sha256: string } | null };

export interface CapturedMachine extends ImageBlobs {
  readonly machine: string;
  readonly machineUid: string;
  readonly spec: RecordedSpec;
  readonly position: MachineImage['position'];
  readonly layout: string;
  /** Of the engine that made it (engine.ts), for those who replay. */
  readonly engine: string;
  readonly touchedBytes: number;
  /** Of a recording, what came after the image. */
  readonly recorded: RecordedInputs | null;
}

export interface RecordedInputs {
  /** Blob of the inputs, as in a journal. */
  readonly records: string;
  readonly endCycle: number;
  readonly endHash: string;
}

export interface SnapshotRecord extends CapturedMachine {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly createTime: number;
  /** What it counts for (snapshot-charges.ts). */
  readonly storedBytes: number;
  /** Retention leaves it; absent in old records. */
  readonly pinned?: boolean;
}

export const recordedSpec = (spec: MachineSpec): RecordedSpec => ({
  ...spec,
  root: spec.root && { artifact: spec.root.artifact, sha256: spec.root.sha256 },
});

const SHA256 = /^[0-9a-f]{64}$/;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Clocks count parts of cycles. */
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/** What is wrong with a record that came from elsewhere; '' if nothing is. Its position is for the machine to judge. */
export function problemOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'its head is no object';
  const { graph, pieces, machine, machineUid, spec, position, layout, engine, touchedBytes, recorded } = value as Partial<
    Record<keyof CapturedMachine, unknown>
  >;
  if (typeof graph !== 'string' || !SHA256.test(graph)) return 'its head has no graph';
  if (!Array.isArray(pieces)) return 'its head has no pieces';
  for (const piece of pieces as unknown[]) {
    const [number, name] = Array.isArray(piece) ? (piece as unknown[]) : [];
    if (!isCount(number) || typeof name !== 'string' || !SHA256.test(name)) return 'its head has a piece that is none';
  }
  for (const text of [machine, machineUid, layout, engine])
    if (typeof text !== 'string' || text.length > 1000) return 'its head lacks a name';
  if (!isCount(touchedBytes)) return 'its head has no size';
  const { time, emitted, instructions, state } = (position ?? {}) as Partial<Record<string, unknown>>;
  if (!isTime(time) || !isCount(emitted) || !isCount(instructions) || typeof state !== 'string') return 'its head has no position';
  return inputsProblem(recorded) || specProblem(spec);
}

function inputsProblem(recorded: unknown): string {
  if (recorded === null) return '';
  const { records, endCycle, endHash } = (recorded ?? {}) as Partial<Record<keyof RecordedInputs, unknown>>;
  const isWhole = typeof records === 'string' && SHA256.test(records) && isCount(endCycle) && typeof endHash === 'string';
  return isWhole ? '' : 'its head has inputs that are none';
}

function specProblem(spec: unknown): string {
  if (typeof spec !== 'object' || spec === null) return 'its head has no spec';
  const { root, ...rest } = spec as { root?: unknown };
  const { artifact, sha256 } = (root ?? {}) as { artifact?: unknown; sha256?: unknown };
  if (root !== null && (typeof artifact !== 'string' || typeof sha256 !== 'string' || !SHA256.test(sha256)))
    return 'its head has a root file system that is none';
  try {
    completeSpec(rest);
    return '';
  } catch (error) {
    return `its spec is refused: ${(error as Error).message}`;
  }
}
