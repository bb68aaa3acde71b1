// What the main thread and a worker say to each other: closed unions, types only. One worker hosts many machines.
// Structured clone carries them, in batches: an array of commands one way, an array of FromWorker the other. Uint8Arrays of pushes and
// replies are transferred. Each port keeps its order.

import type { TaskListing } from '../kernel/task/listing.ts';
import type { CostRow } from './cost/presets.ts';
import type { PublishedFigure } from './cost/published.ts';
import type { MachineErrorCode } from './errors.ts';
import type { DeliveryExplanation, ExplainSubject } from './explain/explanation.ts';
import type { MachineLife } from './life.ts';
import type { MachineSpec } from './machine-spec.ts';
import type { Recording } from './durable/recording.ts';
import type { RemotePrograms, RingReports } from './remote/programs/commands.ts';
import type { RemoteCall } from './remote/remote-call.ts';
import type { MachineImage } from './snapshot/machine-image.ts';

export type { MachineImage, MachineLife, Recording };

/**
 * created: nothing has run yet, virtual time 0. running: time passes. paused: by PauseMachine or a limit.
 * quiescent: started, but every thread waits and no timer is set, so time stands still until an input arrives.
 * crashed: the emulator failed; only reads of its last report and deletion are left.
 */
export type MachineState = 'created' | 'running' | 'paused' | 'quiescent' | 'crashed';

/** 1 = stdout, 2 = stderr. */
export type OutputStream = 1 | 2;

export interface GuestFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** It is a symbolic link to there, and has neither bytes nor a mode. */
  readonly symlink?: string;
}

/** In characters; 0: not known. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface SpawnFields {
  /** `image`, if given, is written to `path` with mode 0755 first; the program is always executed from `path`. */
  readonly program: { readonly path: string; readonly image: Uint8Array | null };
  /** argv, with argv[0]. */
  readonly arguments: readonly string[];
  /** "NAME=value". */
  readonly environment: readonly string[];
  readonly workingDirectory: string;
  /** Whole standard input, or 'stream' when write_stdin and close_stdin follow. */
  readonly stdin: Uint8Array | 'stream';
  /** Its streams are a terminal of this size; `stdin` is 'stream' then. */
  readonly terminal?: TerminalSize;
  /** Written, with their parent directories, before the program starts. */
  readonly files: readonly GuestFile[];
  /** Bit n: may run on vCPU n. 0 = all. */
  readonly affinity: number;
  /** Open files of other processes that the new one is given; absent: none. */
  readonly descriptors?: readonly { readonly fd: number; readonly sourcePid: number; readonly sourceFd: number }[];
}

export interface RemoteThreadFields {
  /** 0: a process of its own. */
  readonly pid: number;
  readonly name: string;
  readonly park: 'spin' | 'block';
  /** Bit n: may run on vCPU n. 0 = all. */
  readonly affinity: number;
}

export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  readonly path: string;
  readonly arguments: readonly string[];
  readonly state: 'running' | 'exited';
  /** Valid once exited; `signal` 0 unless a signal killed it. */
  readonly exitCode: number;
  readonly signal: number;
  readonly coreDumped: boolean;
  readonly threads: number;
  /** Started by spawn_process, so it has a console of its own. */
  readonly spawned: boolean;
  readonly residentBytes: number;
}

export interface ThreadInfo extends TaskListing {
  /** Why no user interrupt reaches it now, as a sentence; "" for a thread that takes none. */
  readonly interruptNote: string;
  /** Of a remote thread, else null. `call`: what it executes for a client now, or ''. */
  readonly remote: { readonly park: 'spin' | 'block'; readonly call: string; readonly handlerDepth: number } | null;
}

export interface UpidState {
  readonly address: bigint;
  readonly outstanding: boolean;
  readonly suppressed: boolean;
  readonly notificationVector: number;
  readonly notificationDestination: number;
  readonly postedRequests: bigint;
}

export interface UittEntryState {
  readonly index: number;
  readonly valid: boolean;
  readonly vector: number;
  readonly upid: bigint;
}

