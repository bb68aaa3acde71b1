// What programs know of a remote thread beforehand: its task, its code, and how its data area is divided.

import { STUBS } from '../../../kernel/remote/code-page.ts';
import { DATA_BYTES } from '../../../kernel/remote/layout.ts';
import type { RemoteState } from '../../../kernel/remote/remote-state.ts';
import type { Task } from '../../../kernel/task/task.ts';
import { MachineError } from '../../errors.ts';
import type { Machine } from '../../machine.ts';
import type { Slice } from './arena.ts';

export type RemoteTask = Task & { readonly remote: RemoteState };

/** The lower part of the data area is scratch memory of single calls, the rest belongs to the rings. */
export const SCRATCH_BYTES = 8 << 20;

export function remoteTask(machine: Machine, tid: number): RemoteTask {
  const task = machine.board.kernel.pids.tasks.get(tid);
  if (!task) throw new MachineError('THREAD_NOT_FOUND', `there is no thread ${tid}`, { tid: `${tid}` });
  if (!task.remote)
    throw new MachineError('NOT_REMOTE', `thread ${tid} runs a program of its own: make one with CreateRemoteThread`, { tid: `${tid}` });
  return task as RemoteTask;
}

export function handlerAddress({ code }: RemoteState, mode: 'automatic' | 'manual'): number {
  return code + STUBS[mode === 'manual' ? 'remote_handler_manual' : 'remote_handler_automatic'].start;
}

export function scratchOf({ data }: RemoteState): Slice {
  return { address: data, length: SCRATCH_BYTES };
}

export function arenaOf({ data }: RemoteState): Slice {
  return { address: data + SCRATCH_BYTES, length: DATA_BYTES - SCRATCH_BYTES };
}
