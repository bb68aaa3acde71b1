// Entry of a worker thread: hosts many machines, gives each a slice of virtual time in turn, answers commands in between.
// The only asynchronous place of the inside; nothing here decides what a machine does.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { CommitQueue } from './durable/commit-queue.ts';
import { HOST_FILES, type FileLayer } from './durable/file-layer.ts';
import type { MachineJournal } from './durable/machine-journal.ts';
import { COMMANDS, PENDING, TRANSFERS } from './commands.ts';
import { CpuAccounts } from './cpu-accounts.ts';
import { LiveRegions } from './cpu/region/live-regions.ts';
import type { RegionStore } from './cpu/region/region-store.ts';
import { createStepModule } from './cpu/step/step-module.ts';
import { MachineError } from './errors.ts';
import { FairTurns } from './fair-turns.ts';
import { hostThread, standBehind } from './host-thread.ts';
import type { HostedMachine } from './hosted/hosted-machine.ts';
import { madeMachine } from './hosted/made-machine.ts';
import { ReturningMachine } from './hosted/returning-machine.ts';
import type { Surroundings } from './hosted/surroundings.ts';
import { SLICE_CYCLES } from './machine.ts';
import { ProcessorTime } from './processor-time.ts';
import type { Command, CommandFields, FromWorker, JournalFields, Reply, WorkerOptions } from './protocol.ts';
import { REMOTE_PROGRAMS } from './remote/programs/table.ts';

const port = parentPort!;
const said = new Int32Array((workerData as WorkerOptions).said);
const asked = new Int32Array((workerData as WorkerOptions).asked);
const machines = new Map<number, HostedMachine>();
const accounts = new CpuAccounts((workerData as WorkerOptions).accounts);
const turns = new FairTurns<HostedMachine>(accounts);
const processor = new ProcessorTime({
  // Of a clock that all threads share.
  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000_000 + nanoseconds / 1000;
  },
  processor() {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  },
});
/** A test that cuts the power has put another in its place. */
const files = (globalThis as { uintrdFiles?: FileLayer }).uintrdFiles ?? HOST_FILES;
let scheduled = false;

/** Batches of commands that have been taken; what was posted counts from then on. */
let taken = 0;
const isAsked = (): boolean => ((Atomics.load(asked, 0) - taken) | 0) > 0;

function received(): readonly Command[] | undefined {
  const message = receiveMessageOnPort(port)?.message as readonly Command[] | undefined;
  if (message) taken++;
  return message;
}

/** What a round or a batch of commands has to say goes out at once: waking the other thread costs more than what it is told. */
let outbox: FromWorker[] = [];
let transfers: ArrayBuffer[] = [];
/** Machines that have said something, or answered: of hundreds, few. */
const talking = new Set<number>();

function post(message: FromWorker, transfer?: ArrayBuffer[]): void {
  outbox.push(message);
  if (transfer) transfers.push(...transfer);
}

function send(): void {
  if (outbox.length === 0) return;
  const journals: MachineJournal[] = [];
  for (const id of talking) {
    const journal = machines.get(id)?.commit();
    if (journal) journals.push(journal);
  }
  talking.clear();
  const [messages, transfer] = [outbox, transfers];
  [outbox, transfers] = [[], []];
  commits.say(messages, transfer, journals);
}

const commits = new CommitQueue<FromWorker>((messages, transfer) => {
  port.postMessage(messages, transfer);
  Atomics.add(said, 0, 1);
});

/** The memory of machines that are parked is given back within so many milliseconds, together: by itself V8 does that when it needs some. */
const COLLECTION = 1000;
let collection: NodeJS.Timeout | undefined;
let collectGarbage: (() => void) | undefined;

function collect(): void {
  collection = undefined;
  if (!collectGarbage) {
    setFlagsFromString('--expose-gc');
    collectGarbage = runInNewContext('gc') as () => void;
  }
  collectGarbage();
}

