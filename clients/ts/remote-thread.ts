// A thread of a machine whose program is this one: each method is one real system call or instruction on its vCPU.
// All can throw ApiError: THREAD_BUSY (another call is under way), THREAD_INTERRUPTED (it entered a handler first), SYSCALL_FAILED
// (metadata: syscall, errno), THREAD_KILLED, MACHINE_CRASHED. 64-bit numbers are bigint; times in `times` are virtual cycles.

import { ApiError } from './api-error.ts';
import { durationOf } from './duration.ts';
import { Ring } from './ring.ts';
import type * as api from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { CallOptions, UintrClient } from './client.ts';
import type { RingSettings } from './ring.ts';

export interface RemoteCallOptions extends CallOptions {
  /** Makes a repeated call answer what the first one did, instead of doing it again. */
  readonly idempotencyKey?: string;
}

export interface RemoteThreadSettings {
  /** The guest's name for it, at most 15 bytes. */
  readonly comm?: string;
  /** What it does between calls: 'PARK_SPIN' (the default) occupies its vCPU in user mode, 'PARK_BLOCK' sleeps in the kernel. */
  readonly park?: api.Park;
  /** Bit n: may run on vCPU n; 0 for all. */
  readonly affinity?: number;
}

export interface HandlerSettings {
  /** 'HANDLER_MODE_AUTOMATIC' (the default) returns at once; 'HANDLER_MODE_MANUAL' stays in the handler until uiret(). */
  readonly mode?: api.HandlerMode;
  readonly blockedReceiver?: api.BlockedReceiver;
  /** Leave UIF clear; without it STUI follows. */
  readonly keepMasked?: boolean;
}

export interface WaitSettings {
  readonly mode?: api.WaitMode;
  /** Virtual time; for ever if absent. */
  readonly timeoutNanoseconds?: bigint | number;
}

/** A number as it is (negative: two's complement), text with a NUL, bytes, or so much space; the last two come back in `outputs`. */
export type SyscallValue = bigint | number | string | Uint8Array | { readonly space: number };

function syscallArgument(value: SyscallValue): Input<api.SyscallArgument> {
  if (typeof value === 'bigint') return { value: BigInt.asUintN(64, value) };
  if (typeof value === 'number') return { value: BigInt.asUintN(64, BigInt(value)) };
  if (typeof value === 'string') return { text: value };
  return value instanceof Uint8Array ? { data: value } : { space: value.space };
}

const key = (options: RemoteCallOptions): { readonly request_id: string } => ({ request_id: options.idempotencyKey ?? '' });

export class RemoteThread {
  readonly client: UintrClient;
  /** projects/default/machines/{machine}/threads/{tid} */
  readonly name: string;
  /** projects/default/machines/{machine}/processes/{pid}; empty if the thread was not made here. */
  readonly process: string;
  private readonly ownsProcess: boolean;

  constructor(client: UintrClient, name: string, process = '', ownsProcess = false) {
    this.client = client;
    this.name = name;
    this.process = process;
    this.ownsProcess = ownsProcess;
  }

  /** `parent`: a machine, for a thread in a process of its own, or a process, for one more thread there. */
  static async create(
    client: UintrClient,
    parent: string,
    settings: RemoteThreadSettings = {},
    options: RemoteCallOptions = {},
  ): Promise<RemoteThread> {
    const { thread } = await client.guest.CreateRemoteThread({ parent, ...settings, ...key(options) }, options);
    const { name, pid } = thread!;
    const process = name.replace(/threads\/\d+$/, `processes/${pid}`);
    return new RemoteThread(client, name, process, !/\/processes\/\d+$/.test(parent));
  }

  /** uintr_register_handler, and STUI unless it is to stay masked. */
  registerHandler(settings: HandlerSettings = {}, options: RemoteCallOptions = {}): Promise<api.RegisterHandlerResponse> {
    const { mode, blockedReceiver, keepMasked } = settings;
    return this.client.uintr.RegisterHandler(
      { thread: this.name, mode, blocked_receiver: blockedReceiver, keep_masked: keepMasked, ...key(options) },
      options,
    );
  }

  unregisterHandler(options: RemoteCallOptions = {}): Promise<api.UnregisterHandlerResponse> {
    return this.client.uintr.UnregisterHandler({ thread: this.name, ...key(options) }, options);
  }

  /** uintr_vector_fd. `vector`: 0 to 63. The answer's vector_fd is a name that other threads can register as senders with. */
  createVectorFd(vector: number, options: RemoteCallOptions = {}): Promise<api.CreateVectorFdResponse> {
    return this.client.uintr.CreateVectorFd({ thread: this.name, vector, ...key(options) }, options);
  }

