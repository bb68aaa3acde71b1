// /proc/tty: the kinds of terminal there are (proc_tty(5)).

import { MOST_TERMINALS } from '../../tty/terminals.ts';
import type { TreeNode } from './tree-node.ts';

/** Name, node, major, minors, kind. */
const DRIVERS: readonly (readonly [name: string, node: string, major: number, minors: string, kind: string])[] = [
  ['/dev/tty', '/dev/tty', 5, '0', 'system:/dev/tty'],
  ['/dev/console', '/dev/console', 5, '1', 'system:console'],
  ['/dev/ptmx', '/dev/ptmx', 5, '2', 'system'],
  ['pty_slave', '/dev/pts', 136, `0-${MOST_TERMINALS - 1}`, 'pty:slave'],
  ['pty_master', '/dev/ptm', 128, `0-${MOST_TERMINALS - 1}`, 'pty:master'],
];

const drivers = (): string =>
  DRIVERS.map(([name, node, major, minors, kind]) => {
    const columns = `${name.padEnd(20)} ${node.padEnd(14)} ${String(major).padStart(3)} `;
    return `${columns}${minors.includes('-') ? minors : minors.padStart(7)} ${kind}\n`;
  }).join('');

export const TTY_TEXTS: TreeNode = new Map<string, TreeNode>([
  ['drivers', drivers],
  ['ldiscs', () => 'n_tty       0\n'],
]);
