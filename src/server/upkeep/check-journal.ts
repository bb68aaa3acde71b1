// The journal of one machine: whether it can be replayed by this version, and how far it leads.

import { HOST_FILES, type FileLayer } from '../../machine/durable/file-layer.ts';
import { type ReadSegment, readSegment, segmentPath, segmentsIn } from '../../machine/durable/journal-segment.ts';
import { readAll } from '../../machine/durable/recovery.ts';
import { MachineError } from '../../machine/errors.ts';
import type { KeptMachine } from '../durable/machine-keeper.ts';
import { type Finding, REMOVE, RESTORE } from './finding.ts';

export interface CheckedJournal {
  readonly segments: number;
  readonly bytes: number;
  readonly records: number;
  /** Of a record that was being written when the host stopped; no harm. */
  readonly torn: number;
  /** The virtual time up to which the machine has told anything, in cycles. */
  readonly horizon: number;
  readonly findings: readonly Finding[];
}

/** Removes nothing. */
const LOOK_ONLY: FileLayer = { ...HOST_FILES, remove() {} };

/** `base`: the data directory. `engine`: this version's fingerprint. */
export function checkJournal(base: string, { name, uid, segment, saved }: KeptMachine, engine: string): CheckedJournal {
  const below = `journals/${uid}`;
  const folder = `${base}/${below}`;
  const findings: Finding[] = [];
  const horizon = saved?.position.time ?? 0;
  const find = (path: string, finding: Partial<Finding>): void =>
    void findings.push({ kind: 'damaged', owner: name, path, offset: null, problem: '', remedy: RESTORE, ...finding });
  let numbers: number[];
  try {
    numbers = segmentsIn(LOOK_ONLY, folder);
  } catch (error) {
    // A machine that was about to be made when the daemon was killed has none yet.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') find(below, { problem: `cannot be read: ${(error as Error).message}` });
    return { segments: 0, bytes: 0, records: 0, torn: 0, horizon, findings };
  }
  for (const old of numbers.filter((number) => number < segment))
    find(`${below}/${segmentPath('', old).slice(1)}`, {
      kind: 'leftover',
      problem: 'is from before the machine was saved',
      remedy: REMOVE,
    });
  let segments: ReadSegment[] = [];
  const failed = (error: unknown, path: string): void => {
    const { details = {}, message } = error as Partial<MachineError> & Error;
    if (!(error instanceof MachineError)) return find(path, { problem: `cannot be read: ${message}` });
    find(details['path']!.slice(base.length + 1), {
      offset: Number(details['offset']),
      problem: details['problem']!.replace(/,? at byte \d+$/, ''),
      remedy: details['remedy']!,
    });
  };
  for (const number of numbers.filter((its) => its >= segment))
    try {
      readSegment(LOOK_ONLY, folder, number);
    } catch (error) {
      failed(error, segmentPath(below, number));
    }
  if (findings.every(({ kind }) => kind === 'leftover'))
    try {
      segments = readAll(LOOK_ONLY, { folder, uid }, segment);
    } catch (error) {
      failed(error, below);
    }
  for (const { head, records } of segments)
    if (records.length > 0 && head.engine !== engine)
      find(segmentPath(below, head.segment), {
        kind: 'foreign',
        problem: `was recorded by engine ${head.engine}, and this is engine ${engine}, which may do otherwise`,
        remedy: 'start the version that recorded it and let it stop in order',
      });
  const start = Math.max(
    0,
    segments.findLastIndex(({ head }) => head.base === 'fresh'),
  );
  const isFresh = segments[start]?.head.base === 'fresh';
  const records = segments.slice(start).flatMap(({ records: its }) => its);
  return {
    segments: segments.length,
    bytes: segments.reduce((sum, { length, torn }) => sum + length + torn, 0),
    records: records.length,
    torn: segments.at(-1)?.torn ?? 0,
    horizon: records.reduce(
      (latest, record) => Math.max(latest, (record.kind === 'input' ? record.entry : record).time),
      isFresh ? 0 : horizon,
    ),
    findings,
  };
}
