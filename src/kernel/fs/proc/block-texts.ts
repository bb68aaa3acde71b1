// Texts about the block device: /proc/diskstats, /proc/partitions, /sys/block (Documentation/admin-guide/iostats.rst, ABI/stable/sysfs-block).

import type { BlockDevice } from '../../block/block-device.ts';
import { SECTOR } from '../../block/block-device.ts';
import { evict } from '../../block/page-io.ts';
import type { Kernel } from '../../kernel.ts';
import { READAHEAD } from '../regular-file.ts';
import { numberSetting } from './settings.ts';
import type { TreeNode } from './tree-node.ts';

/** Reads, merged, sectors, ms; the same of writes; in flight, ms busy, ms weighted; discards and flushes, of which there are none. */
function statistics({ statistics: { counts, busy, weighted }, hertz, inFlight }: BlockDevice): string {
  const milliseconds = (cycles: number): number => Math.floor((cycles * 1000) / hertz);
  const sides = [counts.read, counts.write].flatMap(({ commands, sectors, cycles }) => [commands, 0, sectors, milliseconds(cycles)]);
  return [...sides, inFlight, milliseconds(busy), milliseconds(weighted), 0, 0, 0, 0, 0, 0].join(' ');
}

export function diskstats({ vfs: { store } }: Kernel): string {
  if (!store) return '';
  const [major, minor] = store.model.numbers;
  return `${String(major).padStart(4)} ${String(minor).padStart(7)} ${store.model.name} ${statistics(store)}\n`;
}

export function partitions({ vfs: { store } }: Kernel): string {
  const header = 'major minor  #blocks  name\n\n';
  if (!store) return header;
  const [major, minor] = store.model.numbers.map(String) as [string, string];
  return `${header}${major.padStart(4)} ${minor.padStart(8)} ${String(Math.floor(store.capacity / 1024)).padStart(10)} ${store.model.name}\n`;
}

/** Line of /proc/devices. */
export function blockDriver({ vfs: { store } }: Kernel): string {
  return store ? `${String(store.model.numbers[0]).padStart(3)} ${store.model.driver}\n` : '';
}

const line = (text: string | number) => (): string => `${text}\n`;

function deviceDirectory(store: BlockDevice): TreeNode {
  const { model } = store;
  return new Map<string, TreeNode>([
    ['dev', line(model.numbers.join(':'))],
    ['ro', line(0)],
    ['removable', line(0)],
    ['size', line(Math.floor(store.capacity / SECTOR))],
    ['stat', () => `${statistics(store)}\n`],
    ['inflight', () => `${store.inFlight}\n`],
    [
      'queue',
      new Map<string, TreeNode>([
        ['logical_block_size', line(SECTOR)],
        ['physical_block_size', line(SECTOR)],
        ['max_sectors_kb', line(model.figures.command_bytes / 1024)],
        ['nr_requests', line(model.figures.depth)],
        ['read_ahead_kb', line(READAHEAD * 4)],
        ['rotational', line(Number(model.rotational))],
      ]),
    ],
  ]);
}

export function blockDirectories({ vfs: { store } }: Kernel): ReadonlyMap<string, TreeNode> {
  return new Map(store ? [[store.model.name, deviceDirectory(store)]] : []);
}

/** vm.drop_caches: 1 and 3 let go of clean pages. Without a device there is nothing that they could come back from. */
export const DROP_CACHES = numberSetting(
  () => 0,
  (kernel, value) => {
    if (Number(value) & 1) for (const file of kernel.vfs.store?.files.values() ?? []) evict(kernel, file, 0, Number.POSITIVE_INFINITY);
  },
  1,
  4,
);
