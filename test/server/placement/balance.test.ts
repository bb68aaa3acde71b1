import { describe, expect, it } from 'vitest';
import { bestMove, type Load } from '../../../src/server/placement/balance.ts';

/** "a0 a1 b0": machines of projects a and b, and their workers; capitals cannot go. */
function loads(text: string): Load<string>[] {
  return text.split(' ').map((word, at) => ({
    machine: `${word}#${at}`,
    worker: Number(word[1]),
    account: word[0]!.toLowerCase().charCodeAt(0),
    shares: 100,
    isMovable: word[0] === word[0]!.toLowerCase(),
  }));
}

/** Project and worker, and where to; or nothing. */
function best(workers: number, text: string, spent: Readonly<Record<string, number>> = {}): string {
  const move = bestMove(workers, loads(text), (account) => spent[String.fromCharCode(account)] ?? 0);
  return move ? `${move.machine.slice(0, 2)} to ${move.worker}` : '';
}

describe('the best move', () => {
  it.each([
    ['one machine stays', 2, 'a0', ''],
    ['two on one worker while another idles', 2, 'a0 a0', 'a0 to 1'],
    ['equal loads', 2, 'a0 a0 a1 a1', ''],
    ['three and two', 2, 'a0 a0 a0 a1 a1', ''],
    ['five and three', 2, 'a0 a0 a0 a0 a0 a1 a1 a1', 'a0 to 1'],
    ['a crowd away from the only machine of another', 2, 'a0 a0 a1 a1 b1', 'a1 to 0'],
    ['until it is alone', 2, 'a0 a0 a0 a0 b1', ''],
    ['two projects that each have one', 2, 'a0 b0', 'a0 to 1'],
    ['nobody who may not go', 2, 'A0 A0', ''],
    ['to a worker that has nothing', 3, 'a0 a0 b1 b1', 'a0 to 2'],
  ])('%s', (_name, workers, text, expected) => {
    expect(best(workers, text)).toBe(expected);
  });

  it('counts a project by its shares', () => {
    const list = loads('a0 a0 b1').map((load) => (load.account === 'b'.charCodeAt(0) ? { ...load, shares: 400 } : load));
    expect(bestMove(2, list, () => 0)).toBeNull();
  });

  it('lets three projects on two workers take turns at being alone', () => {
    expect(best(2, 'a0 b1 c1', { a: 1_000_000, b: 500_000, c: 600_000 })).toBe('b1 to 0');
    // Not for so little.
    expect(best(2, 'a0 b1 c1', { a: 1_000_000, b: 900_000, c: 950_000 })).toBe('');
  });
});
