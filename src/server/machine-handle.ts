// A machine as the daemon knows it: name, spec, state, its log and consoles, and the port to the worker that runs it.

import { MachineError } from '../machine/errors.ts';
import { ConsoleLog } from './console-log.ts';
import { EventLog } from './events/event-log.ts';
import type { EventFiles } from './events/event-files.ts';
import { noStreams } from './metrics-counts.ts';
import { noShare } from './quota/project-share.ts';
import { ownerOf } from './resource-name.ts';
import { Bell } from './signal.ts';
import type {
  CommandFields,
  CommandKind,
  CommandReply,
  JournalFields,
  MachineImage,
  MachineState,
  RestoredMachine,
} from '../machine/protocol.ts';
import { behind, type Tails } from './durable/tails.ts';
import type { MachineSpec } from '../machine/machine-spec.ts';
import type { StreamCounts } from './metrics-counts.ts';
import type { ProjectShare } from './quota/project-share.ts';
import type { MachinePush, PushTarget, WorkerPort } from './worker-port.ts';

export interface MachineIdentity {
  readonly name: string;
  readonly uid: string;
  /** Order of creation in this daemon. */
  readonly ordinal: number;
  readonly createTime: Date;
  readonly spec: MachineSpec;
}

/** Where a machine can be: a worker, and the number by which that knows it. */
export interface MachinePlace {
  readonly port: WorkerPort;
  readonly number: number;
  /** Of a machine that outlives the daemon. */
  readonly journal?: JournalFields;
}

/** Commands that a machine still takes after it crashed. */
const AFTER_CRASH: readonly CommandKind[] = ['delete_machine', 'reset_machine', 'restore_machine'];

/** What is told of a machine while it is parked. */
export type ParkedState = Pick<RestoredMachine, 'state' | 'reason' | 'cycle' | 'awaitingInput'>;

export class MachineHandle implements PushTarget {
  identity: MachineIdentity;
  labels: Readonly<Record<string, string>>;
  revision = 1;
  state: MachineState = 'created';
  stateReason = '';
  cycle = 0;
  awaitingInput = false;
  incarnation = 1;
  deleted = false;
  /** No worker has it. */
  private isAbsent = false;
  /** Likewise, until it is back after a start of the daemon. */
  isRecovering = false;
  /** And what it tells meanwhile may be here already. */
  private isRepeating = false;
  /** Likewise, and the next command brings it back. */
  isParked = false;
  onWake: () => Promise<void> = () => Promise.resolve();
  /** Its worker is lost: whether it comes back by itself. `isKnown`: with all that it has told, which is here. */
  comesBack: (isKnown: boolean) => boolean = () => false;
  /** For the log: what its state and the reason for it are now. */
  onCrash: () => void = () => {};
  /** It is being reset, or put back: nobody knows whether it has been. */
  private beginsAnew = false;
  /** When it last had a command, or changed its state (performance.now()). */
  lastUsed = performance.now();
  /** It is on its way: commands wait until it is there. */
  private transit: Promise<void> | null = null;
  /** Its worker asks for it to be saved. */
  onSaveWanted: () => void = () => {};
  log: EventLog;
  /** Rings when the state changes. */
  readonly bell = new Bell();
  private readonly consoles = new Map<number, ConsoleLog>();
  private readonly lagging = new Set<number>();
  port: WorkerPort;
  /** The number the worker knows it by. */
  private number: number;
  private readonly logBytes: number;
  readonly share: ProjectShare;
  /** Where its events are kept; null: in memory alone. */
  private readonly files: EventFiles | null;
  private readonly counts: StreamCounts;
  private readonly onDelete: () => void;

  constructor(
    identity: MachineIdentity,
    labels: Readonly<Record<string, string>>,
    port: WorkerPort,
    number: number,
    logBytes: number,
    counts = noStreams(),
    onDelete: () => void = () => {},
    share = noShare(),
    files: EventFiles | null = null,
  ) {
    this.files = files;
    this.onDelete = onDelete;
    this.counts = counts;
    this.identity = identity;
    this.labels = labels;
    this.port = port;
    this.number = number;
    this.logBytes = logBytes;
    this.share = share;
    this.log = this.newLog(1);
    port.targets.set(number, this);
  }