const { index, regions, journalBytes, nice } = workerData as WorkerOptions;
standBehind(nice);
const stepModule = {
  ...createStepModule(),
  stopwatch: () => performance.now(),
  liveRegions: new LiveRegions<RegionStore>(regions, index),
};
/** Machines on their way back from their journals, and who asked for it. The latest goes first: the daemon asks for a second one because somebody
 * waits for it. */
const returning: { readonly machine: ReturningMachine; readonly request: number }[] = [];

const around = (id: number): Surroundings => ({
  stepModule,
  files,
  journalBytes,
  isAsked,
  post(message, transfer) {
    talking.add(id);
    post(message, transfer);
  },
});
const host = {
  machines,
  create(id: number, fields: CommandFields<'create_machine'>, source?: HostedMachine): HostedMachine {
    const hosted = madeMachine(id, fields, around(id), source?.machine);
    machines.set(id, hosted);
    return hosted;
  },
  bringBack(id: number, request: number, fields: CommandFields<'create_machine'>, journal: JournalFields): void {
    returning.push({ machine: new ReturningMachine(id, fields, journal, around(id)), request });
  },
  remove(id: number, frees: boolean): void {
    machines.delete(id);
    if (frees) collection ??= setTimeout(collect, COLLECTION);
  },
};
export type Host = typeof host;

/** Work for a machine, or for none, on its project's account; in microseconds of a processor. */
function charged(machine: { readonly id: number; readonly account: number } | undefined, work: () => void): number {
  const start = processor.now();
  work();
  const spent = processor.spentSince(start);
  accounts.charge(machine?.account ?? 0, spent);
  if (machine) accounts.noteUse(machine.id, spent);
  return spent;
}

