// The other end of runner.c: hands a batch of cases to the processor and reads what it did.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CODE, CODE_ALIAS, FS_BASE, GS_BASE, IMAGE_BYTES, WINDOWS } from '../layout.ts';
import type { Lowered } from '../lower.ts';
import { type Outcome, fxsaveArea } from '../outcome.ts';
import { IMAGES, type MachineState, imageOf } from '../state.ts';

const RUNNER = fileURLToPath(new URL('./runner', import.meta.url));
const HEADER_WORDS = 6;
const HEADER_BYTES = HEADER_WORDS * 8 + 8 * 24;
const INPUT_BYTES = 16 + 128 + 16 + 512;
const OUTPUT_BYTES = 128 + 6 * 8 + 512 + 8;
const LINE_BYTES = 64;
const READ = 1,
  WRITE = 2,
  EXECUTE = 4;
const SIGVTALRM = 26,
  SIGSYS = 31;
const VECTOR_PF = 14;
/** Linux calls every page of the kernel's half present. */
const KERNEL_HALF = 0x7fff_ffff_f000n;
const FEATURES = ['sse3', 'ssse3', 'sse4_1', 'sse4_2', 'popcnt', 'cx16'];

/** A case as it is run. */
export interface Job {
  readonly lowered: Lowered;
  readonly state: MachineState;
}

/** Why this host cannot answer, null if it can. */
export function whyNotNative(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `the processor is ${process.arch} under ${process.platform}, not x86-64 under Linux`;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const lacks = FEATURES.filter((feature) => !flags.includes(feature) && !(feature === 'sse3' && flags.includes('pni')));
  if (lacks.length > 0) return `the processor lacks ${lacks.join(' ')}`;
  return existsSync(RUNNER) ? null : `${RUNNER} is missing`;
}

function headerBytes(cases: number): Uint8Array {
  const words = new BigUint64Array(HEADER_BYTES / 8);
  words.set([WINDOWS.length, IMAGES, cases, FS_BASE, GS_BASE, CODE_ALIAS].map(BigInt));
  WINDOWS.forEach(({ base, bytes, write, execute }, n) => {
    words.set([base, bytes, READ | (write ? WRITE : 0) | (execute ? EXECUTE : 0)].map(BigInt), HEADER_WORDS + 3 * n);
  });
  return new Uint8Array(words.buffer);
}

const padded = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array((bytes.length + 7) & ~7);
  out.set(bytes);
  return out;
};

function inputBytes({ lowered, state }: Job): Uint8Array[] {
  const head = new Uint8Array(INPUT_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, state.image, true);
  view.setUint32(4, lowered.offset, true);
  view.setUint32(8, lowered.code.length, true);
  view.setUint32(12, state.patches.length, true);
  state.gpr.forEach((value, n) => view.setBigUint64(16 + 8 * n, value, true));
  view.setBigUint64(144, BigInt(lowered.entry), true);
  view.setBigUint64(152, BigInt(state.rflags), true);
  head.set(fxsaveArea(state), 160);
  const parts = [head, padded(lowered.code)];
  for (const { offset, bytes } of state.patches) parts.push(new Uint8Array(Uint32Array.of(offset, bytes.length).buffer), padded(bytes));
  return parts;
}

/** The memory image that a job starts from. */
export function startImage({ lowered, state }: Job): Uint8Array {
  const image = imageOf(state.image).slice();
  image.set(lowered.code, lowered.offset);
  for (const { offset, bytes } of state.patches) image.set(bytes, offset);
  return image;
}

function outcomeAt(job: Job, bytes: Buffer, at: number): { outcome: Outcome; next: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (n: number): bigint => view.getBigUint64(at + 128 + 8 * n, true);
  const signal = Number(word(2));
  const vector = Number(word(3));
  const fx = at + 128 + 48;
  const lines = Number(view.getBigUint64(fx + 512, true));
  const memory = startImage(job);
  let line = at + OUTPUT_BYTES;
  for (let n = 0; n < lines; n++, line += 8 + LINE_BYTES) {
    memory.set(bytes.subarray(line + 8, line + 8 + LINE_BYTES), Number(view.getBigUint64(line, true)));
  }
  const st = new Uint8Array(80);
  for (let n = 0; n < 8; n++) st.set(bytes.subarray(fx + 32 + 16 * n, fx + 42 + 16 * n), 10 * n);
  const address = vector === VECTOR_PF ? word(5) : 0n;
  const outcome: Outcome = {
    end: signal === SIGVTALRM ? 'endless' : signal === SIGSYS ? 'syscall' : 'exception',
    vector,
    errorCode: Number(word(4)) & (address >= KERNEL_HALF ? ~1 : ~0),
    address,
    rip: word(0),
    rflags: Number(word(1)),
    gpr: Array.from({ length: 16 }, (_, n) => view.getBigUint64(at + 8 * n, true)),
    xmm: bytes.subarray(fx + 160, fx + 416),
    mxcsr: view.getUint32(fx + 24, true),
    fcw: view.getUint16(fx, true),
    fsw: view.getUint16(fx + 2, true),
    ftw: view.getUint8(fx + 4),
    st,
    memory,
  };
  return { outcome, next: line };
}

/** What this processor makes of each job, in order. */
export function runNatively(jobs: readonly Job[]): Outcome[] {
  const directory = mkdtempSync(join(tmpdir(), 'fuzz-cpu-'));
  try {
    const images = Array.from({ length: IMAGES }, (_, n) => imageOf(n).subarray(CODE.bytes, IMAGE_BYTES));
    const input = join(directory, 'cases');
    writeFileSync(input, Buffer.concat([headerBytes(jobs.length), ...images, ...jobs.flatMap(inputBytes)]));
    const from = openSync(input, 'r');
    const to = openSync(join(directory, 'outcomes'), 'w');
    const result = spawnSync(RUNNER, { stdio: [from, to, 'inherit'] });
    closeSync(from);
    closeSync(to);
    if (result.error) throw result.error;
    const bytes = readFileSync(join(directory, 'outcomes'));
    const outcomes: Outcome[] = [];
    let at = 0;
    for (const job of jobs) {
      if (at + OUTPUT_BYTES > bytes.length) {
        const why = result.signal ?? `exit code ${result.status}`;
        throw new Error(
          `the runner ended with ${why} after ${outcomes.length} of ${jobs.length} cases; code ${Buffer.from(job.lowered.code).toString('hex')}`,
        );
      }
      const { outcome, next } = outcomeAt(job, bytes, at);
      outcomes.push(outcome);
      at = next;
    }
    return outcomes;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
