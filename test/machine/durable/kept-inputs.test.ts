// Inputs that are kept in memory: all come back, they take little of it, and a machine with too many is not recorded.

import { describe, expect, test } from 'vitest';
import { KeptInputs } from '../../../src/machine/durable/kept-inputs.ts';
import type { JournalEntry } from '../../../src/machine/journal.ts';
import { Rig } from '../control/rig.ts';

const send = (time: number): JournalEntry => ({
  time,
  kind: 'remote_call',
  fields: { tid: 3, name: 'SendUipi', steps: [{ kind: 'senduipi', index: 2n }] },
});

const write = (time: number, bytes: Uint8Array): JournalEntry => ({ time, kind: 'write_stdin', fields: { pid: 2, bytes } as never });

function shared(length: number, first: number): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  bytes.set([first, 2, 3]);
  return bytes;
}

describe('kept inputs', () => {
  test('come back in their order, whether they lie in pieces or not', () => {
    const kept = new KeptInputs();
    const entries = Array.from({ length: 1000 }, (_unused, at) =>
      at % 100 === 7
        ? write(
            at,
            Uint8Array.from({ length: at * 10 }, (_none, byte) => byte),
          )
        : send(at + 0.0625),
    );
    for (const entry of entries) kept.push(entry);
    expect(kept.all()).toEqual(entries);
    const other = new KeptInputs();
    other.goOn(structuredClone(kept.state));
    for (const each of [kept, other]) each.push(send(5000));
    expect(other.all()).toEqual([...entries, send(5000)]);
    expect(other.bytes).toBe(kept.bytes);
  });

  test('take some ten bytes each where they are calls', () => {
    const kept = new KeptInputs();
    for (let at = 0; at < 12_800; at++) kept.push(send(100_000 + at * 3751.0625));
    expect(kept.bytes / 12_800).toBeLessThan(20);
  });

  test('keep memory that is shared once, and hold on to it', () => {
    const kept = new KeptInputs();
    const [one, same, other] = [shared(1 << 20, 1), shared(1 << 20, 1), shared(1 << 20, 9)];
    for (let at = 0; at < 1000; at++) kept.push(write(at, [one, same, other][at % 3]!));
    expect(kept.bytes).toBeLessThan((2 << 20) + (64 << 10));
    const back = kept.all().map((entry) => (entry.fields as { bytes: Uint8Array }).bytes);
    expect(back.every(({ buffer }) => buffer instanceof SharedArrayBuffer)).toBe(true);
    expect(back.slice(0, 6).map(([first]) => first)).toEqual([1, 1, 9, 1, 1, 9]);
  });
});

describe('a machine without a journal on the disk', () => {
  const rig = new Rig({ time_mode: 'LOCKSTEP' });
  const record = (): unknown => rig.do('record_machine', { segment: 0 }).recording;
  const addThread = (): void => void rig.do('create_remote_thread', { pid: 0, name: 'client', park: 'spin', affinity: 0 });

  test('is recorded while its inputs are within the limit, and refused from then on', () => {
    addThread();
    expect(record()).toMatchObject({ cycle: rig.machine.cycle });
    const { journal } = rig.machine;
    journal.limit = journal.bytes + 1000;
    for (let i = 0; journal.cutAt === null && i < 1000; i++) addThread();
    expect(journal.bytes).toBe(0);
    addThread();
    expect(journal.bytes).toBe(0);
    const cut = expect.stringMatching(
      /^at cycle \d+ the inputs .* more than journal-bytes, \d+, .*--journal-bytes, or with --data-dir/,
    ) as string;
    const refusal = { code: 'LIMIT_EXCEEDED', details: { subject: 'journal-bytes', limit: String(journal.limit) }, message: cut };
    expect(record).toThrow(expect.objectContaining(refusal) as Error);
  });

  test('is recorded again after a reset', () => {
    rig.do('reset_machine', {});
    addThread();
    expect(record()).toMatchObject({ cycle: rig.machine.cycle });
  });

  test('keeps nothing of what follows a snapshot, because that is not recorded either', () => {
    const { image } = rig.do('capture_machine', {});
    rig.do('restore_machine', { image });
    addThread();
    expect(rig.machine.journal).toMatchObject({ bytes: 0, length: 1 });
    expect(record).toThrow('made from a snapshot');
  });
});
