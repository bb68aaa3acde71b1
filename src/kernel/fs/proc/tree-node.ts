// What the fixed trees of /proc and /sys are made of: directories, texts, and texts that root may change.

import type { Kernel } from '../../kernel.ts';
import type { Setting } from './settings.ts';

/** A directory whose entries depend on the machine. */
export interface MadeDirectory {
  entries(kernel: Kernel): ReadonlyMap<string, TreeNode>;
}

export type TreeNode = ReadonlyMap<string, TreeNode> | MadeDirectory | ((kernel: Kernel) => string) | Setting;

/** Entries of a directory; null for a text. */
export function entriesOf(kernel: Kernel, node: TreeNode): ReadonlyMap<string, TreeNode> | null {
  if (typeof node === 'function') return null;
  if (node instanceof Map) return node as ReadonlyMap<string, TreeNode>;
  return 'read' in node ? null : (node as MadeDirectory).entries(kernel);
}
