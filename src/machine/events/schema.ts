// Every kind of event a machine emits: its number, its fields and their types.
// The table feeds the encoder, the types below, and a test that compares it with proto/uintr/v1/event.proto.

/** u32, i32, u64: plain numbers (u64 up to 2^53); x64: bigint, full 64 bits; text; bytes; flag. */
export type FieldType = 'u32' | 'i32' | 'u64' | 'x64' | 'text' | 'bytes' | 'flag' | 'x64s';

/** Field number in the kind's protobuf message = position + 1. Only append. */
export const EVENT_SCHEMA = {
  // Life of the machine, processes, threads
  machine_state: { number: 10, fields: { state: 'text', reason: 'text' } },
  oops: { number: 11, fields: { message: 'text' } },
  process_started: { number: 12, fields: { parent_pid: 'u32', path: 'text' } },
  process_executed: { number: 13, fields: { path: 'text', arguments: 'text' } },
  process_exited: { number: 14, fields: { exit_code: 'u32', signal: 'u32', core: 'flag' } },
  thread_started: { number: 15, fields: { parent_tid: 'u32' } },
  thread_exited: { number: 16, fields: { exit_code: 'u32' } },
  console_output: { number: 17, fields: { stream: 'u32', data: 'bytes', offset: 'u64' } },
  // Nobody uses the machine: its state goes to disk in so many seconds, or with 0 at once.
  machine_parking: { number: 18, fields: { idle_seconds: 'u32', in_seconds: 'u32' } },
  // System calls
  syscall_entered: { number: 20, fields: { number: 'u32', name: 'text', arguments: 'x64s' } },
  // Until `returns_at` the vCPU stays in the kernel for what the call costs.
  syscall_exited: { number: 21, fields: { number: 'u32', name: 'text', result: 'x64', error: 'text', returns_at: 'u64' } },
  syscall_blocked: { number: 22, fields: { number: 'u32', name: 'text', waiting_for: 'text' } },
  syscall_unsupported: { number: 23, fields: { number: 'u32', name: 'text', reason: 'text' } },
  // Scheduling
  switched_in: { number: 30, fields: { migrated_from: 'i32', returns_at: 'u64' } },
  switched_out: { number: 31, fields: { reason: 'text' } },
  woken: { number: 32, fields: { target_vcpu: 'u32', by: 'text' } },
  vcpu_idle: { number: 33, fields: {} },
  // A reschedule IPI: its arrival is an ipi_arrived with IDT vector 0xFD.
  reschedule_sent: { number: 34, fields: { target_vcpu: 'u32', arrives_at: 'u64' } },
  // Faults and signals
  fault: { number: 40, fields: { vector: 'u32', error_code: 'u32', address: 'x64', rip: 'x64', symbol: 'text' } },
  unsupported_instruction: {
    number: 41,
    fields: { mnemonic: 'text', encoding: 'bytes', feature: 'text', remedy: 'text', rip: 'x64', symbol: 'text' },
  },
  signal_generated: { number: 42, fields: { signal: 'u32', code: 'i32', sender_pid: 'u32', target_tid: 'u32' } },
  signal_delivered: { number: 43, fields: { signal: 'u32', handler: 'x64' } },
  // User interrupts, leg by leg. `interrupt` numbers the interrupt that a SENDUIPI, a self-IPI or the kernel starts.
  senduipi: {
    number: 50,
    fields: { interrupt: 'u64', uitt_index: 'u64', vector: 'u32', upid: 'x64', sends_ipi: 'flag', suppressed_by: 'text' },
  },
  senduipi_fault: { number: 51, fields: { uitt_index: 'x64', reason: 'text', fault_vector: 'u32' } },
  pir_posted: { number: 52, fields: { interrupt: 'u64', vector: 'u32', upid: 'x64', pir: 'x64', coalesced_with: 'u64' } },
  ipi_sent: { number: 53, fields: { interrupt: 'u64', destination_apic: 'u32', idt_vector: 'u32', arrives_at: 'u64' } },
  ipi_arrived: { number: 54, fields: { interrupt: 'u64', idt_vector: 'u32', mode: 'text' } },
  notification_processed: { number: 55, fields: { upid: 'x64', taken: 'x64', uirr: 'x64', mode: 'text' } },
  user_interrupt_recognized: { number: 56, fields: { uirr: 'x64', deliverable: 'flag', waits_for: 'text' } },
  user_interrupt_delivered: {
    number: 57,
    fields: {
      interrupt: 'u64',
      vector: 'u32',
      handler: 'x64',
      rip: 'x64',
      rsp: 'x64',
      symbol: 'text',
      senders: 'x64s',
      interrupts: 'x64s',
      /** Posts behind this delivery beyond those listed. */
      unlisted: 'u64',
    },
  },
  user_interrupt_fault: { number: 58, fields: { vector: 'u32', fault_vector: 'u32', address: 'x64' } },
  uiret: { number: 59, fields: { rip: 'x64', uif: 'flag' } },
  uif_changed: { number: 60, fields: { uif: 'flag', by: 'text' } },
  notification_spurious: { number: 61, fields: { idt_vector: 'u32' } },
  // The kernel's part in user interrupts
  uintr_registered: { number: 70, fields: { handler: 'x64', flags: 'u32', upid: 'x64', symbol: 'text' } },
  uintr_unregistered: { number: 71, fields: { upid: 'x64' } },
  uintr_vector_created: { number: 72, fields: { fd: 'i32', vector: 'u32', upid: 'x64' } },
  uintr_sender_registered: { number: 73, fields: { uitt_index: 'u32', vector: 'u32', upid: 'x64' } },
  uintr_sender_unregistered: { number: 74, fields: { uitt_index: 'u32' } },
  upid_suppressed: { number: 75, fields: { upid: 'x64', suppressed: 'flag', by: 'text' } },
  uintr_waiting: { number: 76, fields: { mode: 'text' } },
  uitt_activated: { number: 77, fields: { uitt: 'x64', by: 'text' } },
  // io_uring. `ring` and `request` are numbers of the machine's, never used twice.
  ring_created: { number: 80, fields: { ring: 'u32', fd: 'i32', sq_entries: 'u32', cq_entries: 'u32', flags: 'u32' } },
  ring_closed: { number: 81, fields: { ring: 'u32' } },
  ring_registered: { number: 82, fields: { ring: 'u32', opcode: 'u32', name: 'text', result: 'i32' } },
  sqe_submitted: {
    number: 83,
    fields: { ring: 'u32', request: 'u64', opcode: 'u32', name: 'text', user_data: 'x64', fd: 'i32', flags: 'u32' },
  },
  request_waits: { number: 84, fields: { ring: 'u32', request: 'u64', waiting_for: 'text' } },
  cqe_posted: {
    number: 85,
    fields: { ring: 'u32', request: 'u64', user_data: 'x64', result: 'i32', flags: 'u32', cq_tail: 'u32', overflowed: 'flag' },
  },
  // Completions were announced by a user interrupt: the last request of them, how many, and which ABI did it ("register", "params").
  ring_interrupt: {
    number: 86,
    fields: {
      ring: 'u32',
      request: 'u64',
      interrupt: 'u64',
      vector: 'u32',
      upid: 'x64',
      completions: 'u32',
      abi: 'text',
      sends_ipi: 'flag',
    },
  },
  // A request waits for a worker of the thread `owner_tid`, "bounded" or "unbounded"; the worker that places the event has taken it.
  work_queued: { number: 87, fields: { ring: 'u32', request: 'u64', owner_tid: 'u32', kind: 'text' } },
  work_taken: { number: 88, fields: { ring: 'u32', request: 'u64' } },
  // What clients do to the machine
  remote_call_started: { number: 90, fields: { call: 'u64', name: 'text' } },
  remote_call_finished: { number: 91, fields: { call: 'u64', name: 'text', outcome: 'text' } },
  breakpoint_hit: { number: 92, fields: { breakpoint: 'u32', rip: 'x64', symbol: 'text' } },
  // The block device. `request` is its own number, `outstanding` how many are not done, this one among them; `cycles` from request to end.
  block_request: {
    number: 100,
    fields: { request: 'u64', direction: 'text', inode: 'u64', offset: 'u64', bytes: 'u64', outstanding: 'u32' },
  },
  block_done: { number: 101, fields: { request: 'u64', direction: 'text', bytes: 'u64', cycles: 'u64' } },
} as const satisfies Record<string, { number: number; fields: Record<string, FieldType> }>;

export type EventKind = keyof typeof EVENT_SCHEMA;

interface FieldValue {
  u32: number;
  i32: number;
  u64: number;
  x64: bigint;
  x64s: readonly bigint[];
  text: string;
  bytes: Uint8Array;
  flag: boolean;
}

type FieldsOf<K extends EventKind> = (typeof EVENT_SCHEMA)[K]['fields'];

/** The payload of one kind; a field left out is its protobuf default. */
export type EventFields<K extends EventKind> = {
  readonly [F in keyof FieldsOf<K>]?: FieldsOf<K>[F] extends FieldType ? FieldValue[FieldsOf<K>[F]] : never;
};

/** Where and when: virtual time in cycles; vcpu -1, pid and tid 0 where there is none. */
export interface EventPlace {
  readonly cycle: number;
  readonly vcpu: number;
  readonly pid: number;
  readonly tid: number;
}

/** Kinds that are high-volume, off unless a machine's spec asks for them. */
export const QUIET_KINDS: readonly EventKind[] = [];
