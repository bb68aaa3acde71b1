// Exceptions of SENDUIPI that the kernel repairs: a thread whose process has a UITT but whose registers do not, and a receiver
// that is blocked and made its sender pay for that. Everything else becomes SIGILL or SIGSEGV elsewhere.

import { VECTOR, type CpuException } from '../../machine/cpu/exit.ts';
import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { parseUitte, UITTE_BYTES } from '../../machine/uintr/uitt.ts';
import { UPID_ON } from '../../machine/uintr/upid.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { postFromKernel } from './notify.ts';
import { UITT_ENTRIES } from './profile.ts';
import { isProgrammed, programTable, tableOf } from './sender.ts';
import { decodeSenduipi, LONGEST_INSTRUCTION, type DecodedSenduipi } from './senduipi-decode.ts';
import type { UittContext } from './uitt-context.ts';
import { changeControl, readControl, UPID_BLOCKED } from './upid-context.ts';
import { endWaiting, wakeReceiver } from './waiting.ts';

/** retry: execute the instruction again. skipped: done, RIP is behind it. null: not ours. */
export type FixUp = 'retry' | 'skipped' | null;

/** #UD because IA32_UINTR_TT[0] is clear, although the process has a table. */
export function fixUpMissingTable(kernel: Kernel, vcpu: Vcpu, exception: CpuException): FixUp {
  const task = kernel.current(vcpu);
  if (exception.vector !== VECTOR.UD || !task || kernel.uintr.profile.tableOwner !== 'process') return null;
  const table = tableOf(kernel, task);
  if (!table || isProgrammed(vcpu) || !instructionAt(task)) return null;
  programTable(kernel, task, vcpu, table, '#UD');
  return 'retry';
}

/** #GP because the receiver's UPID has the BLOCKED bit: the kernel posts and wakes, the instruction is skipped. */
export function fixUpBlockedReceiver(kernel: Kernel, vcpu: Vcpu, exception: CpuException): FixUp {
  const task = kernel.current(vcpu);
  if (exception.vector !== VECTOR.GP || !task || !kernel.uintr.profile.waitingFlags) return null;
  const table = tableOf(kernel, task);
  const instruction = instructionAt(task);
  if (!table || !instruction) return null;
  const index = task.context.register(instruction.register);
  const upid = index < BigInt(UITT_ENTRIES) ? table.receivers[Number(index)] : null;
  const vector = upid ? entryVector(kernel, table, Number(index)) : null;
  if (!upid || vector === null) return null;
  if ((readControl(kernel, upid) & UPID_BLOCKED) === 0n) return 'retry';

  endWaiting(kernel, upid);
  const { interrupt } = postFromKernel(kernel, vcpu, upid, vector, task.tid);
  changeControl(kernel, upid, 0n, UPID_ON);
  const suppressed_by = 'the receiver is blocked: the kernel has posted and wakes it';
  kernel.emit('senduipi', task, { interrupt, uitt_index: Number(index), vector, upid: upid.address, sends_ipi: false, suppressed_by });
  wakeReceiver(kernel, upid);
  task.context.rip = BigInt.asUintN(64, task.context.rip + BigInt(instruction.length));
  return 'skipped';
}

function instructionAt(task: Task): DecodedSenduipi | null {
  const bytes = new Uint8Array(LONGEST_INSTRUCTION);
  const length = task.mm.user.copyInPartial(Number(task.context.rip), bytes);
  return decodeSenduipi(bytes.subarray(0, length));
}

/** The vector of a valid entry. */
function entryVector(kernel: Kernel, table: UittContext, index: number): number | null {
  const { view } = kernel.hardware.physical;
  const address = table.physical + index * UITTE_BYTES;
  const entry = parseUitte(view.getBigUint64(address, true), view.getBigUint64(address + 8, true));
  return typeof entry === 'string' ? null : entry.vector;
}
