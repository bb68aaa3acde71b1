// What each kind of event adds to a Chrome trace: one row a kind. A kind without a row adds nothing.

import type { ChromeTrace } from './chrome-trace.ts';
import type { Event } from '../../gen/api.ts';
import type { Track } from './track.ts';

type Payload = Exclude<keyof Event, 'sequence' | 'cycle' | 'vcpu' | 'pid' | 'tid'>;
type Handler<K extends Payload> = (trace: ChromeTrace, event: Event, fields: NonNullable<Event[K]>) => void;

const MOST_HANDLERS = 128;
const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;

/** Ends what a thread that executes user code can no longer be in. */
function backInUserMode(track: Track, cycle: bigint): void {
  while (track.innermost === 'off' || track.innermost === 'syscall') track.end(cycle);
}

function instant<K extends Payload>(
  name: (fields: NonNullable<Event[K]>) => string,
  args: (fields: NonNullable<Event[K]>) => object,
): Handler<K> {
  return (trace, event, fields) =>
    trace.threadOf(event).instant('event', name(fields), event.cycle, args(fields) as Record<string, string>);
}

/** An asynchronous slice on a row: begun here, ended by the row of `open` or with the trace. */
function beginAsync(trace: ChromeTrace, track: Track, id: string, name: string, cycle: bigint, cat: string, args: object): void {
  trace.writer.event('b', track, cycle, { name, cat, id, args });
  let last = cycle;
  trace.open.set(id, (end) => {
    last = end > last ? end : last;
    trace.writer.event('e', track, last, { name, cat, id });
  });
}

function endAsync(trace: ChromeTrace, id: string, cycle: bigint): void {
  trace.open.get(id)?.(cycle);
  trace.open.delete(id);
}

