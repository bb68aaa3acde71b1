// CPU exceptions of user code: page faults that demand paging resolves, and the signals of all others (as arch/x86 maps them).

import {
  BUS_ADRALN,
  BUS_ADRERR,
  FPE_FLTDIV,
  FPE_FLTINV,
  FPE_FLTOVF,
  FPE_FLTRES,
  FPE_FLTUND,
  FPE_INTDIV,
  ILL_ILLOPN,
  SEGV_ACCERR,
  SEGV_MAPERR,
  SI_KERNEL,
  SIGNAL,
  TRAP_BRKPT,
  TRAP_TRACE,
} from '../abi/signal.ts';
import { VECTOR, type CpuException } from '../../machine/cpu/exit.ts';
import { TASK_SIZE } from '../abi/layout.ts';
import type { Vcpu } from '../../machine/cpu/vcpu.ts';
import { awaitFaultingPage } from '../block/faults.ts';
import type { Kernel } from '../kernel.ts';
import type { FaultOutcome } from '../mm/mm.ts';
import { forceSignal } from '../signal/generate.ts';
import { signalInformation, type SignalInformation } from '../signal/state.ts';
import { endStretch } from '../time/process-time.ts';
import { fixUpException } from '../uintr/hooks.ts';
import { symbolOf } from './listing.ts';
import type { Task } from './task.ts';

/** Bits of a page fault's error code. */
const PF_PROTECTION = 1;
const PF_WRITE = 2;
const PF_FETCH = 16;

export function takeException(kernel: Kernel, vcpu: Vcpu, task: Task, exception: CpuException): void {
  endStretch(kernel, task, 'user');
  task.returning = -1;
  vcpu.charge(kernel.hardware.costs[exception.vector === VECTOR.PF ? 'page_fault' : 'kernel_interrupt']);
  if (fixUpException(kernel, vcpu, exception) !== null) return;
  if (exception.vector === VECTOR.PF && awaitFaultingPage(kernel, task, Number(exception.address))) return;
  const outcome = exception.vector === VECTOR.PF ? resolvePageFault(kernel, task, exception) : null;
  if (outcome === 'ok' || outcome === 'no-memory') return;
  task.lastFault = lastFaultAfter(task, exception);
  report(kernel, task, exception);
  forceSignal(kernel, task, signalFor(task, exception, outcome));
}

/** What signal frames tell. CR2 changes with page faults alone; an address of the kernel always looks as if it were mapped. */
function lastFaultAfter(task: Task, { vector, errorCode, address }: CpuException): Task['lastFault'] {
  if (vector !== VECTOR.PF) return { vector, errorCode, address: task.lastFault.address };
  return { vector, errorCode: address >= BigInt(TASK_SIZE) ? errorCode | PF_PROTECTION : errorCode, address };
}

function resolvePageFault(kernel: Kernel, task: Task, exception: CpuException): FaultOutcome {
  task.usage.minorFaults++;
  const { errorCode, address } = exception;
  const access = errorCode & PF_WRITE ? 'write' : errorCode & PF_FETCH ? 'execute' : 'read';
  const outcome = task.mm.fault(Number(address), access);
  if (outcome === 'ok' && task.mm.find(Number(address))?.source) kernel.charge(kernel.hardware.costs.page_cache_page);
  return outcome;
}

function report(kernel: Kernel, task: Task, exception: CpuException): void {
  const { rip } = task.context;
  const symbol = symbolOf(task, rip);
  if (exception.unsupported) {
    const { mnemonic, bytes, feature, remedy } = exception.unsupported;
    kernel.emit('unsupported_instruction', task, { mnemonic, encoding: bytes, feature, remedy, rip, symbol });
  }
  kernel.emit('fault', task, { vector: exception.vector, error_code: exception.errorCode, address: exception.address, rip, symbol });
}

function signalFor(task: Task, exception: CpuException, outcome: FaultOutcome | null): SignalInformation {
  const { rip } = task.context;
  switch (exception.vector) {
    case VECTOR.PF:
      if (outcome === 'bus') return signalInformation(SIGNAL.SIGBUS, BUS_ADRERR, { address: exception.address });
      return signalInformation(SIGNAL.SIGSEGV, outcome === 'forbidden' ? SEGV_ACCERR : SEGV_MAPERR, { address: exception.address });
    case VECTOR.DE:
      return signalInformation(SIGNAL.SIGFPE, FPE_INTDIV, { address: rip });
    case VECTOR.DB:
      return signalInformation(SIGNAL.SIGTRAP, exception.singleStep ? TRAP_TRACE : TRAP_BRKPT, { address: rip });
    case VECTOR.BP:
      return signalInformation(SIGNAL.SIGTRAP, SI_KERNEL);
    case VECTOR.UD:
      return signalInformation(SIGNAL.SIGILL, ILL_ILLOPN, { address: rip });
    case VECTOR.MF:
      return signalInformation(SIGNAL.SIGFPE, x87Code(task), { address: rip });
    case VECTOR.XM:
      return signalInformation(SIGNAL.SIGFPE, sseCode(task), { address: rip });
    case VECTOR.AC:
      return signalInformation(SIGNAL.SIGBUS, BUS_ADRALN);
    case VECTOR.SS:
      return signalInformation(SIGNAL.SIGBUS, SI_KERNEL);
    default:
      return signalInformation(SIGNAL.SIGSEGV, SI_KERNEL);
  }
}

/** The first unmasked exception flag decides (invalid, zero divide, overflow, underflow or denormal, precision). */
function floatCode(raised: number): number {
  if (raised & 1) return FPE_FLTINV;
  if (raised & 4) return FPE_FLTDIV;
  if (raised & 8) return FPE_FLTOVF;
  if (raised & 0x12) return FPE_FLTUND;
  return raised & 0x20 ? FPE_FLTRES : 0;
}

function x87Code(task: Task): number {
  return floatCode(task.context.fsw & ~task.context.fcw & 0x3f);
}

function sseCode(task: Task): number {
  const { mxcsr } = task.context;
  return floatCode(mxcsr & ~(mxcsr >>> 7) & 0x3f);
}
