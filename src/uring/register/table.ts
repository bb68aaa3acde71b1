// io_uring_register(2): a row says what an operation demands of its arguments and what it does.

import { ERRNO } from '../../kernel/abi/errno.ts';
import { EventFile } from '../../kernel/ipc/event-file.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Profile } from '../../kernel/kernel.ts';
import type { SyscallResult } from '../../kernel/syscalls/row.ts';
import type { Task } from '../../kernel/task/task.ts';
import { CLOCK } from '../../kernel/time/clocks.ts';
import { VectorFile } from '../../kernel/uintr/vector-file.ts';
import { dropReference } from '../../kernel/vfs/fd-table.ts';
import { SETUP } from '../abi/setup.ts';
import { REGISTER, REGISTER_UINTR, type RegisterName } from '../abi/register.ts';
import { OP_LAST } from '../abi/opcodes.ts';
import { OPERATIONS } from '../operations/table.ts';
import { bufferRingStatus, registerBufferRing, unregisterBufferRing } from '../buffers/provide.ts';
import { sendMessageBlindly } from '../operations/message.ts';
import type { Ring } from '../ring.ts';
import type { Uring } from '../uring.ts';
import { cloneBuffers } from './clone-buffers.ts';
import { query } from './query.ts';
import { registerRegion } from './region.ts';
import { registerRings, unregisterRings } from './registered-rings.ts';
import { resizeRings } from './resize.ts';
import { registerPersonality, registerRestrictions, unregisterPersonality } from './restrictions.ts';
import {
  dropBuffers,
  dropFiles,
  registerBuffers,
  registerExtended,
  registerFiles,
  updateBuffers,
  updateExtended,
  updateFiles,
} from './resources.ts';
import { cancelSynchronously } from './synchronous-cancel.ts';
import { bindWorkers, limitWorkers, unbindWorkers } from './workers.ts';

/** `address` and `count` as the call has them. */
type Handler = (kernel: Kernel, ring: Ring, task: Task, address: number, count: number) => SyscallResult;

export interface RegisterRow {
  readonly name: RegisterName;
  readonly handler?: Handler;
  /** Without a ring (descriptor -1). */
  readonly blind?: (kernel: Kernel, uring: Uring, task: Task, address: number, count: number) => number;
  /** Argument and count must both be zero. */
  readonly bare?: true;
  /** Why it is absent: EINVAL, as of a kernel that does not know it. */
  readonly absent?: string;
}

function setEventfd(kernel: Kernel, ring: Ring, task: Task, address: number, count: number, async: boolean): number {
  if (count !== 1) return -ERRNO.EINVAL;
  if (ring.eventfd) return -ERRNO.EBUSY;
  const fd = task.mm.user.readInt32(address);
  if (fd === null) return -ERRNO.EFAULT;
  const file = task.files.get(fd);
  if (!file) return -ERRNO.EBADF;
  if (!(file instanceof EventFile)) return -ERRNO.EINVAL;
  file.references++;
  ring.eventfd = { file, async };
  ring.eventfdSeen = ring.cqTail;
  void kernel;
  return 0;
}

function unsetEventfd(kernel: Kernel, ring: Ring): number {
  const { eventfd } = ring;
  if (!eventfd) return -ERRNO.ENXIO;
  ring.eventfd = null;
  dropReference(kernel, eventfd.file);
  return 0;
}

function setUintr(_kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (count !== 1) return -ERRNO.EINVAL;
  if (ring.uintr) return -ERRNO.EBUSY;
  const fd = task.mm.user.readInt32(address);
  if (fd === null) return -ERRNO.EFAULT;
  const file = task.files.get(fd);
  if (!file) return -ERRNO.EBADF;
  if (!(file instanceof VectorFile)) return -ERRNO.EINVAL;
  file.references++;
  ring.uintr = file;
  return 0;
}

