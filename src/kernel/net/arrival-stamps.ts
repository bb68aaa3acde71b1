// When a packet arrived, as its receiver is told: SO_TIMESTAMP, SO_TIMESTAMPNS and SO_TIMESTAMPING (socket(7), Documentation/networking/timestamping).
// Packets are stamped while any socket of the machine wants them to be.

import {
  SO_TIMESTAMP,
  SO_TIMESTAMP_NEW,
  SO_TIMESTAMPING,
  SO_TIMESTAMPING_NEW,
  SO_TIMESTAMPNS,
  SO_TIMESTAMPNS_NEW,
  SOL_SOCKET,
} from '../abi/socket.ts';
import { SOF_TIMESTAMPING } from '../abi/timestamping.ts';
import type { Kernel } from '../kernel.ts';
import type { ControlMessage } from './message.ts';
import type { Socket } from './socket.ts';

/** Spellings of one thing: setting one clears the others. */
export const TIMESTAMPS = [SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW] as const;

/** Of a packet that nobody wanted to be stamped. */
export const UNSTAMPED = -1;

const { RX_SOFTWARE, SOFTWARE, OPT_RX_FILTER } = SOF_TIMESTAMPING;
const NANOSECONDS = 1_000_000_000n;

/** SOF_TIMESTAMPING_* of a socket. */
export function stampFlags(socket: Socket): number {
  return socket.option(SOL_SOCKET, SO_TIMESTAMPING);
}

/** After one of the options has changed. */
export function noteArrivalStamps(kernel: Kernel, socket: Socket): void {
  const wants = TIMESTAMPS.some((option) => socket.isSet(option)) || (stampFlags(socket) & RX_SOFTWARE) !== 0;
  if (wants !== socket.stampsArrivals) kernel.network.arrivalStamps += wants ? 1 : -1;
  socket.stampsArrivals = wants;
}

/** Cycles, or UNSTAMPED: of a packet that arrives now. */
export function arrivalStamp(kernel: Kernel): number {
  return kernel.network.arrivalStamps > 0 ? kernel.now : UNSTAMPED;
}

/** What a receiver is told of a packet stamped at `at`; `late`: one without a stamp gets it now, where SO_TIMESTAMP wants it. */
export function arrivalControl(kernel: Kernel, socket: Socket, at: number, late: boolean): ControlMessage[] {
  const type = TIMESTAMPS.find((option) => socket.isSet(option));
  const stamped = at === UNSTAMPED && late && type !== undefined ? kernel.now : at;
  const flags = stampFlags(socket);
  const wanted = (flags & RX_SOFTWARE) !== 0 || (flags & OPT_RX_FILTER) === 0;
  return stampControl(kernel, socket, stamped, wanted);
}

/** Of what is on the error queue: every stamp is told that SOF_TIMESTAMPING_SOFTWARE asks for. */
export function stampControl(kernel: Kernel, socket: Socket, at: number, wanted = true): ControlMessage[] {
  if (at === UNSTAMPED) return [];
  const time = kernel.clock.realtime(at);
  const [seconds, fraction] = [time / NANOSECONDS, time % NANOSECONDS];
  const control: ControlMessage[] = [];
  const type = TIMESTAMPS.find((option) => socket.isSet(option));
  if (type !== undefined) {
    const nano = type === SO_TIMESTAMPNS || type === SO_TIMESTAMPNS_NEW;
    control.push(message(type, [seconds, nano ? fraction : fraction / 1000n]));
  }
  if (wanted && stampFlags(socket) & SOFTWARE) {
    const own = socket.isSet(SO_TIMESTAMPING_NEW) ? SO_TIMESTAMPING_NEW : SO_TIMESTAMPING;
    // struct scm_timestamping: by software, nothing, by hardware.
    control.push(message(own, [seconds, fraction, 0n, 0n, 0n, 0n]));
  }
  return control;
}

function message(type: number, words: readonly bigint[]): ControlMessage {
  return { level: SOL_SOCKET, type, data: new Uint8Array(BigInt64Array.from(words).buffer) };
}
