// Many small scripts in one shell, each in an empty folder of its own: one machine for all of them, and an outcome for each.

import type { PackedNode } from '../../clients/cli/pack/tar-writer.ts';
import { inMachine, type Invocation, natively, rootOf, symlink } from './beside.ts';

export type Case = readonly [name: string, script: string];

export interface Outcomes {
  /** Output and errors in their order, and the exit code behind. */
  readonly natively: string;
  readonly inMachine: string;
}

const BUSYBOX = '/bin/busybox';

/** `command` runs the script $1. */
function driver(cases: readonly Case[], command: string, prelude: string): string {
  const each = cases.map(
    ([, script], n) => `mkdir $T/${n}; cd $T/${n}
cat > $T/${n}.script <<'@@@@'
${script}
@@@@
echo '@@ ${n}'
run $T/${n}.script </dev/null 2>&1
printf '\\n@@ %s\\n' $?
`,
  );
  return `busybox mkdir $T/bin
busybox --install -s $T/bin
PATH=$T/bin
${prelude}
run() {
${command}
}
${each.join('')}`;
}

function split(stdout: string): string[] {
  const found: string[] = [];
  for (const [, n, output] of stdout.matchAll(/^@@ (\d+)\n([^]*?\n@@ \d+)\n/gm))
    found[Number(n)] = output!.replaceAll(/(: line \d+:) +\d+ /g, '$1 PID ');
  return found;
}

export interface Setting {
  readonly command: string;
  /** Programs of this host that the machine has too, with their libraries. */
  readonly programs: readonly string[];
  readonly files?: readonly PackedNode[];
  /** Those of the files, if any, whose libraries it needs too. */
  readonly needing?: readonly string[];
  /** What /bin/sh is. */
  readonly shell?: string;
  /** Before the first script. */
  readonly prelude?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** In the order of the cases. */
export async function runCases(cases: readonly Case[], setting: Setting): Promise<Outcomes[]> {
  const { command, programs, files = [], needing = [], shell = 'busybox', prelude = '', environment = {} } = setting;
  const invocation: Invocation = {
    program: BUSYBOX,
    argv: ['busybox', 'sh', '-c', 'busybox setsid busybox sh'],
    stdin: driver(cases, command, prelude),
    environment: { TZ: 'UTC', LC_ALL: 'C', ...environment },
  };
  const expected = natively(invocation);
  const actual = inMachine(invocation, await rootOf([BUSYBOX, ...programs], [symlink('/bin/sh', shell), ...files], needing));
  const [native, here] = [split(expected.stdout), split(actual.stdout)];
  return cases.map(([name], n) => ({
    natively: native[n] ?? `no outcome of ${name}: ${expected.stdout.slice(-500)}${expected.stderr}`,
    inMachine: here[n] ?? `no outcome of ${name} (${actual.status}): ${actual.stdout.slice(-500)}${actual.stderr}`,
  }));
}
