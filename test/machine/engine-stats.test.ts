import { describe, expect, it } from 'vitest';
import { Machine } from '../../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../../src/machine/machine-spec.ts';
import type { EngineStats } from '../../src/machine/protocol.ts';
import { machineStats } from '../../src/machine/reports.ts';
import { guest, stepModule } from './run-guest.ts';

const ROUNDS = 20_000;

/** bench/getppid, a loop of system calls, under `tiers`. */
function statsOf(tiers: 'step' | 'mixed'): EngineStats & { readonly instructions: number; readonly stateHash: string } {
  let time = 0;
  const machine = new Machine({ ...DEFAULT_SPEC, event_kinds: [] }, { ...stepModule(), stopwatch: () => (time += 3) });
  machine.board.cpu.setTiers(tiers);
  machine.apply('spawn_process', {
    program: { path: '/bin/program', image: guest('bench/getppid') },
    arguments: ['program', String(ROUNDS)],
    environment: [],
    workingDirectory: '/',
    stdin: new Uint8Array(0),
    files: [],
    affinity: 0,
  });
  while (machine.runSlice() === 'limit') continue;
  const { engine, instructions, stateHash } = machineStats(machine, true);
  return { ...engine, instructions, stateHash };
}

const count = (stats: EngineStats, cause: string): number => stats.exits.find((exit) => exit.cause === cause)?.count ?? 0;

describe('statistics of the engine', () => {
  const step = statsOf('step');
  const mixed = statsOf('mixed');

  it('count every instruction once: executed by itself, or in a region', () => {
    expect(step.steppedInstructions).toBe(step.instructions);
    expect(step.regionInstructions).toBe(0);
    expect(mixed.steppedInstructions + mixed.regionInstructions).toBe(mixed.instructions);
    expect(mixed.regionInstructions).toBeGreaterThan(mixed.instructions / 2);
    expect(mixed.regionEntries).toBeGreaterThan(ROUNDS / 2);
  });

  it('tell what was compiled, and how long it took by the stopwatch', () => {
    expect(step).toMatchObject({ regionsCompiled: 0, regionsLive: 0, compiledBytes: 0, compileMicroseconds: 0 });
    expect(mixed.regionsCompiled).toBeGreaterThan(0);
    expect(mixed.regionsLive).toBeLessThanOrEqual(mixed.regionsCompiled);
    expect(mixed.compiledBytes).toBeGreaterThan(100);
    expect(mixed.compileMicroseconds).toBe(3000 * count(mixed, 'hot'));
    expect(mixed.decodedInstructions).toBeGreaterThan(100);
  });

  it('tell why generated code came back', () => {
    expect(count(step, 'syscall')).toBe(count(mixed, 'syscall'));
    expect(count(step, 'syscall')).toBeGreaterThan(ROUNDS);
    expect(count(step, 'hot')).toBe(0);
    expect(count(mixed, 'hot')).toBeGreaterThan(0);
  });

  it('are no part of the state', () => {
    expect(mixed.stateHash).toBe(step.stateHash);
  });
});
