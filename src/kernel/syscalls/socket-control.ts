// struct msghdr and its control buffer (recv(2), cmsg(3)): read for a sender, filled in for a receiver.

import { ERRNO } from '../abi/errno.ts';
import { CMSGHDR_BYTES, MSG_CTRUNC, MSGHDR_BYTES, SCM_PIDFD, SCM_RIGHTS, SOCKADDR_MAX, SOL_SOCKET } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import { type ControlMessage, int32s, parseControl, type Received } from '../net/message.ts';
import { openProcess } from '../ipc/pid-file.ts';
import type { Process } from '../task/process.ts';
import type { Task } from '../task/task.ts';
import { dropReference } from '../vfs/fd-table.ts';
import { readSegments, type Segment } from '../vfs/user-memory.ts';

/** net.core.optmem_max. */
const CONTROL_MAX = 131_072;
const UIO_MAXIOV = 1024;

const align8 = (length: number): number => Math.ceil(length / 8) * 8;

/** struct msghdr. */
export interface MessageHeader {
  readonly address: number;
  readonly name: number;
  readonly nameLength: number;
  readonly segments: readonly Segment[];
  readonly control: number;
  readonly controlLength: number;
}

export function readHeader(task: Task, address: number): MessageHeader | number {
  const raw = task.mm.user.copyIn(address, MSGHDR_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const view = new DataView(raw.buffer);
  const number = (at: number): number => Number(view.getBigUint64(at, true));
  const nameLength = view.getInt32(8, true);
  if (nameLength < 0) return -ERRNO.EINVAL;
  if (number(24) > UIO_MAXIOV) return -ERRNO.EMSGSIZE;
  const segments = readSegments(task, number(16), number(24));
  if (typeof segments === 'number') return segments;
  const name = number(0);
  return {
    address,
    name,
    nameLength: name === 0 ? 0 : Math.min(nameLength, SOCKADDR_MAX),
    segments,
    control: number(32),
    controlLength: number(40),
  };
}

/** Control messages of a sender; null if they are malformed. */
export function readControl(task: Task, { control, controlLength }: MessageHeader): readonly ControlMessage[] | null | number {
  if (controlLength === 0) return [];
  if (controlLength > CONTROL_MAX) return -ERRNO.ENOBUFS;
  const raw = task.mm.user.copyIn(control, controlLength);
  if (!raw) return -ERRNO.EFAULT;
  return parseControl(raw);
}

/** A receiver's control buffer as it is filled. */
class ControlWriter {
  /** MSG_CTRUNC once something found no room. */
  flags = 0;
  used = 0;
  private readonly task: Task;
  private readonly address: number;
  private readonly room: number;

  constructor(task: Task, header: MessageHeader) {
    this.task = task;
    this.address = header.control;
    this.room = header.control === 0 ? 0 : header.controlLength;
  }

  get left(): number {
    return this.room - this.used;
  }

  /** Cut where there is no room for all of it; nothing where there is none for a header. */
  put(level: number, type: number, data: Uint8Array): void {
    if (this.left < CMSGHDR_BYTES) {
      this.flags |= MSG_CTRUNC;
      return;
    }
    const whole = CMSGHDR_BYTES + data.length;
    if (this.left < whole) this.flags |= MSG_CTRUNC;
    const length = Math.min(whole, this.left);
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(length), true);
    view.setInt32(8, level, true);
    view.setInt32(12, type, true);
    bytes.set(data.subarray(0, length - CMSGHDR_BYTES), CMSGHDR_BYTES);
    if (this.task.mm.user.copyOut(this.address + this.used, bytes)) this.used += Math.min(align8(length), this.left);
  }

  /** Descriptors that fit get numbers; the others are dropped. */
  putFiles(kernel: Kernel, received: Received, closeOnExec: boolean): void {
    const { files } = received;
    if (files.length === 0) return;
    const fit = Math.max(0, Math.min(files.length, Math.floor((this.left - CMSGHDR_BYTES) / 4)));
    const numbers: number[] = [];
    for (const file of files) {
      const fd = numbers.length < fit ? this.task.files.allocate(file, closeOnExec) : -1;
      if (fd >= 0) numbers.push(fd);
      else {
        dropReference(kernel, file);
        this.flags |= MSG_CTRUNC;
      }
    }
    if (numbers.length > 0) this.put(SOL_SOCKET, SCM_RIGHTS, int32s(...numbers));
  }

  /** A descriptor of the sender's process; where no number is free, the error in its place. */
  putProcess(kernel: Kernel, process: Process): void {
    if (this.left < CMSGHDR_BYTES + 4) this.flags |= MSG_CTRUNC;
    else this.put(SOL_SOCKET, SCM_PIDFD, int32s(openProcess(kernel, this.task, process)));
  }
}

/** Fills a msghdr's control buffer; returns its used length and MSG_CTRUNC if something did not fit. */
export function writeControl(
  kernel: Kernel,
  task: Task,
  header: MessageHeader,
  received: Received,
  closeOnExec: boolean,
): { readonly length: number; readonly flags: number } {
  const writer = new ControlWriter(task, header);
  for (const { level, type, data } of received.control) writer.put(level, type, data);
  writer.putFiles(kernel, received, closeOnExec);
  if (received.pidfdOf) writer.putProcess(kernel, received.pidfdOf);
  return { length: writer.used, flags: writer.flags };
}