export const HANDLERS: { readonly [K in Payload]?: Handler<K> } = {
  machine_state: (trace, { cycle }, { state, reason }) => trace.machine.instant('machine', state, cycle, { reason }),
  machine_parking: (trace, { cycle }, { idle_seconds, in_seconds }) =>
    trace.machine.instant('machine', 'parking', cycle, { idle_seconds, in_seconds }),
  oops: (trace, { cycle }, { message }) => trace.machine.instant('machine', 'oops', cycle, { message }),
  process_started: (trace, { pid }, { path }) => trace.nameProcess(pid, lastPart(path)),
  process_executed(trace, event, { path, arguments: args }) {
    trace.nameProcess(event.pid, lastPart(path));
    trace.threadOf(event).instant('process', `execute ${path}`, event.cycle, { arguments: args });
  },
  process_exited: instant(
    ({ exit_code, signal }) => (signal === 0 ? `exit ${exit_code}` : `killed by signal ${signal}`),
    () => ({}),
  ),
  thread_exited(trace, event) {
    trace.threadOf(event).endAll(event.cycle);
    trace.handlers.delete(event.tid);
  },
  console_output: instant(
    ({ stream }) => (stream === 2 ? 'stderr' : 'stdout'),
    ({ data }) => ({ text: Buffer.from(data.subarray(0, 200)).toString() }),
  ),

  syscall_entered(trace, event, { number, name, arguments: args }) {
    const track = trace.threadOf(event);
    backInUserMode(track, event.cycle);
    const shown = name || `syscall ${number}`;
    track.begin('syscall', shown, event.cycle, { number, arguments: args.map(hex) });
    trace.vcpu(event.vcpu).seen(event.tid, trace.threadName(event.pid, event.tid), event.cycle);
    trace.vcpu(event.vcpu).enter(`kernel: ${shown}`, event.cycle);
  },
  syscall_exited(trace, event, { name, result, error, returns_at }) {
    const end = returns_at > event.cycle ? returns_at : event.cycle;
    const track = trace.threadOf(event);
    if (track.innermost === 'off') track.end(event.cycle);
    if (track.innermost === 'syscall') track.end(end, error === '' ? { result: hex(result) } : { error });
    trace.vcpu(event.vcpu).enter(`kernel: ${name}`, event.cycle);
    trace.vcpu(event.vcpu).enter('user', end);
  },
  syscall_unsupported: instant(
    ({ name }) => `${name || 'a system call'} is not supported`,
    ({ reason }) => ({ reason }),
  ),

  switched_in(trace, event, { migrated_from, returns_at }) {
    const track = trace.threadOf(event);
    if (track.innermost === 'off') track.end(event.cycle);
    const end = returns_at > event.cycle ? returns_at : event.cycle;
    trace.vcpu(event.vcpu).runs(event.tid, trace.threadName(event.pid, event.tid), event.cycle, end);
    if (migrated_from >= 0) track.instant('schedule', `comes from vCPU ${migrated_from}`, event.cycle);
  },
  switched_out(trace, event, { reason }) {
    const track = trace.threadOf(event);
    if (track.innermost === 'off') track.end(event.cycle);
    const ended = reason === 'dead' || reason === 'zombie';
    if (!ended) track.begin('off', reason === 'preempted' ? 'waits for a vCPU' : `sleeps: ${reason}`, event.cycle);
    trace.vcpu(event.vcpu).leave(event.cycle);
  },
  woken(trace, event, { by }) {
    const track = trace.threadOf(event);
    if (track.innermost !== 'off') return;
    track.end(event.cycle, { by });
    track.begin('off', 'waits for a vCPU', event.cycle);
  },
  vcpu_idle: (trace, { vcpu, cycle }) => trace.vcpu(vcpu).idles(cycle),
  reschedule_sent: instant(
    ({ target_vcpu }) => `reschedule IPI to vCPU ${target_vcpu}`,
    ({ arrives_at }) => ({ arrives_at: Number(arrives_at) }),
  ),

  fault: instant(
    ({ vector }) => `exception ${vector}`,
    ({ address, rip, symbol }) => ({ address: hex(address), at: symbol || hex(rip) }),
  ),
  unsupported_instruction: instant(
    ({ mnemonic }) => `no ${mnemonic}`,
    ({ feature, rip, symbol }) => ({ feature, at: symbol || hex(rip) }),
  ),
  signal_generated: instant(
    ({ signal }) => `signal ${signal} generated`,
    ({ target_tid }) => ({ target: target_tid }),
  ),
  signal_delivered: instant(
    ({ signal }) => `signal ${signal} delivered`,
    ({ handler }) => ({ handler: hex(handler) }),
  ),

  senduipi(trace, event, { interrupt, uitt_index, vector, sends_ipi, suppressed_by }) {
    const args = { interrupt: Number(interrupt), uitt_index: String(uitt_index), vector, sends_ipi, suppressed_by };
    const track = trace.threadOf(event);
    track.point('uintr', `SENDUIPI ${uitt_index}`, event.cycle, args, () => trace.interrupts.step(track, interrupt));
  },
  senduipi_fault: instant(
    () => 'SENDUIPI faults',
    ({ uitt_index, reason }) => ({ uitt_index: String(uitt_index), reason }),
  ),
  pir_posted(trace, event, { interrupt, vector, upid, coalesced_with }) {
    trace.posted.post(upid, interrupt, vector);
    const track = trace.threadOf(event);
    const args = { interrupt: Number(interrupt), vector, upid: hex(upid), coalesced_with: Number(coalesced_with) };
    track.point('uintr', 'PIR post', event.cycle, args, () => trace.interrupts.step(track, interrupt));
  },
  ipi_sent(trace, event, { interrupt, destination_apic, idt_vector }) {
    const track = trace.threadOf(event);
    const args = { interrupt: Number(interrupt), vector: hex(idt_vector), apic: destination_apic };
    track.point('uintr', interrupt === 0n ? 'self-IPI' : 'IPI sent', event.cycle, args, () => trace.interrupts.pass(track, interrupt));
  },
  ipi_arrived(trace, event, { interrupt, idt_vector, mode }) {
    const vcpu = trace.vcpu(event.vcpu);
    const args = { interrupt: Number(interrupt), vector: hex(idt_vector), mode };
    vcpu.point('uintr', `IPI ${hex(idt_vector)}`, event.cycle, args, () => trace.interrupts.pass(vcpu.track, interrupt));
  },
  notification_processed(trace, event, { upid, taken, uirr }) {
    const vcpu = trace.vcpu(event.vcpu);
    const interrupts = trace.posted.take(upid, taken);
    vcpu.point('uintr', 'notification', event.cycle, { taken: hex(taken), uirr: hex(uirr) }, () => {
      for (const interrupt of interrupts) trace.interrupts.pass(vcpu.track, interrupt);
    });
  },
  notification_spurious: (trace, event, { idt_vector }) =>
    trace.vcpu(event.vcpu).point('uintr', `spurious ${hex(idt_vector)}`, event.cycle, {}, () => {}),
  user_interrupt_delivered(trace, event, { interrupt, interrupts, vector, symbol, handler, rip }) {
    const track = trace.threadOf(event);
    const behind = interrupts.length > 0 ? interrupts : [interrupt];
    backInUserMode(track, event.cycle);
    const args = { vector, interrupts: behind.slice(0, 64).map(String), interrupted: hex(rip) };
    track.begin('handler', `${symbol || hex(handler)} (vector ${vector})`, event.cycle, args);
    for (const one of behind) trace.interrupts.pass(track, one);
    const stack = trace.handlers.get(event.tid) ?? [];
    stack.push(behind);
    if (stack.length > MOST_HANDLERS) stack.shift();
    trace.handlers.set(event.tid, stack);
  },
  user_interrupt_fault: instant(
    ({ vector }) => `delivery of vector ${vector} faults`,
    ({ fault_vector, address }) => ({ exception: fault_vector, address: hex(address) }),
  ),
  uiret(trace, event, { rip, uif }) {
    const track = trace.threadOf(event);
    const behind = trace.handlers.get(event.tid)?.pop() ?? [];
    backInUserMode(track, event.cycle);
    track.point('uintr', 'UIRET', event.cycle, { rip: hex(rip), uif }, () => {
      for (const one of behind) trace.interrupts.finish(track, one);
    });
    track.endThrough('handler', event.cycle);
  },
  uif_changed: instant(
    ({ uif, by }) => `UIF ${Number(uif)} by ${by}`,
    () => ({}),
  ),
  uintr_registered: instant(
    ({ symbol, handler }) => `handler ${symbol || hex(handler)}`,
    ({ upid, flags }) => ({ upid: hex(upid), flags }),
  ),
  uintr_unregistered: instant(
    () => 'handler unregistered',
    ({ upid }) => ({ upid: hex(upid) }),
  ),
  upid_suppressed: instant(
    ({ suppressed }) => `SN ${Number(suppressed)}`,
    ({ by }) => ({ by }),
  ),

  ring_created: (trace, event, { ring, fd, sq_entries, cq_entries }) =>
    trace.ring(ring).instant('io_uring', 'created', event.cycle, { fd, sq_entries, cq_entries }),
  ring_closed: (trace, event, { ring }) => trace.ring(ring).instant('io_uring', 'closed', event.cycle),
  sqe_submitted(trace, event, { ring, request, name, user_data, fd }) {
    const track = event.tid === 0 ? trace.ring(ring) : trace.threadOf(event);
    const args = { request: Number(request), user_data: hex(user_data), fd };
    track.point('io_uring', `SQE ${name}`, event.cycle, args, () => trace.requests.step(track, request));
    const id = `request-${request}`;
    endAsync(trace, id, event.cycle);
    beginAsync(trace, trace.ring(ring), id, name, event.cycle, 'io_uring', args);
  },
  request_waits(trace, event, { ring, request, waiting_for }) {
    const id = `request-${request}`;
    if (trace.open.has(id))
      trace.writer.event('n', trace.ring(ring), event.cycle, { name: `waits for ${waiting_for}`, cat: 'io_uring', id, args: {} });
  },
  work_taken(trace, event, { request }) {
    const track = trace.threadOf(event);
    track.point('io_uring', 'work taken', event.cycle, { request: Number(request) }, () => trace.requests.step(track, request));
  },
  cqe_posted(trace, event, { ring, request, result, user_data, flags }) {
    const track = trace.ring(ring);
    const args = { request: Number(request), result, user_data: hex(user_data) };
    track.point('io_uring', `CQE ${result}`, event.cycle, args, () => trace.requests.pass(track, request));
    // IORING_CQE_F_MORE: the request goes on.
    if ((flags & 2) === 0) endAsync(trace, `request-${request}`, event.cycle);
  },
  ring_interrupt(trace, event, { ring, request, interrupt, vector, completions, abi }) {
    const track = trace.ring(ring);
    const args = { interrupt: Number(interrupt), vector, completions, abi };
    track.point('io_uring', `interrupt, vector ${vector}`, event.cycle, args, () => {
      trace.requests.finish(track, request);
      trace.interrupts.step(track, interrupt);
    });
  },

  block_request(trace, event, { request, direction, inode, offset, bytes }) {
    const args = { inode: Number(inode), offset: Number(offset), bytes: Number(bytes) };
    beginAsync(trace, trace.device, `block-${request}`, `${direction} ${bytes} bytes`, event.cycle, 'block', args);
  },
  block_done: (trace, event, { request }) => endAsync(trace, `block-${request}`, event.cycle),

  remote_call_started(trace, event, { call, name }) {
    const id = `call-${call}`;
    endAsync(trace, id, event.cycle);
    beginAsync(trace, trace.threadOf(event), id, name, event.cycle, 'remote', {});
  },
  remote_call_finished: (trace, event, { call }) => endAsync(trace, `call-${call}`, event.cycle),
  breakpoint_hit: instant(
    ({ breakpoint }) => `breakpoint ${breakpoint}`,
    ({ rip, symbol }) => ({ at: symbol || hex(rip) }),
  ),
};
