// A recording that runs again in a machine, a slice at a time, for the client that asked for it.

import { Player } from '../durable/recording.ts';
import type { IsEnough } from '../durable/recovery.ts';
import type { Machine } from '../machine.ts';
import type { CommandReply } from '../protocol.ts';

export class Playback {
  readonly request: number;
  private readonly player: Player;

  /** `toCycle`: how far; Infinity for all. */
  constructor(request: number, records: Uint8Array, toCycle: number) {
    this.request = request;
    this.player = new Player(records, toCycle);
  }

  /** Null while there is more to do. Throws BAD_SNAPSHOT. */
  step(machine: Machine, isEnough: IsEnough): CommandReply<'play_recording'> | null {
    if (this.player.step(machine, isEnough)) return null;
    machine.board.remoteObserver.ended = [];
    return { cycle: machine.cycle, hash: this.player.stoppedEarly ? '' : machine.hash() };
  }
}
