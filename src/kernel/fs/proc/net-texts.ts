// /proc/net: the interface and the tables of an IPv4 host that has nothing but loopback (proc_net(5)).

import type { TreeNode } from './tree-node.ts';

const DEVICES =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' +
  '    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n';

const ROUTES = `${'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127)}\n`;
const NEIGHBOURS = 'IP address       HW type     Flags       HW address            Mask     Device\n';

export const NET_TEXTS: TreeNode = new Map<string, TreeNode>([
  ['arp', () => NEIGHBOURS],
  ['dev', () => DEVICES],
  ['route', () => ROUTES],
]);
