import { describe, expect, test } from 'vitest';
import { DF, RAX, RDI, RDX, RSI, RSP, XMM } from '../../../src/machine/cpu/state.ts';
import type { Task } from '../../../src/kernel/task/task.ts';
import { CODE, DATA, KernelBench, NR } from '../kernel-bench.ts';

const SIGINFO = 4,
  RESTORER = 0x04000000,
  ONSTACK = 0x08000000,
  RESTART = 0x10000000,
  NODEFER = 0x40000000,
  RESETHAND = 0x80000000;
const HANDLER = CODE + 0x100;
const RETURN = CODE + 0x200;
const SIGUSR1 = 10,
  SIGUSR2 = 12,
  SIGSEGV = 11,
  SIGRT = 34;

function ready(): { bench: KernelBench; task: Task } {
  const bench = new KernelBench();
  return { bench, task: bench.spawn() };
}

function handle(bench: KernelBench, task: Task, signal: number, flags = SIGINFO, mask = 0n): void {
  bench.poke64(task, DATA, HANDLER, (flags | RESTORER) >>> 0, RETURN, mask);
  expect(bench.outcome(task, NR.rt_sigaction, signal, DATA, 0, 8)).toBe('0');
}

const inHandler = (task: Task): boolean => task.context.rip === BigInt(HANDLER);

/** What the handler's return does: pops the restorer's address and calls rt_sigreturn. */
function returnFromHandler(bench: KernelBench, task: Task): void {
  const sp = task.context.number(RSP);
  expect(bench.peek64(task, sp)).toBe(BigInt(RETURN));
  task.context.setNumber(RSP, sp + 8);
  bench.call(task, NR.rt_sigreturn);
}

describe('errors', () => {
  test.each<[string, keyof typeof NR, (number | bigint)[], string]>([
    ['sigaction of SIGKILL', 'rt_sigaction', [9, DATA, 0, 8], 'EINVAL'],
    ['sigaction of signal 65', 'rt_sigaction', [65, 0, 0, 8], 'EINVAL'],
    ['sigaction with a set of 4 bytes', 'rt_sigaction', [10, 0, 0, 4], 'EINVAL'],
    ['sigaction at a bad address', 'rt_sigaction', [10, 8, 0, 8], 'EFAULT'],
    ['sigprocmask with an unknown how', 'rt_sigprocmask', [7, DATA, 0, 8], 'EINVAL'],
    ['kill with signal 65', 'kill', [2, 65], 'EINVAL'],
    ['kill of nobody', 'kill', [999, 0], 'ESRCH'],
    ['kill of nobody in a group', 'kill', [-999, 0], 'ESRCH'],
    ['kill 0: is it there?', 'kill', [2, 0], '0'],
    ['tkill of tid 0', 'tkill', [0, 10], 'EINVAL'],
    ['tgkill of another process', 'tgkill', [99, 2, 10], 'ESRCH'],
    ['sigtimedwait that polls', 'rt_sigtimedwait', [DATA + 512, 0, DATA + 512, 8], 'EAGAIN'],
  ])('%s', (_name, call, args, error) => {
    const { bench, task } = ready();
    expect(bench.outcome(task, NR[call], ...args)).toBe(error);
  });
});

