// Programs that use rings: what they print on Linux they print here, and nothing of theirs is left behind.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HEADS } from '../../src/uring/abi/ring-layout.ts';
import { ringsOf } from '../../src/uring/report.ts';
import { finish, guest, newMachine, run, spawn } from '../machine/run-guest.ts';

const expected = readFileSync(new URL('../../guests/expected/uring/operations.txt', import.meta.url), 'utf8');

describe('operations', () => {
  it.each(['none', 'poc', 'rfc'] as const)('prints what it prints on Linux (profile %s), twice alike', (abi) => {
    const first = run(guest('uring/operations'), {}, { abi });
    expect(first.stdout).toBe(expected);
    expect({ status: first.status, stderr: first.stderr, rings: ringsOf(first.machine.board.uring) }).toEqual({
      status: 0,
      stderr: '',
      rings: [],
    });
    expect(run(guest('uring/operations'), {}, { abi }).machine.hash()).toBe(first.machine.hash());
  });

  it('prints the same natively, where the host permits io_uring', (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'uring-'));
    try {
      const output = execFileSync(fileURLToPath(new URL('../../guests/bin/uring/operations', import.meta.url)), {
        cwd: directory,
        encoding: 'utf8',
        timeout: 20_000,
      });
      expect(output).toBe(expected);
    } catch (error) {
      if ((error as { status?: number }).status !== 77) throw error;
      console.warn('SKIPPED: this host does not permit io_uring, so the transcript was not compared with a real kernel');
      context.skip();
    } finally {
      rmSync(directory, { recursive: true });
    }
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