function refuse(request: number, error: unknown): void {
  const { code, message, details } =
    error instanceof MachineError
      ? error
      : new MachineError('INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error));
  post({ kind: 'error', request, error: { code, message, details } });
}

function handle(command: Command): void {
  try {
    const reply = COMMANDS[command.kind](host, command as never);
    if (reply !== PENDING)
      post({ kind: 'reply', command: command.kind, request: command.request, reply } as Reply, TRANSFERS[command.kind]?.(reply as never));
  } catch (error) {
    refuse(command.request, error);
  }
  const hosted = machines.get(command.machine);
  if (!hosted) return;
  hosted.flush();
  hosted.answered();
  talking.add(command.machine);
}

/** A client that makes one call of a remote thread after the other is about to make the next: looking out for it for a third of a millisecond or so costs less than waking up. */
const POLLS = 10_000;
/** Calls that are not followed by a look-out once one was in vain. */
const PATIENCE = 32;
let vain = 0;

function handleAll(commands: readonly Command[]): void {
  for (let batch: readonly Command[] | undefined = commands; batch; batch = isConversation(batch) ? nextBatch() : undefined)
    handleBatch(batch);
  schedule();
}

function handleBatch(batch: readonly Command[]): void {
  try {
    for (const command of batch) {
      const spent = charged(machines.get(command.machine), () => handle(command));
      machines.get(command.machine)?.worked(spent, command.kind === 'save_machine' ? spent : 0);
    }
  } finally {
    send();
  }
}

/** Commands that have come while a slice ran: none waits for more than one. They take as long as a slice at most, so that slices go on, too. */
function handleWaiting(): void {
  let batch = received();
  if (!batch) return;
  // A journal may have to be waited for.
  processor.end();
  const start = processor.now();
  while (batch) {
    handleBatch(batch);
    batch = processor.now() - start < SLICE ? received() : undefined;
  }
  processor.begin();
}

function isAnyRunnable(): boolean {
  if (returning.length > 0) return true;
  for (const hosted of machines.values()) if (hosted.isRunnable) return true;
  return false;
}

function isConversation(batch: readonly Command[]): boolean {
  if (batch.length !== 1 || !commits.isIdle || !Object.hasOwn(REMOTE_PROGRAMS, batch[0]!.kind)) return false;
  if (isAnyRunnable()) return false;
  if (vain === 0) return true;
  vain--;
  return false;
}

function nextBatch(): readonly Command[] | undefined {
  for (let polls = 0; polls < POLLS; polls++) {
    const batch = received();
    if (batch) return batch;
  }
  vain = PATIENCE;
  return undefined;
}

/** After so many microseconds of slices and of commands between them the thread looks at everything else that has come. */
const ROUND = 8000;
/** How long a slice should take, in microseconds of a processor. */
const SLICE = 3000;
const FEWEST_CYCLES = 2000;
/** Whoever leaves the processor to another project looks again when that may have caught up, after at most so many microseconds; and goes on anyhow some time. */
const STAND_BACK = 20_000;
const LONGEST_STAND_BACK = 50_000;
let lastSlice = 0;

/** Replays for a while, on that machine's account. */
function bringBack(): void {
  const last = returning.at(-1);
  if (!last) return;
  const { machine, request } = last;
  const end = (): void => void returning.splice(returning.indexOf(last), 1);
  try {
    let isOver = false;
    const replay = (): void => {
      const start = processor.now();
      const isEnough = (): boolean => processor.now() - start >= (isAsked() ? SLICE : ROUND);
      do isOver = !machine.step(isEnough);
      while (!isOver && !isEnough());
    };
    machine.worked(charged(machine, replay));
    if (isOver) {
      end();
      const hosted = machine.finish();
      machines.set(machine.id, hosted);
      post({ kind: 'reply', command: 'create_machine', request, reply: { restored: hosted.restoredReport() } });
    }
  } catch (error) {
    end();
    machine.giveUp();
    refuse(request, error);
  }
  send();
}

/** One round: replays, and slices to whom they are due, one for each machine that can go on or as many as there is time for. */
function round(): void {
  scheduled = false;
  processor.begin();
  const start = processor.now();
  // Others have a slice meanwhile.
  bringBack();
  let now = start;
  let standsBack = 0;
  for (let left = [...machines.values()].filter(({ isRunnable }) => isRunnable).length; left > 0 && now - start < ROUND; left--) {
    const hosted = turns.next(machines.values());
    if (!hosted) break;
    standsBack = now - lastSlice < processor.stretched(LONGEST_STAND_BACK) ? Math.min(accounts.lead(hosted.account, now), STAND_BACK) : 0;
    if (standsBack > 0) break;
    const spent = charged(hosted, () => hosted.runSlice());
    hosted.worked(spent);
    send();
    // Where it was cut short, nobody knows what a whole one takes.
    if (!isAsked() || spent > SLICE) hosted.sliceCycles = fitting(hosted.sliceCycles, spent);
    lastSlice = processor.now();
    handleWaiting();
    now = processor.now();
  }
  processor.end();
  if (processor.isShort) for (const { account, isRunnable } of machines.values()) if (isRunnable) accounts.isShort(account, now);
  schedule(standsBack);
}

/** How long the next slice should be, if the last took so many microseconds. */
function fitting(cycles: number, microseconds: number): number {
  if (microseconds > SLICE) return Math.max(FEWEST_CYCLES, cycles * Math.min(1 / 2, SLICE / microseconds));
  return microseconds < SLICE / 3 ? Math.min(SLICE_CYCLES, cycles * 2) : cycles;
}

/** At once, or after so many microseconds. */
function schedule(standsBack = 0): void {
  if (scheduled || !isAnyRunnable()) return;
  scheduled = true;
  if (standsBack > 0) setTimeout(round, standsBack / 1000);
  else setImmediate(round);
}

port.on('message', (batch: readonly Command[]) => {
  taken++;
  handleAll(batch);
});
post({ kind: 'ready', thread: hostThread() });
send();