/** The user-interrupt state of one thread, from its vCPU where it is loaded, else from its saved image. */
export interface UintrState {
  readonly tid: number;
  readonly pid: number;
  readonly name: string;
  /** vCPU that holds it live, or -1. */
  readonly liveOn: number;
  readonly uif: boolean;
  readonly uirr: bigint;
  readonly handler: bigint;
  readonly handlerSymbol: string;
  readonly stackAdjust: bigint;
  readonly misc: bigint;
  readonly pd: bigint;
  readonly tt: bigint;
  readonly upid: UpidState | null;
  readonly uitt: readonly UittEntryState[];
  readonly note: string;
}

export interface VcpuStats {
  readonly index: number;
  /** "user", "kernel" or "idle". */
  readonly mode: string;
  readonly cycle: number;
  readonly instructions: number;
  readonly tid: number;
}

export interface MachineStats {
  readonly state: MachineState;
  readonly cycle: number;
  readonly instructions: number;
  readonly events: number;
  readonly processes: number;
  readonly threads: number;
  readonly ramUsedBytes: number;
  readonly journalEntries: number;
  readonly vcpus: readonly VcpuStats[];
  /** Hexadecimal, or "" unless asked for. */
  readonly stateHash: string;
  readonly engine: EngineStats;
}

/** How the host executes user code: no part of the state. */
export interface EngineStats {
  readonly steppedInstructions: number;
  readonly regionInstructions: number;
  readonly regionEntries: number;
  readonly decodedInstructions: number;
  readonly codeDrops: number;
  readonly regionsCompiled: number;
  readonly regionsRefused: number;
  readonly regionsLive: number;
  readonly compiledBytes: number;
  readonly compileMicroseconds: number;
  readonly exits: readonly { readonly cause: string; readonly count: number }[];
}

export interface CostTableReply {
  readonly preset: string;
  readonly hertz: number;
  readonly costs: readonly CostRow[];
  readonly figures: readonly PublishedFigure[];
  readonly presets: readonly { readonly name: string; readonly hertz: number; readonly about: string }[];
}

/** Virtual addresses of a thread or, with tid 0, a process; with pid 0 too, offsets in the machine's RAM. */
export interface MemoryPlace {
  readonly pid: number;
  readonly tid: number;
  readonly address: bigint;
}

/** By name: "rax", "rip", "mxcsr", ...; "xmm0" (16 bytes), "st0" (10 bytes), .... */
export interface RegisterValues {
  readonly values: Readonly<Record<string, bigint>>;
  readonly vectors: Readonly<Record<string, Uint8Array>>;
}

export interface BreakpointInfo {
  readonly id: number;
  readonly pid: number;
  readonly address: bigint;
  /** "main+0x1c", or "" without symbols. */
  readonly symbol: string;
  readonly hits: number;
}

