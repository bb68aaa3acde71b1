// npm run bench -- SUITE... [--json FILE] [--rounds N] [--only CASE]: measures this project beside its peers on this machine.
// The exit code is 1 where a figure that must hold does not. Rounds are interleaved (every case and peer once, then again), so that a slow minute hurts all alike; figures are medians.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError, exitCodeOf, numberOption } from '../scripts/command-line.ts';
import { asyncIoSuite } from './async-io.ts';
import { coldSuite } from './cold.ts';
import { cpuSuite } from './cpu.ts';
import { fairnessSuite } from './fairness.ts';
import { durabilitySuite } from './durability.ts';
import { grpcSuite } from './grpc.ts';
import { kernelSuite } from './kernel.ts';
import { type LoadOptions, loadSuite } from './load.ts';
import { recoverySuite } from './recovery.ts';
import { type Row, table } from './row.ts';
import { snapshotsSuite } from './snapshots.ts';
import { startSuite } from './start.ts';
import { storageSuite } from './storage.ts';
import { timingSuite } from './timing.ts';
import { uringSuite } from './uring.ts';

export interface SuiteOptions {
  readonly rounds: number;
  /** Only cases whose name contains this. */
  readonly only: string;
  /** Of the suite load alone. */
  readonly load: LoadOptions;
  readonly progress: (text: string) => void;
}

const SUITES: Readonly<Record<string, (options: SuiteOptions) => Promise<Row[]>>> = {
  cpu: cpuSuite,
  cold: coldSuite,
  fairness: fairnessSuite,
  timing: timingSuite,
  kernel: kernelSuite,
  start: startSuite,
  storage: storageSuite,
  uring: uringSuite,
  grpc: grpcSuite,
  durability: durabilitySuite,
  snapshots: snapshotsSuite,
  recovery: recoverySuite,
  load: loadSuite,
  'async-io': asyncIoSuite,
};
const LEAST_ROUNDS = 5;
const USAGE = `npm run bench -- SUITE... [--json FILE] [--rounds N] [--only CASE], of load [--minutes N] [--machines N] [--active N] [--clients N] [--durable]; suites: ${Object.keys(SUITES).join(', ')}`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'string' },
      rounds: { type: 'string', default: String(LEAST_ROUNDS) },
      only: { type: 'string', default: '' },
      minutes: { type: 'string', default: '10' },
      machines: { type: 'string', default: '500' },
      active: { type: 'string', default: '100' },
      clients: { type: 'string', default: '64' },
      durable: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new UsageError('no suite is named');
  for (const name of positionals) if (!Object.hasOwn(SUITES, name)) throw new UsageError(`"${name}" is no suite`);
  const rounds = numberOption('rounds', values.rounds, { least: 1 });
  const machines = numberOption('machines', values.machines, { least: 1 });
  const load: LoadOptions = {
    minutes: numberOption('minutes', values.minutes, { least: 0.1, fraction: true }),
    machines,
    active: numberOption('active', values.active, { least: 1, most: machines }),
    clients: numberOption('clients', values.clients, { least: 1 }),
    durable: values.durable,
  };
  const rows: Row[] = [];
  for (const name of positionals)
    rows.push(...(await SUITES[name]!({ rounds, only: values.only, load, progress: (text) => console.error(text) })));
  console.log(table(rows));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  return rows.some(({ met }) => met === false) ? 1 : 0;
}

process.exitCode = await exitCodeOf(main, USAGE);
