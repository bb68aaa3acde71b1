// What a receiver can be doing when its interrupt is sent, and of which legs the way then consists.

import { distance, type Leg, leg, type Measurement, measuredLeg, missing } from './leg.ts';
import type { Event } from '../../../src/gen/api.ts';
import type { Way } from './way.ts';

export interface State {
  readonly name: string;
  readonly title: string;
  /** What the guest does. */
  readonly about: string;
  /** The receiver was in this state when the interrupt came. */
  readonly holds: (way: Way) => boolean;
  /** From SENDUIPI to the handler's first instruction. */
  readonly legs: (measurement: Measurement) => readonly Leg[];
}

/** Of the guest's system calls: bytes that its read copies, nanoseconds that its sleep lasts. */
const READ_BYTES = 32768;
export const SLEEP_NANOSECONDS = 20_000;

const suppressedBy = (way: Way, flag: string): boolean => way.senduipi.senduipi!.suppressed_by === flag;
const slept = (way: Way): boolean => way.switchedOut !== undefined && way.switchedOut.switched_out!.reason !== 'preempted';

function senderLeg(measurement: Measurement, constant: string): Leg {
  return measuredLeg(measurement, 'SENDUIPI', [constant]);
}

function postLeg({ way, costs }: Measurement): Leg {
  return { ...leg(costs, 'PIR post', distance(way.senduipi, way.posted ?? missing('a post')), []), constants: 'within SENDUIPI' };
}

function flightLeg({ way, costs }: Measurement, sender: Leg): Leg {
  const arrived = way.arrived ?? missing('an IPI');
  return leg(costs, 'IPI flight', distance(way.senduipi, arrived) - sender.cycles, ['ipi_flight']);
}

/** With the receiver in user mode: processing, recognition and delivery show in the events. */
function arrivalLegs({ way, costs }: Measurement, from: Event): Leg[] {
  const notified = way.notified ?? missing('a notification');
  const recognized = way.recognized ?? missing('recognition');
  return [
    leg(costs, 'notification', distance(from, notified), ['notification_processing']),
    { ...leg(costs, 'recognition', distance(notified, recognized), []), constants: 'within notification' },
    leg(costs, 'delivery', distance(recognized, way.delivered), ['delivery']),
  ];
}

/** The receiver is on its vCPU again, goes back to user mode, and fetches what was posted by an IPI to itself. */
function returnLegs(measurement: Measurement, constants: readonly string[]): Leg[] {
  const { way, costs } = measurement;
  const switchedIn = way.switchedIn ?? missing('a switch-in');
  const selfIpi = way.selfIpi ?? missing('an IPI to itself');
  return [leg(costs, 'switch-in', distance(switchedIn, selfIpi), constants), ...arrivalLegs(measurement, selfIpi)];
}