describe('the frame', () => {
  test('registers, alignment, siginfo, and everything back after sigreturn', () => {
    const { bench, task } = ready();
    handle(bench, task, SIGUSR1);
    const { context } = task;
    for (let i = 1; i < 16; i++) if (i !== RSP) context.setRegister(i, 0x1111_0000_0000_0000n * BigInt(i) + BigInt(i));
    context.rflags |= DF;
    context.bytes.fill(0xab, XMM, XMM + 256);
    context.mxcsr = 0x9fc0;
    bench.start(task, NR.kill, task.tid, SIGUSR1);
    const before = context.copy();
    bench.settle();
    expect(inHandler(task)).toBe(true);
    const sp = context.number(RSP);
    expect(sp % 16).toBe(8);
    expect(sp).toBeLessThan(before.number(RSP) - 128);
    expect(context.number(RDI)).toBe(SIGUSR1);
    expect(context.number(RAX)).toBe(0);
    expect(context.rflags & DF).toBe(0);
    expect(context.mxcsr).toBe(0x1f80);
    const [info, ucontext] = [context.number(RSI), context.number(RDX)];
    expect([0, 8, 16].map((at) => bench.peek32(task, info + at))).toEqual([SIGUSR1, 0, task.tid]);
    expect(bench.peek64(task, ucontext + 40 + 128)).toBe(before.rip);
    expect(bench.peek64(task, ucontext + 40 + 120)).toBe(before.register(RSP));
    const floating = Number(bench.peek64(task, ucontext + 40 + 184));
    expect(floating % 64).toBe(0);
    expect(bench.peek32(task, floating + 464)).toBe(0x46505853);
    expect(bench.peek32(task, floating + bench.peek32(task, floating + 480))).toBe(0x46505845);
    returnFromHandler(bench, task);
    before.setNumber(RAX, 0);
    expect(Buffer.from(context.bytes.subarray(0, 0x200)).equals(Buffer.from(before.bytes.subarray(0, 0x200)))).toBe(true);
  });

  test('what the handler writes into the frame becomes the context; privileged flags do not', () => {
    const { bench, task } = ready();
    handle(bench, task, SIGUSR1);
    bench.call(task, NR.kill, task.tid, SIGUSR1);
    const registers = task.context.number(RDX) + 40;
    bench.poke64(task, registers + 128, 0x1234);
    bench.poke64(task, registers + 136, 0xffff_ffff);
    returnFromHandler(bench, task);
    expect(task.context.rip).toBe(0x1234n);
    expect(task.context.rflags & 0x3200).toBe(0x200);
  });

  test('an alternate stack is used, and only once', () => {
    const { bench, task } = ready();
    bench.poke64(task, DATA + 64, DATA + 0x800, 0, 0x2000);
    expect(bench.outcome(task, NR.sigaltstack, DATA + 64, 0)).toBe('0');
    handle(bench, task, SIGUSR1, SIGINFO | ONSTACK | NODEFER);
    bench.call(task, NR.kill, task.tid, SIGUSR1);
    const first = task.context.number(RSP);
    expect(first).toBeGreaterThan(DATA + 0x800);
    expect(first).toBeLessThan(DATA + 0x2800);
    expect(bench.outcome(task, NR.sigaltstack, DATA + 64, 0)).toBe('EPERM');
    bench.call(task, NR.kill, task.tid, SIGUSR1);
    expect(task.context.number(RSP)).toBeLessThan(first);
  });

  test('a stack that cannot take the frame is fatal', () => {
    const { bench, task } = ready();
    handle(bench, task, SIGUSR1);
    task.context.setNumber(RSP, 0x1000);
    bench.call(task, NR.kill, task.tid, SIGUSR1);
    expect(task.process.exitStatus).toMatchObject({ signal: SIGSEGV });
  });
});

describe('faults', () => {
  test.each<[string, Parameters<KernelBench['fault']>[1], number, number, bigint]>([
    ['nothing mapped', { vector: 14, errorCode: 4, address: 0x8n }, SIGSEGV, 1, 0x8n],
    ['not permitted', { vector: 14, errorCode: 7, address: BigInt(CODE) }, SIGSEGV, 2, BigInt(CODE)],
    ['a general protection fault', { vector: 13 }, SIGSEGV, 0x80, 0n],
    ['an unknown instruction', { vector: 6 }, 4, 2, BigInt(CODE)],
    ['division by zero', { vector: 0 }, 8, 1, BigInt(CODE)],
    ['a breakpoint', { vector: 3 }, 5, 0x80, 0n],
    ['a misaligned access', { vector: 17 }, 7, 1, 0n],
  ])('%s', (_name, exception, signal, code, address) => {
    const { bench, task } = ready();
    handle(bench, task, signal);
    task.context.rip = BigInt(CODE);
    bench.fault(task, exception);
    expect(inHandler(task)).toBe(true);
    const info = task.context.number(RSI);
    expect([bench.peek32(task, info), bench.peek32(task, info + 8), bench.peek64(task, info + 16)]).toEqual([signal, code, address]);
  });

  test('a fault whose signal is blocked is fatal', () => {
    const { bench, task } = ready();
    handle(bench, task, SIGSEGV);
    task.signals.blocked = 1n << 10n;
    bench.fault(task, { vector: 14, errorCode: 4, address: 8n });
    expect(task.process.exitStatus).toEqual({ kind: 'killed', signal: SIGSEGV, core: false });
    expect(bench.seen('fault')[0]!.fields).toMatchObject({ vector: 14, address: 8n });
  });

  test('demand paging makes no signal and no event', () => {
    const { bench, task } = ready();
    bench.fault(task, { vector: 14, errorCode: 6, address: BigInt(DATA + 0x1000) });
    expect(bench.seen('fault')).toEqual([]);
    expect(task.mm.space.translate(DATA + 0x1000, 'write')).toBeGreaterThan(0);
  });
});

