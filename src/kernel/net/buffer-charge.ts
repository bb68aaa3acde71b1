// What a packet takes of a socket's buffer: Linux counts the memory of its sk_buff, headers and rounding included ("truesize").
// The figures are those of Linux 6.18 on x86-64, so that as many messages fit here as there.

const PAGE = 4096;
/** struct sk_buff, and struct skb_shared_info at the end of the head. */
const SK_BUFF = 256;
const SHARED_INFO = 320;
/** The least head of an IP packet. */
const SMALL_HEAD = 576;
/** Most that a head of one page, and of four pages, holds. */
const HEAD_OF_PAGE = PAGE - SHARED_INFO;
const HEAD_MAX = 4 * PAGE - SHARED_INFO;
/** Most that pages beside a head hold. */
const FRAGMENTS_MAX = 17 * PAGE;
/** Room for link, IP and UDP headers in front of the data. */
const IP_HEADROOM = 60;

/** Largest piece of a stream that AF_UNIX puts into one buffer: a head and 32 KiB of pages. */
export const UNIX_PIECE = HEAD_OF_PAGE + 32_768;

const align = (value: number, to: number): number => Math.ceil(value / to) * to;

/** kmalloc's size for a head with `bytes` of data: a power of two. */
function head(bytes: number): number {
  let size = 512;
  while (size < align(bytes, 64) + SHARED_INFO) size *= 2;
  return size;
}

/** A piece of an AF_UNIX stream: what one page's head cannot hold is in pages. */
export function chargeOfStreamPiece(length: number): number {
  const inPages = Math.min(length, align(Math.max(0, length - HEAD_OF_PAGE), PAGE));
  return SK_BUFF + head(length - inPages) + align(inPages, PAGE);
}

/** An AF_UNIX datagram. */
export function chargeOfDatagram(length: number): number {
  const inPages = length > HEAD_MAX ? align(Math.min(length - HEAD_MAX, FRAGMENTS_MAX), PAGE) : 0;
  return SK_BUFF + head(Math.max(0, length - inPages)) + inPages;
}

/** A UDP packet where it is received. */
export function chargeOfUdp(length: number): number {
  const bytes = length + IP_HEADROOM;
  return SK_BUFF + (align(bytes, 64) + SHARED_INFO <= SMALL_HEAD ? SMALL_HEAD : head(bytes));
}