  get etag(): string {
    return `"${this.identity.uid.slice(0, 8)}-${this.revision}"`;
  }

  get project(): string {
    return ownerOf(this.identity.name);
  }

  get worker(): number {
    return this.port.index;
  }

  /** Its worker has something to do for it. */
  get isActive(): boolean {
    if (this.state !== 'running' || !this.isPresent) return false;
    return this.identity.spec.time_mode === 'FREE_RUNNING' || this.port.isAwaited(this.number);
  }

  send<K extends CommandKind>(kind: K, fields: CommandFields<K>, signal?: AbortSignal): Promise<CommandReply<K>> {
    if (this.deleted)
      return Promise.reject(new MachineError('MACHINE_NOT_FOUND', `${this.identity.name} was deleted`, { name: this.identity.name }));
    if (this.state === 'crashed' && !AFTER_CRASH.includes(kind)) return Promise.reject(this.crashError());
    if (kind !== 'save_machine') this.lastUsed = performance.now();
    if (this.transit) return this.transit.then(() => this.send(kind, fields, signal));
    if (this.isParked && kind === 'save_machine')
      return Promise.reject(new MachineError('MACHINE_BUSY', `${this.identity.name} is parked: it is saved already`));
    if (this.isParked) return this.wake().then(() => this.send(kind, fields, signal));
    return this.port.send(kind, this.number, fields, signal);
  }

  /** The console of a spawned process; made when first asked for, so that a reader may come before the first byte. */
  console(pid: number): ConsoleLog {
    let log = this.consoles.get(pid);
    if (!log) {
      log = new ConsoleLog((lags) => this.balance(pid, lags));
      this.consoles.set(pid, log);
    }
    return log;
  }

  hasConsole(pid: number): boolean {
    return this.consoles.has(pid);
  }

  push(push: MachinePush): void {
    if (push.kind === 'events') {
      // A machine that was reset starts again at 1, before its answer to the reset is taken.
      if (push.firstSequence === 1 && this.log.next > 1 && !this.isRepeating) this.renewStreams();
      const news = this.isRepeating ? behind(push, this.log.next) : push;
      if (!news) return;
      this.log.append(news);
      this.counts.appended += news.kinds.length;
    } else if (push.kind === 'console') this.console(push.pid).append(push);
    else if (push.kind === 'console_end') this.console(push.pid).end();
    else if (push.kind === 'save_wanted') this.onSaveWanted();
    else {
      const crashes = push.state === 'crashed' && this.state !== 'crashed';
      this.state = push.state;
      this.stateReason = push.reason;
      this.cycle = push.cycle;
      if (crashes) this.onCrash();
      this.awaitingInput = push.awaitingInput;
      this.lastUsed = performance.now();
      if (push.state === 'crashed') this.port.failWaits(this.number, this.crashError());
      this.bell.ring();
    }
  }

  workerLost(error: MachineError): void {
    // Whoever brings it back hears of it, too.
    if (this.isRecovering || this.isParked || this.deleted) return;
    // What it has told may be of before or after where it began anew: that is told again.
    const isKnown = !this.beginsAnew;
    if (this.state !== 'crashed' && this.comesBack(isKnown)) {
      this.expected(isKnown);
      this.bell.ring();
      return;
    }
    this.state = 'crashed';
    this.stateReason = error.message;
    this.onCrash();
    this.awaitingInput = false;
    for (const console of this.consoles.values()) console.end();
    this.bell.ring();
  }

