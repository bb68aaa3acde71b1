// /sys as far as programs and C libraries look there: processors and the memory node (sysfs(5), Documentation/ABI/testing).

import type { Kernel } from '../../kernel.ts';
import { blockDirectories } from './block-texts.ts';
import { listOfBits } from './numbers.ts';
import { meminfo } from './memory-texts.ts';
import type { TreeNode } from './tree-node.ts';

const line = (text: string | number) => (): string => `${text}\n`;
const all = (kernel: Kernel): string => `${listOfBits(kernel.scheduler.everywhere)}\n`;
const mask = (kernel: Kernel): string => `${kernel.scheduler.everywhere.toString(16)}\n`;
const nothing = line('');

/** Every processor is a core of one package, without hyperthreads. */
function topology(id: number): TreeNode {
  const own = line(id);
  const ownMask = line((2 ** id).toString(16));
  return new Map<string, TreeNode>([
    ['physical_package_id', line(0)],
    ['die_id', line(0)],
    ['core_id', own],
    ['thread_siblings', ownMask],
    ['thread_siblings_list', own],
    ['core_cpus', ownMask],
    ['core_cpus_list', own],
    ['core_siblings', mask],
    ['core_siblings_list', all],
    ['package_cpus', mask],
    ['package_cpus_list', all],
  ]);
}

function processors(kernel: Kernel): ReadonlyMap<string, TreeNode> {
  const fixed: [string, TreeNode][] = [
    ['online', all],
    ['possible', all],
    ['present', all],
    ['offline', nothing],
    ['isolated', nothing],
    ['kernel_max', line(31)],
  ];
  return new Map([
    ...fixed,
    ...kernel.hardware.vcpus.map(({ id }): [string, TreeNode] => [`cpu${id}`, new Map([['topology', topology(id)]])]),
  ]);
}

/** The lines of /proc/meminfo that are of a node, with its name. */
function nodeMemory(kernel: Kernel): string {
  const names = ['MemTotal', 'MemFree', 'Active', 'Inactive', 'AnonPages', 'Mapped', 'Shmem'];
  const lines = meminfo(kernel)
    .split('\n')
    .filter((text) => names.includes(text.slice(0, text.indexOf(':'))));
  return lines.map((text) => `Node 0 ${text}\n`).join('');
}

const NODES: TreeNode = new Map<string, TreeNode>([
  ['online', line(0)],
  ['possible', line(0)],
  ['has_cpu', line(0)],
  ['has_memory', line(0)],
  [
    'node0',
    new Map<string, TreeNode>([
      ['cpulist', all],
      ['cpumap', mask],
      ['distance', line(10)],
      ['meminfo', nodeMemory],
    ]),
  ],
]);

export const SYSFS_TREE: TreeNode = new Map<string, TreeNode>([
  ['block', { entries: blockDirectories }],
  ['class', new Map<string, TreeNode>()],
  [
    'devices',
    new Map<string, TreeNode>([
      [
        'system',
        new Map<string, TreeNode>([
          ['cpu', { entries: processors }],
          ['node', NODES],
        ]),
      ],
    ]),
  ],
  ['fs', new Map<string, TreeNode>()],
  ['kernel', new Map<string, TreeNode>()],
]);
