// UintrService: remote threads execute what a program with user interrupts executes; the state of any thread.

import { invalidField } from '../../machine/errors.ts';
import { descriptorName, parseDescriptor, parseOne, parseWithin, threadName } from '../resource-name.ts';
import { explainMethods } from './explain.ts';
import { limitOf, timesToMessage } from './remote-fields.ts';
import { uintrStateMessage } from '../uintr-state.ts';
import type {
  BlockedReceiver,
  DeliveredInterrupt,
  HandlerMode,
  UintrService,
  WaitForInterruptResponseOutcome,
  WaitMode,
} from '../../gen/api.ts';
import type { CommandFields, CommandKind, CommandReply } from '../../machine/protocol.ts';
import type { Input } from '../../wire/encode.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';

type RegisterFields = CommandFields<'register_handler'>;
type WaitReply = CommandReply<'wait_for_interrupt'>;

const MODES: Readonly<Record<HandlerMode, RegisterFields['mode']>> = {
  HANDLER_MODE_UNSPECIFIED: 'automatic',
  HANDLER_MODE_AUTOMATIC: 'automatic',
  HANDLER_MODE_MANUAL: 'manual',
};
const BLOCKED: Readonly<Record<BlockedReceiver, RegisterFields['blockedReceiver']>> = {
  BLOCKED_RECEIVER_UNSPECIFIED: 'none',
  BLOCKED_RECEIVER_NONE: 'none',
  BLOCKED_RECEIVER_WAITING_RECEIVER: 'receiver',
  BLOCKED_RECEIVER_WAITING_SENDER: 'sender',
};
const WAIT_MODES: Readonly<Record<WaitMode, CommandFields<'wait_for_interrupt'>['mode']>> = {
  WAIT_MODE_UNSPECIFIED: 'parked',
  WAIT_MODE_PARKED: 'parked',
  WAIT_MODE_UINTR_WAIT: 'uintr_wait',
};
const OUTCOMES: Readonly<Record<WaitReply['outcome'], WaitForInterruptResponseOutcome>> = {
  interrupt: 'OUTCOME_INTERRUPT',
  timed_out: 'OUTCOME_TIMED_OUT',
  quiescent: 'OUTCOME_QUIESCENT',
  virtual_limit: 'OUTCOME_VIRTUAL_LIMIT',
};

function interruptToMessage(machine: string, interrupt: NonNullable<WaitReply['interrupt']>): Input<DeliveredInterrupt> {
  return {
    vector: interrupt.vector,
    cycle: interrupt.cycle,
    vcpu: interrupt.vcpu,
    sources: interrupt.sources.map((source) => ({
      interrupt: source.interrupt,
      sender: source.sender === 0 ? '' : threadName(machine, source.sender),
      sender_tid: source.sender,
    })),
    rip: interrupt.rip,
    symbol: interrupt.symbol,
    handler_depth: interrupt.handlerDepth,
    event_sequence: interrupt.eventSequence,
  };
}

export function uintrService(machines: MachineRegistry): Implementation<UintrService> {
  /** A command on the thread that a request names; it ends when the client gives up. */
  const execute = <K extends CommandKind>(
    kind: K,
    thread: string,
    fields: Omit<CommandFields<K>, 'tid'>,
    signal: AbortSignal,
  ): Promise<CommandReply<K>> => {
    const { machine, id } = parseOne('thread', thread, 'threads');
    return machines.get(machine).send(kind, { ...fields, tid: id } as unknown as CommandFields<K>, signal);
  };

  return {
    async RegisterHandler({ thread, mode, blocked_receiver, keep_masked }, { signal }) {
      const fields = { mode: MODES[mode], blockedReceiver: BLOCKED[blocked_receiver], keepMasked: keep_masked };
      const { handler, upid, times } = await execute('register_handler', thread, fields, signal);
      return { handler, upid_address: upid, times: timesToMessage(times) };
    },

    async UnregisterHandler({ thread }, { signal }) {
      const { times } = await execute('unregister_handler', thread, {}, signal);
      return { times: timesToMessage(times) };
    },

    async CreateVectorFd({ thread, vector }, { signal }) {
      const { pid, fd, times } = await execute('create_vector_fd', thread, { vector }, signal);
      return { fd, vector_fd: descriptorName(parseOne('thread', thread, 'threads').machine, pid, fd), times: timesToMessage(times) };
    },

    async RegisterSender({ thread, fd, vector_fd }, { signal }) {
      const { machine } = parseOne('thread', thread, 'threads');
      const target = vector_fd === undefined ? { machine, pid: 0, fd: fd! } : parseDescriptor('vector_fd', vector_fd);
      if (target.machine !== machine)
        throw invalidField('vector_fd', `is of ${target.machine}, but the thread is of ${machine}: interrupts do not leave a machine`);
      const reply = await execute('register_sender', thread, { pid: target.pid, fd: target.fd }, signal);
      return { uitt_index: reply.uittIndex, fd: reply.fd, times: timesToMessage(reply.times) };
    },

    async UnregisterSender({ thread, uitt_index, fd }, { signal }) {
      const { times } = await execute('unregister_sender', thread, { uittIndex: uitt_index, fd }, signal);
      return { times: timesToMessage(times) };
    },

    async SendUipi({ thread, uitt_index }, { signal }) {
      const { interrupts, times } = await execute('send_uipis', thread, { name: 'SendUipi', indexes: [uitt_index] }, signal);
      return { interrupt: interrupts[0]!, times: timesToMessage(times) };
    },

    async SendUipis({ thread, uitt_indexes }, { signal }) {
      if (uitt_indexes.length === 0) throw invalidField('uitt_indexes', 'give at least one');
      const { interrupts, times } = await execute('send_uipis', thread, { name: 'SendUipis', indexes: uitt_indexes }, signal);
      return { sent: interrupts.length, interrupts, times: timesToMessage(times) };
    },

    async SetUserInterruptFlag({ thread, uif }, { signal }) {
      const { times } = await execute('set_user_interrupt_flag', thread, { uif }, signal);
      return { times: timesToMessage(times) };
    },

    async TestUserInterruptFlag({ thread }, { signal }) {
      const { uif, times } = await execute('test_user_interrupt_flag', thread, {}, signal);
      return { uif, times: timesToMessage(times) };
    },

    async WaitForInterrupt({ thread, mode, timeout }, { signal }) {
      const fields = { mode: WAIT_MODES[mode], timeoutNanoseconds: limitOf(timeout) };
      const { outcome, interrupt, cycle, more } = await execute('wait_for_interrupt', thread, fields, signal);
      const { machine } = parseOne('thread', thread, 'threads');
      return { outcome: OUTCOMES[outcome], interrupt: interrupt ? interruptToMessage(machine, interrupt) : undefined, cycle, more };
    },

    async ReturnFromInterrupt({ thread }, { signal }) {
      const { handlerDepth, rip, times } = await execute('return_from_interrupt', thread, {}, signal);
      return { handler_depth: handlerDepth, rip, times: timesToMessage(times) };
    },

    ...explainMethods(machines),

    async GetUintrState({ name }) {
      const { machine, id } = parseWithin('name', name, 'threads');
      const { cycle, threads } = await machines.get(machine).send('uintr_state', { tid: id });
      return { cycle, threads: threads.map((state) => uintrStateMessage(machine, state)) };
    },
  };
}
