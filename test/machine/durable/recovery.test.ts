// A machine whose host loses power at any moment: whatever it had told is in what is recovered, with an equal hash, and what it tells from
// there on survives the next time.

import { expect, test } from 'vitest';
import type { JournalRecord } from '../../../src/machine/durable/journal-record.ts';
import { approach, Recovery } from '../../../src/machine/durable/recovery.ts';
import { REPLAY_MICROSECONDS } from '../../../src/machine/hosted/durability.ts';
import type { HostedMachine } from '../../../src/machine/hosted/hosted-machine.ts';
import { FIRST_PIECE, LARGEST_PIECE } from '../../../src/machine/machine.ts';
import { DEFAULT_SPEC, type MachineSpec } from '../../../src/machine/machine-spec.ts';
import type { FromWorker, JournalFields } from '../../../src/machine/protocol.ts';
import { makeElf } from '../../kernel/elf-maker.ts';
import { guest, spawn, stepModule } from '../run-guest.ts';
import { hosted } from './hosted.ts';
import { PowerCutFiles } from './power-cut.ts';

const JOURNAL: JournalFields = { folder: 'j', uid: 'u', engine: 'e', segment: 1, incarnation: 1, recover: false };

/** As a worker has it: what it says is told when its journal is durable. */
class Worker {
  readonly hosted: HostedMachine;
  readonly events: Buffer[] = [];
  /** By process and stream. */
  readonly output = new Map<string, string>();
  /** It asked to be saved. */
  saveWanted = false;
  /** Hash whenever something was told last. */
  shown = '';
  private said: FromWorker[] = [];
  private readonly files: PowerCutFiles;

  /** `replay`: microseconds that it took to bring it back. */
  constructor(files: PowerCutFiles, spec: MachineSpec, recover: boolean, engine = 'e', replay = 0) {
    this.files = files;
    this.hosted = hosted({ spec, journal: { ...JOURNAL, recover, engine } }, files, (message) => void this.said.push(message), replay);
    this.hosted.flush();
    this.tell();
  }

  /** `durable` false: power fails before. */
  tell(durable = true): void {
    const journal = this.hosted.commit();
    if (!durable) return journal?.write();
    journal?.sync();
    for (const message of this.said) {
      if (message.kind === 'save_wanted') this.saveWanted = true;
      if (message.kind === 'events') this.events.push(Buffer.from(message.bytes));
      if (message.kind !== 'console') continue;
      const [key, before] = [`${message.pid} ${message.stream}`, this.output.get(`${message.pid} ${message.stream}`) ?? ''];
      expect(message.offset).toBe(before.length);
      this.output.set(key, before + Buffer.from(message.bytes).toString('latin1'));
    }
    this.said = [];
    if (journal || this.shown === '') this.shown = this.hosted.machine.hash();
  }

  get told(): Buffer {
    return Buffer.concat(this.events);
  }

  cut(random: () => number): PowerCutFiles {
    return this.files.cut(random);
  }
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
}

/** What is done to a machine, in order; each is told before the next. */
const SCRIPT: readonly ((hosted: HostedMachine) => void)[] = [
  ({ machine }) => void spawn(machine, guest('threads')),
  (hosted) => hosted.changeState('running', 'requested'),
  ({ machine }) => void spawn(machine, guest('uipi_spin.poc')),
  ({ machine }) => void machine.apply('write_file', { path: '/tmp/note', bytes: Uint8Array.of(1, 2, 3), mode: 0o600 }),
  ({ machine }) => expect(() => machine.apply('signal_process', { pid: 99, tid: 0, signal: 9 })).toThrow(),
  ({ machine }) => void machine.apply('create_remote_thread', { pid: 0, name: 'client', park: 'spin', affinity: 0 }),
  (hosted) => hosted.pause(),
  (hosted) => hosted.changeState('running', 'requested'),
];

const END = 3_000_000;

/** Slices of some cycles, so that there are many moments. */
function run({ hosted }: Worker, slices: number): void {
  for (let i = 0; i < slices && hosted.isRunnable && hosted.machine.time < END; i++) {
    hosted.machine.runSlice(Math.min(END, hosted.machine.time + 20_011));
    hosted.flush();
  }
}

