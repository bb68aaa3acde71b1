// What a snapshot refers to by name: the objects around which a new machine is wired, which are filled in place, and the defaults that all
// machines share, of which there must not be a second copy.

import { NO_PEER, NOBODY, NO_ANCILLARY } from '../../kernel/net/message.ts';
import { UNNAMED } from '../../kernel/net/unix/unix-address.ts';
import { DISARMED_ALT_STACK, NO_ALT_STACK } from '../../kernel/signal/alternate-stack.ts';
import { NONE_HELD } from '../../kernel/task/held-files.ts';
import { FREE_LIMIT } from '../../kernel/task/limits.ts';
import { UINTR_PROFILES } from '../../kernel/uintr/profile.ts';
import { NOTHING_HELD } from '../../kernel/vfs/fd-table.ts';
import { KERNEL_IDENTITY } from '../../kernel/vfs/permission.ts';
import { NO_QUEUES } from '../../uring/request.ts';
import { DEVICE_IDENTITIES } from '../cost/storage.ts';
import type { Machine } from '../machine.ts';
import type { KnownObjects } from './graph-format.ts';

const CONSTANTS = named('', {
  NO_PEER,
  NOBODY,
  NO_ANCILLARY,
  UNNAMED,
  DISARMED_ALT_STACK,
  NO_ALT_STACK,
  NONE_HELD,
  FREE_LIMIT,
  UINTR_PROFILES,
  NOTHING_HELD,
  KERNEL_IDENTITY,
  NO_QUEUES,
  DEVICE_IDENTITIES,
});

/** With what is in them. */
function named(prefix: string, objects: object, into = new Map<string, object>()): Map<string, object> {
  for (const [name, value] of Object.entries(objects) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) continue;
    into.set(`${prefix}${name}`, value);
    named(`${prefix}${name}.`, value, into);
  }
  return into;
}

export function knownObjects(machine: Machine): KnownObjects {
  const { board } = machine;
  const { kernel } = board;
  const { hardware } = kernel;
  const anchors = new Map<string, object>([
    ['board', board],
    ['physical', board.physical],
    ['tables', hardware.tables],
    ['kernel', kernel],
    ['remotes', kernel.remotes],
    ['uring', board.uring],
    ['bus', board.bus],
    ['ledger', board.ledger],
    ['random', board.random],
    ['timers', hardware.timers],
    ['arrivals', board.arrivals],
    ['kicks', board.kicks],
    ['costs', board.costs],
    ['breakpoints', board.breakpoints],
    ['trail', machine.trail],
    ['consoles', machine.consoles],
    ...board.vcpus.flatMap((vcpu): [string, object][] => [
      [`vcpu ${vcpu.id}`, vcpu],
      [`apic ${vcpu.id}`, vcpu.apic],
      [`uintr ${vcpu.id}`, vcpu.uintr],
    ]),
  ]);
  if (hardware.ranges) anchors.set('ranges', hardware.ranges);
  return { constants: CONSTANTS, anchors, ram: board.physical.memory.buffer };
}