describe('flags of a handler', () => {
  test.each([
    ['its own signal is blocked meanwhile', SIGINFO, 0n, 1n << 9n],
    ['SA_NODEFER', SIGINFO | NODEFER, 0n, 0n],
    ['a mask, without SIGKILL', SIGINFO, (1n << 11n) | (1n << 8n), (1n << 11n) | (1n << 9n)],
  ])('%s', (_name, flags, mask, blocked) => {
    const { bench, task } = ready();
    handle(bench, task, SIGUSR1, flags, mask);
    bench.call(task, NR.kill, task.tid, SIGUSR1);
    expect(task.signals.blocked).toBe(blocked);
    returnFromHandler(bench, task);
    expect(task.signals.blocked).toBe(0n);
  });

  test('SA_RESETHAND', () => {
    const { bench, task } = ready();
    handle(bench, task, SIGUSR1, RESETHAND);
    bench.call(task, NR.kill, task.tid, SIGUSR1);
    expect(inHandler(task)).toBe(true);
    returnFromHandler(bench, task);
    bench.call(task, NR.kill, task.tid, SIGUSR1);
    expect(task.process.exitStatus).toMatchObject({ signal: SIGUSR1 });
  });
});

describe('an interrupted call', () => {
  test.each([
    ['read of an empty word: SA_RESTART goes back to the call', NR.futex, RESTART, 'again'],
    ['and without it ends with EINTR', NR.futex, 0, 'EINTR'],
    ['pause ends with EINTR even so', NR.pause, RESTART, 'EINTR'],
    ['rt_sigtimedwait too', NR.rt_sigtimedwait, RESTART, 'EINTR'],
  ])('%s', (_name, call, flags, result) => {
    const { bench, task } = ready();
    const sender = bench.spawn();
    handle(bench, task, SIGUSR1, flags);
    bench.poke64(task, DATA + 64, 0);
    const args = call === NR.futex ? [DATA + 64, 0, 0, 0] : call === NR.rt_sigtimedwait ? [DATA + 64, 0, 0, 8] : [];
    const rip = task.context.rip;
    expect(bench.outcome(task, call, ...args)).toBe('blocked');
    bench.call(sender, NR.kill, task.tid, SIGUSR1);
    expect(inHandler(task)).toBe(true);
    returnFromHandler(bench, task);
    const value = Number(BigInt.asIntN(64, task.context.register(RAX)));
    if (result === 'again') expect([task.context.rip, value]).toEqual([rip, call]);
    else expect([task.context.rip, value]).toEqual([rip + 2n, -4]);
  });

  test('a signal that is ignored does not disturb a call', () => {
    const { bench, task } = ready();
    const sender = bench.spawn();
    expect(bench.outcome(task, NR.pause)).toBe('blocked');
    bench.call(sender, NR.kill, task.tid, 17);
    expect(task.state).toBe('blocked');
  });

  test('sigsuspend waits with its mask, and the old one comes back behind the handler', () => {
    const { bench, task } = ready();
    const sender = bench.spawn();
    handle(bench, task, SIGUSR1);
    task.signals.blocked = 1n << 9n;
    bench.poke64(task, DATA + 64, 1n << 11n);
    bench.call(task, NR.rt_sigsuspend, DATA + 64, 8);
    expect(task.signals.blocked).toBe(1n << 11n);
    bench.call(sender, NR.kill, task.tid, SIGUSR1);
    expect(inHandler(task)).toBe(true);
    returnFromHandler(bench, task);
    expect(task.signals.blocked).toBe(1n << 9n);
  });
});

