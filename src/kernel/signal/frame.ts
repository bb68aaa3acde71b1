// The frame a signal handler runs on, and its way back (arch/x86/kernel/signal_64.c: struct rt_sigframe, ucontext, sigcontext).
// User-interrupt state is not part of it, as on Linux.

import { CpuContext, DF, FCW_START, MXCSR_START, RAX, RDI, RDX, RF, RSI, RSP, TF, X87, XMM } from '../../machine/cpu/state.ts';
import { readXsaveArea, writeXsaveArea } from '../../machine/cpu/xsave-area.ts';
import { MINSIGSTKSZ, SA_ONSTACK, SA_RESTORER, SS_AUTODISARM } from '../abi/signal.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { DISARMED_ALT_STACK, isOnAltStack, setAltStack } from './alternate-stack.ts';
import { changeMask } from './mask.ts';
import { encodeSiginfo, SIGINFO_BYTES } from './siginfo.ts';
import type { SignalAction, SignalInformation } from './state.ts';

const RED_ZONE = 128;
/** Offsets in the frame: return address, ucontext (304 bytes), siginfo. */
const UCONTEXT = 8;
const SIGCONTEXT = UCONTEXT + 40;
const SIGMASK = SIGCONTEXT + 256;
const SIGINFO = UCONTEXT + 304;
export const FRAME_BYTES = SIGINFO + SIGINFO_BYTES;
/** XSAVE area in standard format with x87 and SSE: legacy region and header. */
export const XSTATE_BYTES = 576;
const XFEATURES = 3n;
const MAGIC1 = 0x4650_5853;
const MAGIC2 = 0x4650_5845;
/** Offset of the software-reserved bytes of the FXSAVE region. */
const SOFTWARE = 464;
/** UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS. */
const UC_FLAGS = 7n;
const USER_CS = 0x33;
const USER_SS = 0x2b;
/** Registers in sigcontext's order: r8..r15, di, si, bp, bx, dx, ax, cx, sp. */
const ORDER = [8, 9, 10, 11, 12, 13, 14, 15, 7, 6, 5, 3, 2, 0, 1, 4] as const;
/** Flags a handler may restore: all arithmetic ones, TF, DF, RF, AC (FIX_EFLAGS). */
const RESTORED_FLAGS = 0x5_0dd5;

/** Least size of a signal stack (AT_MINSIGSTKSZ): frame, floating-point state, alignment. */
export const MINIMUM_STACK = FRAME_BYTES + 8 + XSTATE_BYTES + 4 + 63 + 16;

/** Builds the frame and enters the handler; false if the stack cannot take it. */
export function enterHandler(kernel: Kernel, task: Task, information: SignalInformation, action: SignalAction): boolean {
  if ((action.flags & SA_RESTORER) === 0) return false;
  const { context } = task;
  const sp = stackFor(task, action);
  const floating = align(sp - XSTATE_BYTES - 4, 64);
  const frame = align(floating - FRAME_BYTES, 16) - 8;
  if (frame < 0 || (isOnAltStack(task, context.number(RSP)) && !isOnAltStack(task, frame + 8))) return false;
  if (
    !task.mm.user.copyOut(floating, floatingImage(context)) ||
    !task.mm.user.copyOut(frame, frameImage(task, information, action, floating))
  )
    return false;
  const { altStack } = task.signals;
  if (altStack.flags & SS_AUTODISARM) task.signals.altStack = DISARMED_ALT_STACK;
  context.setNumber(RDI, information.signal);
  context.setNumber(RAX, 0);
  context.setNumber(RSI, frame + SIGINFO);
  context.setNumber(RDX, frame + UCONTEXT);
  context.setNumber(RSP, frame);
  context.rip = action.handler;
  context.rflags &= ~(DF | RF | TF);
  resetFloating(context);
  kernel.emit('signal_delivered', task, { signal: information.signal, handler: action.handler });
  return true;
}

function stackFor(task: Task, action: SignalAction): number {
  const sp = task.context.number(RSP);
  const { base, size } = task.signals.altStack;
  if (action.flags & SA_ONSTACK && size !== 0 && !isOnAltStack(task, sp)) return base + size;
  return sp - RED_ZONE;
}

function align(address: number, to: number): number {
  return Math.floor(address / to) * to;
}

