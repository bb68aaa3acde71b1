// Programs that use rings: what they print on Linux they print here, and nothing of theirs is left behind.

import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { EventFields } from '../../src/machine/events/schema.ts';
import { HEADS } from '../../src/uring/abi/ring-layout.ts';
import { ringsOf } from '../../src/uring/report.ts';
import { finish, guest, newMachine, run, spawn } from '../machine/run-guest.ts';
import { natively } from '../guests/natively.ts';

function expected(name: string): string {
  return readFileSync(new URL(`../../guests/expected/uring/${name}.txt`, import.meta.url), 'utf8');
}

/** Programs, and the first Linux whose rings do all that they ask for. */
const PROGRAMS = [
  ['operations', [6, 1]],
  ['features', [6, 18]],
  ['storage', [6, 1]],
  ['workers', [6, 18]],
  ['least_waits', [6, 18]],
] as const;

/** Of the host. */
function linuxVersion(): readonly [number, number] {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return [major, minor];
}

describe.each(PROGRAMS)('%s', (name, [major, minor]) => {
  it.each(['none', 'poc', 'rfc'] as const)('prints what it prints on Linux (profile %s), twice alike', (abi) => {
    const first = run(guest(`uring/${name}`), {}, { abi });
    expect(first.stdout).toBe(expected(name));
    expect({ status: first.status, stderr: first.stderr, rings: ringsOf(first.machine.board.uring) }).toEqual({
      status: 0,
      stderr: '',
      rings: [],
    });
    expect(run(guest(`uring/${name}`), {}, { abi }).machine.hash()).toBe(first.machine.hash());
  });

  it('prints the same natively, where the host permits io_uring', (context) => {
    const [hostMajor, hostMinor] = linuxVersion();
    if (hostMajor < major || (hostMajor === major && hostMinor < minor)) {
      console.warn(`SKIPPED: rings of Linux ${major}.${minor} are not compared with this host's, which is older`);
      return context.skip();
    }
    const program = fileURLToPath(new URL(`../../guests/bin/uring/${name}`, import.meta.url));
    const outcome = natively(program, ({ status, stdout }) => status === 77 || stdout === expected(name));
    if (outcome.status === 77) {
      console.warn('SKIPPED: this host does not permit io_uring, so the transcript was not compared with a real kernel');
      return context.skip();
    }
    expect(outcome).toEqual({ stdout: expected(name), stderr: '', status: 0 });
  });
});

describe('completions as user interrupts', () => {
  it.each(['poc', 'k518', 'rfc'] as const)('reach the handler (profile %s)', (abi) => {
    const { status, stdout, events, machine } = run(guest(`uring/uring_uintr.${abi}`), {}, { abi });
    expect(status).toBe(0);
    expect(stdout).toContain('read 2: result 102\ninterrupts 3 completions 3\n');
    const sent = events.filter((event) => event.kind === 'ring_interrupt');
    expect(sent.map(({ fields }) => ({ ...fields, request: 0, interrupt: 0, upid: 0n }))).toEqual(
      Array.from({ length: 3 }, () => ({
        ring: 1,
        request: 0,
        interrupt: 0,
        vector: 3,
        upid: 0n,
        completions: 1,
        abi: abi === 'rfc' ? 'params' : 'register',
        sends_ipi: expect.any(Boolean),
      })),
    );
    expect(events.filter((event) => event.kind === 'oops')).toEqual([]);
    expect(ringsOf(machine.board.uring)).toEqual([]);
  });

  it.each(['poc', 'k518', 'rfc'] as const)('set out when the work of the call so far is done (profile %s)', (abi) => {
    const { events } = run(guest(`uring/uring_uintr.${abi}`), {}, { abi });
    const flights = events.flatMap(({ kind, cycle, fields }) => {
      const { interrupt = 0, arrives_at = 0 } = fields as EventFields<'ipi_sent'>;
      return kind === 'ipi_sent' && interrupt !== 0 ? [arrives_at - cycle] : [];
    });
    expect(flights).not.toEqual([]);
    for (const flight of flights) expect(flight).toBeGreaterThanOrEqual(660);
  });

  it.each([
    ['poc', 'after', 0],
    ['k518', 'after', 0],
    ['rfc', 'before', 1],
  ] as const)('are sent, in profile %s, %s the tail is published', (abi, _when, hidden) => {
    const machine = newMachine({ abi });
    const unpublished: number[] = [];
    const emit = machine.events.emit.bind(machine.events);
    machine.events.emit = (kind, place, fields) => {
      emit(kind, place, fields);
      if (kind !== 'ring_interrupt') return;
      const [ring] = [...machine.board.uring.rings.values()];
      unpublished.push(ring!.cqTail - ring!.memory.read32(HEADS.CQ_TAIL));
    };
    const pid = spawn(machine, guest(`uring/uring_uintr.${abi}`));
    expect(finish(machine, pid).status).toBe(0);
    expect(unpublished).toEqual([hidden, hidden, hidden]);
  });
});
