// Netlink messages as bytes: a header, a fixed part, attributes (netlink(7)).

import { NLMSG_DONE, NLMSG_ERROR, NLMSGHDR_BYTES, NLM_F_CAPPED, NLM_F_MULTI } from '../../abi/netlink.ts';
import { bytesOf } from '../../vfs/byte-streams.ts';

export interface NetlinkRequest {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Header and everything behind it. */
  readonly raw: Uint8Array;
}

export interface Attribute {
  readonly type: number;
  readonly data: Uint8Array;
}

const ATTRIBUTE_HEADER = 4;
const align4 = (length: number): number => Math.ceil(length / 4) * 4;

/** The messages of one datagram, up to the first that is malformed. */
export function parseRequests(datagram: Uint8Array): NetlinkRequest[] {
  const requests: NetlinkRequest[] = [];
  for (let at = 0; at + NLMSGHDR_BYTES <= datagram.length; ) {
    const view = new DataView(datagram.buffer, datagram.byteOffset + at, datagram.length - at);
    const length = view.getUint32(0, true);
    if (length < NLMSGHDR_BYTES || at + length > datagram.length) break;
    const raw = datagram.subarray(at, at + length);
    requests.push({ type: view.getUint16(4, true), flags: view.getUint16(6, true), sequence: view.getUint32(8, true), raw });
    at += align4(length);
  }
  return requests;
}

/** Attributes behind a fixed part of `fixed` bytes. */
export function parseAttributes({ raw }: NetlinkRequest, fixed: number): Attribute[] {
  const attributes: Attribute[] = [];
  for (let at = NLMSGHDR_BYTES + align4(fixed); at + ATTRIBUTE_HEADER <= raw.length; ) {
    const view = new DataView(raw.buffer, raw.byteOffset + at, raw.length - at);
    const length = view.getUint16(0, true);
    if (length < ATTRIBUTE_HEADER || at + length > raw.length) break;
    attributes.push({ type: view.getUint16(2, true) & 0x3fff, data: raw.subarray(at + ATTRIBUTE_HEADER, at + length) });
    at += align4(length);
  }
  return attributes;
}

export const text = (type: number, value: string): Attribute => ({ type, data: bytesOf(`${value}\0`) });
export const byte = (type: number, value: number): Attribute => ({ type, data: Uint8Array.of(value) });
export const word = (type: number, value: number): Attribute => ({ type, data: new Uint8Array(Uint32Array.of(value).buffer) });

/** One message of an answer. */
export function encodeMessage(
  { type, flags, port, sequence }: { readonly type: number; readonly flags: number; readonly port: number; readonly sequence: number },
  fixed: Uint8Array,
  attributes: readonly Attribute[] = [],
): Uint8Array {
  let length = NLMSGHDR_BYTES + align4(fixed.length);
  for (const { data } of attributes) length += align4(ATTRIBUTE_HEADER + data.length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  view.setInt32(12, port, true);
  bytes.set(fixed, NLMSGHDR_BYTES);
  let at = NLMSGHDR_BYTES + align4(fixed.length);
  for (const { type: attribute, data } of attributes) {
    view.setUint16(at, ATTRIBUTE_HEADER + data.length, true);
    view.setUint16(at + 2, attribute, true);
    bytes.set(data, at + ATTRIBUTE_HEADER);
    at += align4(ATTRIBUTE_HEADER + data.length);
  }
  return bytes;
}

/** The end of a dump. */
export function doneMessage(port: number, sequence: number): Uint8Array {
  return encodeMessage({ type: NLMSG_DONE, flags: NLM_F_MULTI, port, sequence }, new Uint8Array(4));
}

/** An error (negated errno), or with 0 an acknowledgement: with the request it is about, which an acknowledgement cuts to its header. */
export function errorMessage(port: number, request: NetlinkRequest, error: number): Uint8Array {
  const about = error === 0 ? request.raw.subarray(0, NLMSGHDR_BYTES) : request.raw;
  const fixed = new Uint8Array(4 + about.length);
  new DataView(fixed.buffer).setInt32(0, error, true);
  fixed.set(about, 4);
  return encodeMessage({ type: NLMSG_ERROR, flags: error === 0 ? NLM_F_CAPPED : 0, port, sequence: request.sequence }, fixed);
}