test('power cuts at many moments', () => {
  const spec: MachineSpec = { ...DEFAULT_SPEC, ram_bytes: 16 << 20 };
  for (let round = 1; round <= 8; round++) {
    const random = numbers(round);
    const worker = new Worker(new PowerCutFiles(), spec, false);
    const last = Math.floor(random() * (SCRIPT.length + 1));
    for (const act of SCRIPT.slice(0, last)) {
      act(worker.hosted);
      worker.tell();
      run(worker, 1 + Math.floor(random() * 6));
      worker.tell();
    }
    // Something that nobody hears of.
    run(worker, 1 + Math.floor(random() * 3));
    if (random() < 0.5) worker.hosted.machine.apply('write_file', { path: '/tmp/lost', bytes: new Uint8Array(5000), mode: 0o600 });
    worker.tell(false);

    const after = new Worker(worker.cut(random), spec, true);
    const { told } = after;
    expect(told.subarray(0, worker.told.length).equals(worker.told), `round ${round}: events`).toBe(true);
    if (told.length === worker.told.length) expect(after.shown, `round ${round}: hash`).toBe(worker.shown);
    for (const [stream, text] of worker.output) expect(after.output.get(stream)?.startsWith(text), `round ${round}: output`).toBe(true);
    // Once more, from what the recovered one has written.
    run(after, 3);
    after.tell();
    const again = new Worker(after.cut(random), spec, true);
    expect(again.shown).toBe(after.shown);
    expect(again.told.equals(after.told)).toBe(true);
  }
});

test('what is told costs one sync, what is only looked at none', () => {
  const files = new PowerCutFiles();
  const worker = new Worker(files, { ...DEFAULT_SPEC, ram_bytes: 16 << 20 }, false);
  const before = files.syncs;
  spawn(worker.hosted.machine, guest('hello'));
  worker.hosted.answered();
  worker.tell();
  expect(files.syncs).toBe(before + 1);
  for (let i = 0; i < 3; i++) {
    worker.hosted.answered();
    worker.tell();
  }
  expect(files.syncs).toBe(before + 1);
});

test('a machine asks to be saved once a replay would take long, however often its host dies; to look at it counts for nothing', () => {
  const spec: MachineSpec = { ...DEFAULT_SPEC, ram_bytes: 16 << 20 };
  let worker = new Worker(new PowerCutFiles(), spec, false);
  spawn(worker.hosted.machine, guest('bench/mul'), { arguments: ['mul', '1000000000'] });
  worker.hosted.changeState('running', '');
  const work = (part: number): boolean => {
    worker.hosted.runSlice();
    worker.hosted.worked(REPLAY_MICROSECONDS * part);
    worker.hosted.answered();
    worker.tell();
    return worker.saveWanted;
  };
  expect(work(0.6)).toBe(false);
  worker.hosted.worked(REPLAY_MICROSECONDS);
  worker.tell();
  expect(worker.saveWanted).toBe(false);
  expect(work(0.6)).toBe(true);
  worker.saveWanted = false;
  expect(work(0.6)).toBe(false);
  worker.hosted.save(false);
  // One that it took long to save is left alone for longer.
  worker.hosted.worked(0, REPLAY_MICROSECONDS / 5);
  expect([work(1.2), work(0.9)]).toEqual([false, true]);
  worker = new Worker(
    worker.cut(() => 1),
    spec,
    true,
    'e',
    REPLAY_MICROSECONDS,
  );
  expect(work(0)).toBe(true);
});

test('a journal that cannot go on in a new segment goes on in the old one', () => {
  const files = new PowerCutFiles();
  const spec: MachineSpec = { ...DEFAULT_SPEC, ram_bytes: 16 << 20 };
  const worker = new Worker(files, spec, false);
  spawn(worker.hosted.machine, guest('hello'));
  worker.tell();
  files.isFull = true;
  expect(() => worker.hosted.save(false)).toThrow('ENOSPC');
  files.isFull = false;
  worker.hosted.changeState('running', '');
  run(worker, 2);
  worker.tell();
  expect(files.list('j')).toEqual(['00000001.journal']);
  const after = new Worker(
    files.cut(() => 0),
    spec,
    true,
  );
  expect(after.shown).toBe(worker.shown);
  expect(worker.hosted.save(false).segment).toBe(2);
});

const horizon = (time: number): JournalRecord => ({ kind: 'horizon', time });

test('a long way is gone in pieces until it is enough, and time in which nothing happens at once', () => {
  const worker = new Worker(new PowerCutFiles(), { ...DEFAULT_SPEC, ram_bytes: 16 << 20 }, false);
  const { machine } = worker.hosted;
  expect(approach(machine, horizon(1e12), 1e12, () => true)).toBe(true);
  spawn(machine, guest('bench/mul'), { arguments: ['mul', '1000000000'] });
  // Where it only computes.
  const start = 4 * LARGEST_PIECE;
  machine.advanceTo(start);
  const goal = start + LARGEST_PIECE;
  for (let piece = 1; piece <= 3; piece++) {
    expect(approach(machine, horizon(goal), goal, () => true)).toBe(false);
    expect(Math.round((machine.time - start) / FIRST_PIECE)).toBe(piece);
  }
  // Longer pieces while nobody has had enough, up to a bound.
  let [last, longest] = [machine.time, 0];
  const never = (): boolean => {
    longest = Math.max(longest, machine.time - last);
    last = machine.time;
    return false;
  };
  const far = goal + 20 * LARGEST_PIECE;
  expect(approach(machine, horizon(far), far, never)).toBe(true);
  expect(Math.round(longest)).toBe(LARGEST_PIECE);
  expect(far - machine.time).toBeLessThanOrEqual(LARGEST_PIECE);
});

