// A processor's row: which thread it runs, and within that the stretches of user mode and of kernel work. Idle is a slice as well.

import type { Track } from './track.ts';

interface Stretch {
  readonly name: string;
  readonly from: bigint;
}

export class VcpuTrack {
  readonly track: Track;
  /** The present stretch; written when it ends, or when something happens in it. */
  private stretch: Stretch | null = null;
  private stretchIsOpen = false;
  private tid = -1;

  constructor(track: Track) {
    this.track = track;
  }

  runs(tid: number, name: string, cycle: bigint, userFrom: bigint): void {
    this.leave(cycle);
    this.tid = tid;
    this.track.begin('thread', name, cycle, { tid });
    this.enter('kernel: switch', cycle);
    this.enter('user', userFrom);
  }

  /** The first event of a thread that was there before the trace begins. */
  seen(tid: number, name: string, cycle: bigint): void {
    if (this.tid === tid || tid === 0 || this.track.has('idle')) return;
    this.leave(cycle);
    this.tid = tid;
    this.track.begin('thread', name, cycle, { tid });
  }

  idles(cycle: bigint): void {
    this.leave(cycle);
    this.track.begin('idle', 'idle', cycle);
  }

  /** The thread goes on in user mode or in the kernel from `from`. */
  enter(name: string, from: bigint): void {
    if (!this.track.has('thread')) return;
    this.endStretch(from);
    this.stretch = { name, from };
  }

  /** Something that belongs on this row happens now. */
  point(kind: string, name: string, cycle: bigint, args: Record<string, string | number>, within: () => void): void {
    if (this.stretch && !this.stretchIsOpen && this.stretch.from <= cycle) this.openStretch();
    this.track.point(kind, name, cycle, args, within);
  }

  leave(cycle: bigint): void {
    this.endStretch(cycle);
    this.stretch = null;
    this.track.endAll(cycle);
    this.tid = -1;
  }

  private openStretch(): void {
    const { name, from } = this.stretch!;
    this.track.begin('mode', name, from);
    this.stretchIsOpen = true;
  }

  private endStretch(cycle: bigint): void {
    if (!this.stretch) return;
    if (!this.stretchIsOpen && this.stretch.from < cycle) this.openStretch();
    if (this.stretchIsOpen) this.track.endThrough('mode', cycle);
    this.stretchIsOpen = false;
  }
}
