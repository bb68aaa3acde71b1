import { describe, expect, it } from 'vitest';
import { ConsoleLog } from '../../src/server/console-log.ts';

const MIB = 1 << 20;
const chunk = (offset: number, length = MIB) => ({ stream: 1 as const, offset, bytes: new Uint8Array(length) });

function drain(log: ConsoleLog, reader: ReturnType<ConsoleLog['attach']>): number[] {
  const offsets: number[] = [];
  for (;;) {
    const next = log.read(reader);
    if (next === undefined || next === 'end') return offsets;
    offsets.push(next.offset / MIB);
  }
}

describe('ConsoleLog', () => {
  it('gives every reader everything in order, then the end', () => {
    const log = new ConsoleLog(() => {});
    const early = log.attach();
    log.append(chunk(0));
    log.append({ ...chunk(0), stream: 2 });
    const late = log.attach();
    expect([drain(log, early), drain(log, late)]).toEqual([
      [0, 0],
      [0, 0],
    ]);
    log.end();
    expect([log.read(early), log.read(late)]).toEqual(['end', 'end']);
  });

  it('keeps the last 8 MiB for readers to come', () => {
    const log = new ConsoleLog(() => {});
    for (let n = 0; n < 20; n++) log.append(chunk(n * MIB));
    expect(drain(log, log.attach())).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it('never drops under an attached reader, and says when it lags and when it has caught up', () => {
    const lags: boolean[] = [];
    const log = new ConsoleLog((lagging) => lags.push(lagging));
    const reader = log.attach();
    for (let n = 0; n < 20; n++) log.append(chunk(n * MIB));
    expect(lags).toEqual([true]);
    expect(drain(log, reader)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(lags).toEqual([true, false]);
    log.append(chunk(20 * MIB));
    log.detach(reader);
    expect(drain(log, log.attach()).length).toBe(8);
  });

  it('a reader that leaves no longer holds anything up', () => {
    const lags: boolean[] = [];
    const log = new ConsoleLog((lagging) => lags.push(lagging));
    const reader = log.attach();
    for (let n = 0; n < 6; n++) log.append(chunk(n * MIB));
    log.detach(reader);
    expect(lags).toEqual([true, false]);
  });
});
