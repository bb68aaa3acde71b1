// A block device in virtual time: requests wait in the kernel, are cut into commands while the device has room for them, each command
// takes a channel for its latency, and data moves over one link in the order of commands.

import type { StorageModel } from '../../machine/cost/storage.ts';
import type { TmpfsFile } from '../fs/tmpfs-file.ts';
import type { Kernel } from '../kernel.ts';
import { BlockCommand, BlockRequest, type Direction } from './block-request.ts';
import { BlockStatistics } from './block-statistics.ts';

export const SECTOR = 512;

export interface BlockTransfer {
  readonly direction: Direction;
  readonly file: TmpfsFile;
  /** Byte offset in the file. */
  readonly offset: number;
  readonly bytes: number;
  readonly direct?: boolean;
}

export class BlockDevice {
  readonly model: StorageModel;
  readonly hertz: number;
  /** Bytes, for those who ask. */
  readonly capacity: number;
  readonly statistics = new BlockStatistics();
  /** Files of the file system on it that exist, by inode number. */
  readonly files = new Map<number, TmpfsFile>();
  /** Not done, in the order of submission. */
  readonly outstanding: BlockRequest[] = [];
  /** Those of them that have bytes the device has not been given. */
  private readonly waiting: BlockRequest[] = [];
  inFlight = 0;
  lastNumber = 0;
  /** When each channel, and the link, is free. */
  private readonly channels: number[];
  private linkFree = 0;
  /** Where the last command ended. */
  private head: { readonly ino: number; readonly offset: number } = { ino: 0, offset: 0 };

  constructor(model: StorageModel, hertz: number, capacity: number) {
    this.model = model;
    this.hertz = hertz;
    this.capacity = capacity;
    this.channels = Array.from({ length: model.figures.channels }, () => 0);
  }

  submit(kernel: Kernel, { direction, file, offset, bytes, direct = false }: BlockTransfer): BlockRequest {
    kernel.charge(kernel.hardware.costs.block_request);
    const now = kernel.kernelTime();
    const request = new BlockRequest(++this.lastNumber, kernel.cpu?.id ?? 0, now, direction, file, offset, bytes, direct);
    this.outstanding.push(request);
    this.waiting.push(request);
    kernel.emit('block_request', kernel.cpu && kernel.current(kernel.cpu), {
      request: request.number,
      direction,
      inode: file.ino,
      offset,
      bytes,
      outstanding: this.outstanding.length,
    });
    this.dispatch(kernel, now);
    return request;
  }

  /** Its interrupt has come. */
  complete(kernel: Kernel, command: BlockCommand): void {
    const { request } = command;
    this.inFlight--;
    request.moved += command.bytes;
    this.statistics.commandDone(kernel.now, request.direction, command.bytes / SECTOR, kernel.now - command.issued, this.inFlight);
    this.dispatch(kernel, kernel.now);
    if (request.moved < request.bytes) return;
    this.outstanding.splice(this.outstanding.indexOf(request), 1);
    kernel.emit('block_done', null, {
      request: request.number,
      direction: request.direction,
      bytes: request.bytes,
      cycles: kernel.now - request.submitted,
    });
    kernel.wake(request.done);
  }

  /** Gives the device as many commands as it takes. Requests take turns, but where the medium turns. */
  private dispatch(kernel: Kernel, now: number): void {
    const {
      rotational,
      figures: { depth, command_bytes: most },
    } = this.model;
    while (this.inFlight < depth && this.waiting.length > 0) {
      const request = this.waiting.shift()!;
      const offset = request.offset + request.issued;
      const bytes = Math.min(most, request.bytes - request.issued);
      request.issued += bytes;
      this.begin(kernel, new BlockCommand(this, request, offset, bytes, now), now);
      if (request.issued === request.bytes) continue;
      if (rotational) this.waiting.unshift(request);
      else this.waiting.push(request);
    }
  }

  private begin(kernel: Kernel, command: BlockCommand, now: number): void {
    const { request, offset, bytes } = command;
    const channel = this.channels.indexOf(Math.min(...this.channels));
    const ready = Math.max(now, this.channels[channel]!) + this.cycles(this.latency(request, offset));
    const end = Math.max(ready, this.linkFree) + Math.ceil((bytes * this.hertz) / this.model.figures.bandwidth);
    this.channels[channel] = end;
    this.linkFree = end;
    this.head = { ino: request.file.ino, offset: offset + bytes };
    this.statistics.commandIssued(now, this.inFlight++);
    kernel.setDeviceInterrupt(end, command, request.vcpu);
  }

  private latency({ direction, file }: BlockRequest, offset: number): number {
    const { figures } = this.model;
    if (this.head.ino === file.ino && this.head.offset === offset) return figures.sequential_latency;
    return direction === 'read' ? figures.read_latency : figures.write_latency;
  }

  private cycles(nanoseconds: number): number {
    return Math.ceil((nanoseconds * this.hertz) / 1e9);
  }
}
