// What an event says in a timeline for people: what happened, and what belongs to it.

import { hex } from './output.ts';
import { printable } from '../../src/text/printable.ts';
import { LEGS } from './timeline.ts';
import type { Event } from '../../src/gen/api.ts';

/** Longer text of a guest is cut: a line stays a line. */
const LONGEST = 160;

type Words = readonly [what: string, detail?: string];
type Kind = Exclude<keyof Event, 'sequence' | 'cycle' | 'vcpu' | 'pid' | 'tid'>;

const to = (symbol: string, address: bigint): string => (symbol === '' ? hex(address) : `${symbol} (${hex(address)})`);
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const error = (result: number): string => (result < 0 ? `error ${-result}` : `result ${result}`);

const WORDS: { readonly [K in Kind]?: (event: NonNullable<Event[K]>) => Words } = {
  machine_state: (e) => [`machine ${e.state}`, e.reason],
  machine_parking: (e) => [
    e.in_seconds === 0 ? 'parked' : `parked in ${e.in_seconds} s`,
    `nobody has used the machine for ${e.idle_seconds} s`,
  ],
  oops: (e) => ['kernel oops', e.message],
  process_started: (e) => ['process starts', `${e.path}${e.parent_pid === 0 ? '' : `, child of ${e.parent_pid}`}`],
  process_executed: (e) => ['exec', `${e.path} ${e.arguments}`],
  process_exited: (e) => [
    'process ends',
    e.signal === 0 ? `exit code ${e.exit_code}` : `signal ${e.signal}${e.core ? ', core dumped' : ''}`,
  ],
  thread_started: (e) => ['thread starts', e.parent_tid === 0 ? '' : `by thread ${e.parent_tid}`],
  thread_exited: (e) => ['thread ends', `exit code ${e.exit_code}`],
  console_output: (e) => [e.stream === 2 ? 'stderr' : 'stdout', JSON.stringify(Buffer.from(e.data.subarray(0, LONGEST)).toString())],
  syscall_entered: (e) => ['system call', `${e.name}(${e.arguments.map(hex).join(', ')})`],
  syscall_exited: (e) => ['returns', `${e.name} = ${e.error === '' ? hex(e.result) : `-${e.error}`}`],
  syscall_blocked: (e) => ['blocks', `${e.name}, waits for ${e.waiting_for || 'something'}`],
  syscall_unsupported: (e) => ['unsupported', `system call ${e.name || e.number}: ${e.reason}`],
  switched_in: (e) => ['switched in', e.migrated_from < 0 ? '' : `comes from vCPU ${e.migrated_from}`],
  switched_out: (e) => ['switched out', e.reason],
  woken: (e) => ['woken', `by ${e.by}, for vCPU ${e.target_vcpu}`],
  vcpu_idle: () => ['idle'],
  reschedule_sent: (e) => ['reschedule IPI', `to vCPU ${e.target_vcpu}`],
  fault: (e) => ['fault', `vector ${e.vector}, error code ${hex(BigInt(e.error_code))}, on ${hex(e.address)} at ${to(e.symbol, e.rip)}`],
  unsupported_instruction: (e) => ['no such instruction', `${e.mnemonic} (${e.feature}) at ${to(e.symbol, e.rip)}; ${e.remedy}`],
  signal_generated: (e) => [
    'signal sent',
    `${e.signal} to thread ${e.target_tid}${e.sender_pid === 0 ? '' : ` by process ${e.sender_pid}`}`,
  ],
  signal_delivered: (e) => ['signal', `${e.signal}${e.handler === 0n ? ', default action' : `, handler ${hex(e.handler)}`}`],
  senduipi_fault: (e) => ['SENDUIPI faults', `UITT[${e.uitt_index}]: ${e.reason}; exception ${e.fault_vector}`],
  user_interrupt_fault: (e) => ['delivery faults', `vector ${e.vector}: exception ${e.fault_vector} on ${hex(e.address)}`],
  uif_changed: (e) => [`UIF ${Number(e.uif)}`, `by ${e.by}`],
  notification_spurious: (e) => ['spurious IPI', `vector ${hex(BigInt(e.idt_vector))}`],
  uintr_registered: (e) => ['handler registered', `${to(e.symbol, e.handler)}, UPID ${hex(e.upid)}`],
  uintr_unregistered: (e) => ['handler unregistered', `UPID ${hex(e.upid)}`],
  uintr_vector_created: (e) => ['vector created', `${e.vector}, fd ${e.fd}`],
  uintr_sender_registered: (e) => ['sender registered', `UITT[${e.uitt_index}] -> vector ${e.vector}, UPID ${hex(e.upid)}`],
  uintr_sender_unregistered: (e) => ['sender unregistered', `UITT[${e.uitt_index}]`],
  upid_suppressed: (e) => [`SN ${e.suppressed ? 'set' : 'cleared'}`, `by ${e.by}`],
  uintr_waiting: (e) => ['waits for an interrupt', e.mode],
  uitt_activated: (e) => ['UITT activated', `${hex(e.uitt)} by ${e.by}`],
  ring_created: (e) => [
    'ring created',
    `ring ${e.ring}, fd ${e.fd}: ${e.sq_entries} SQEs, ${e.cq_entries} CQEs, flags ${hex(BigInt(e.flags))}`,
  ],
  ring_closed: (e) => ['ring closed', `ring ${e.ring}`],
  ring_registered: (e) => ['ring register', `ring ${e.ring}: ${e.name || e.opcode}, ${error(e.result)}`],
  sqe_submitted: (e) => ['SQE', `ring ${e.ring}: ${e.name || `opcode ${e.opcode}`}, fd ${e.fd}, user_data ${hex(e.user_data)}`],
  request_waits: (e) => ['request waits', `ring ${e.ring}: for ${e.waiting_for || 'something'}`],
  work_queued: (e) => ['work queued', `ring ${e.ring}: for a ${e.kind} worker of thread ${e.owner_tid}`],
  work_taken: (e) => ['work taken', `ring ${e.ring}: by this worker`],
  cqe_posted: (e) => [
    'CQE',
    `ring ${e.ring}: ${error(e.result)}, user_data ${hex(e.user_data)}${e.overflowed ? '; the queue is full' : ''}`,
  ],
  ring_interrupt: (e) => [
    'ring interrupt',
    `ring ${e.ring}: ${plural(e.completions, 'completion')} -> vector ${e.vector}, UPID ${hex(e.upid)}${e.sends_ipi ? '' : '; no IPI'}`,
  ],
  block_request: (e) => [
    `disk ${e.direction}`,
    `request ${e.request}: ${e.bytes} bytes at ${e.offset} of inode ${e.inode}; ${e.outstanding} outstanding`,
  ],
  block_done: (e) => [`disk ${e.direction} done`, `request ${e.request}: ${e.bytes} bytes after ${e.cycles} cycles`],
  remote_call_started: (e) => ['remote call', `${e.call}: ${e.name}`],
  remote_call_finished: (e) => ['remote call ends', `${e.call}: ${e.name}, ${e.outcome}`],
  breakpoint_hit: (e) => ['breakpoint', `${e.breakpoint} at ${to(e.symbol, e.rip)}`],
};

/** One line, harmless to a terminal. */
export function wordsOf(event: Event): { readonly what: string; readonly detail: string } {
  const kind = Object.keys(event).find((name) => (name in WORDS || name in LEGS) && event[name as Kind] !== undefined) as Kind | undefined;
  if (kind === undefined) return { what: 'unknown', detail: 'a kind that this uintrctl does not know' };
  const leg = LEGS[kind];
  const words = WORDS[kind] as ((fields: object) => Words) | undefined;
  const [what, detail = ''] = leg ? [leg.what, leg.detail(event)] : words!(event[kind]!);
  const text = printable(detail);
  return { what: printable(what), detail: text.length > LONGEST ? `${text.slice(0, LONGEST)} ...` : text };
}
