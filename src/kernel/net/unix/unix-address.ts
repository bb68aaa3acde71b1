// struct sockaddr_un (unix(7), "Address format"): a path, an abstract name (first byte 0), or nothing.

import { ERRNO } from '../../abi/errno.ts';
import { AF_UNIX } from '../../abi/socket.ts';
import { byteString, bytesOf } from '../../vfs/byte-streams.ts';

export type UnixAddress =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'abstract'; readonly name: string }
  | { readonly kind: 'unnamed' };

const FAMILY_BYTES = 2;
/** sizeof(struct sockaddr_un). */
const ADDRESS_MAX = 110;

export const UNNAMED: UnixAddress = { kind: 'unnamed' };

/** An address of which only bind may leave the name out: 'unnamed' then. */
export function parseUnixAddress(raw: Uint8Array): UnixAddress | number {
  if (raw.length < FAMILY_BYTES || raw.length > ADDRESS_MAX) return -ERRNO.EINVAL;
  if ((raw[0]! | (raw[1]! << 8)) !== AF_UNIX) return -ERRNO.EINVAL;
  const name = raw.subarray(FAMILY_BYTES);
  if (name.length === 0) return UNNAMED;
  if (name[0] === 0) return { kind: 'abstract', name: byteString(name.subarray(1)) };
  const end = name.indexOf(0);
  return { kind: 'path', path: byteString(end < 0 ? name : name.subarray(0, end)) };
}

export function encodeUnixAddress(address: UnixAddress): Uint8Array {
  const text = address.kind === 'path' ? `${address.path}\0` : address.kind === 'abstract' ? `\0${address.name}` : '';
  return Uint8Array.of(AF_UNIX, 0, ...bytesOf(text));
}

/** As /proc/net/unix shows it: '@' for NUL. */
export function showUnixAddress(address: UnixAddress): string {
  if (address.kind === 'path') return address.path;
  return address.kind === 'abstract' ? `@${address.name.replaceAll('\0', '@')}` : '';
}
