// Applets of busybox-static, an unmodified binary of the distribution, natively and in a machine: equal output and exit code of each.

import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { have } from './beside.ts';
import { APPLETS, EXCLUDED } from './busybox.ts';
import { type Outcomes, runCases } from './cases.ts';

const BUSYBOX = '/bin/busybox';

describe.runIf(have('applets of busybox', BUSYBOX))('busybox', () => {
  let outcomes: Outcomes[];
  beforeAll(async () => {
    outcomes = await runCases(APPLETS, { command: 'busybox sh $1', programs: [] });
  }, 120_000);

  test.each(APPLETS.map(([applet], n) => [applet, n] as const))('%s', (_applet, n) => {
    expect(outcomes[n]!.inMachine).toBe(outcomes[n]!.natively);
    expect(outcomes[n]!.natively).not.toContain('no outcome');
  });

  test('every applet is asked, or excluded with a reason', () => {
    const applets = execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n');
    const known = new Set([...APPLETS.map(([applet]) => applet), ...Object.values(EXCLUDED).flat()]);
    expect(applets.filter((applet) => !known.has(applet))).toEqual([]);
    expect(APPLETS.length).toBeGreaterThanOrEqual(60);
  });
});