  /** uintr_register_sender. A number is a descriptor of this thread's process; a name is one of any process, passed to it first. */
  registerSender(target: number | string, options: RemoteCallOptions = {}): Promise<api.RegisterSenderResponse> {
    const to = typeof target === 'number' ? { fd: target } : { vector_fd: target };
    return this.client.uintr.RegisterSender({ thread: this.name, ...to, ...key(options) }, options);
  }

  /** uintr_unregister_sender, with what registerSender answered. */
  unregisterSender(sender: { readonly uitt_index: number; readonly fd: number }, options: RemoteCallOptions = {}) {
    const { uitt_index, fd } = sender;
    return this.client.uintr.UnregisterSender({ thread: this.name, uitt_index, fd, ...key(options) }, options);
  }

  /** SENDUIPI. An index that is not valid kills the thread: THREAD_KILLED. */
  sendUipi(uittIndex: bigint | number, options: RemoteCallOptions = {}): Promise<api.SendUipiResponse> {
    return this.client.uintr.SendUipi({ thread: this.name, uitt_index: uittIndex, ...key(options) }, options);
  }

  /** SENDUIPI once for each index, back to back; at most 4096. */
  sendUipis(uittIndexes: readonly (bigint | number)[], options: RemoteCallOptions = {}): Promise<api.SendUipisResponse> {
    return this.client.uintr.SendUipis({ thread: this.name, uitt_indexes: uittIndexes, ...key(options) }, options);
  }

  stui(options: RemoteCallOptions = {}): Promise<api.SetUserInterruptFlagResponse> {
    return this.client.uintr.SetUserInterruptFlag({ thread: this.name, uif: true, ...key(options) }, options);
  }

  clui(options: RemoteCallOptions = {}): Promise<api.SetUserInterruptFlagResponse> {
    return this.client.uintr.SetUserInterruptFlag({ thread: this.name, uif: false, ...key(options) }, options);
  }

  async testui(options: RemoteCallOptions = {}): Promise<boolean> {
    return (await this.client.uintr.TestUserInterruptFlag({ thread: this.name, ...key(options) }, options)).uif;
  }

  /** The oldest interrupt taken and not yet answered for; makes time pass until there is one. `outcome` says how it ended. */
  wait(settings: WaitSettings = {}, options: RemoteCallOptions = {}): Promise<api.WaitForInterruptResponse> {
    const { mode, timeoutNanoseconds } = settings;
    const timeout = timeoutNanoseconds === undefined ? undefined : durationOf(timeoutNanoseconds);
    return this.client.uintr.WaitForInterrupt({ thread: this.name, mode, timeout, ...key(options) }, options);
  }

  /** UIRET, from a handler of mode MANUAL. */
  uiret(options: RemoteCallOptions = {}): Promise<api.ReturnFromInterruptResponse> {
    return this.client.uintr.ReturnFromInterrupt({ thread: this.name, ...key(options) }, options);
  }

  /** Any system call, by number (of the machine's profile) or name. One that fails is no error: `result` is -errno, `error` its name. */
  syscall(
    call: number | string,
    values: readonly SyscallValue[] = [],
    options: RemoteCallOptions = {},
  ): Promise<api.ExecuteSyscallResponse> {
    const what = typeof call === 'number' ? { number: call } : { name: call };
    return this.client.guest.ExecuteSyscall(
      { thread: this.name, ...what, arguments: values.map(syscallArgument), ...key(options) },
      options,
    );
  }

  /** MSRs, UPID and UITT of this thread. */
  async state(options: CallOptions = {}): Promise<api.ThreadUintrState | undefined> {
    return (await this.client.uintr.GetUintrState({ name: this.name }, options)).threads[0];
  }

  /** What stands between this thread and its next interrupt. */
  explain(options: CallOptions = {}): Promise<api.ExplainDeliveryResponse> {
    const parent = this.name.replace(/\/threads\/\d+$/, '');
    return this.client.uintr.ExplainDelivery({ parent, receiver: this.name }, options);
  }

  /** io_uring_setup, and mmap of its rings. */
  setupRing(settings: RingSettings, options: RemoteCallOptions = {}): Promise<Ring> {
    return Ring.setup(this.client, this.name, settings, options);
  }

  /** Ends the thread, and its process if that was made for it. */
  async end(options: CallOptions = {}): Promise<void> {
    try {
      if (this.ownsProcess) await this.client.guest.SignalProcess({ name: this.process, signal: 9 }, options);
      else await this.syscall('exit', [0], options);
    } catch (error) {
      // It has ended: that is what was wanted.
      if (!(error instanceof ApiError) || !['THREAD_KILLED', 'THREAD_NOT_FOUND', 'PROCESS_NOT_FOUND'].includes(error.reason)) throw error;
    }
  }
}
