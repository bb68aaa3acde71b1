import { expect, it } from 'vitest';
import { ProcessorTime } from '../../src/machine/processor-time.ts';

it('tells pieces of work as what they took of the processor, by what the host gave the thread before', () => {
  const host = { time: 0, had: 0 };
  const processor = new ProcessorTime({ now: () => host.time, processor: () => host.had });
  const work = (elapsed: number, had: number): number => {
    const since = processor.now();
    host.time += elapsed;
    host.had += had;
    return processor.spentSince(since);
  };
  const stretch = (elapsed: number, had: number): void => {
    processor.begin();
    work(elapsed, had);
    processor.end();
  };
  expect(work(1000, 1000)).toBe(1000);
  expect(processor.isShort).toBe(false);
  stretch(6000, 3000);
  // Too little to tell.
  expect(processor.isShort).toBe(false);
  // What passes between stretches, waiting, says nothing.
  work(500_000, 0);
  stretch(6000, 3000);
  expect(processor.isShort).toBe(true);
  expect(work(1000, 0)).toBe(500);
  expect(processor.stretched(1000)).toBe(2000);
  stretch(20_000, 20_000);
  expect(processor.isShort).toBe(false);
  expect(work(1000, 0)).toBe(1000);
});