function unsetUintr(kernel: Kernel, ring: Ring): number {
  const { uintr } = ring;
  if (!uintr) return -ERRNO.ENXIO;
  ring.uintr = null;
  dropReference(kernel, uintr);
  return 0;
}

const PROBE_HEAD = 16;
const PROBE_ENTRY = 8;

/** struct io_uring_probe, which must come zeroed. */
function probe(_kernel: Kernel, _ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count > 256) return -ERRNO.EINVAL;
  const entries = Math.min(count, OP_LAST);
  const given = task.mm.user.copyIn(address, PROBE_HEAD + entries * PROBE_ENTRY);
  if (!given) return -ERRNO.EFAULT;
  if (given.some((byte) => byte !== 0)) return -ERRNO.EINVAL;
  given[0] = OP_LAST - 1;
  given[1] = entries;
  for (let opcode = 0; opcode < entries; opcode++) {
    given[PROBE_HEAD + opcode * PROBE_ENTRY] = opcode;
    if (!OPERATIONS[opcode]!.absent) given[PROBE_HEAD + opcode * PROBE_ENTRY + 2] = 1;
  }
  return task.mm.user.copyOut(address, given) ? 0 : -ERRNO.EFAULT;
}

function enableRings(kernel: Kernel, ring: Ring, task: Task): number {
  if (!ring.disabled) return -ERRNO.EBADFD;
  ring.disabled = false;
  if (ring.has(SETUP.SINGLE_ISSUER) && !ring.has(SETUP.SQPOLL)) ring.issuer = task;
  if (ring.thread) kernel.wake(ring.thread.wakeUps);
  return 0;
}

/** struct io_uring_files_update. */
function filesUpdate(kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (count === 0) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, 16);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  if (view.getUint32(4, true) !== 0) return -ERRNO.EINVAL;
  const source = { data: Number(view.getBigUint64(8, true)), tags: 0 };
  return updateFiles(kernel, ring, task, source, view.getUint32(0, true), count);
}

/** struct io_uring_file_index_range. */
function allocationRange(_kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count !== 0) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, 16);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const [start, length] = [view.getUint32(0, true), view.getUint32(4, true)];
  if (start + length > 0xffff_ffff) return -ERRNO.EOVERFLOW;
  if (view.getBigUint64(8, true) !== 0n || start + length > (ring.files?.length ?? 0)) return -ERRNO.EINVAL;
  ring.allocation = { start, end: start + length, next: start };
  return 0;
}

/** struct io_uring_clock_register: MONOTONIC or BOOTTIME, which are one clock here. */
function setClock(_kernel: Kernel, ring: Ring, task: Task, address: number, count: number): number {
  if (address === 0 || count !== 0) return -ERRNO.EINVAL;
  const raw = task.mm.user.copyIn(address, 16);
  if (!raw) return -ERRNO.EFAULT;
  const clock = new DataView(raw.buffer).getUint32(0, true);
  if (raw.subarray(4).some((byte) => byte !== 0)) return -ERRNO.EINVAL;
  if (clock !== CLOCK.MONOTONIC && clock !== CLOCK.BOOTTIME) return -ERRNO.EINVAL;
  ring.clock = CLOCK.MONOTONIC;
  return 0;
}

const NO_DEVICE_QUEUES = 'network packets never wait in a device: there is nothing to poll, and no queue to receive from without a copy';

