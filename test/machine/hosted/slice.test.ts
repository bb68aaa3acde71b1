// When a slice ends: by the host's clock, and sooner where a command waits. Neither changes what happens in the machine.

import { describe, expect, it } from 'vitest';
import { HOST_FILES } from '../../../src/machine/durable/file-layer.ts';
import type { HostedMachine } from '../../../src/machine/hosted/hosted-machine.ts';
import { madeMachine } from '../../../src/machine/hosted/made-machine.ts';
import { DEFAULT_SPEC } from '../../../src/machine/machine-spec.ts';
import { makeElf } from '../../kernel/elf-maker.ts';
import { newMachine, spawn, stepModule } from '../run-guest.ts';

/** inc eax; jmp */
const LOOP = makeElf({ code: Uint8Array.of(0xff, 0xc0, 0xeb, 0xfc) });
const SPEC = { ...DEFAULT_SPEC, vcpus: 1, ram_bytes: 16 << 20 };
/** Milliseconds from one look at the clock to the next. */
const TICK = 0.125;

interface Host {
  isAsked: boolean;
}

function looping(host: Host): HostedMachine {
  let now = 0;
  const stopwatch = (): number => (now += TICK);
  const around = { stepModule: { ...stepModule(), stopwatch }, files: HOST_FILES, post: () => {}, isAsked: () => host.isAsked };
  const hosted = madeMachine(1, { spec: SPEC, account: 0 }, around);
  spawn(hosted.machine, LOOP);
  hosted.changeState('running', 'requested');
  // Code that is hot is compiled by then, which looks at the clock too.
  for (let slices = 0; slices < 5; slices++) hosted.runSlice();
  return hosted;
}

function sliceOf(hosted: HostedMachine): number {
  const before = hosted.machine.time;
  hosted.runSlice();
  return hosted.machine.time - before;
}

describe('a slice', () => {
  it('ends soon where a command waits, and not before some time has passed', () => {
    const host = { isAsked: false };
    const hosted = looping(host);
    const whole = sliceOf(hosted);
    host.isAsked = true;
    const short = sliceOf(hosted);
    expect(short).toBeLessThan(whole / 8);
    expect(short).toBeGreaterThan(4096);
    host.isAsked = false;
    expect(sliceOf(hosted)).toBe(whole);
  });

  it('is the same run, however it is cut', () => {
    const host = { isAsked: false };
    const hosted = looping(host);
    for (let slices = 0; slices < 30; slices++) {
      host.isAsked = slices % 3 > 0;
      hosted.runSlice();
    }
    const { time } = hosted.machine;
    const whole = newMachine(SPEC);
    spawn(whole, LOOP);
    whole.setState('running', 'requested');
    whole.advanceTo(time);
    expect(hosted.machine.hash()).toBe(whole.hash());
  });
});