  /**
   * Back to the start, on the same worker or, if that was lost, on another. `keep` is given the segment of its journal that begins there, or 0;
   * until it has noted that nobody else has to do with the machine.
   */
  async reset(replacement: () => MachinePlace, keep: (segment: number) => Promise<void>): Promise<void> {
    await this.anew(async () => {
      const before = this.log;
      const { port, number } = this;
      const { segment } = this.isPresent ? await port.send('reset_machine', number, {}) : await this.move(replacement());
      this.incarnation++;
      this.state = 'created';
      this.stateReason = '';
      this.cycle = 0;
      this.awaitingInput = false;
      // On another worker, and where nothing is recorded, no event has told so.
      if (this.log === before) this.renewStreams();
      this.bell.ring();
      await keep(segment);
    });
  }

  /** Back to where `image` was taken, likewise. */
  async restore(image: MachineImage, replacement: () => MachinePlace, keep: (segment: number) => Promise<void>): Promise<void> {
    await this.anew(async () => {
      const { port, number } = this;
      const restored = this.isPresent
        ? (await port.send('restore_machine', number, { image })).restored
        : await this.move(replacement(), image);
      this.incarnation++;
      this.stateReason = '';
      this.dropStreams();
      this.begin(restored);
      this.bell.ring();
      await keep(restored.segment);
    });
  }

  /** Resolves when it is not in the middle of beginning anew. */
  async settled(): Promise<void> {
    while (this.beginsAnew && this.transit) await this.transit;
  }

  private async anew(begin: () => Promise<void>): Promise<void> {
    while (this.transit) await this.transit;
    const { name } = this.identity;
    if (this.deleted) throw new MachineError('MACHINE_NOT_FOUND', `${name} was deleted`, { name });
    if (this.isRecovering) throw new MachineError('MACHINE_RECOVERING', `${name} is on its way back: try again`, { name });
    this.lastUsed = performance.now();
    this.beginsAnew = true;
    try {
      await this.onTheWay(begin);
    } finally {
      this.beginsAnew = false;
    }
  }

  /** The latest that it has told. */
  tails(): Tails {
    // Those on the disk need no tail.
    return {
      events: this.log.history ? null : this.log.tail(),
      consoles: [...this.consoles].map(([pid, console]) => ({ pid, ...console.tail() })),
    };
  }

  /** Before it is recovered: what it told before it was saved, with `next` as the sequence of the event after that. `generation`: of those on the
   * disk. */
  expect({ events, consoles }: Tails, next: number, generation: string | null = null): void {
    this.dropStreams();
    const history = generation === null ? null : (this.files?.resume(this.identity.uid, generation, next) ?? null);
    this.log = history ? new EventLog(this.logBytes, next, this.share.events, history) : this.newLog(events?.[0]?.firstSequence ?? next);
    for (const batch of events ?? []) this.log.append(batch);
    for (const { pid, ended, chunks } of consoles) {
      const console = this.console(pid);
      for (const chunk of chunks) console.append(chunk);
      if (ended) console.end();
    }
  }

  /** It is to come back: until then nobody but its worker has to do with it. `isKnown`: what it tells first is here already. */
  expected(isKnown = false): void {
    this.isRecovering = true;
    this.isRepeating = isKnown;
    this.isAbsent = true;
    this.port.targets.delete(this.number);
  }

  /** What has become of it is not to be: it is given up, for its journal to bring back what it was. */
  async giveUp(): Promise<void> {
    const { port, number } = this;
    this.expected();
    await port.send('forget_machine', number, { frees: true }).catch(() => {});
  }

  /** It is replayed once more: what it has told by now is here. */
  repeats(): void {
    this.isRepeating = true;
  }

  /** Exactly as it was: from where it was saved, by its journal. `spec` is its own, whole. */
  async recover({ port, number, journal }: MachinePlace, spec: MachineSpec, image: MachineImage | null): Promise<RestoredMachine> {
    this.identity = { ...this.identity, spec };
    this.port = port;
    this.number = number;
    port.targets.set(number, this);
    const fields = { spec, account: this.share.cpu, ...(image ? { image } : {}), ...(journal ? { journal } : {}) };
    port.replays++;
    try {
      const { restored } = await port.send('create_machine', number, fields);
      this.isParked = false;
      if (this.lagging.size > 0) void port.send('hold_machine', number, { held: true });
      return restored;
    } catch (error) {
      port.targets.delete(number);
      throw error;
    } finally {
      port.replays--;
    }
  }

