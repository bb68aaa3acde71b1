// Tar archives that no tar makes: headers with whatever is asked for.

export interface Made {
  readonly name: string;
  readonly type?: string;
  readonly data?: Uint8Array | string;
  readonly mode?: string;
  readonly uid?: string;
  readonly size?: string;
  readonly mtime?: string;
  readonly link?: string;
  /** "ustar\0" + "00". */
  readonly magic?: string;
  readonly checksum?: string;
}

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

export function header(made: Made): Buffer {
  const data = typeof made.data === 'string' ? latin(made.data) : (made.data ?? new Uint8Array(0));
  const block = Buffer.alloc(512);
  const put = (at: number, text: string): void => void latin(text).copy(block, at);
  put(0, made.name);
  put(100, made.mode ?? '0000644\0');
  put(108, made.uid ?? '0000000\0');
  put(116, '0000000\0');
  put(124, made.size ?? `${data.length.toString(8).padStart(11, '0')}\0`);
  put(136, made.mtime ?? '00000000001\0');
  put(148, '        ');
  put(156, made.type ?? '0');
  put(157, made.link ?? '');
  put(257, made.magic ?? 'ustar\u000000');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, made.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `);
  const padded = Buffer.alloc(Math.ceil(data.length / 512) * 512);
  padded.set(data);
  return Buffer.concat([block, padded]);
}

export const END = Buffer.alloc(1024);

export const tar = (...entries: readonly Made[]): Buffer => Buffer.concat([...entries.map(header), END]);

/** A record of an extended header. */
export function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}
