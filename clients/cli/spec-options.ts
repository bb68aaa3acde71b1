// Flags that describe a machine, shared by `machine create` and `run`.

import { parseChoice, parseCost, parseCount, parseDuration, parseSize } from './quantity.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';
import type { Command } from 'commander';
import type { Abi, CpuLevel, MachineSpec, Storage } from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { UintrClient } from '../ts/client.ts';

export const ABIS = ['poc', 'poc-stack-top', 'k518', 'rfc', 'none'] as const;
export const CPU_LEVELS = ['v1', 'v2'] as const;
export const STORAGES = ['none', 'nvme', 'disk'] as const;
const DEFAULT_PRESET = 'spr-2.0ghz';

export interface SpecOptions {
  readonly cpus: string;
  readonly ram: string;
  readonly abi: string;
  readonly cpuLevel: string;
  readonly seed: string;
  readonly costPreset: string;
  readonly cost: readonly string[];
  readonly storage: string;
  readonly timeoutVirtual?: string;
}

export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function addSpecOptions(command: Command): Command {
  return command
    .option('--cpus <n>', 'vCPUs, 1 to 32', '2')
    .option('--ram <size>', 'guest RAM, as 64M or 1G', '256M')
    .option('--abi <profile>', `uintr system calls: ${ABIS.join(', ')}`, 'poc')
    .option('--cpu-level <level>', `x86-64 level of the processor: ${CPU_LEVELS.join(', ')}`, 'v2')
    .option('--seed <n>', 'of all randomness in the machine', '0')
    .option('--cost-preset <name>', 'costs and clock; "uintrctl cost show" lists them', DEFAULT_PRESET)
    .option('--cost <name=value>', 'a cost of the model, may be repeated; "uintrctl cost show" lists names and units', collect, [])
    .option('--storage <device>', `block device below the root file system: ${STORAGES.join(', ')}`, 'none')
    .option('--timeout-virtual <duration>', 'stop at this virtual time, as 10s or 250ms');
}

/** Before a machine is made, so that the answer can name the nearest one. */
export async function checkCostNames(client: UintrClient, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { costs } = await client.machines.GetCostTable({ preset: DEFAULT_PRESET });
  const known = costs.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name))
      throw new UsageError(`--cost: "${name}" is not the name of a cost${didYouMean(name, known)}; "uintrctl cost show" lists them`);
}

async function checkPreset(client: UintrClient, name: string): Promise<void> {
  if (name === DEFAULT_PRESET) return;
  const { presets } = await client.machines.GetCostTable({ preset: DEFAULT_PRESET });
  const known = presets.map((preset) => preset.name);
  if (!known.includes(name)) throw new UsageError(`--cost-preset: "${name}" is none of ${known.join(', ')}${didYouMean(name, known)}`);
}

export async function specFrom(client: UintrClient, options: SpecOptions): Promise<Input<MachineSpec>> {
  const abi = parseChoice('--abi', options.abi, ABIS);
  const level = parseChoice('--cpu-level', options.cpuLevel, CPU_LEVELS);
  const storage = parseChoice('--storage', options.storage, STORAGES);
  const overrides = options.cost.map(parseCost);
  await checkCostNames(
    client,
    overrides.map(([name]) => name),
  );
  await checkPreset(client, options.costPreset);
  let virtualCycles = 0;
  if (options.timeoutVirtual !== undefined) {
    const seconds = parseDuration('--timeout-virtual', options.timeoutVirtual);
    const { hertz } = await client.machines.GetCostTable({ preset: options.costPreset });
    virtualCycles = Math.max(1, Math.round(seconds * Number(hertz)));
  }
  return {
    vcpus: parseCount('--cpus', options.cpus, 1),
    ram_bytes: parseSize('--ram', options.ram),
    abi: `ABI_${abi.toUpperCase().replaceAll('-', '_')}` as Abi,
    cpu_level: `CPU_LEVEL_X86_64_${level.toUpperCase()}` as CpuLevel,
    seed: BigInt(parseCount('--seed', options.seed)),
    cost_preset: options.costPreset,
    storage: `STORAGE_${storage.toUpperCase()}` as Storage,
    cost_overrides: Object.fromEntries(overrides),
    // Half of RAM is what limits files.
    limits: { virtual_cycles: virtualCycles, file_bytes: parseSize('--ram', options.ram) },
  };
}