/** All that is given must hold. */
export interface EventMatchFields {
  /** Kind of event, '' for any. */
  readonly kind: string;
  /** 0 for any. */
  readonly pid: number;
  readonly tid: number;
  readonly vcpu: number | null;
  /** Fields of the kind by name, as text. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What a person needs to see why nothing goes on. */
export interface QuiescentReport {
  /** True if some thread waits for console input that may still come. */
  readonly awaitingInput: boolean;
  readonly threads: readonly ThreadInfo[];
}

/** Of a machine whose inputs are made durable before they are answered. */
export interface JournalFields {
  /** For its segments alone. */
  readonly folder: string;
  readonly uid: string;
  /** Fingerprint of this version. */
  readonly engine: string;
  readonly segment: number;
  readonly incarnation: number;
  /** It was there before: from the image, or its spec, as the segments from this one on say. Errors: BAD_JOURNAL, BAD_SNAPSHOT. */
  readonly recover: boolean;
}

/** What a machine's owner must know of one that was made from an image. */
export interface RestoredMachine {
  readonly state: MachineState;
  readonly cycle: number;
  /** Of its next event. */
  readonly nextSequence: number;
  /** Spawned processes, and whether all of their output has been told. */
  readonly consoles: readonly { readonly pid: number; readonly ended: boolean }[];
  readonly reason: string;
  readonly awaitingInput: boolean;
  /** Of its journal, if it has one. */
  readonly segment: number;
  readonly incarnation: number;
  /** Records that were replayed, and bytes of one that was never whole. */
  readonly replayed: number;
  readonly torn: number;
}

interface Empty {}

/**
 * Every command: its fields, its reply, and the machine states it is allowed in (others answer WRONG_STATE).
 * ping and preset_costs address no machine (machine 0).
 */
export interface Commands extends RemotePrograms, RingReports {
  ping: { fields: Empty; reply: Empty };
  preset_costs: { fields: { preset: string }; reply: CostTableReply };
  /**
   * The spec is complete and valid (machine-spec.ts). With an image: as that says, and paused where time would pass, unless it has `moved`:
   * then as it was, with what it was about, under these numbers of the requests in flight. Errors: BAD_SNAPSHOT, BAD_JOURNAL.
   */
  create_machine: {
    fields: {
      spec: MachineSpec;
      account: number;
      image?: MachineImage;
      /** A machine of this worker, with an equal spec, that it is to be a copy of. */
      source?: number;
      journal?: JournalFields;
      moved?: { life: MachineLife; requests: ReadonlyMap<number, number> };
    };
    reply: { restored: RestoredMachine };
  };
  /** Any state but crashed. It stands still, for another worker to have it, until `stay` or `forget_machine`. Errors: MACHINE_BUSY, and it goes on. */
  leave_machine: { fields: Empty; reply: { image: MachineImage; life: MachineLife } };
  /** After leave_machine: it goes on here after all; or it is there. */
  stay_machine: { fields: Empty; reply: Empty };
  /** `frees`: its memory shall go back to the host soon, instead of to the next machine. */
  forget_machine: { fields: { frees: boolean }; reply: Empty };
  /** Any state but crashed, and it has a journal: a new segment of that begins where the image is. `last`: no time passes any more. */
  save_machine: { fields: { last: boolean }; reply: { image: MachineImage; segment: number } };
  /** Any state but crashed: an event that says so. */
  announce_parking: { fields: { idleSeconds: number; inSeconds: number }; reply: Empty };
  /** Any state but crashed; what runs goes on. `segment`: where its journal begins, if it has one. WRONG_STATE if it was made from an image. */
  record_machine: { fields: { segment: number }; reply: { recording: Recording } };
  /**
   * As run_machine, of a machine that is where a recording begins: its inputs again, those up to `toCycle`, Infinity for all. Answers when that
   * is done, with '' for the hash where it was not all. Errors: BAD_SNAPSHOT.
   */
  play_recording: { fields: { records: Uint8Array; toCycle: number }; reply: { cycle: number; hash: string } };
  /** Any state but crashed; what runs goes on. */
  capture_machine: { fields: Empty; reply: { image: MachineImage } };
  /** Any state. As reset_machine, but to where the image was taken; paused where time would pass. Errors: BAD_SNAPSHOT, and all stays as it was. */
  restore_machine: { fields: { image: MachineImage }; reply: { restored: RestoredMachine } };
  /** Any state. Pending waits of the machine answer CANCELLED first. */
  delete_machine: { fields: Empty; reply: Empty };
  /** created, paused; in running and quiescent it changes nothing. */
  start_machine: { fields: Empty; reply: { state: MachineState } };
  /** running, quiescent; in paused it changes nothing. */
  pause_machine: { fields: Empty; reply: { state: MachineState } };
  /** Any state, crashed too: back to created, virtual time 0, with no process and an empty file system; events start at sequence 1. */
  reset_machine: { fields: Empty; reply: { state: MachineState; segment: number } };
  /**
   * created, paused or quiescent: time passes until the first of the ends (0 or null: none of that kind), a breakpoint, a limit,
   * or until nothing can happen any more. The machine is paused afterwards. LOCKSTEP ones stand still in state running too.
   */
  run_machine: {
    fields: {
      untilCycle: number;
      cycles: number;
      instructions: number;
      nanoseconds: bigint;
      event: EventMatchFields | null;
    };
    reply: {
      cycle: number;
      reason: 'cycle' | 'instructions' | 'event' | 'breakpoint' | 'quiescent' | 'virtual_limit';
      /** Executed by this command. */
      instructions: number;
      /** Of the event that matched, or 0. */
      eventSequence: number;
      /** Met by the thread `tid`, or 0. */
      breakpoint: number;
      tid: number;
    };
  };
  /** As run_machine: so many instructions of one thread or, with tid 0, of what one vCPU runs. */
  step_machine: {
    fields: { tid: number; vcpu: number; instructions: number };
    reply: {
      cycle: number;
      reason: 'instructions' | 'not_running' | 'breakpoint' | 'quiescent' | 'virtual_limit';
      instructions: number;
      /** Where that thread, or the vCPU's, goes on; 0 if there is none any more. */
      tid: number;
      rip: bigint;
      symbol: string;
    };
  };
  /** Any state but crashed. MEMORY_FAULT names the first byte that is not there. Changes nothing. */
  read_memory: { fields: { place: MemoryPlace; length: number }; reply: { bytes: Uint8Array } };
  /** As spawn_process. All of it or nothing. */
  write_memory: { fields: { place: MemoryPlace; data: Uint8Array }; reply: Empty };
  /** Any state but crashed. */
  read_registers: { fields: { tid: number }; reply: { registers: RegisterValues; cycle: number } };
  /** As run_machine. Those named change; the reply has all. */
  write_registers: { fields: { tid: number; registers: RegisterValues }; reply: { registers: RegisterValues } };
  /** As spawn_process. At `address`, or if that is null at `symbol` ("main", "handler+0x10"). */
  create_breakpoint: { fields: { pid: number; address: bigint | null; symbol: string }; reply: { breakpoint: BreakpointInfo } };
  delete_breakpoint: { fields: { id: number }; reply: Empty };
  /** Any state but crashed. Those of living processes. */
  list_breakpoints: { fields: Empty; reply: { breakpoints: readonly BreakpointInfo[] } };
  /** As spawn_process. */
  create_remote_thread: { fields: RemoteThreadFields; reply: { pid: number; tid: number } };
  /** As spawn_process. Begins a call; how it ends is in Machine.remote. Errors: THREAD_NOT_FOUND, NOT_REMOTE, THREAD_BUSY. */
  remote_call: { fields: RemoteCall; reply: { call: number } };
  /** As spawn_process. Duplicates an open file of one process into another, at the lowest free descriptor, close-on-exec. */
  pass_descriptor: { fields: { fromPid: number; fd: number; toPid: number }; reply: { fd: number } };
  /** created, running, paused, quiescent. */
  spawn_process: { fields: SpawnFields; reply: { pid: number } };
  /** As spawn_process. `offset` is the total of bytes accepted so far, these included. */
  write_stdin: { fields: { pid: number; bytes: Uint8Array }; reply: { offset: number } };
  close_stdin: { fields: { pid: number }; reply: Empty };
  /** As spawn_process. Errors: NO_TERMINAL, STDIN_CLOSED. */
  resize_terminal: { fields: { pid: number; size: TerminalSize }; reply: Empty };
  /** tid 0 = the process; pid 0 = the thread's. */
  signal_process: { fields: { pid: number; tid: number; signal: number }; reply: Empty };
  /**
   * Answers when the process has exited; with `untilQuiescent` also when the machine is quiescent, awaits no input,
   * and with `virtual_limit` when spec.limits.virtual_cycles was reached. In LOCKSTEP the wait makes time pass.
   */
  wait_process: {
    fields: { pid: number; untilQuiescent: boolean };
    reply: { process: ProcessInfo; reason: 'exited' | 'quiescent' | 'virtual_limit'; cycle: number };
  };
  /** Drops a pending wait_process, run_machine or step_machine, which answers CANCELLED. Unknown numbers are ignored. */
  cancel: { fields: { target: number }; reply: Empty };
  /** pid 0 = all. Exited processes that were spawned stay listed until the machine is reset. Any state but crashed, as below. */
  list_processes: { fields: { pid: number }; reply: { processes: readonly ProcessInfo[] } };
  /** pid 0 = all. */
  list_threads: { fields: { pid: number }; reply: { threads: readonly ThreadInfo[] } };
  /** tid 0 = every thread that uses user interrupts. */
  uintr_state: { fields: { tid: number }; reply: { cycle: number; threads: readonly UintrState[] } };
  /** Errors: THREAD_NOT_FOUND. */
  explain_delivery: { fields: { subject: ExplainSubject }; reply: DeliveryExplanation };
  /** Any state. No slices while held: the host's back pressure when console readers fall behind. Nothing in the machine can tell. */
  hold_machine: { fields: { held: boolean }; reply: Empty };
  quiescent_report: { fields: Empty; reply: QuiescentReport };
  machine_stats: { fields: { hash: boolean }; reply: MachineStats };
  cost_table: { fields: Empty; reply: CostTableReply };
  read_file: { fields: { path: string; offset: number; length: number }; reply: { bytes: Uint8Array; size: number; mode: number } };
  /** Replaces the file; missing parent directories are made. */
  write_file: { fields: GuestFile; reply: { size: number } };
}

export type CommandKind = keyof Commands;
export type CommandFields<K extends CommandKind> = Commands[K]['fields'];
export type CommandReply<K extends CommandKind> = Commands[K]['reply'];

/** Main thread to worker. `machine` is the registry's number, never used twice; `request` is unique to the port. */
export type Command = {
  [K in CommandKind]: { readonly kind: K; readonly machine: number; readonly request: number; readonly fields: CommandFields<K> };
}[CommandKind];

export interface ErrorReport {
  readonly code: MachineErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
}

/** Exactly one for each command. */
export type Reply =
  | {
      [K in CommandKind]: { readonly kind: 'reply'; readonly command: K; readonly request: number; readonly reply: CommandReply<K> };
    }[CommandKind]
  | { readonly kind: 'error'; readonly request: number; readonly error: ErrorReport };

/** Unasked news from the worker. */
export type Push =
  /** `thread`: its number on the host, where there is one. */
  | { readonly kind: 'ready'; readonly thread?: number | undefined }
  | {
      readonly kind: 'events';
      readonly machine: number;
      /** Sequence of the first event of the batch. */
      readonly firstSequence: number;
      /**
       * Each event as one element of a `repeated Event events = 1` field: tag 0x0A, varint length, uintr.v1.Event.
       * So any concatenation of slices is itself a valid piece of a response message.
       */
      readonly bytes: Uint8Array;
      /** Start of each event in `bytes`, then its end: one more than there are events. */
      readonly offsets: Uint32Array;
      /** EVENT_SCHEMA number of each event. */
      readonly kinds: Uint8Array;
    }
  /** What a spawned process and its children wrote to its console; not subject to the event mask. Offsets count each stream from 0. */
  | {
      readonly kind: 'console';
      readonly machine: number;
      readonly pid: number;
      readonly stream: OutputStream;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  /** All output of this process's console has been pushed: it and all that hold its console are gone. */
  | { readonly kind: 'console_end'; readonly machine: number; readonly pid: number }
  /** A replay would take long: it should be saved. */
  | { readonly kind: 'save_wanted'; readonly machine: number }
  | {
      readonly kind: 'state';
      readonly machine: number;
      readonly state: MachineState;
      readonly cycle: number;
      /** "", "virtual_limit", "requested", ... or what crashed it. */
      readonly reason: string;
      readonly awaitingInput: boolean;
    };

export type FromWorker = Reply | Push;

/** Given to the thread as workerData. */
export interface WorkerOptions {
  readonly index: number;
  /** Four bytes: counts what the worker has posted, for a main thread that looks out for it. */
  readonly said: SharedArrayBuffer;
  /** Likewise what the main thread has posted: a slice ends where somebody waits. */
  readonly asked: SharedArrayBuffer;
  /** Of CpuAccounts. */
  readonly accounts: SharedArrayBuffer;
  /** Of LiveRegions. */
  readonly regions: SharedArrayBuffer;
  /** Of each machine's inputs that are kept in memory, where no journal is on the disk. */
  readonly journalBytes: number;
  /** How far the worker stands behind other threads, as nice counts it. */
  readonly nice: number;
}
