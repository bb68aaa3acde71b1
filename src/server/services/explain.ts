// Part of UintrService: why an interrupt has not arrived.

import { invalidField } from '../../machine/errors.ts';
import { parseMachine, parseOne } from '../resource-name.ts';
import { uintrStateMessage } from '../uintr-state.ts';
import type { ExplainDeliveryRequest, UintrService } from '../../gen/api.ts';
import type { CommandFields } from '../../machine/protocol.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

type Subject = CommandFields<'explain_delivery'>['subject'];

/** A thread of the machine that the request names. */
function threadOf(field: string, name: string, machine: string): number {
  const parsed = parseOne(field, name, 'threads');
  if (parsed.machine !== machine) throw invalidField(field, `must be a thread of ${machine}, got "${name}"`);
  return parsed.id;
}

function subjectOf({ receiver, interrupt, sender }: ExplainDeliveryRequest, machine: string): Subject {
  if (receiver !== undefined) return { kind: 'receiver', tid: threadOf('receiver', receiver, machine) };
  if (sender) return { kind: 'sender', tid: threadOf('sender.thread', sender.thread, machine), index: sender.uitt_index };
  if (interrupt === undefined) throw invalidField('subject', 'name a receiver, an interrupt or a sender');
  if (interrupt === 0n) throw invalidField('interrupt', 'interrupts are numbered from 1');
  return { kind: 'interrupt', interrupt: Number(interrupt) };
}

export function explainMethods(machines: MachineRegistry): Pick<Implementation<UintrService>, 'ExplainDelivery'> {
  return {
    async ExplainDelivery(request) {
      const machine = parseMachine('parent', request.parent);
      const subject = subjectOf(request, machine);
      const found = await machines.get(machine).send('explain_delivery', { subject });
      return {
        verdict: `DELIVERY_VERDICT_${found.verdict}`,
        summary: found.summary,
        remedy: found.remedy,
        legs: found.legs.map(({ sequence, ...leg }) => ({ ...leg, event_sequence: sequence })),
        obstacles: found.obstacles.map(({ verdict, text, since, place }) => ({
          verdict: `DELIVERY_VERDICT_${verdict}` as const,
          text,
          since_cycle: since,
          place,
        })),
        receiver: found.receiver ? uintrStateMessage(machine, found.receiver) : undefined,
        cycle: found.cycle,
      };
    },
  };
}
