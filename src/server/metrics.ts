// The daemon's numbers in the text format of Prometheus. They are read when somebody asks; between, nothing is done but counting.

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { CallMetrics } from './metrics-calls.ts';
import type { MachineState } from '../machine/protocol.ts';
import type { MachineHandle } from './machine-handle.ts';
import type { MachineRegistry } from './machine-registry.ts';
import { RETAINED, type Retention } from './retention/retention.ts';

type State = MachineState | 'recovering' | 'parked';
const STATES: readonly State[] = ['created', 'running', 'paused', 'quiescent', 'crashed', 'recovering', 'parked'];

function stateOf({ isParked, isRecovering, state }: MachineHandle): State {
  if (isParked) return 'parked';
  return isRecovering ? 'recovering' : state;
}

export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

/** What the lab counts; none of it by user or project, of which there may be any number. */
export interface LabFigures {
  readonly live: { readonly size: number };
  readonly leases: { readonly counts: { readonly active: number; readonly queued: number } };
  readonly audit: { readonly lost: number };
  readonly mover: { readonly moves: number };
  readonly parking: { readonly parked: number };
  readonly retention: Pick<Retention, 'counts'>;
  readonly failed: { readonly count: number } | undefined;
}

export function exposeMetrics(calls: CallMetrics, machines: MachineRegistry, lab: LabFigures): Exposition {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });

  new Counter({
    name: 'uintrd_calls_total',
    help: 'Calls that ended, by status code.',
    labelNames: ['service', 'method', 'code'],
    registers,
    collect() {
      this.reset();
      for (const { count, ...labels } of calls.counts()) this.inc(labels, count);
    },
  });
  new Gauge({
    name: 'uintrd_machines',
    help: 'Machines by state.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of STATES) this.set({ state }, 0);
      for (const handle of machines.list()) this.inc({ state: stateOf(handle) });
    },
  });
  new Gauge({
    name: 'uintrd_worker_silence_seconds',
    help: 'Time since a worker was last heard of; it is given up after the setting heartbeat-ms, time in which it waits for a processor aside.',
    labelNames: ['worker'],
    registers,
    collect() {
      this.reset();
      for (const port of machines.workers.list()) this.set({ worker: String(port.index) }, port.silence / 1000);
    },
  });

  const { counts } = machines;
  const counter = (name: string, help: string, value: () => number): void =>
    void new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  const gauge = (name: string, help: string, value: () => number): void =>
    void new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  counter('uintrd_events_appended_total', 'Events that machines have recorded.', () => counts.appended);
  counter('uintrd_events_dropped_total', 'Events that subscribers were too slow for.', () => counts.dropped);
  gauge('uintrd_event_subscribers', 'Streams of events that are open.', () => counts.subscribers);
  gauge('uintrd_event_log_bytes', 'What the event logs of all machines hold.', () =>
    machines.list().reduce((sum, { log }) => sum + log.bytes, 0),
  );
  counter('uintrd_machine_moves_total', 'Machines that went to another worker.', () => lab.mover.moves);
  counter('uintrd_machine_parkings_total', 'Machines that were parked.', () => lab.parking.parked);
  counter('uintrd_machine_wakes_total', 'Parked machines that came back.', () => machines.wakes);
  counter('uintrd_machine_saves_total', 'States of machines that were written to the data directory.', () => machines.checkpoints.count);
  gauge('uintrd_unsaved_machines', 'Machines that could not be saved when that was tried last.', () => machines.checkpoints.unsaved);
  gauge('uintrd_live_calls', 'Calls that stream or wait.', () => lab.live.size);
  counter('uintrd_failed_attempts_total', 'Tokens shown that were none.', () => lab.failed?.count ?? 0);
  counter('uintrd_audit_entries_lost_total', 'Entries of the audit log that could not be written.', () => lab.audit.lost);
  const retained = (name: string, help: string, figure: 'items' | 'bytes'): void =>
    void new Counter({
      name,
      help,
      labelNames: ['what'],
      registers,
      collect() {
        this.reset();
        for (const what of RETAINED) this.inc({ what }, lab.retention.counts[what][figure]);
      },
    });
  retained('uintrd_retention_removed_total', 'What retention has removed, by kind.', 'items');
  retained('uintrd_retention_removed_bytes_total', 'Bytes of what retention has removed, by kind.', 'bytes');
  new Gauge({
    name: 'uintrd_leases',
    help: 'Leases of machines by state.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(lab.leases.counts)) this.set({ state }, count);
    },
  });
  gauge('uintrd_machine_ram_bytes', 'RAM of all machines together.', () => machines.ramBytes);

  return {
    contentType: registry.contentType,
    text: async () =>
      `${await registry.metrics()}\n${calls.histogram('uintrd_call_seconds', 'How long calls took, streams and waits until their end.')}`,
  };
}