  /** It is what it was, and may go on by itself. */
  recovered({ state, reason, cycle, awaitingInput, incarnation, consoles }: RestoredMachine): void {
    Object.assign(this, {
      state,
      stateReason: reason,
      cycle,
      awaitingInput,
      incarnation,
      isAbsent: false,
      isRecovering: false,
      isRepeating: false,
    });
    for (const { pid } of consoles) this.console(pid);
    this.bell.ring();
  }

  /** It could not be recovered: for people to look at, reset, restore or delete. */
  refused(why: string): void {
    this.port.targets.delete(this.number);
    this.isAbsent = true;
    this.isRecovering = false;
    this.isRepeating = false;
    this.isParked = false;
    this.state = 'crashed';
    this.stateReason = why;
    for (const console of this.consoles.values()) console.end();
    this.bell.ring();
  }

  /** Where it is, to be copied there; null while no worker has it for certain. */
  get place(): MachinePlace | null {
    return this.isPresent && !this.transit ? { port: this.port, number: this.number } : null;
  }

  /** What is made from an image begins in the middle. */
  begin({ state, cycle, nextSequence, consoles }: RestoredMachine): void {
    this.state = state;
    this.cycle = cycle;
    this.awaitingInput = false;
    this.log = this.newLog(nextSequence);
    for (const { pid, ended } of consoles) {
      const console = this.console(pid);
      if (ended) console.end();
    }
  }

  private get isPresent(): boolean {
    return this.port.alive && !this.isAbsent && !this.isParked;
  }

  /** No time passes in it, nobody waits for it, and all of its output has been taken. */
  get isIdle(): boolean {
    if (!this.isPresent || this.transit || this.deleted || this.state === 'crashed') return false;
    if (this.state === 'running' && (this.identity.spec.time_mode === 'FREE_RUNNING' || this.isActive)) return false;
    return this.lagging.size === 0 && !this.port.isBusy(this.number);
  }

  get idleMilliseconds(): number {
    return performance.now() - this.lastUsed;
  }

  /** An event, by which it is not used. */
  async announceParking(idleSeconds: number, inSeconds: number): Promise<void> {
    await this.port.send('announce_parking', this.number, { idleSeconds, inSeconds });
  }

  /** `keep` has its state and has written it when it resolves. Throws MACHINE_BUSY, and what `keep` throws: then it is as it was. */
  async park(idleSeconds: number, keep: (saved: CommandReply<'save_machine'>) => Promise<void>): Promise<void> {
    if (!this.isIdle) throw new MachineError('MACHINE_BUSY', `${this.identity.name} has something to do, or its output waits for a reader`);
    const { port, number } = this;
    await this.onTheWay(async () => {
      await this.announceParking(idleSeconds, 0);
      const saved = await port.send('save_machine', number, { last: true });
      try {
        await keep(saved);
      } catch (error) {
        await port.send('hold_machine', number, { held: false });
        throw error;
      }
      port.targets.delete(number);
      this.isParked = true;
      await port.send('forget_machine', number, { frees: true }).catch(() => {});
    });
  }

  /** As it was when the daemon was started: it has not been looked at. */
  parkedAs({ state, reason, cycle, awaitingInput }: ParkedState): void {
    Object.assign(this, { state, stateReason: reason, cycle, awaitingInput });
    this.isParked = true;
    this.port.targets.delete(this.number);
  }

  /** It is in a worker, or crashed. */
  async awake(): Promise<void> {
    if (this.transit) await this.transit;
    if (this.isParked) await this.wake();
  }