export const STATES: readonly State[] = [
  {
    name: 'user',
    title: 'running in user mode',
    about: 'the receiver spins',
    holds: ({ arrived }) => arrived?.ipi_arrived!.mode === 'user',
    legs: (measurement) => {
      const sender = senderLeg(measurement, 'senduipi');
      const arrived = measurement.way.arrived ?? missing('an IPI');
      return [sender, postLeg(measurement), flightLeg(measurement, sender), ...arrivalLegs(measurement, arrived)];
    },
  },
  {
    name: 'kernel',
    title: 'running in the kernel',
    about: `the receiver is in a read of ${READ_BYTES / 1024} KiB that does not block`,
    holds: ({ arrived }) => arrived?.ipi_arrived!.mode === 'kernel',
    legs: (measurement) => {
      const { way, costs } = measurement;
      const sender = senderLeg(measurement, 'senduipi');
      const arrived = way.arrived ?? missing('an IPI');
      // The call acts at its entry and then takes its time, which the notification prolongs: no event marks its end.
      const table = costs['notification_processing']! + costs['delivery']!;
      const callEnd =
        Number((way.call ?? missing('a system call')).cycle) + costs['syscall']! + (READ_BYTES / 64) * costs['copy_per_64_bytes']!;
      return [
        sender,
        postLeg(measurement),
        flightLeg(measurement, sender),
        leg(costs, 'notification', costs['notification_processing']!, ['notification_processing'], 'cost table'),
        {
          name: 'rest of the call',
          programs: true,
          cycles: distance(arrived, way.delivered) - table,
          basis: 'remainder',
          constants: `call's start + syscall + ${READ_BYTES / 64} x copy_per_64_bytes - arrival`,
          expected: callEnd - Number(arrived.cycle),
        },
        leg(costs, 'delivery', costs['delivery']!, ['delivery'], 'cost table'),
      ];
    },
  },
  {
    name: 'descheduled',
    title: 'descheduled',
    about: 'another thread has the receiver’s vCPU, and yields it as soon as it sees that the interrupt was sent',
    holds: (way) => suppressedBy(way, 'SN') && !slept(way) && way.otherCall !== undefined,
    legs: (measurement) => {
      const { way, costs } = measurement;
      const sender = senderLeg(measurement, 'senduipi_suppressed');
      const yields = way.otherCall ?? missing('a yield of the other thread');
      return [
        sender,
        postLeg(measurement),
        {
          name: 'other thread runs',
          programs: true,
          cycles: distance(way.senduipi, yields) - sender.cycles,
          basis: 'events',
          constants: 'its code, and visibility of a store',
          expected: undefined,
        },
        leg(costs, 'its sched_yield', distance(yields, way.switchedIn ?? missing('a switch-in')), ['syscall']),
        ...returnLegs(measurement, ['context_switch', 'xsaves_uintr']),
      ];
    },
  },
  {
    name: 'blocked-none',
    title: 'blocked, no WAITING mode',
    about: `the receiver is in a nanosleep of ${SLEEP_NANOSECONDS / 1000} us, which lasts`,
    holds: (way) => suppressedBy(way, 'SN') && slept(way) && !way.trapped && way.woken?.woken!.by === 'timer',
    legs: (measurement) => {
      const { way, costs } = measurement;
      const sender = senderLeg(measurement, 'senduipi_suppressed');
      const woken = way.woken ?? missing('a wake-up');
      const asleep = way.call ?? missing('a system call');
      return [
        sender,
        postLeg(measurement),
        {
          name: 'rest of the sleep',
          programs: true,
          cycles: distance(way.senduipi, woken) - sender.cycles,
          basis: 'events',
          constants: "sleep's start + its length - end of SENDUIPI",
          expected: distance(way.senduipi, asleep) + costs[SLEEP_CYCLES]! - costs['senduipi_suppressed']!,
        },
        leg(costs, 'wake-up', distance(woken, way.switchedIn ?? missing('a switch-in')), ['kernel_interrupt', 'idle_exit']),
        ...returnLegs(measurement, ['context_switch', 'xsaves_uintr']),
      ];
    },
  },
  {
    name: 'blocked-receiver',
    title: 'blocked, WAITING_RECEIVER',
    about: 'the receiver is in a nanosleep, which the interrupt ends by the kernel’s vector',
    holds: (way) => way.arrived?.ipi_arrived!.mode === 'idle' && slept(way) && way.woken?.woken!.by === 'user interrupt',
    legs: (measurement) => {
      const { way, costs } = measurement;
      const sender = senderLeg(measurement, 'senduipi');
      const arrived = way.arrived ?? missing('an IPI');
      const wakeUp = distance(arrived, way.switchedIn ?? missing('a switch-in'));
      return [
        sender,
        postLeg(measurement),
        flightLeg(measurement, sender),
        leg(costs, 'wake-up', wakeUp, ['kernel_interrupt', 'wake_up', 'idle_exit']),
        ...returnLegs(measurement, ['context_switch', 'xsaves_uintr']),
      ];
    },
  },
  {
    name: 'blocked-sender',
    title: 'blocked, WAITING_SENDER',
    about: 'the receiver is in a nanosleep; SENDUIPI traps and the sender’s kernel ends it',
    holds: (way) => way.trapped && slept(way) && way.woken?.woken!.by === 'user interrupt',
    legs: (measurement) => {
      const { way, costs } = measurement;
      const sender = measuredLeg(measurement, 'SENDUIPI traps', ['kernel_interrupt', 'wake_up']);
      const switchedIn = way.switchedIn ?? missing('a switch-in');
      return [
        sender,
        postLeg(measurement),
        leg(costs, 'wake-up', distance(way.senduipi, switchedIn) - sender.cycles, ['ipi_flight', 'kernel_interrupt', 'idle_exit']),
        ...returnLegs(measurement, ['context_switch', 'xsaves_uintr']),
      ];
    },
  },
];

/** Beside the names of the cost table: the guest's sleep in the preset's clock. */
export const SLEEP_CYCLES = 'sleep of the guest';
