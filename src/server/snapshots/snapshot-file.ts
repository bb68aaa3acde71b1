// A snapshot as one file: a head with what is known of it, then its blobs as they are stored. Whoever reads it can check every byte: the
// head has a sum behind it, and a blob's name in the head is its sum. Numbers are little endian.
//
//   16 bytes "uintrd snapshot\n", 4 bytes version, 4 bytes length of the head, the head (exact-json.ts), 32 bytes sha256 of all before
//   then for each blob: 1 byte (1: zstd), 4 bytes length, bytes

import { createHash } from 'node:crypto';
import { MachineError } from '../../machine/errors.ts';
import { exactJson, fromExactJson } from '../store/exact-json.ts';
import type { StoredBlob } from '../store/blobs/blobs.ts';
import { blobsOf } from '../store/blobs/image-blobs.ts';
import { type CapturedMachine, problemOf } from './snapshot-record.ts';

const MAGIC = 'uintrd snapshot\n';
const VERSION = 1;
const MOST_HEAD_BYTES = 16 << 20;
const SUM_BYTES = 32;

/** In the order of the file. */
export function blobNames(captured: CapturedMachine): string[] {
  const { root } = captured.spec;
  const { recorded } = captured;
  return [...new Set([...blobsOf(captured), ...(root ? [root.sha256] : []), ...(recorded ? [recorded.records] : [])])];
}

export function fileHead(captured: CapturedMachine): Uint8Array {
  const head = Buffer.from(exactJson(captured));
  const start = Buffer.alloc(MAGIC.length + 8);
  start.write(MAGIC, 'latin1');
  start.writeUInt32LE(VERSION, MAGIC.length);
  start.writeUInt32LE(head.length, MAGIC.length + 4);
  const sum = createHash('sha256').update(start).update(head).digest();
  return Buffer.concat([start, head, sum]);
}

export function blobHead({ compressed, bytes }: StoredBlob): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed ? 1 : 0);
  head.writeUInt32LE(bytes.length, 1);
  return head;
}

export interface NamedBlob {
  readonly name: string;
  readonly blob: StoredBlob;
}

/** Reads a file that comes in pieces; BAD_SNAPSHOT where it cannot be one. */
export class SnapshotFileReader {
  captured: CapturedMachine | null = null;
  private names: string[] = [];
  private waiting: Buffer = Buffer.alloc(0);
  private position = 0;

  /** Takes the next piece and returns the blobs that are whole now, not yet checked against their names. */
  push(piece: Uint8Array): NamedBlob[] {
    this.waiting = this.waiting.length === 0 ? Buffer.from(piece) : Buffer.concat([this.waiting, piece]);
    if (!this.captured && !this.readHead()) return [];
    const blobs: NamedBlob[] = [];
    for (let blob = this.readBlob(); blob; blob = this.readBlob()) blobs.push(blob);
    return blobs;
  }

  /** Nothing more comes. */
  end(): CapturedMachine {
    if (!this.captured || this.names.length > 0) this.fail('ends early: copy the file again');
    if (this.waiting.length > 0) this.fail('has bytes behind its end');
    return this.captured!;
  }

  private readHead(): boolean {
    const { waiting } = this;
    const given = waiting.toString('latin1', 0, MAGIC.length);
    if (!MAGIC.startsWith(given)) this.fail('is no snapshot of uintrd');
    if (waiting.length < MAGIC.length + 8) return false;
    const version = waiting.readUInt32LE(MAGIC.length);
    if (version !== VERSION) this.fail(`has version ${version} of the format, this version of uintrd reads ${VERSION}`);
    const length = waiting.readUInt32LE(MAGIC.length + 4);
    if (length > MOST_HEAD_BYTES) this.fail(`has a head of ${length} bytes, more than any has`);
    const end = MAGIC.length + 8 + length;
    if (waiting.length < end + SUM_BYTES) return false;
    const sum = createHash('sha256').update(waiting.subarray(0, end)).digest();
    if (!sum.equals(waiting.subarray(end, end + SUM_BYTES))) this.fail('is damaged: the sum of its head is wrong');
    this.captured = this.parse(waiting.toString('utf8', MAGIC.length + 8, end));
    this.names = blobNames(this.captured);
    this.drop(end + SUM_BYTES);
    return true;
  }

  private parse(text: string): CapturedMachine {
    let head: unknown;
    try {
      head = fromExactJson(text);
    } catch {
      this.fail('has a head that is no JSON');
    }
    const problem = problemOf(head);
    if (problem !== '') this.fail(`is no snapshot: ${problem}`);
    return head as CapturedMachine;
  }

  private readBlob(): NamedBlob | undefined {
    const { waiting } = this;
    if (this.names.length === 0 || waiting.length < 5) return undefined;
    const kind = waiting.readUInt8();
    if (kind > 1) this.fail('is damaged: a blob is compressed in no way that is known');
    const length = waiting.readUInt32LE(1);
    if (waiting.length < 5 + length) return undefined;
    const blob = { compressed: kind === 1, bytes: Uint8Array.from(waiting.subarray(5, 5 + length)) };
    this.drop(5 + length);
    return { name: this.names.shift()!, blob };
  }

  private drop(bytes: number): void {
    this.waiting = this.waiting.subarray(bytes);
    this.position += bytes;
  }

  private fail(problem: string): never {
    throw new MachineError('BAD_SNAPSHOT', `the file ${problem} (at byte ${this.position})`, {
      state: 'damaged',
      offset: String(this.position),
    });
  }
}
