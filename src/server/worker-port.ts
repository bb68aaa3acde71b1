// One worker thread as the daemon sees it: commands become promises, pushes go to their machine, silence or death is told once.

import { Worker } from 'node:worker_threads';
import { MachineError } from '../machine/errors.ts';
import type { Command, CommandFields, CommandKind, CommandReply, FromWorker, Push, WorkerOptions } from '../machine/protocol.ts';
import { Silence, waitedForProcessor } from './silence.ts';
import { tuneCompiler } from './worker-compiler.ts';
import { WORKER_YOUNG_MEBIBYTES } from './young-generation.ts';

/** In a checkout the sources run as they are; in the published package they are compiled. */
export const WORKER_MODULE = new URL(`../machine/worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

tuneCompiler();

/** What a worker answers within some tens of microseconds. */
const PROMPT: readonly CommandKind[] = ['send_uipis', 'set_user_interrupt_flag', 'test_user_interrupt_flag', 'return_from_interrupt'];
/** Some 200 us. */
const LOOKS = 20_000;
/** Calls of which no answer is looked out for once that was in vain: then the worker may wait for this very processor. */
const PATIENCE = 32;

export type MachinePush = Exclude<Push, { kind: 'ready' }>;

/** Who takes the news of one machine. */
export interface PushTarget {
  push(push: MachinePush): void;
  workerLost(error: MachineError): void;
}

export interface WorkerPortOptions {
  readonly index: number;
  readonly module: URL;
  readonly heapMebibytes: number;
  readonly journalBytes: number;
  readonly nice: number;
  readonly accounts: SharedArrayBuffer;
  readonly regions: SharedArrayBuffer;
  readonly heartbeatMilliseconds: number;
  readonly onLost: (port: WorkerPort, reason: string) => void;
}

/** A bug in a worker: its report belongs in the daemon's log, and the client is told INTERNAL (errors.ts). */
class WorkerFailure extends Error {
  constructor(report: string) {
    super(report.split('\n', 1)[0]);
    this.name = 'WorkerFailure';
    this.stack = report;
  }
}

/** Buffers that go to the worker instead of being copied. */
function handedOver({ kind, fields }: Command): ArrayBuffer[] {
  const image = kind === 'create_machine' || kind === 'restore_machine' ? fields.image : undefined;
  return image ? [image.graph, image.frames, image.pages].map(({ buffer }) => buffer as ArrayBuffer) : [];
}

interface Waiting {
  /** Where the answer will come from, and under which number. */
  at: { readonly port: WorkerPort; readonly request: number };
  readonly machine: number;
  /** It has a signal: what it asks for may take long. */
  readonly waits: boolean;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Signs of life that are asked for within `heartbeatMilliseconds`. */
const BEATS = 4;

export class WorkerPort {
  readonly index: number;
  readonly targets = new Map<number, PushTarget>();
  /** Machines that it replays. */
  replays = 0;
  private readonly worker: Worker;
  private readonly said = new Int32Array(new SharedArrayBuffer(4));
  private readonly asked = new Int32Array(new SharedArrayBuffer(4));
  private readonly waiting = new Map<number, Waiting>();
  private readonly options: WorkerPortOptions;
  private readonly pulse: NodeJS.Timeout;
  private outbox: Command[] = [];
  /** So many of the calls to come are made without looking out for their answer: it was in vain before. */
  private vain = 0;
  private readonly inbox: FromWorker[] = [];
  private resting = false;
  private nextRequest = 1;
  private lastHeard = performance.now();
  private thread: number | undefined;
  private readonly silenceOfItsOwn: Silence;
  private lost: MachineError | null = null;
  /** Its thread has ended, if it is lost. */
  gone: Promise<unknown> = Promise.resolve();

  constructor(options: WorkerPortOptions) {
    this.options = options;
    this.index = options.index;
    this.worker = new Worker(options.module, {
      workerData: {
        index: options.index,
        said: this.said.buffer,
        asked: this.asked.buffer,
        accounts: options.accounts,
        regions: options.regions,
        journalBytes: options.journalBytes,
        nice: options.nice,
      } satisfies WorkerOptions,
      resourceLimits: { maxOldGenerationSizeMb: options.heapMebibytes, maxYoungGenerationSizeMb: WORKER_YOUNG_MEBIBYTES },
    });
    this.worker.on('message', (messages: readonly FromWorker[]) => this.receive(messages));
    this.worker.on('error', (error: Error) => this.fail(`${error.name}: ${error.message}`));
    this.worker.on('messageerror', (error: Error) => this.fail(`unreadable message: ${error.message}`));
    this.worker.on('exit', (code) => this.fail(`exited with code ${code}`));
    const distance = options.heartbeatMilliseconds / BEATS;
    this.silenceOfItsOwn = new Silence(distance, { now: () => performance.now(), waited: () => waitedForProcessor(this.thread) });
    this.pulse = setInterval(() => this.beat(), distance);
    this.pulse.unref();
  }

  /** Milliseconds since it was last heard of. */
  get silence(): number {
    return performance.now() - this.lastHeard;
  }

  get alive(): boolean {
    return this.lost === null;
  }

  /** Why it is not alive. */
  get lossError(): MachineError | null {
    return this.lost;
  }

  /** Resolves with the reply; rejects with the worker's MachineError, or WORKER_LOST. `signal` withdraws a wait. */
  send<K extends CommandKind>(kind: K, machine: number, fields: CommandFields<K>, signal?: AbortSignal): Promise<CommandReply<K>> {
    if (this.lost) return Promise.reject(this.lost);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const request = this.nextRequest++;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        const { port, request: number } = waiting.at;
        port.waiting.delete(number);
        port.withdraw(machine, number);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (): void => signal?.removeEventListener('abort', abort);
      const waiting: Waiting = {
        at: { port: this, request },
        machine,
        waits: signal !== undefined,
        resolve: (reply) => {
          settle();
          resolve(reply as CommandReply<K>);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      this.waiting.set(request, waiting);
      this.post({ kind, machine, request, fields } as Command);
    });
  }

  /**
   * A machine comes here from another worker with calls in flight: whoever waits for them waits here from now on. Returns their numbers here by
   * those there, and of them those that nobody waits for any more.
   */
  takeOver(from: WorkerPort, requests: readonly number[]): { readonly numbers: Map<number, number>; readonly orphans: readonly number[] } {
    const numbers = new Map<number, number>();
    const orphans: number[] = [];
    for (const request of requests) {
      const number = this.nextRequest++;
      numbers.set(request, number);
      const waiting = from.waiting.get(request);
      from.waiting.delete(request);
      if (waiting) {
        waiting.at = { port: this, request: number };
        this.waiting.set(number, waiting);
      } else orphans.push(number);
    }
    return { numbers, orphans };
  }

  /** Nobody waits for it any more. */
  withdraw(machine: number, request: number): void {
    this.post({ kind: 'cancel', machine, request: this.nextRequest++, fields: { target: request } });
  }

  /** A machine has crashed: what waits for it waits no longer. */
  failWaits(machine: number, error: MachineError): void {
    for (const [request, waiting] of this.waiting) {
      if (waiting.machine !== machine || !waiting.waits) continue;
      this.waiting.delete(request);
      waiting.reject(error);
    }
  }

  /** A command of a machine has not been answered. */
  isBusy(machine: number): boolean {
    for (const waiting of this.waiting.values()) if (waiting.machine === machine) return true;
    return false;
  }

  /** Somebody waits for something that a machine is to do. */
  isAwaited(machine: number): boolean {
    for (const waiting of this.waiting.values()) if (waiting.waits && waiting.machine === machine) return true;
    return false;
  }

  /** Whatever waits for a machine. */
  failAll(machine: number, error: Error): void {
    for (const [request, waiting] of this.waiting) {
      if (waiting.machine !== machine) continue;
      this.waiting.delete(request);
      waiting.reject(error);
    }
  }

  async terminate(): Promise<void> {
    this.lost ??= new MachineError('DRAINING', 'the daemon is stopping');
    clearInterval(this.pulse);
    await this.worker.terminate();
  }

  /** What one turn of the event loop asks for goes out together: waking the other thread costs more than what it is told. */
  private post(command: Command): void {
    this.outbox.push(command);
    if (this.outbox.length > 1) return;
    setImmediate(() => {
      const commands = this.outbox;
      this.outbox = [];
      const said = Atomics.load(this.said, 0);
      this.worker.postMessage(commands, commands.flatMap(handedOver));
      Atomics.add(this.asked, 0, 1);
      if (this.waiting.size === 1 && PROMPT.includes(commands[0]!.kind)) this.lookOut(said);
    });
  }

  /** While nobody else waits: the answer comes sooner than this thread would be woken. It is taken in the turn that follows. */
  private lookOut(said: number): void {
    if (this.vain > 0) return void this.vain--;
    for (let looks = 0; looks < LOOKS; looks++) if (Atomics.load(this.said, 0) !== said) return;
    this.vain = PATIENCE;
  }

  private receive(messages: readonly FromWorker[]): void {
    this.lastHeard = performance.now();
    this.silenceOfItsOwn.heard();
    this.inbox.push(...messages);
    if (!this.resting) this.drain();
  }

  /** Whoever waited for an answer sees the world as it was then: news that came after it is told in the next turn. */
  private drain(): void {
    this.resting = false;
    const { inbox } = this;
    let answered = false;
    for (const [at, message] of inbox.entries()) {
      const answers = message.kind === 'reply' || message.kind === 'error';
      if (answered && !answers) {
        inbox.splice(0, at);
        this.resting = true;
        setImmediate(() => this.drain());
        return;
      }
      answered ||= answers;
      this.take(message);
    }
    inbox.length = 0;
  }

  private take(message: FromWorker): void {
    if (message.kind === 'ready') {
      this.thread = message.thread;
      return;
    }
    if (message.kind !== 'reply' && message.kind !== 'error') {
      this.targets.get(message.machine)?.push(message);
      return;
    }
    const waiting = this.waiting.get(message.request);
    if (!waiting) return;
    this.waiting.delete(message.request);
    if (message.kind === 'reply') waiting.resolve(message.reply);
    else if (message.error.code === 'INTERNAL') waiting.reject(new WorkerFailure(message.error.message));
    else waiting.reject(new MachineError(message.error.code, message.error.message, message.error.details));
  }

  private beat(): void {
    const silence = this.silenceOfItsOwn.beat();
    if (silence > this.options.heartbeatMilliseconds) this.fail(`no sign of life for ${Math.round(silence)} ms`);
    else this.send('ping', 0, {}).catch(() => {});
  }

  private fail(reason: string): void {
    if (this.lost) return;
    this.lost = new MachineError('WORKER_LOST', `the thread that ran this machine was lost: ${reason}`);
    clearInterval(this.pulse);
    this.gone = this.worker.terminate().catch(() => {});
    for (const waiting of this.waiting.values()) waiting.reject(this.lost);
    this.waiting.clear();
    this.options.onLost(this, reason);
    for (const target of this.targets.values()) target.workerLost(this.lost);
    this.targets.clear();
  }
}