function frameImage(task: Task, information: SignalInformation, action: SignalAction, floating: number): Uint8Array {
  const { context, signals } = task;
  const bytes = new Uint8Array(FRAME_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, action.restorer, true);
  view.setBigUint64(UCONTEXT, UC_FLAGS, true);
  view.setBigUint64(UCONTEXT + 16, BigInt(signals.altStack.base), true);
  view.setInt32(UCONTEXT + 24, signals.altStack.flags, true);
  view.setBigUint64(UCONTEXT + 32, BigInt(signals.altStack.size), true);
  for (const [i, register] of ORDER.entries()) view.setBigUint64(SIGCONTEXT + i * 8, context.register(register), true);
  view.setBigUint64(SIGCONTEXT + 128, context.rip, true);
  view.setBigUint64(SIGCONTEXT + 136, BigInt(context.rflags >>> 0), true);
  view.setUint16(SIGCONTEXT + 144, USER_CS, true);
  view.setUint16(SIGCONTEXT + 150, USER_SS, true);
  view.setBigUint64(SIGCONTEXT + 152, BigInt(task.lastFault.errorCode), true);
  view.setBigUint64(SIGCONTEXT + 160, BigInt(task.lastFault.vector), true);
  view.setBigUint64(SIGCONTEXT + 168, maskToSave(task), true);
  view.setBigUint64(SIGCONTEXT + 176, task.lastFault.address, true);
  view.setBigUint64(SIGCONTEXT + 184, BigInt(floating), true);
  view.setBigUint64(SIGMASK, maskToSave(task), true);
  bytes.set(encodeSiginfo(information), SIGINFO);
  return bytes;
}

/** A call such as sigsuspend goes back to the mask from before it. */
function maskToSave(task: Task): bigint {
  return task.signals.savedMask ?? task.signals.blocked;
}

function floatingImage(context: CpuContext): Uint8Array {
  const bytes = new Uint8Array(XSTATE_BYTES + 4);
  const view = new DataView(bytes.buffer);
  writeXsaveArea(context, bytes);
  view.setUint32(SOFTWARE, MAGIC1, true);
  view.setUint32(SOFTWARE + 4, XSTATE_BYTES + 4, true);
  view.setBigUint64(SOFTWARE + 8, XFEATURES, true);
  view.setUint32(SOFTWARE + 16, XSTATE_BYTES, true);
  view.setUint32(XSTATE_BYTES, MAGIC2, true);
  return bytes;
}

/** A handler starts with floating-point state as a new thread has it. */
function resetFloating(context: CpuContext): void {
  const fresh = CpuContext.fresh();
  context.mxcsr = MXCSR_START;
  context.fcw = FCW_START;
  context.fsw = 0;
  context.ftw = 0;
  context.bytes.set(fresh.bytes.subarray(XMM, XMM + 256), XMM);
  context.bytes.set(fresh.bytes.subarray(X87, X87 + 128), X87);
}

/** rt_sigreturn: everything back as the frame at RSP - 8 says; false if the frame cannot be read. */
export function leaveHandler(kernel: Kernel, task: Task): boolean {
  const { context, mm } = task;
  const frame = context.number(RSP) - 8;
  const bytes = mm.user.copyIn(frame, FRAME_BYTES);
  if (!bytes) return false;
  const view = new DataView(bytes.buffer);
  const floating = Number(view.getBigUint64(SIGCONTEXT + 184, true));
  if (floating !== 0 && !restoreFloating(task, floating)) return false;
  for (const [i, register] of ORDER.entries()) context.setRegister(register, view.getBigUint64(SIGCONTEXT + i * 8, true));
  context.rip = view.getBigUint64(SIGCONTEXT + 128, true);
  const flags = Number(view.getBigUint64(SIGCONTEXT + 136, true) & 0xffff_ffffn);
  context.rflags = ((context.rflags & ~RESTORED_FLAGS) | (flags & RESTORED_FLAGS)) >>> 0;
  changeMask(kernel, task, view.getBigUint64(SIGMASK, true));
  const stack = {
    base: Number(view.getBigUint64(UCONTEXT + 16, true)),
    size: Number(view.getBigUint64(UCONTEXT + 32, true)),
    flags: view.getInt32(UCONTEXT + 24, true),
  };
  // One that sigaltstack would refuse is not put back; nobody is told.
  setAltStack(task, context.number(RSP), stack, MINSIGSTKSZ);
  return true;
}

function restoreFloating(task: Task, address: number): boolean {
  const image = task.mm.user.copyIn(address, XSTATE_BYTES);
  if (!image) return false;
  const view = new DataView(image.buffer);
  const hasHeader = view.getUint32(SOFTWARE, true) === MAGIC1 && task.mm.user.read32(address + XSTATE_BYTES) === MAGIC2;
  if (!hasHeader) view.setBigUint64(512, XFEATURES, true);
  return readXsaveArea(task.context, image);
}
