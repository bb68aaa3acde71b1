// What the clients of the suite load do: calls, one after the other, with a rest between two of them. None of them waits.

import { setTimeout as pause } from 'node:timers/promises';
import type { UintrClient } from '../../clients/ts/client.ts';

export const PARENT = 'projects/default';

/** Two remote threads of one machine: one sends, the other's handler returns at once. */
export interface Pair {
  readonly machine: string;
  readonly receiver: string;
  readonly sender: string;
  readonly uitt_index: number;
}

type Call = (client: UintrClient, pair: Pair) => Promise<unknown>;

/** In turn. */
export const CALLS: readonly (readonly [name: string, call: Call])[] = [
  ['SendUipi', (client, { sender, uitt_index }) => client.uintr.SendUipi({ thread: sender, uitt_index })],
  ['GetUintrState', (client, { receiver }) => client.uintr.GetUintrState({ name: receiver })],
  ['GetMachine', (client, { machine }) => client.machines.GetMachine({ name: machine })],
  ['SendUipis', (client, { sender, uitt_index }) => client.uintr.SendUipis({ thread: sender, uitt_indexes: [uitt_index, uitt_index] })],
  ['TestUserInterruptFlag', (client, { receiver }) => client.uintr.TestUserInterruptFlag({ thread: receiver })],
  ['GetMachineStats', (client, { machine }) => client.machines.GetMachineStats({ name: machine })],
  ['ListEvents', (client, { machine }) => client.events.ListEvents({ parent: machine, page_size: 16 })],
  ['ListMachines', (client) => client.machines.ListMachines({ parent: PARENT, page_size: 16 })],
];

/** `took` hears of each call, by its number in CALLS. */
export async function callInTurn(
  client: UintrClient,
  pairs: readonly Pair[],
  from: number,
  isOver: () => boolean,
  restMilliseconds: number,
  took: (call: number, milliseconds: number) => void,
): Promise<void> {
  for (let turn = from; !isOver(); turn++) {
    const number = turn % CALLS.length;
    const start = performance.now();
    await CALLS[number]![1](client, pairs[turn % pairs.length]!);
    took(number, performance.now() - start);
    if (restMilliseconds > 0) await pause(restMilliseconds * (0.5 + Math.random()));
  }
}
