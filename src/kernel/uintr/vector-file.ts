// The descriptor of one vector of a receiver (uvec_fd, in the RFC uintr_fd): what senders register through.

import { O_NONBLOCK, O_RDONLY } from '../abi/fcntl.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { FileDescription } from '../vfs/file.ts';
import { addTaskWork } from './task-work.ts';
import { invalidateEntry, type UittContext } from './uitt-context.ts';
import { putUpid, type UpidContext } from './upid-context.ts';

/** A sender that registered through a descriptor which its connection dies with. Holds a reference of the table. */
export interface Connection {
  readonly task: Task;
  readonly table: UittContext;
  readonly index: number;
}

export class VectorFile extends FileDescription {
  readonly upid: UpidContext;
  readonly vector: number;
  connections: Connection[] = [];
  private readonly name: string;

  /** Takes a reference of the UPID. */
  constructor(kernel: Kernel, upid: UpidContext, vector: number) {
    super(O_RDONLY | O_NONBLOCK, null);
    this.name = kernel.uintr.profile.vectorFile;
    this.upid = upid;
    this.vector = vector;
    upid.references++;
  }

  override describe(): string {
    return `anon_inode:${this.name}`;
  }

  /** noop_llseek. */
  override seek(): number {
    return this.position;
  }

  override fdinfo(): string {
    return this.name === '[uvecfd]' ? `uintr: receiver: ${this.upid.task.tid} vector:${this.vector}\n` : `user_vector:${this.vector}\n`;
  }

  override release(kernel: Kernel): void {
    for (const connection of this.connections.splice(0)) disconnect(kernel, connection);
    if (!kernel.uintr.profile.connectionsDieWithFd) return putUpid(kernel, this.upid);
    addTaskWork(kernel, this.upid.task, { kind: 'clear-vector', upid: this.upid, vector: this.vector });
  }
}

/** SENDUIPI faults at once; the sender frees the entry when it next returns to user mode. */
export function disconnect(kernel: Kernel, connection: Connection): void {
  invalidateEntry(kernel, connection.table, connection.index);
  addTaskWork(kernel, connection.task, { kind: 'free-entry', table: connection.table, index: connection.index });
}