  private wake(): Promise<void> {
    return this.onTheWay(() => this.onWake());
  }

  /** Commands wait meanwhile. */
  private async onTheWay(travel: () => Promise<void>): Promise<void> {
    let arrived = (): void => {};
    this.transit = new Promise((resolve) => (arrived = resolve));
    try {
      await travel();
    } finally {
      this.transit = null;
      arrived();
    }
  }

  /**
   * To another worker, as it is, with the calls that are in flight. What it is asked meanwhile waits. Throws MACHINE_BUSY, or what went wrong
   * there, and it is where it was.
   */
  async moveTo(port: WorkerPort): Promise<void> {
    if (this.transit) throw new MachineError('MACHINE_BUSY', `${this.identity.name} is on its way already`);
    if (this.state === 'crashed') throw this.crashError();
    if (this.isParked) await this.wake();
    await this.onTheWay(() => this.goTo(port));
  }

  private async goTo(port: WorkerPort): Promise<void> {
    const { port: from, number, share, identity } = this;
    const { image, life } = await from.send('leave_machine', number, {});
    const inFlight = [...life.waits, ...life.programs, ...(life.run ? [life.run] : [])].map(({ request }) => request);
    const { numbers, orphans } = port.takeOver(from, inFlight);
    from.targets.delete(number);
    // Should that worker be lost before it has the machine, nothing has happened to it.
    port.targets.set(number, { push: (push) => this.push(push), workerLost: () => {} });
    this.port = port;
    const coming = port.send('create_machine', number, {
      spec: identity.spec,
      account: share.cpu,
      image,
      moved: { life, requests: numbers },
    });
    for (const orphan of orphans) port.withdraw(number, orphan);
    try {
      await coming;
    } catch (error) {
      // It has not left yet. Its calls are lost with the place where it was going.
      port.targets.delete(number);
      from.targets.set(number, this);
      this.port = from;
      if (!from.alive) return this.workerLost(from.lossError!);
      port.failAll(number, error as Error);
      await from.send('stay_machine', number, {});
      for (const request of inFlight) from.withdraw(number, request);
      throw error;
    }
    if (port.alive) port.targets.set(number, this);
    else this.workerLost(port.lossError!);
    await from.send('forget_machine', number, { frees: false }).catch(() => {});
  }

  private async move({ port, number, journal }: MachinePlace, image?: MachineImage): Promise<RestoredMachine> {
    const fields = { spec: this.identity.spec, account: this.share.cpu, ...(image ? { image } : {}), ...(journal ? { journal } : {}) };
    const { restored } = await port.send('create_machine', number, fields);
    port.targets.set(number, this);
    this.isAbsent = false;
    this.isParked = false;
    this.port = port;
    this.number = number;
    return restored;
  }

  async delete(): Promise<void> {
    if (this.isPresent) await this.send('delete_machine', {});
    this.port.targets.delete(this.number);
    this.deleted = true;
    this.onDelete();
    this.dropStreams();
    this.bell.ring();
  }

  private crashError(): MachineError {
    const { name } = this.identity;
    return new MachineError('MACHINE_CRASHED', `${name} has crashed: ${this.stateReason}`, { name, state: 'crashed' });
  }

  /** Of events from `first` on. */
  private newLog(first: number): EventLog {
    return new EventLog(this.logBytes, first, this.share.events, this.files?.begin(this.identity.uid, first) ?? null);
  }

  private renewStreams(): void {
    this.dropStreams();
    this.log = this.newLog(1);
  }

  private dropStreams(): void {
    for (const console of this.consoles.values()) console.end();
    this.consoles.clear();
    this.lagging.clear();
    this.log.close();
  }

  private balance(pid: number, lags: boolean): void {
    const before = this.lagging.size > 0;
    if (lags) this.lagging.add(pid);
    else this.lagging.delete(pid);
    const held = this.lagging.size > 0;
    if (held !== before && !this.isParked) this.send('hold_machine', { held }).catch(() => {});
  }
}
