// The other end of harness/harness.c: hands cases to the processor and reads what it did.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backgrounds, memoryImage } from '../background.ts';
import * as layout from '../layout.ts';
import type { Case, Fault, Outcome, Patch } from '../vector.ts';

const INPUT_BYTES = 4 + 4 + 16 + 128 + 256 + 8 + 4 + 4;
const OUTPUT_BYTES = 128 + 256 + 5 * 8 + 4 + 4;
const VECTOR_BP = 3,
  VECTOR_PF = 14;
const FETCH = 0x10;

function layoutBytes(): Uint8Array {
  const words = [
    layout.CODE_BASE,
    layout.CODE_BYTES,
    layout.DATA_BASE,
    layout.DATA_BYTES,
    layout.READ_ONLY_OFFSET,
    layout.HIGH_BASE,
    layout.HIGH_BYTES,
    layout.GS_BASE,
    layout.FS_BASE,
  ];
  return new Uint8Array(new BigUint64Array(words.map(BigInt)).buffer);
}

function encodeCase(c: Case): Uint8Array {
  const background = backgrounds[c.background]!;
  const count = c.patches.reduce((sum, patch) => sum + patch.bytes.length, 0);
  const bytes = new Uint8Array(INPUT_BYTES + count * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, c.codeOffset, true);
  view.setUint32(4, c.code.length, true);
  bytes.set(c.code, 8);
  for (let n = 0; n < 16; n++) {
    view.setBigUint64(24 + n * 8, BigInt.asUintN(64, c.gpr.get(n) ?? background.gpr[n]!), true);
    bytes.set(c.xmm.get(n) ?? background.xmm[n]!, 152 + n * 16);
  }
  view.setBigUint64(408, BigInt(c.rflags), true);
  view.setUint32(416, c.mxcsr, true);
  view.setUint32(420, count * 8, true);
  let at = INPUT_BYTES;
  for (const patch of c.patches) {
    patch.bytes.forEach((value, i) => {
      view.setUint32(at, patch.offset + i, true);
      view.setUint32(at + 4, value, true);
      at += 8;
    });
  }
  return bytes;
}

/** Joins single bytes to runs. */
function runs(view: DataView, at: number, count: number): Patch[] {
  const patches: { offset: number; bytes: number[] }[] = [];
  for (let i = 0; i < count; i++) {
    const offset = view.getUint32(at + i * 8, true);
    const value = view.getUint32(at + i * 8 + 4, true);
    const last = patches.at(-1);
    if (last && last.offset + last.bytes.length === offset) last.bytes.push(value);
    else patches.push({ offset, bytes: [value] });
  }
  return patches.map(({ offset, bytes }) => ({ offset, bytes: Uint8Array.from(bytes) }));
}

function decodeOutcome(c: Case, bytes: Uint8Array, view: DataView, at: number): { outcome: Outcome; next: number } {
  const background = backgrounds[c.background]!;
  const gpr = new Map<number, bigint>();
  const xmm = new Map<number, Uint8Array>();
  for (let n = 0; n < 16; n++) {
    const value = view.getBigUint64(at + n * 8, true);
    if (value !== BigInt.asUintN(64, c.gpr.get(n) ?? background.gpr[n]!)) gpr.set(n, value);
    const lanes = bytes.slice(at + 128 + n * 16, at + 144 + n * 16);
    if (Buffer.compare(lanes, c.xmm.get(n) ?? background.xmm[n]!) !== 0) xmm.set(n, lanes);
  }
  const scalars = at + 384;
  let rip = view.getBigUint64(scalars, true);
  const rflags = Number(view.getBigUint64(scalars + 8, true));
  const trap = Number(view.getBigUint64(scalars + 16, true));
  const errorCode = Number(view.getBigUint64(scalars + 24, true));
  const address = view.getBigUint64(scalars + 32, true);
  const mxcsr = view.getUint32(scalars + 40, true);
  const count = view.getUint32(scalars + 44, true) / 8;

  const start = BigInt(layout.CODE_BASE + c.codeOffset);
  let fault: Fault | null = { vector: trap, errorCode, address: trap === VECTOR_PF ? address : 0n };
  if (trap === VECTOR_BP && rip !== start + BigInt(c.code.length)) {
    // The INT3 behind the instruction, or at its target: the instruction itself has completed.
    fault = null;
    rip -= 1n;
  } else if (trap === VECTOR_PF && errorCode & FETCH && rip !== start) {
    // A jump to where nothing can be fetched has completed as well.
    fault = null;
  }
  const outcome: Outcome = { fault, rip, rflags, mxcsr, gpr, xmm, writes: runs(view, at + OUTPUT_BYTES, count) };
  return { outcome, next: at + OUTPUT_BYTES + count * 8 };
}

/** Builds the harness, runs every case on this processor, and gives the outcomes in order. */
export function runNatively(cases: readonly Case[]): Outcome[] {
  const directory = mkdtempSync(join(tmpdir(), 'vectors-'));
  try {
    const program = join(directory, 'harness');
    const source = fileURLToPath(new URL('../harness/harness.c', import.meta.url));
    execFileSync('gcc', ['-O1', '-Wall', '-static', '-o', program, source], { stdio: 'inherit' });
    const input = Buffer.concat([layoutBytes(), memoryImage, ...cases.map(encodeCase)]);
    const result = spawnSync(program, { input, maxBuffer: 1 << 30 });
    if (result.error) throw result.error;
    const view = new DataView(result.stdout.buffer, result.stdout.byteOffset, result.stdout.byteLength);
    const outcomes: Outcome[] = [];
    let at = 0;
    for (const c of cases) {
      if (at + OUTPUT_BYTES > result.stdout.length) {
        const where = Buffer.from(c.code).toString('hex');
        throw new Error(
          `the harness ended (${result.signal ?? result.status}) near case ${outcomes.length}, code ${where}: ${result.stderr}`,
        );
      }
      const { outcome, next } = decodeOutcome(c, result.stdout, view, at);
      outcomes.push(outcome);
      at = next;
    }
    return outcomes;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** "AuthenticAMD family 25 model 1 AMD EPYC". */
export function processorName(): string {
  const info = readFileSync('/proc/cpuinfo', 'utf8');
  const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(info)?.[1] ?? '?';
  return `${field('vendor_id')} family ${field('cpu family')} model ${field('model')} ${field('model name')}`;
}
