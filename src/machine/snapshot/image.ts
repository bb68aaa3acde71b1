// The whole state of a machine as data, and a machine from it that goes on as if nothing had been: equal hash, equal events.
// What is beside the state but told to clients (consoles, the trail of interrupts, books of rings) comes along.
// Code that the processor has translated is never part of it.

import type { StepModule } from '../cpu/step/step-module.ts';
import { Machine } from '../machine.ts';
import type { MachinePosition } from '../machine-position.ts';
import type { MachineSpec } from '../machine-spec.ts';
import { PAGE_SIZE } from '../memory/layout.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { TakenInterrupt } from '../remote/remote-call.ts';
import { TakenInterrupts } from '../remote/taken-interrupts.ts';
import { GraphError, GraphReader } from './graph-reader.ts';
import { GraphWriter } from './graph-writer.ts';
import { knownObjects } from './known-objects.ts';
import { layout } from './layout.ts';
import type { MachineImage } from './machine-image.ts';
import { TRANSIENTS } from './transients.ts';

/** What the graph begins with. */
interface Root extends Pick<Machine, 'board' | 'programs' | 'consoles' | 'trail' | 'ringBooks'> {
  readonly tables: object;
  readonly ranges: object | null;
  readonly position: MachinePosition;
  readonly taken: Map<number, TakenInterrupt[]>;
}

/** Events and output that have not been fetched are on their way out, and no part of it. */
export function capture(machine: Machine): MachineImage {
  return { ...captureObjects(machine), ...usedFrames(machine.board.physical) };
}

/** A new machine in the state of `image`, which is of a machine with an equal spec. Throws GraphError where it is not. */
export function restore(spec: MachineSpec, stepModule: StepModule, image: MachineImage): Machine {
  return restoreObjects(spec, stepModule, image, (physical) => fillFrames(physical, image));
}

/** A second machine in the state of the first, whose RAM is copied once. */
export function fork(machine: Machine, stepModule: StepModule): Machine {
  const objects = captureObjects(machine);
  return restoreObjects(machine.spec, stepModule, objects, (physical) => copyFrames(machine.board.physical, physical));
}

/** All but its RAM. */
type Objects = Omit<MachineImage, 'frames' | 'pages'>;

function captureObjects(machine: Machine): Objects {
  const { board, programs, consoles, trail, ringBooks, position } = machine;
  board.suspendAll();
  const { tables, ranges = null } = board.kernel.hardware;
  const taken = new Map([...board.remoteObserver.taken].map(([tid, interrupts]) => [tid, interrupts.all()]));
  const root: Root = { board, tables, ranges, position, programs, consoles, trail, ringBooks, taken };
  const graph = new GraphWriter(knownObjects(machine)).write(root).slice();
  return { graph, position, layout: layout() };
}

function restoreObjects(spec: MachineSpec, stepModule: StepModule, image: Objects, fill: (physical: PhysicalMemory) => void): Machine {
  if (image.layout !== layout())
    throw new GraphError('is of another version of uintrd, whose machines are laid out otherwise: start that version to use it');
  const machine = new Machine(spec, stepModule, { firstSequence: image.position.emitted + 1, blank: true });
  const { board } = machine;
  const { physical } = board;
  const reader = new GraphReader(image.graph, knownObjects(machine));
  const root = reader.read() as Root;
  if (physical.ramBytes !== spec.ram_bytes || physical.references.length * PAGE_SIZE !== spec.ram_bytes)
    throw new GraphError('is of a machine with another size of RAM');
  fill(physical);
  const wiring = { kernel: board.kernel, hardware: board.kernel.hardware };
  // Those that the machine has already come first: the others are wired to them.
  for (const first of [true, false])
    for (const { object, key, extra, isAnchor } of reader.mendables)
      if (isAnchor === first) TRANSIENTS[key]!.mend?.(object as never, wiring, extra);
  for (const [pid, program] of root.programs) machine.programs.set(pid, program);
  for (const [tid, taken] of root.taken) board.remoteObserver.taken.set(tid, new TakenInterrupts(tid, taken));
  for (const [ring, book] of root.ringBooks.byRing) machine.ringBooks.byRing.set(ring, book);
  for (const [task, arena] of root.ringBooks.arenas) machine.ringBooks.arenas.set(task, arena);
  machine.position = root.position;
  if (!board.breakpoints.isEmpty) board.breakpointsChanged();
  return machine;
}

function usedFrames(physical: PhysicalMemory): Pick<MachineImage, 'frames' | 'pages'> {
  const frames = inUse(physical);
  const pages = new Uint8Array(frames.length * PAGE_SIZE);
  for (const [at, end] of runs(frames)) {
    const from = physical.frameAddress(frames[at]!);
    pages.set(physical.bytes.subarray(from, from + (end - at) * PAGE_SIZE), at * PAGE_SIZE);
  }
  return { frames: Uint32Array.from(frames), pages };
}

function copyFrames(from: PhysicalMemory, to: PhysicalMemory): void {
  const frames = inUse(from);
  for (const [at, end] of runs(frames)) {
    const start = from.frameAddress(frames[at]!);
    to.bytes.set(from.bytes.subarray(start, start + (end - at) * PAGE_SIZE), start);
  }
}

function inUse({ references }: PhysicalMemory): number[] {
  const frames: number[] = [];
  for (let index = 0; index < references.length; index++) if (references[index] !== 0) frames.push(index);
  return frames;
}

function fillFrames(physical: PhysicalMemory, { frames, pages }: MachineImage): void {
  if (pages.length !== frames.length * PAGE_SIZE) throw new GraphError('has another number of pages than it says');
  for (const [at, end] of runs(frames)) {
    if (frames[end - 1]! >= physical.frameCount) throw new GraphError('has a page beyond the RAM');
    physical.bytes.set(pages.subarray(at * PAGE_SIZE, end * PAGE_SIZE), physical.frameAddress(frames[at]!));
  }
}

/** Frames that lie together, from and to which place in the list: they are copied together. */
function* runs(frames: ArrayLike<number>): Generator<[at: number, end: number]> {
  for (let at = 0; at < frames.length; ) {
    let end = at + 1;
    while (end < frames.length && frames[end] === frames[end - 1]! + 1) end++;
    yield [at, end];
    at = end;
  }
}
