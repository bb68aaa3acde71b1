// LabService: the daemon itself.

import { toTimestamp } from '../timestamp.ts';
import type { LabService } from '../../gen/api.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Implementation } from '../call.ts';
import type { Config } from '../settings.ts';
import type { MachineRegistry } from '../machine-registry.ts';

export function labService(
  machines: MachineRegistry,
  artifacts: ArtifactStore,
  config: Config,
  version: string,
): Implementation<LabService> {
  const start = toTimestamp(new Date());
  return {
    GetServerInfo: () => ({
      version,
      node_version: process.versions.node,
      start_time: start,
      workers: machines.workers.threads,
      machines: machines.count,
      limits: {
        machines: config.maxMachines,
        machine_ram_bytes: config.maxMachineRamBytes,
        artifact_bytes: config.maxArtifactBytes,
        event_log_bytes: config.eventLogBytes,
        message_bytes: config.maxMessageBytes,
      },
      machine_ram_bytes: machines.ramBytes,
      artifact_bytes: artifacts.bytes,
      recovering_machines: machines.recoveries.count,
    }),

    WhoAmI: (_, { principal: { user, credential, roles, token, expires } }) => ({
      user,
      credential,
      roles: roles.bindings(),
      token,
      expire_time: Number.isFinite(expires) ? toTimestamp(new Date(expires)) : undefined,
    }),
  };
}
