// MachineService: validate, one command to the machine, map the reply.

import { completeSpec } from '../../machine/machine-spec.ts';
import { MachineError } from '../../machine/errors.ts';
import { checkEtag } from '../etag.ts';
import { machineToMessage, specFromMessage, STATES } from '../machine-message.ts';
import { pageOf } from '../page.ts';
import { maskPaths } from '../update-mask.ts';
import { controlMethods } from './control.ts';
import type { Cost, EngineStats, MachineService, PublishedFigure, RootFileSystem } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { CostTableReply, EngineStats as EngineReport, MachineState } from '../../machine/protocol.ts';
import type { ArtifactStore, StoredArtifact } from '../artifacts/artifact-store.ts';
import type { Implementation } from '../call.ts';
import type { MachineHandle } from '../machine-handle.ts';
import type { MachineRegistry } from '../machine-registry.ts';
import type { Mover } from '../placement/mover.ts';
import type { Parking } from '../placement/parking.ts';
import type { Projects } from '../projects.ts';

/** Of a LOCKSTEP machine, time stands still while it is running, too. */
const PARKABLE: readonly MachineState[] = ['created', 'running', 'paused', 'quiescent'];

export function requireState(handle: MachineHandle, verb: string, allowed: readonly MachineState[]): void {
  if (allowed.includes(handle.state)) return;
  const { name } = handle.identity;
  const list = allowed.map((state) => state.toUpperCase()).join(', ');
  throw new MachineError('WRONG_STATE', `${name} is ${handle.state.toUpperCase()}; to ${verb} it must be ${list}`, {
    name,
    state: handle.state,
    allowed: list,
  });
}

/** The artifact that a machine is to start with; null if none is named. */
function rootArtifact(artifacts: ArtifactStore, root: RootFileSystem | undefined): StoredArtifact | null {
  if (!root) return null;
  const artifact = artifacts.get(root.artifact);
  if (root.sha256 !== '' && root.sha256 !== artifact.sha256)
    throw new MachineError(
      'CHECKSUM_MISMATCH',
      `the artifact ${artifact.name} has sha256 ${artifact.sha256}, the request says ${root.sha256}`,
      {
        name: artifact.name,
        sha256: artifact.sha256,
      },
    );
  return artifact;
}

export function machineService(
  machines: MachineRegistry,
  artifacts: ArtifactStore,
  projects: Projects,
  mover: Mover,
  parking: Parking,
): Implementation<MachineService> {
  const find = (name: string): MachineHandle => machines.get(name);
  const answer = (handle: MachineHandle) => ({ machine: machineToMessage(handle) });

  return {
    async CreateMachine({ parent, machine_id, machine }) {
      projects.get(parent);
      const artifact = rootArtifact(artifacts, machine?.spec?.root);
      const release = artifact ? artifacts.hold(artifact) : () => {};
      try {
        const root = artifact && { artifact: artifact.name, sha256: artifact.sha256, archive: await artifacts.load(artifact) };
        const spec = completeSpec({ ...specFromMessage(machine?.spec), root }, 'machine.spec.');
        return answer(await machines.create(parent, machine_id, machine?.labels ?? {}, spec, release));
      } catch (error) {
        release();
        throw error;
      }
    },

    GetMachine: ({ name }) => answer(find(name)),

    ListMachines(request) {
      const { name } = projects.get(request.parent);
      const { items, next_page_token } = pageOf(`${name}/machines`, machines.in(name), (handle) => handle.identity.ordinal, request);
      return { machines: items.map(machineToMessage), next_page_token };
    },

    UpdateMachine(request) {
      const machine = request.machine!;
      const handle = find(machine.name);
      maskPaths(request.update_mask, ['labels']);
      checkEtag(machine.name, handle.etag, machine.etag);
      handle.labels = machine.labels;
      handle.revision++;
      machines.changed(handle);
      return answer(handle);
    },

    async DeleteMachine({ name, etag }) {
      const handle = find(name);
      checkEtag(name, handle.etag, etag);
      await machines.delete(handle);
      return {};
    },

    async StartMachine({ name }) {
      const handle = find(name);
      requireState(handle, 'start', ['created', 'paused', 'running', 'quiescent']);
      if (handle.identity.spec.time_mode === 'LOCKSTEP')
        throw new MachineError('WRONG_STATE', `${name} has time mode LOCKSTEP: its time passes inside RunMachine and WaitProcess only`, {
          name,
          state: handle.state,
        });
      handle.state = (await handle.send('start_machine', {})).state;
      return answer(handle);
    },

    async PauseMachine({ name }) {
      const handle = find(name);
      requireState(handle, 'pause', ['running', 'quiescent', 'paused']);
      handle.state = (await handle.send('pause_machine', {})).state;
      return answer(handle);
    },

    async ResetMachine({ name }) {
      const handle = find(name);
      await machines.reset(handle);
      return answer(handle);
    },

    async MoveMachine({ name, worker }) {
      const handle = find(name);
      await mover.move(handle, worker);
      return answer(handle);
    },

    async ParkMachine({ name }) {
      const handle = find(name);
      requireState(handle, 'park', PARKABLE);
      await parking.park(handle);
      return answer(handle);
    },

    ...controlMethods(machines),

    async GetMachineStats({ name, include_state_hash }) {
      const handle = find(name);
      const stats = await handle.send('machine_stats', { hash: include_state_hash });
      return {
        state: STATES[stats.state],
        cycle: stats.cycle,
        instructions: stats.instructions,
        events: stats.events,
        processes: stats.processes,
        threads: stats.threads,
        ram_used_bytes: stats.ramUsedBytes,
        journal_entries: stats.journalEntries,
        vcpus: stats.vcpus,
        state_hash: stats.stateHash,
        engine: engineMessage(stats.engine),
        worker: handle.worker,
      };
    },

    async GetCostTable({ machine, preset }) {
      const table = await (machine === undefined
        ? machines.workers.leastLoaded().send('preset_costs', 0, { preset: preset! })
        : find(machine).send('cost_table', {}));
      return { ...table, costs: table.costs.map(costMessage), figures: table.figures.map(figureMessage) };
    },
  };
}

const engineMessage = (engine: EngineReport): Input<EngineStats> => ({
  stepped_instructions: engine.steppedInstructions,
  region_instructions: engine.regionInstructions,
  region_entries: engine.regionEntries,
  decoded_instructions: engine.decodedInstructions,
  code_drops: engine.codeDrops,
  regions_compiled: engine.regionsCompiled,
  regions_refused: engine.regionsRefused,
  regions_live: engine.regionsLive,
  compiled_bytes: engine.compiledBytes,
  compile_microseconds: engine.compileMicroseconds,
  exits: engine.exits,
});

const costMessage = ({ value, unit, ...rest }: CostTableReply['costs'][number]): Input<Cost> => ({ ...rest, [unit]: value });

const FIGURE_ROLES = { input: 'FIGURE_ROLE_INPUT', check: 'FIGURE_ROLE_CHECK', context: 'FIGURE_ROLE_CONTEXT' } as const;

function figureMessage({ value, from, to, role, ...rest }: CostTableReply['figures'][number]): Input<PublishedFigure> {
  const thousandths = (figure: number): number => Math.round(figure * 1000);
  return { ...rest, value: thousandths(value), from: thousandths(from), to: thousandths(to), role: FIGURE_ROLES[role] };
}
