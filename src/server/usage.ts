// What a project has now.

import type { Usage } from '../gen/api.ts';
import type { Input } from '../wire/encode.ts';
import type { ArtifactStore } from './artifacts/artifact-store.ts';
import type { MachineRegistry } from './machine-registry.ts';
import type { SnapshotStore } from './snapshots/snapshot-store.ts';
import type { Quotas } from './quota/quotas.ts';

export function usageOf(
  project: string,
  machines: MachineRegistry,
  artifacts: ArtifactStore,
  snapshots: SnapshotStore,
  quotas: Quotas,
): Input<Usage> {
  const its = machines.in(project);
  const sum = (figure: (handle: (typeof its)[number]) => number): number => its.reduce((total, handle) => total + figure(handle), 0);
  return {
    machines: its.length,
    vcpus: sum(({ identity }) => identity.spec.vcpus),
    ram_bytes: sum(({ identity }) => identity.spec.ram_bytes),
    artifact_bytes: artifacts.bytesIn(project),
    event_bytes: sum(({ log }) => log.bytes + log.diskBytes),
    snapshot_bytes: snapshots.bytesIn(project),
    streams: quotas.streamsOf(project),
  };
}
