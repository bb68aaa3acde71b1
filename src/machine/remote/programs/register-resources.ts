// RegisterResources: io_uring_register with its arguments in scratch memory.

import { invalidField } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import type { RemoteStep } from '../remote-call.ts';
import type { RemoteProgram } from '../remote-program.ts';
import type { OpcodeSupport, RemotePrograms, RingResources } from './commands.ts';
import type { BufferSet, RingBook } from './ring-book.ts';
import { SYSCALL } from './ring-layout.ts';
import { bookOf } from './rings.ts';
import { Scratch } from './scratch.ts';
import { bytesOf, Session, valueOf } from './session.ts';
import { syscall } from './setup-ring.ts';
import { checked } from './syscall-failure.ts';
import { remoteTask } from './thread.ts';
import { OPERATION_NAMES } from './operation-names.ts';

const REGISTER = { buffers: 0, unregisterBuffers: 1, files: 2, unregisterFiles: 3, eventfd: 4, unregisterEventfd: 5, probe: 8 } as const;
const REGISTER_UINTR = 31;
const UNREGISTER_UINTR = 32;
const PROBE_OPERATIONS = 256;
const PROBE_HEADER = 16;
const PROBE_ROW = 8;
const SUPPORTED = 1;

interface Registration {
  readonly opcode: number;
  readonly argument: Uint8Array | null;
  readonly count: number;
}

type Reply = RemotePrograms['register_resources']['reply'];

export function* registerResources(machine: Machine, fields: RemotePrograms['register_resources']['fields']): RemoteProgram<Reply> {
  const { ring, resources } = fields;
  const book = bookOf(machine, ring);
  if (resources.kind === 'buffers') return yield* registerBuffers(machine, book, resources.sizes);
  const uintr = resources.kind === 'uintr' || (resources.kind === 'unregister' && resources.what === 'uintr');
  if (uintr) checkUintr(machine);
  const registered = book.buffers;
  const { session, result, after } = yield* register(machine, book, registration(resources));
  if (resources.kind === 'unregister' && resources.what === 'buffers' && registered) book.unregisterBuffers(registered);
  const opcodes = resources.kind === 'probe' ? parseProbe(after) : [];
  return { result, opcodes, times: session.times };
}

function registration(resources: Exclude<RingResources, { kind: 'buffers' }>): Registration {
  const integers = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);
  if (resources.kind === 'files') return { opcode: REGISTER.files, argument: integers(...resources.fds), count: resources.fds.length };
  if (resources.kind === 'eventfd') return { opcode: REGISTER.eventfd, argument: integers(resources.fd), count: 1 };
  if (resources.kind === 'uintr') return { opcode: REGISTER_UINTR, argument: integers(resources.fd), count: 1 };
  if (resources.kind === 'probe')
    return { opcode: REGISTER.probe, argument: new Uint8Array(PROBE_HEADER + PROBE_OPERATIONS * PROBE_ROW), count: PROBE_OPERATIONS };
  const opcode = {
    files: REGISTER.unregisterFiles,
    buffers: REGISTER.unregisterBuffers,
    eventfd: REGISTER.unregisterEventfd,
    uintr: UNREGISTER_UINTR,
  }[resources.what];
  return { opcode, argument: null, count: 0 };
}

function* register(
  machine: Machine,
  book: RingBook,
  { opcode, argument, count }: Registration,
): RemoteProgram<{ readonly session: Session; readonly result: number; readonly after: Uint8Array }> {
  const session = new Session(book.tid, 'RegisterResources');
  const scratch = new Scratch(remoteTask(machine, book.tid).remote);
  const address = argument ? scratch.store(argument) : 0;
  const call = syscall(SYSCALL.io_uring_register, book.fd, opcode, address, count);
  const load: RemoteStep[] = argument && argument.length > 0 ? [{ kind: 'load', address, length: argument.length }] : [];
  const results = yield* session.run([...scratch.steps, call, ...load]);
  const at = scratch.steps.length;
  const result = Number(checked('io_uring_register', valueOf(results, at)));
  return { session, result, after: load.length > 0 ? bytesOf(results, at + 1) : new Uint8Array(0) };
}

function* registerBuffers(machine: Machine, book: RingBook, sizes: readonly number[]): RemoteProgram<Reply> {
  const session = new Session(book.tid, 'RegisterResources');
  const scratch = new Scratch(remoteTask(machine, book.tid).remote);
  const buffers: BufferSet = book.registerBuffers(sizes);
  const before = book.buffers;
  const iovecs = BigUint64Array.from(sizes.flatMap((size, at) => [BigInt(buffers.slices[at]!.address), BigInt(size)]));
  const address = scratch.store(new Uint8Array(iovecs.buffer));
  const call = syscall(SYSCALL.io_uring_register, book.fd, REGISTER.buffers, address, sizes.length);
  // Before the call: it is made even if the client goes away meanwhile.
  book.buffers = buffers;
  try {
    const result = checked('io_uring_register', valueOf(yield* session.run([...scratch.steps, call]), scratch.steps.length));
    return { result: Number(result), opcodes: [], times: session.times };
  } catch (error) {
    book.unregisterBuffers(buffers);
    book.buffers = before;
    throw error;
  }
}

function checkUintr(machine: Machine): void {
  const { name } = machine.board.kernel.uintr.profile;
  if (name === 'rfc')
    throw invalidField('uintr_fd', 'profile rfc takes the descriptor at SetupRing: setup_flags SQPOLL (2) and uintr_fd there');
  if (name === 'none') throw invalidField('uintr_fd', 'profile none has no user interrupts');
}

function parseProbe(bytes: Uint8Array): OpcodeSupport[] {
  const probe = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = Math.max(probe.getUint8(0) + 1, OPERATION_NAMES.length);
  return Array.from({ length: last }, (_, opcode) => ({
    opcode,
    name: OPERATION_NAMES[opcode] ?? `IORING_OP_${opcode}`,
    supported: opcode < probe.getUint8(1) && (probe.getUint16(PROBE_HEADER + opcode * PROBE_ROW + 2, true) & SUPPORTED) !== 0,
  }));
}