const ROWS: readonly RegisterRow[] = [
  {
    name: 'BUFFERS',
    handler: (kernel, ring, task, data, count) =>
      data === 0 ? -ERRNO.EFAULT : registerBuffers(kernel, ring, task, { data, tags: 0 }, count),
  },
  { name: 'UNREGISTER_BUFFERS', bare: true, handler: (kernel, ring) => dropBuffers(kernel, ring, true) },
  {
    name: 'FILES',
    handler: (kernel, ring, task, data, count) =>
      data === 0 ? -ERRNO.EFAULT : registerFiles(kernel, ring, task, { data, tags: 0 }, count),
  },
  { name: 'UNREGISTER_FILES', bare: true, handler: (kernel, ring) => dropFiles(kernel, ring, true) },
  { name: 'EVENTFD', handler: (kernel, ring, task, address, count) => setEventfd(kernel, ring, task, address, count, false) },
  { name: 'UNREGISTER_EVENTFD', bare: true, handler: unsetEventfd },
  { name: 'FILES_UPDATE', handler: filesUpdate },
  { name: 'EVENTFD_ASYNC', handler: (kernel, ring, task, address, count) => setEventfd(kernel, ring, task, address, count, true) },
  { name: 'PROBE', handler: probe },
  { name: 'PERSONALITY', bare: true, handler: registerPersonality },
  { name: 'UNREGISTER_PERSONALITY', handler: unregisterPersonality },
  { name: 'RESTRICTIONS', handler: registerRestrictions },
  { name: 'ENABLE_RINGS', bare: true, handler: enableRings },
  { name: 'FILES2', handler: (kernel, ring, task, address, size) => registerExtended(kernel, ring, task, address, size, registerFiles) },
  { name: 'FILES_UPDATE2', handler: (kernel, ring, task, address, size) => updateExtended(kernel, ring, task, address, size, updateFiles) },
  {
    name: 'BUFFERS2',
    handler: (kernel, ring, task, address, size) => registerExtended(kernel, ring, task, address, size, registerBuffers),
  },
  {
    name: 'BUFFERS_UPDATE',
    handler: (kernel, ring, task, address, size) => updateExtended(kernel, ring, task, address, size, updateBuffers),
  },
  { name: 'IOWQ_AFF', handler: bindWorkers },
  { name: 'UNREGISTER_IOWQ_AFF', bare: true, handler: unbindWorkers },
  { name: 'IOWQ_MAX_WORKERS', handler: limitWorkers },
  { name: 'RING_FDS', handler: registerRings },
  { name: 'UNREGISTER_RING_FDS', handler: unregisterRings },
  { name: 'PBUF_RING', handler: registerBufferRing },
  { name: 'UNREGISTER_PBUF_RING', handler: unregisterBufferRing },
  { name: 'SYNC_CANCEL', handler: cancelSynchronously },
  { name: 'FILE_ALLOC_RANGE', handler: allocationRange },
  { name: 'PBUF_STATUS', handler: bufferRingStatus },
  { name: 'NAPI', absent: NO_DEVICE_QUEUES },
  { name: 'UNREGISTER_NAPI', absent: NO_DEVICE_QUEUES },
  { name: 'CLOCK', handler: setClock },
  { name: 'CLONE_BUFFERS', handler: cloneBuffers },
  { name: 'SEND_MSG_RING', handler: () => -ERRNO.EINVAL, blind: sendMessageBlindly },
  { name: 'ZCRX_IFQ', absent: NO_DEVICE_QUEUES },
  { name: 'RESIZE_RINGS', handler: resizeRings },
  { name: 'MEM_REGION', handler: registerRegion },
  {
    name: 'QUERY',
    handler: (_kernel, _ring, task, address, count) => query(task, address, count),
    blind: (_kernel, _uring, task, address, count) => query(task, address, count),
  },
];

const UINTR_ROWS: readonly RegisterRow[] = [
  { name: 'UINTR', handler: setUintr },
  { name: 'UNREGISTER_UINTR', bare: true, handler: unsetUintr },
];

/** Profiles whose kernels have IORING_REGISTER_UINTR. */
const WITH_UINTR: readonly Profile[] = ['poc', 'poc-stack-top', 'k518'];

/** The operations of a profile by number. */
export function registerTable(profile: Profile): ReadonlyMap<number, RegisterRow> {
  const numbers: Readonly<Record<string, number>> = { ...REGISTER, ...REGISTER_UINTR };
  const rows = WITH_UINTR.includes(profile) ? [...ROWS, ...UINTR_ROWS] : ROWS;
  return new Map(rows.map((row) => [numbers[row.name]!, row]));
}
