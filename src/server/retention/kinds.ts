// What retention looks at, a row a kind: what there is of it, since when it is old, and what keeps it.

import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { EventFiles } from '../events/event-files.ts';
import type { MachineRegistry } from '../machine-registry.ts';
import type { Config } from '../settings.ts';
import type { KeptSnapshot, SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { EndedMachines } from './ended-machines.ts';
import type { Kind, Removable } from './retention.ts';

export interface Stores {
  readonly machines: MachineRegistry;
  readonly ended: EndedMachines;
  readonly artifacts: ArtifactStore;
  readonly snapshots: SnapshotStore;
  /** Null: events are in memory alone. */
  readonly files: EventFiles | null;
}

const GRACE_MILLISECONDS = 60_000;
const MOST_OBJECTS = 64;
const MOST_SEGMENTS = 256;

const flagsOf = (what: string): Kind['flags'] => ({ seconds: `${what}-keep-seconds`, bytes: `${what}-keep-bytes` });
const NAMED = { grace: GRACE_MILLISECONDS, most: MOST_OBJECTS, isNamed: true };

export function retentionKinds(config: Config, { machines, ended, artifacts, snapshots, files }: Stores): Kind[] {
  const snapshotKind = (what: 'snapshots' | 'recordings', isOne: (snapshot: KeptSnapshot) => boolean): Pick<Kind, 'what' | 'look'> => ({
    what,
    look() {
      const its = snapshots.all().filter(isOne);
      const items = its.map((snapshot): Removable => {
        const { name, createTime: time, storedBytes, pinned = false } = snapshot;
        const isNeeded = pinned || snapshots.isRead(snapshot);
        return { name, time, isNeeded, remove: (why) => snapshots.delete(name, why).then((isGone) => (isGone ? storedBytes : null)) };
      });
      return Promise.resolve({ held: its.reduce((sum, { storedBytes }) => sum + storedBytes, 0), items });
    },
  });
  return [
    {
      what: 'events',
      bounds: { seconds: config.eventKeepSeconds, bytes: config.eventKeepBytes },
      flags: flagsOf('event'),
      grace: 0,
      most: MOST_SEGMENTS,
      isNamed: false,
      look() {
        const items = machines.list().flatMap(({ identity: { name }, log }): Removable[] => {
          const segment = log.oldestReadSegment;
          return segment ? [{ name, time: segment.time, isNeeded: false, remove: () => Promise.resolve(log.dropOldest()) }] : [];
        });
        return Promise.resolve({ held: files?.bytes ?? 0, items });
      },
    },
    {
      what: 'artifacts',
      bounds: { seconds: config.artifactKeepSeconds, bytes: config.artifactKeepBytes },
      flags: flagsOf('artifact'),
      ...NAMED,
      look() {
        const items = artifacts.all().map((artifact): Removable => {
          const { name, usedTime: time, size } = artifact;
          return { name, time, isNeeded: artifacts.isUsed(artifact), remove: (why) => artifacts.delete(name, why).then(() => size) };
        });
        return Promise.resolve({ held: artifacts.bytes, items });
      },
    },
    {
      ...snapshotKind('snapshots', ({ recorded }) => recorded === null),
      bounds: { seconds: config.snapshotKeepSeconds, bytes: config.snapshotKeepBytes },
      flags: flagsOf('snapshot'),
      ...NAMED,
    },
    {
      ...snapshotKind('recordings', ({ recorded }) => recorded !== null),
      bounds: { seconds: config.recordingKeepSeconds, bytes: config.recordingKeepBytes },
      flags: flagsOf('recording'),
      ...NAMED,
    },
    {
      what: 'machines',
      bounds: { seconds: config.machineKeepSeconds, bytes: config.machineKeepBytes },
      flags: flagsOf('machine'),
      ...NAMED,
      look: (now) => ended.look(now, config.machineKeepBytes > 0),
    },
  ];
}
