// Writes a tar archive (ustar, with extended headers of pax where a name is too long) of a size that is known before anything is read.
// Names are byte strings: one character (0..255) a byte, so that any Linux name survives.

export interface PackedNode {
  /** Below the root, without "/" at either end. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Bytes of a file. */
  readonly size: number;
  /** Text of a symbolic link, path of what a hard link links to. */
  readonly target: string;
  /** Puts all bytes of a file into `into`, which is zeroed and just as long. */
  readonly read: (into: Uint8Array) => Promise<void>;
}

const BLOCK = 512;
const END_BYTES = 2 * BLOCK;
const TYPES = { file: '0', hardlink: '1', symlink: '2', directory: '5', fifo: '6' } as const;
/** What a name, an id and a size may be in a ustar header. */
const NAME_BYTES = 100;
const MOST_ID = 0o7777777;
const MOST_SIZE = 0o77777777777;

const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;

export function packedBytes(nodes: readonly PackedNode[]): number {
  return nodes.reduce((sum, node) => sum + headerOf(node).length + padded(node.size), END_BYTES);
}

/** `onNode` is told how many nodes are packed. */
export async function writeTar(nodes: readonly PackedNode[], onNode: (packed: number) => void = () => {}): Promise<Uint8Array> {
  const archive = Buffer.alloc(packedBytes(nodes));
  let at = 0;
  for (const [n, node] of nodes.entries()) {
    at += headerOf(node).copy(archive, at);
    if (node.size > 0) await node.read(archive.subarray(at, at + node.size));
    at += padded(node.size);
    onNode(n + 1);
  }
  return archive;
}

function headerOf(node: PackedNode): Buffer {
  const name = node.kind === 'directory' ? `${node.path}/` : node.path;
  const records = [
    name.length > NAME_BYTES ? record('path', name) : '',
    node.target.length > NAME_BYTES ? record('linkpath', node.target) : '',
    node.uid > MOST_ID ? record('uid', `${node.uid}`) : '',
    node.gid > MOST_ID ? record('gid', `${node.gid}`) : '',
    node.size > MOST_SIZE ? record('size', `${node.size}`) : '',
    node.modified < 0 ? record('mtime', `${node.modified}`) : '',
  ].join('');
  const own = block(name, TYPES[node.kind], node, node.size);
  if (records === '') return own;
  const extension = Buffer.alloc(padded(records.length));
  extension.write(records, 'latin1');
  return Buffer.concat([block('PaxHeader', 'x', { ...node, mode: 0o644, target: '' }, records.length), extension, own]);
}

/** "LENGTH KEY=VALUE\n", the length counting itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length++;
  return `${length}${rest}`;
}

function block(name: string, type: string, { mode, uid, gid, modified, target }: PackedNode, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const text = (at: number, value: string): void => void header.write(value, at, 'latin1');
  const octal = (at: number, digits: number, value: number, most: number): void =>
    text(at, Math.max(0, Math.min(value, most)).toString(8).padStart(digits, '0'));
  text(0, name.slice(0, NAME_BYTES));
  octal(100, 7, mode, 0o7777);
  octal(108, 7, uid, MOST_ID);
  octal(116, 7, gid, MOST_ID);
  octal(124, 11, size, MOST_SIZE);
  octal(136, 11, modified, MOST_SIZE);
  text(148, ' '.repeat(8));
  text(156, type);
  text(157, target.slice(0, NAME_BYTES));
  text(257, 'ustar\u000000');
  const sum = header.reduce((total, byte) => total + byte, 0);
  text(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}
