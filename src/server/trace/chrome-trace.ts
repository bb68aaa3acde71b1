// A machine's events as a Chrome trace: a row for each vCPU, thread and ring, arrows along each interrupt and request.
// Events go in one by one in their order, text comes out; what is remembered is what is open. Begin and end always balance:
// a beginning that the log no longer holds is left out, an end that has not come is made when the trace ends.

import { Flows, PostedInterrupts } from './flows.ts';
import { HANDLERS } from './handlers.ts';
import { Track } from './track.ts';
import { TraceWriter } from './trace-writer.ts';
import { VcpuTrack } from './vcpu-track.ts';
import type { Event } from '../../gen/api.ts';

/** Rows that are no guest's: above every pid. */
export const VCPU_PROCESS = 1_000_000_000;
export const RING_PROCESS = 1_100_000_000;
export const MACHINE_PROCESS = 1_200_000_000;

const KINDS = Object.keys(HANDLERS) as (keyof typeof HANDLERS)[];

export class ChromeTrace {
  readonly writer: TraceWriter;
  readonly interrupts = new Flows('interrupt', 'interrupt');
  readonly requests = new Flows('request', 'request');
  readonly posted = new PostedInterrupts();
  /** Interrupts behind each handler that a thread is in. */
  readonly handlers = new Map<number, (readonly bigint[])[]>();
  /** Asynchronous slices that have not ended: id to how to end it. */
  readonly open = new Map<string, (cycle: bigint) => void>();
  readonly machine: Track;
  /** Requests to the block device. */
  readonly device: Track;
  private readonly threadNames: ReadonlyMap<number, string>;
  private readonly processNames = new Map<number, string>();
  private readonly vcpus = new Map<number, VcpuTrack>();
  private readonly threads = new Map<number, Track>();
  private readonly rings = new Map<number, Track>();
  private last = 0n;
  private next = 0n;

  /** `threadNames`: of the threads that live now. */
  constructor(hertz: number, threadNames: ReadonlyMap<number, string> = new Map()) {
    this.writer = new TraceWriter(hertz);
    this.threadNames = threadNames;
    for (const [at, [pid, name]] of [
      [VCPU_PROCESS, 'vCPUs'],
      [RING_PROCESS, 'io_uring'],
      [MACHINE_PROCESS, 'machine'],
    ].entries() as IterableIterator<[number, [number, string]]>) {
      this.writer.metadata('process_name', pid, pid, { name });
      this.writer.metadata('process_sort_index', pid, pid, { sort_index: at - 3 });
    }
    this.machine = new Track(this.writer, MACHINE_PROCESS, MACHINE_PROCESS);
    this.device = new Track(this.writer, MACHINE_PROCESS, MACHINE_PROCESS + 1);
  }

  add(event: Event): void {
    if (this.next !== 0n && event.sequence > this.next && this.complete)
      this.machine.instant('log', `${event.sequence - this.next} events are no longer in the log`, this.last);
    this.next = event.sequence + 1n;
    if (event.cycle > this.last) this.last = event.cycle;
    for (const kind of KINDS) {
      if (event[kind] === undefined) continue;
      HANDLERS[kind]!(this, event, event[kind] as never);
      return;
    }
  }

  /** False where a filter leaves events out, so that a gap says nothing. */
  complete = true;

  finish(): void {
    for (const end of this.open.values()) end(this.last);
    this.open.clear();
    for (const vcpu of this.vcpus.values()) vcpu.leave(this.last);
    for (const track of [...this.threads.values(), ...this.rings.values(), this.machine]) track.endAll(this.last);
    this.writer.finish();
  }

  vcpu(id: number): VcpuTrack {
    let vcpu = this.vcpus.get(id);
    if (!vcpu) {
      const tid = VCPU_PROCESS + 1 + id;
      vcpu = new VcpuTrack(new Track(this.writer, VCPU_PROCESS, tid));
      this.vcpus.set(id, vcpu);
      this.writer.metadata('thread_name', VCPU_PROCESS, tid, { name: `vCPU ${id}` });
      this.writer.metadata('thread_sort_index', VCPU_PROCESS, tid, { sort_index: id });
    }
    return vcpu;
  }

  /** The row of the thread of an event; its vCPU's, or the machine's, where there is none. */
  threadOf({ pid, tid, vcpu }: Event): Track {
    if (tid === 0) return vcpu < 0 ? this.machine : this.vcpu(vcpu).track;
    let thread = this.threads.get(tid);
    if (!thread) {
      thread = new Track(this.writer, pid, tid);
      this.threads.set(tid, thread);
      this.writer.metadata('thread_name', pid, tid, { name: this.threadName(pid, tid) });
      if (!this.processNames.has(pid)) this.nameProcess(pid, this.threadNames.get(pid) ?? `process ${pid}`);
    }
    return thread;
  }

  ring(ring: number): Track {
    let track = this.rings.get(ring);
    if (!track) {
      track = new Track(this.writer, RING_PROCESS, RING_PROCESS + 1 + ring);
      this.rings.set(ring, track);
      this.writer.metadata('thread_name', track.pid, track.tid, { name: `ring ${ring}` });
    }
    return track;
  }

  threadName(pid: number, tid: number): string {
    return this.threadNames.get(tid) ?? this.processNames.get(pid) ?? `thread ${tid}`;
  }

  nameProcess(pid: number, name: string): void {
    this.processNames.set(pid, name);
    this.writer.metadata('process_name', pid, pid, { name });
    const leader = this.threads.get(pid);
    if (leader) this.writer.metadata('thread_name', pid, pid, { name: this.threadName(pid, pid) });
  }

  take(): string {
    return this.writer.take();
  }
}
