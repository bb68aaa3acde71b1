// A machine as the daemon knows it: name, spec, state, what it tells, and the port to the worker that runs it.

import { MachineError } from '../machine/errors.ts';
import type { ConsoleLog } from './console-log.ts';
import type { Tails } from './durable/tails.ts';
import type { EventLog } from './events/event-log.ts';
import type { MachineIdentity, MachinePlace, ParkedState } from './machine-identity.ts';
import { MachineStreams, type StreamOptions } from './machine-streams.ts';
import { carry } from './placement/carry.ts';
import { Passage } from './placement/passage.ts';
import { ownerOf } from './resource-name.ts';
import { Bell } from './signal.ts';
import type { CommandFields, CommandKind, CommandReply, MachineImage, MachineState, RestoredMachine } from '../machine/protocol.ts';
import type { MachineSpec } from '../machine/machine-spec.ts';
import type { ProjectShare } from './quota/project-share.ts';
import type { MachinePush, PushTarget, WorkerPort } from './worker-port.ts';

/** Commands that a machine still takes after it crashed. */
const AFTER_CRASH: readonly CommandKind[] = ['delete_machine', 'reset_machine', 'restore_machine'];

export interface HandleOptions extends Pick<StreamOptions, 'logBytes' | 'files' | 'counts'> {
  /** Of its project. */
  readonly share: ProjectShare;
  readonly onDelete: () => void;
}

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
  private readonly passage = new Passage();
  /** Its worker asks for it to be saved. */
  onSaveWanted: () => void = () => {};
  private readonly streams: MachineStreams;
  /** Rings when the state changes. */
  readonly bell = new Bell();
  port: WorkerPort;
  /** The number the worker knows it by. */
  number: number;
  readonly share: ProjectShare;
  private readonly onDelete: () => void;

  constructor(
    identity: MachineIdentity,
    labels: MachineHandle['labels'],
    { port, number }: MachinePlace,
    { share, onDelete, ...kept }: HandleOptions,
  ) {
    this.onDelete = onDelete;
    this.identity = identity;
    this.labels = labels;
    this.port = port;
    this.number = number;
    this.share = share;
    const onLag = (held: boolean): void => {
      if (!this.isParked) this.send('hold_machine', { held }).catch(() => {});
    };
    this.streams = new MachineStreams({ ...kept, uid: identity.uid, budget: share.events, onLag });
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
    if (this.passage.isBusy) return this.passage.over().then(() => this.send(kind, fields, signal));
    if (this.isParked && kind === 'save_machine')
      return Promise.reject(new MachineError('MACHINE_BUSY', `${this.identity.name} is parked: it is saved already`));
    if (this.isParked) return this.wake().then(() => this.send(kind, fields, signal));
    return this.port.send(kind, this.number, fields, signal);
  }

  get log(): EventLog {
    return this.streams.log;
  }

  /** The console of a spawned process; made when first asked for. */
  console(pid: number): ConsoleLog {
    return this.streams.console(pid);
  }

  hasConsole(pid: number): boolean {
    return this.streams.hasConsole(pid);
  }

  push(push: MachinePush): void {
    if (push.kind === 'events') this.streams.append(push, this.isRepeating);
    else if (push.kind === 'console') this.console(push.pid).append(push);
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
    this.streams.endConsoles();
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
      Object.assign(this, { state: 'created', stateReason: '', cycle: 0, awaitingInput: false });
      // On another worker, and where nothing is recorded, no event has told so.
      if (this.log === before) this.streams.renew();
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
      this.streams.drop();
      this.begin(restored);
      this.bell.ring();
      await keep(restored.segment);
    });
  }

  /** Resolves when it is not in the middle of beginning anew. */
  async settled(): Promise<void> {
    while (this.beginsAnew && this.passage.isBusy) await this.passage.over();
  }

  private async anew(begin: () => Promise<void>): Promise<void> {
    while (this.passage.isBusy) await this.passage.over();
    const { name } = this.identity;
    if (this.deleted) throw new MachineError('MACHINE_NOT_FOUND', `${name} was deleted`, { name });
    if (this.isRecovering) throw new MachineError('MACHINE_RECOVERING', `${name} is on its way back: try again`, { name });
    this.lastUsed = performance.now();
    this.beginsAnew = true;
    try {
      await this.passage.go(begin);
    } finally {
      this.beginsAnew = false;
    }
  }

  /** The latest that it has told. */
  tails(): Tails {
    return this.streams.tails();
  }

  /** Before it is recovered: what it told before it was saved, with `next` as the sequence of the event after that. `generation`: of those on the
   * disk. */
  expect(tails: Tails, next: number, generation: string | null = null): void {
    this.streams.expect(tails, next, generation);
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
      if (this.streams.lags) void port.send('hold_machine', number, { held: true });
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
    this.streams.endConsoles();
    this.bell.ring();
  }

  /** Where it is, to be copied there; null while no worker has it for certain. */
  get place(): MachinePlace | null {
    return this.isPresent && !this.passage.isBusy ? { port: this.port, number: this.number } : null;
  }

  /** What is made from an image begins in the middle. */
  begin(restored: RestoredMachine): void {
    Object.assign(this, { state: restored.state, cycle: restored.cycle, awaitingInput: false });
    this.streams.begin(restored);
  }

  private get isPresent(): boolean {
    return this.port.alive && !this.isAbsent && !this.isParked;
  }

  /** No time passes in it, nobody waits for it, and all of its output has been taken. */
  get isIdle(): boolean {
    if (!this.isPresent || this.passage.isBusy || this.deleted || this.state === 'crashed') return false;
    return !this.isActive && !this.streams.lags && !this.port.isBusy(this.number);
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
    await this.passage.go(async () => {
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
    if (this.passage.isBusy) await this.passage.over();
    if (this.isParked) await this.wake();
  }

  private wake(): Promise<void> {
    return this.passage.go(() => this.onWake());
  }

  /**
   * To another worker, as it is, with the calls that are in flight. What it is asked meanwhile waits. Throws MACHINE_BUSY, or what went wrong
   * there, and it is where it was.
   */
  async moveTo(port: WorkerPort): Promise<void> {
    if (this.passage.isBusy) throw new MachineError('MACHINE_BUSY', `${this.identity.name} is on its way already`);
    if (this.state === 'crashed') throw this.crashError();
    if (this.isParked) await this.wake();
    await this.passage.go(() => carry(this, port));
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
    this.streams.drop();
    this.bell.ring();
  }

  private crashError(): MachineError {
    const { name } = this.identity;
    return new MachineError('MACHINE_CRASHED', `${name} has crashed: ${this.stateReason}`, { name, state: 'crashed' });
  }
}