test('code that rewrites itself for ever is replayed a little at a time, to the same state', () => {
  const files = new PowerCutFiles();
  const spec: MachineSpec = { ...DEFAULT_SPEC, vcpus: 1, ram_bytes: 16 << 20 };
  // 1: inc byte [rip+1]; mov al, 0; jmp 1b: the immediate is what grows.
  const code = Uint8Array.of(0xfe, 0x05, 1, 0, 0, 0, 0xb0, 0, 0xeb, 0xf6);
  const segments = [{ flags: 7, offset: 0x1000, address: 0x401000, fileSize: 0x1000 }];
  const worker = new Worker(files, spec, false);
  spawn(worker.hosted.machine, makeElf({ code, segments }));
  worker.hosted.changeState('running', 'requested');
  worker.hosted.machine.runSlice(30_000);
  worker.hosted.changeState('paused', 'requested');
  worker.tell();
  const { machine } = worker.hosted;
  expect(machine.board.cpu.context.rip & ~0xfn).toBe(0x401000n);

  const place = { folder: 'j', uid: 'u', engine: 'e' };
  const recovery = new Recovery(
    worker.cut(() => 0),
    place,
    spec,
    stepModule(),
    { image: null, segment: 1, incarnation: 1 },
  );
  /** Instructions are what takes long. */
  let [longest, more] = [0, true];
  while (more) {
    const before = recovery.machine.board.cpu.instructions;
    more = recovery.step(() => true);
    longest = Math.max(longest, recovery.machine.board.cpu.instructions - before);
  }
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(machine.board.cpu.instructions / 2);
  expect(recovery.machine.hash()).toBe(machine.hash());
});

test('a saved machine needs the segments from there on alone; a fresh start needs nothing before it', () => {
  const files = new PowerCutFiles();
  const spec: MachineSpec = { ...DEFAULT_SPEC, ram_bytes: 16 << 20 };
  const worker = new Worker(files, spec, false);
  spawn(worker.hosted.machine, guest('hello'));
  worker.hosted.changeState('running', '');
  run(worker, 2);
  worker.tell();
  const { image, segment } = worker.hosted.save(false);
  expect(segment).toBe(2);
  run(worker, 2);
  worker.tell();
  const fields = { spec, image, journal: { ...JOURNAL, segment, recover: true } };
  const back = (): HostedMachine =>
    hosted(
      fields,
      files.cut(() => 1),
    );
  expect(back().machine.hash()).toBe(worker.shown);
  worker.hosted.reset();
  worker.tell();
  const fresh = back();
  expect(fresh.restoredReport()).toMatchObject({ incarnation: 2, cycle: 0, nextSequence: 2, state: 'created', segment: 3 });
});

const REFUSALS: readonly [what: string, damage: (files: PowerCutFiles) => void, engine: string, message: RegExp][] = [
  [
    'a changed byte in the middle',
    (files) => files.flip('j/00000001.journal', 400),
    'e',
    /00000001\.journal is damaged at byte \d+: bring/,
  ],
  ['a changed head', (files) => files.flip('j/00000001.journal', 40), 'e', /is damaged or no journal of uintrd, at byte 0/],
  ['a missing segment', (files) => files.remove('j/00000001.journal'), 'e', /00000002\.journal follows a segment that is missing/],
  ['another engine', () => {}, 'other', /was recorded by engine e, and this is engine other.*start that version once/],
];
for (const [what, damage, engine, message] of REFUSALS)
  test(`${what} is refused`, () => {
    const files = new PowerCutFiles();
    const spec: MachineSpec = { ...DEFAULT_SPEC, ram_bytes: 16 << 20 };
    const worker = new Worker(files, spec, false);
    spawn(worker.hosted.machine, guest('hello'));
    worker.hosted.changeState('running', '');
    run(worker, 2);
    worker.tell();
    worker.hosted.save(false);
    run(worker, 2);
    worker.tell();
    damage(files);
    expect(() => new Worker(files, spec, true, engine)).toThrow(message);
  });