describe('queues', () => {
  test('a standard signal waits once, a real-time signal as often as it is sent, lowest number first', () => {
    const { bench, task } = ready();
    task.signals.blocked = ~0n;
    for (const signal of [SIGRT, SIGUSR2, SIGUSR2, SIGRT, SIGUSR1]) bench.call(task, NR.kill, task.tid, signal);
    bench.call(task, NR.rt_sigpending, DATA, 8);
    expect(bench.peek64(task, DATA)).toBe((1n << 33n) | (1n << 11n) | (1n << 9n));
    bench.poke64(task, DATA, (1n << 33n) | (1n << 11n) | (1n << 9n));
    const taken = Array.from({ length: 5 }, () => bench.outcome(task, NR.rt_sigtimedwait, DATA, 0, bench.poke64(task, DATA + 64, 0, 0), 8));
    expect(taken).toEqual(['10', '12', '34', '34', 'EAGAIN']);
  });

  test('a queued value arrives', () => {
    const { bench, task } = ready();
    task.signals.blocked = 1n << 33n;
    bench.poke64(task, DATA + 128, SIGRT, 0xffff_ffff, BigInt(task.tid), 0xdead_beef_0123n);
    expect(bench.outcome(task, NR.rt_sigqueueinfo, task.tid, SIGRT, DATA + 128)).toBe('0');
    bench.poke64(task, DATA, 1n << 33n);
    expect(bench.outcome(task, NR.rt_sigtimedwait, DATA, DATA + 256, 0, 8)).toBe('34');
    expect(bench.peek64(task, DATA + 256 + 24)).toBe(0xdead_beef_0123n);
  });

  test('a process signal goes to the thread that does not block it', () => {
    const bench = new KernelBench();
    const first = bench.spawn();
    bench.call(first, NR.clone, 0x3d0f00, DATA + 0x2000, DATA + 8, DATA + 16, 0);
    const second = bench.newest();
    first.signals.blocked = 1n << 9n;
    handle(bench, first, SIGUSR1);
    bench.call(first, NR.kill, first.process.pid, SIGUSR1);
    bench.run(10_000);
    expect(inHandler(second)).toBe(true);
    expect(inHandler(first)).toBe(false);
  });
});

describe('default actions', () => {
  test.each([
    [1, 'killed'],
    [2, 'killed'],
    [3, 'killed'],
    [9, 'killed'],
    [13, 'killed'],
    [14, 'killed'],
    [15, 'killed'],
    [17, 'goes on'],
    [18, 'goes on'],
    [19, 'stopped'],
    [20, 'stopped'],
    [21, 'stopped'],
    [22, 'stopped'],
    [23, 'goes on'],
    [28, 'goes on'],
    [31, 'killed'],
    [34, 'killed'],
    [64, 'killed'],
  ])('signal %i: %s', (signal, effect) => {
    const { bench, task: parent } = ready();
    // In a group of its own that is not orphaned: its parent could continue it.
    bench.call(parent, NR.fork);
    const task = bench.newest();
    bench.call(parent, NR.setpgid, task.tid, task.tid);
    bench.call(parent, NR.kill, task.tid, signal);
    const seen = task.state === 'dead' ? 'killed' : task.state === 'stopped' ? 'stopped' : 'goes on';
    expect(seen).toBe(effect);
    if (effect === 'killed') expect(task.process.exitStatus).toEqual({ kind: 'killed', signal, core: false });
  });

  test.each([
    [19, 'stopped'],
    [20, 'runnable'],
    [21, 'runnable'],
    [22, 'runnable'],
  ])('signal %i in an orphaned process group: %s', (signal, state) => {
    const { bench, task } = ready();
    bench.call(task, NR.kill, task.tid, signal);
    expect(task.state).toBe(state);
  });

  test('SIGCONT cancels a stop that waits, and a stop a SIGCONT that waits', () => {
    const { bench, task } = ready();
    task.signals.blocked = (1n << 19n) | (1n << 17n);
    bench.call(task, NR.kill, task.tid, 20);
    bench.call(task, NR.kill, task.tid, 18);
    expect(task.process.pending.has(20)).toBe(false);
    bench.call(task, NR.kill, task.tid, 20);
    expect(task.process.pending.has(18)).toBe(false);
  });
});
