// Errors that a socket keeps for recvmsg with MSG_ERRQUEUE (ip(7), IP_RECVERR; Documentation/networking/msg_zerocopy): struct sock_extended_err.

import { ERRNO } from '../../abi/errno.ts';
import {
  IP_RECVERR,
  IPV6_RECVERR,
  SO_EE_CODE_ZEROCOPY_COPIED,
  SO_EE_ORIGIN_ICMP,
  SO_EE_ORIGIN_ICMP6,
  SO_EE_ORIGIN_TIMESTAMPING,
  SO_EE_ORIGIN_ZEROCOPY,
} from '../../abi/inet.ts';
import { AF_INET, MSG_ERRQUEUE, MSG_TRUNC, SOL_IP, SOL_IPV6 } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import type { ByteSink } from '../../vfs/file.ts';
import { stampControl, UNSTAMPED } from '../arrival-stamps.ts';
import type { ControlMessage, Received } from '../message.ts';
import type { Socket } from '../socket.ts';
import { encodeInetAddress, type Endpoint, type InetDomain } from './inet-address.ts';

interface QueuedError {
  readonly error: number;
  readonly origin: number;
  readonly type: number;
  readonly code: number;
  readonly info: number;
  data: number;
  /** Where the packet went, whose data this is. */
  readonly to: Endpoint | null;
  /** Who complains. */
  readonly offender: Endpoint | null;
  readonly packet: Uint8Array;
  /** When it arrived, or what it tells of happened: cycles, or UNSTAMPED. */
  readonly at: number;
}

/** What is told of a packet that was sent. */
export interface SendStamp {
  /** SCM_TSTAMP_*. */
  readonly kind: number;
  readonly key: number;
  /** Cycles. */
  readonly at: number;
}

const EXTENDED_ERROR_BYTES = 16;
/** Errors that wait at most. */
const MAX_ERRORS = 256;
const NOTHING = new Uint8Array(0);

export class ErrorQueue {
  private readonly errors: QueuedError[] = [];
  private nextZeroCopy = 0;

  get isEmpty(): boolean {
    return this.errors.length === 0;
  }

  add(error: Omit<QueuedError, 'data' | 'info'>): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push({ ...error, info: 0, data: 0 });
  }

  /** A packet was sent, or acknowledged; `source` is told where Linux tells it. */
  addStamp({ kind, key, at }: SendStamp, packet: Uint8Array | null, source: Endpoint | null): void {
    if (this.errors.length >= MAX_ERRORS) return;
    const parts = { type: 0, code: 0, to: null, offender: source && { ...source, port: 0 } };
    this.errors.push({
      error: ERRNO.ENOMSG,
      origin: SO_EE_ORIGIN_TIMESTAMPING,
      info: kind,
      data: key,
      packet: packet ?? NOTHING,
      at,
      ...parts,
    });
  }

  /** The stamps that come without a packet, which are gone then. */
  takeStamps(): SendStamp[] {
    const stamps = this.errors.filter(({ origin, packet }) => origin === SO_EE_ORIGIN_TIMESTAMPING && packet.length === 0);
    for (const stamp of stamps) this.errors.splice(this.errors.indexOf(stamp), 1);
    return stamps.map(({ info: kind, data: key, at }) => ({ kind, key, at }));
  }

  /** Stamps that nobody took after all are next again. */
  putBack(stamps: readonly SendStamp[]): void {
    const before = this.errors.splice(0);
    for (const stamp of stamps) this.addStamp(stamp, null, null);
    this.errors.push(...before);
  }

  /** A send with MSG_ZEROCOPY is complete: its bytes were copied, as always on loopback. Runs of numbers are one notification. */
  zeroCopyDone(): void {
    const number = this.nextZeroCopy++;
    const last = this.errors.at(-1);
    if (last?.origin === SO_EE_ORIGIN_ZEROCOPY && last.data === number - 1) last.data = number;
    else if (this.errors.length < MAX_ERRORS) {
      const parts = { type: 0, code: SO_EE_CODE_ZEROCOPY_COPIED, to: null, offender: null, packet: NOTHING, at: UNSTAMPED };
      this.errors.push({ error: 0, origin: SO_EE_ORIGIN_ZEROCOPY, info: number, data: number, ...parts });
    }
  }

  /** The next error with the packet it is about; -EAGAIN. */
  receive(kernel: Kernel, socket: Socket & { readonly domain: InetDomain }, to: ByteSink): Received | number {
    const { domain } = socket;
    const first = this.errors.shift();
    if (!first) return -ERRNO.EAGAIN;
    const part = first.packet.subarray(0, to.length);
    if (to.put(part) < part.length) return -ERRNO.EFAULT;
    return {
      bytes: part.length,
      fullLength: first.packet.length,
      flags: MSG_ERRQUEUE | (part.length < first.packet.length ? MSG_TRUNC : 0),
      from: first.to && encodeInetAddress(domain, first.to),
      control: [...stampControl(kernel, socket, first.at), controlOf(domain, first)],
      files: [],
      pidfdOf: null,
    };
  }

  /** The error of the next one; 0 if it is none that came from the network, or there is none. */
  get nextError(): number {
    const [first] = this.errors;
    return first?.origin === SO_EE_ORIGIN_ICMP || first?.origin === SO_EE_ORIGIN_ICMP6 ? first.error : 0;
  }
}

function controlOf(domain: InetDomain, queued: QueuedError): ControlMessage {
  const address = queued.offender && encodeInetAddress(domain, queued.offender);
  const room = domain === AF_INET ? 16 : 28;
  const data = new Uint8Array(EXTENDED_ERROR_BYTES + room);
  const view = new DataView(data.buffer);
  view.setUint32(0, queued.error, true);
  data.set([queued.origin, queued.type, queued.code, 0], 4);
  view.setUint32(8, queued.info, true);
  view.setUint32(12, queued.data, true);
  if (address) {
    data.set(address, EXTENDED_ERROR_BYTES);
    view.setUint16(EXTENDED_ERROR_BYTES + 2, 0);
  }
  const isFour = domain === AF_INET;
  return { level: isFour ? SOL_IP : SOL_IPV6, type: isFour ? IP_RECVERR : IPV6_RECVERR, data };
}
