// SetupRing and CloseRing: the descriptor, and the mappings whose sizes depend on what io_uring_setup has answered.

import { invalidField } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import type { RemoteResult, RemoteStep } from '../remote-call.ts';
import type { RemoteProgram } from '../remote-program.ts';
import type { RemotePrograms } from './commands.ts';
import { RingBook } from './ring-book.ts';
import {
  encodeParams,
  IORING_FEAT_SINGLE_MMAP,
  IORING_SETUP_CQE32,
  IORING_SETUP_CQE_MIXED,
  IORING_SETUP_CQSIZE,
  IORING_SETUP_NO_MMAP,
  IORING_SETUP_NO_SQARRAY,
  IORING_SETUP_REGISTERED_FD_ONLY,
  IORING_SETUP_SQE128,
  mappingSizes,
  MMAP_OFFSETS,
  PARAMS_BYTES,
  parseParams,
  SYSCALL,
  type RingParams,
} from './ring-layout.ts';
import { addBook, bookOf, dropBook, ringArena, ringInfos } from './rings.ts';
import { Scratch } from './scratch.ts';
import { bytesOf, Session, valueOf } from './session.ts';
import { checked, isError, syscallFailure } from './syscall-failure.ts';
import { remoteTask } from './thread.ts';

type Fields<K extends keyof RemotePrograms> = RemotePrograms[K]['fields'];
type Program<K extends keyof RemotePrograms> = RemoteProgram<RemotePrograms[K]['reply']>;

const PROT_READ_WRITE = 3n;
const MAP_SHARED_POPULATE = 0x8001n;

interface Mapping {
  readonly offset: bigint;
  readonly length: number;
}

export const syscall = (number: number, ...args: (number | bigint)[]): RemoteStep => ({
  kind: 'syscall',
  number,
  arguments: args.map((value) => BigInt.asUintN(64, BigInt(value))),
});

export function* setupRing(machine: Machine, fields: Fields<'setup_ring'>): Program<'setup_ring'> {
  const { tid, entries, cqEntries, setupFlags, uintrFd } = fields;
  const task = remoteTask(machine, tid);
  checkFlags(setupFlags);
  const session = new Session(tid, 'SetupRing');
  const scratch = new Scratch(task.remote);
  const address = scratch.store(encodeParams(setupFlags, cqEntries, uintrFd));
  const results = yield* session.run([
    ...scratch.steps,
    syscall(SYSCALL.io_uring_setup, entries, address),
    { kind: 'load', address, length: PARAMS_BYTES },
  ]);
  const fd = Number(checked('io_uring_setup', valueOf(results, 1)));
  const params = parseParams(bytesOf(results, 2));
  const addresses = yield* map(session, fd, mappingsOf(params));
  const [sqRing, sqes, cqRing = sqRing] = addresses;
  const { pid } = task.process;
  const ring = ringInfos(machine).findLast((candidate) => candidate.pid === pid && candidate.fd === fd);
  if (!ring) throw new Error(`no ring behind descriptor ${fd} of process ${pid}`);
  const identity = { ring: ring.ring, tid, pid, fd };
  addBook(machine, new RingBook(identity, params, { sqRing: sqRing!, cqRing: cqRing!, sqes: sqes! }, ringArena(machine, task)));
  return { ring: { ...ring, tid }, times: session.times };
}

function checkFlags(setupFlags: number): void {
  if (setupFlags & IORING_SETUP_CQSIZE) throw invalidField('setup_flags', 'IORING_SETUP_CQSIZE is set by giving cq_entries');
  if (setupFlags & (IORING_SETUP_SQE128 | IORING_SETUP_CQE32 | IORING_SETUP_CQE_MIXED))
    throw invalidField(
      'setup_flags',
      'entries of another size than 64 and 16 bytes (SQE128, CQE32, CQE_MIXED) cannot be used through this API',
    );
  if (setupFlags & (IORING_SETUP_NO_MMAP | IORING_SETUP_REGISTERED_FD_ONLY | IORING_SETUP_NO_SQARRAY))
    throw invalidField('setup_flags', 'rings of another layout (NO_MMAP, REGISTERED_FD_ONLY, NO_SQARRAY) cannot be used through this API');
}

function mappingsOf(params: RingParams): Mapping[] {
  const { sqRing, cqRing, sqes } = mappingSizes(params);
  const mappings = [
    { offset: MMAP_OFFSETS.sqRing, length: sqRing },
    { offset: MMAP_OFFSETS.sqes, length: sqes },
  ];
  if ((params.features & IORING_FEAT_SINGLE_MMAP) === 0) mappings.push({ offset: MMAP_OFFSETS.cqRing, length: cqRing });
  return mappings;
}

/** Addresses of the mappings. If one fails, nothing of the ring is left. */
function* map(session: Session, fd: number, mappings: readonly Mapping[]): RemoteProgram<number[]> {
  const steps = mappings.map(({ offset, length }) => syscall(SYSCALL.mmap, 0, length, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset));
  const results = yield* session.run(steps);
  const addresses = steps.map((_, at) => valueOf(results, at));
  const failed = addresses.find(isError);
  if (failed === undefined) return addresses.map(Number);
  const made = mappings.flatMap(({ length }, at) => (isError(addresses[at]!) ? [] : [syscall(SYSCALL.munmap, addresses[at]!, length)]));
  yield* session.run([...made, syscall(SYSCALL.close, fd)]);
  throw syscallFailure('mmap', failed);
}

export function* closeRing(machine: Machine, { ring }: Fields<'close_ring'>): Program<'close_ring'> {
  const book = bookOf(machine, ring);
  const session = new Session(book.tid, 'CloseRing');
  const addresses = [book.at.sqRing, book.at.sqes, book.at.cqRing];
  const unmap = mappingsOf(book.params).map(({ length }, at) => syscall(SYSCALL.munmap, addresses[at]!, length));
  const results: readonly RemoteResult[] = yield* session.run([...unmap, syscall(SYSCALL.close, book.fd)]);
  dropBook(machine, book);
  checked('close', valueOf(results, unmap.length));
  return { times: session.times };
}
