// Why has this interrupt not arrived? Puts together the machine's present state and the trail of what led to it.

import { MachineError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import { uintrStates } from '../uintr-report.ts';
import type { DeliveryExplanation, ExplainSubject, Obstacle } from './explanation.ts';
import type { InterruptRecord } from './interrupt-trail.ts';
import { LATEST_INTERRUPTS } from './interrupt-trail.ts';
import { explainedLegs } from './legs.ts';
import { outermostFirst, receiverAt, receiverObstacles, standstill, threadText, type Receiver } from './receiver.ts';
import { sendersTo, uittObstacle } from './sender.ts';

export function explainDelivery(machine: Machine, subject: ExplainSubject): DeliveryExplanation {
  machine.board.suspendAll();
  if (subject.kind === 'receiver') return explainReceiver(machine, subject.tid);
  if (subject.kind === 'interrupt') return explainInterrupt(machine, subject.interrupt);
  return explainSender(machine, subject.tid, subject.index);
}

function explainReceiver(machine: Machine, tid: number): DeliveryExplanation {
  requireThread(machine, tid);
  const receiver = receiverAt(machine, tid);
  const pending = receiver.upid ? pendingRecords(receiver) : [];
  const obstacles = receiverObstacles(receiver);
  if (receiver.upid && receiver.uirr === 0n && receiver.requests === 0n) obstacles.push(nothingPosted(receiver));
  const name = threadText(machine, tid);
  const what = pending.length > 0 ? numbers(pending) : `vectors ${vectorsText(receiver.uirr | receiver.requests)}`;
  const [first] = outermostFirst(obstacles);
  if (!first) return inFlight(machine, `${name} takes ${what} soon: nothing stands in the way.`, pending[0], receiver);
  const waits =
    receiver.upid && (receiver.uirr | receiver.requests) !== 0n ? ` ${capital(what)} ${pending.length > 1 ? 'wait' : 'waits'}.` : '';
  return blocked(machine, `${name} takes no interrupt now: ${first.text}.${waits}`, obstacles, pending[0], receiver);
}

function explainInterrupt(machine: Machine, interrupt: number): DeliveryExplanation {
  const record = machine.trail.find(interrupt);
  if (record) return explainRecord(machine, record);
  const last = machine.board.ledger.next - 1;
  const text =
    interrupt > last
      ? `there is no interrupt ${interrupt}: ${last === 0 ? 'none has been sent in this machine' : `the last one sent is ${last}`}`
      : `the way of interrupt ${interrupt} is no longer known: the machine keeps that of the latest ${LATEST_INTERRUPTS}`;
  const remedy =
    interrupt > last
      ? 'take the number from an event senduipi or pir_posted, or from the answer of SendUipi'
      : 'look for it in the log of events (uintrctl events), or ask sooner';
  const unknown: Obstacle = { verdict: 'UNKNOWN', text, since: 0, place: '', remedy };
  return blocked(machine, `${capital(text)}.`, [unknown], undefined, null);
}

function explainRecord(machine: Machine, record: InterruptRecord): DeliveryExplanation {
  const { interrupt, vector, sender } = record;
  const receiver = receiverAt(machine, record.receiver);
  const name = `interrupt ${interrupt} (vector ${vector}, from ${threadText(machine, sender)} to ${threadText(machine, record.receiver)})`;
  if (record.stage === 'delivered') return delivered(machine, capital(name), record, receiver);
  const obstacles = receiverObstacles(receiver);
  const bit = 1n << BigInt(vector);
  const stillThere = ((record.stage === 'posted' ? receiver.requests : receiver.uirr) & bit) !== 0n;
  if (!stillThere && obstacles.every(({ verdict }) => verdict !== 'RECEIVER_GONE' && verdict !== 'NO_HANDLER'))
    obstacles.push(withdrawn(record));
  else if (record.behind !== 0 && record.stage === 'posted') obstacles.push(behind(record));
  const [first] = outermostFirst(obstacles);
  if (!first) return inFlight(machine, `${capital(name)} is on its way: ${stageText(record)}.`, record, receiver);
  return blocked(machine, `${capital(name)} has not been delivered: ${first.text}.`, obstacles, record, receiver);
}

function explainSender(machine: Machine, tid: number, index: bigint): DeliveryExplanation {
  requireThread(machine, tid);
  const last = machine.trail.findThread(tid)?.sends.get(index);
  const record = last ? machine.trail.find(last.interrupt) : undefined;
  if (record && !machine.board.kernel.pids.tasks.has(tid)) return explainRecord(machine, record);
  const checked = uittObstacle(machine, tid, index, last);
  if ('verdict' in checked) {
    const receiver = record ? receiverAt(machine, record.receiver) : null;
    const what = last?.fault ? 'faulted' : 'would fault now';
    return blocked(machine, `SENDUIPI ${index} by ${threadText(machine, tid)} ${what}: ${checked.text}.`, [checked], record, receiver);
  }
  if (record) return explainRecord(machine, record);
  const receiver = receiverAt(machine, checked.receiver);
  const obstacles = receiverObstacles(receiver);
  const [first] = outermostFirst(obstacles);
  const would = `SENDUIPI ${index} by ${threadText(machine, tid)} would post vector ${checked.vector} to ${threadText(machine, checked.receiver)}`;
  const unsent: Obstacle = {
    verdict: 'NOTHING_POSTED',
    text: last ? 'what it did last is no longer known' : 'it has not been executed yet',
    since: 0,
    place: '',
    remedy: first ? first.remedy : `execute it${standstill(machine)}`,
  };
  const then = first ? `; then ${first.text}` : `, and nothing stands in the way of its delivery`;
  return blocked(machine, `${would}${then}; ${unsent.text}.`, [...obstacles, unsent], undefined, receiver);
}

function requireThread(machine: Machine, tid: number): void {
  if (machine.board.kernel.pids.tasks.has(tid) || (machine.trail.findThread(tid)?.exited ?? -1) >= 0) return;
  throw new MachineError('THREAD_NOT_FOUND', `there is no thread ${tid}`, { tid: `${tid}` });
}

function pendingRecords(receiver: Receiver): readonly InterruptRecord[] {
  const { machine, upid, uirr, requests } = receiver;
  return machine.trail.pending(upid!.address).filter(({ stage, vector }) => ((stage === 'taken' ? uirr : requests) >> BigInt(vector)) & 1n);
}

function nothingPosted({ machine, upid, trail }: Receiver): Obstacle {
  const senders = sendersTo(machine, upid!);
  const last = trail?.delivered;
  const before = last ? ` since interrupt ${last.interrupt} (vector ${last.vector}) was delivered` : '';
  const text =
    senders.length === 0
      ? `nothing has been sent to it${before}, and no thread is connected: no UITT entry leads to its UPID`
      : `nothing has been sent to it${before}; ${senders.slice(0, 4).join(', ')} ${senders.length > 4 ? 'and others ' : ''}can`;
  return {
    verdict: 'NOTHING_POSTED',
    text,
    since: last?.cycle ?? Math.max(0, trail?.registered ?? 0),
    place: '',
    remedy:
      senders.length === 0
        ? 'a sender must call uintr_register_sender with a descriptor of this receiver, and execute SENDUIPI with the index that returns'
        : 'a sender must execute SENDUIPI',
  };
}

/** ON was set by another interrupt when this one was posted. */
function behind({ behind: other, legs }: InterruptRecord): Obstacle {
  return {
    verdict: 'COALESCED',
    text: `ON was set already, by interrupt ${other}: it sends no notification of its own and goes with that one`,
    since: legs[0]?.cycle ?? 0,
    place: '',
    remedy: `ask for interrupt ${other}: what holds that one up holds this one up`,
  };
}

function withdrawn({ vector, legs }: InterruptRecord): Obstacle {
  return {
    verdict: 'NO_HANDLER',
    text: `vector ${vector} is no longer posted: its descriptor was closed or its handler unregistered before the interrupt was delivered`,
    since: legs.at(-1)?.cycle ?? 0,
    place: '',
    remedy: 'keep the vector’s descriptor open and the handler registered until the interrupt has arrived, and send again',
  };
}

function stageText({ stage, legs }: InterruptRecord): string {
  if (stage === 'taken') return 'it is in UIRR and is delivered at the next instruction boundary in user mode';
  const sent = legs.find((leg) => leg.kind === 'ipi_sent')?.fields as { arrives_at?: number } | undefined;
  const arrived = legs.some((leg) => leg.kind === 'ipi_arrived');
  if (sent?.arrives_at && !arrived) return `its IPI arrives at cycle ${sent.arrives_at}`;
  return 'it is posted in PIR, and the receiver is about to look there';
}

function delivered(machine: Machine, name: string, record: InterruptRecord, receiver: Receiver): DeliveryExplanation {
  const start = record.legs[0];
  const arrival = record.legs.find((leg) => leg.kind === 'user_interrupt_delivered');
  const fields = arrival?.fields as { readonly interrupts?: readonly bigint[] } | undefined;
  const others = (fields?.interrupts ?? []).filter((other) => other !== BigInt(record.interrupt));
  const together =
    others.length === 0 ? '' : `, together with ${others.length === 1 ? 'interrupt' : `${others.length} others:`} ${shorten(others)}`;
  const took = start && arrival ? `, ${arrival.cycle - start.cycle} cycles after it was sent` : '';
  return {
    verdict: 'DELIVERED',
    summary: `${name} was delivered at cycle ${arrival?.cycle ?? 0} on vCPU ${arrival?.vcpu ?? -1}${took}${together}.`,
    remedy: others.length === 0 ? '' : 'posts of one vector before its delivery are one interrupt: count in memory, not in deliveries',
    legs: explainedLegs(record),
    obstacles: [],
    receiver: stateOf(receiver),
    cycle: machine.cycle,
  };
}

function inFlight(machine: Machine, summary: string, record: InterruptRecord | undefined, receiver: Receiver): DeliveryExplanation {
  const pause = standstill(machine);
  return {
    verdict: 'IN_FLIGHT',
    summary,
    remedy: pause === '' ? 'nothing: let time pass' : `let time pass${pause}`,
    legs: record ? explainedLegs(record) : [],
    obstacles: [],
    receiver: stateOf(receiver),
    cycle: machine.cycle,
  };
}

function blocked(
  machine: Machine,
  summary: string,
  found: readonly Obstacle[],
  record: InterruptRecord | undefined,
  receiver: Receiver | null,
): DeliveryExplanation {
  const obstacles = outermostFirst(found);
  const { verdict, remedy } = obstacles[0]!;
  const legs = record ? explainedLegs(record) : [];
  return { verdict, summary: capital(summary), remedy, legs, obstacles, receiver: stateOf(receiver), cycle: machine.cycle };
}

function stateOf(receiver: Receiver | null): DeliveryExplanation['receiver'] {
  return receiver?.task ? (uintrStates(receiver.machine.board, receiver.tid)[0] ?? null) : null;
}

function numbers(records: readonly InterruptRecord[]): string {
  const list = records.map((record) => BigInt(record.interrupt));
  return records.length === 1 ? `interrupt ${list[0]} (vector ${records[0]!.vector})` : `interrupts ${shorten(list)}`;
}

function vectorsText(vectors: bigint): string {
  const set: number[] = [];
  for (let vector = 0; vector < 64; vector++) if ((vectors >> BigInt(vector)) & 1n) set.push(vector);
  return set.join(', ');
}

function shorten(list: readonly bigint[]): string {
  return list.length <= 6 ? list.join(', ') : `${list.slice(0, 5).join(', ')}, ... ${list.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
