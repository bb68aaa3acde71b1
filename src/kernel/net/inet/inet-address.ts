// struct sockaddr_in (ip(7)).

import { ERRNO } from '../../abi/errno.ts';
import { AF_INET } from '../../abi/socket.ts';

export const SOCKADDR_IN_BYTES = 16;
export const ANY_ADDRESS = 0;
export const LOOPBACK_ADDRESS = 0x7f00_0001;

export interface InetAddress {
  /** Host byte order. */
  readonly host: number;
  readonly port: number;
}

export function parseInetAddress(raw: Uint8Array): InetAddress | number {
  if (raw.length < SOCKADDR_IN_BYTES) return -ERRNO.EINVAL;
  const view = new DataView(raw.buffer, raw.byteOffset);
  if (view.getUint16(0, true) !== AF_INET) return -ERRNO.EAFNOSUPPORT;
  return { port: view.getUint16(2), host: view.getUint32(4) };
}

export function encodeInetAddress({ host, port }: InetAddress): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port);
  view.setUint32(4, host);
  return bytes;
}

/** 127.0.0.0/8, or "any". */
export function isLocal(host: number): boolean {
  return host === ANY_ADDRESS || host >>> 24 === 127;
}
