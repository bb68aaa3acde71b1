// Many small scripts in one shell, each in an empty folder of its own: one machine for all of them, and an outcome for each.

import type { PackedNode } from '../../clients/cli/pack/tar-writer.ts';
import type { MachineSpec } from '../../src/machine/machine-spec.ts';
import { inMachine, type Invocation, natively, type Result, rootOf, symlink } from './beside.ts';

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

/** One output a case. */
function split({ stdout, stderr, status }: Result, cases: readonly Case[]): string[] {
  const found: string[] = [];
  for (const [, n, output] of stdout.matchAll(/^@@ (\d+)\n([^]*?\n@@ \d+)\n/gm))
    found[Number(n)] = output!.replaceAll(/(: line \d+:) +\d+ /g, '$1 PID ');
  return cases.map(([name], n) => found[n] ?? `no outcome of ${name} (status ${status}): ${stdout.slice(-500)}${stderr}`);
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
  /** Of the machine. */
  readonly spec?: Partial<MachineSpec>;
}

/** A busy host may let a script that sleeps run otherwise; a machine runs it the same way every time. */
const NATIVE_RUNS = 3;

/** In the order of the cases. */
export async function runCases(cases: readonly Case[], setting: Setting): Promise<Outcomes[]> {
  const { command, programs, files = [], needing = [], shell = 'busybox', prelude = '', environment = {}, spec = {} } = setting;
  const invocation: Invocation = {
    program: BUSYBOX,
    argv: ['busybox', 'sh', '-c', 'busybox setsid busybox sh'],
    stdin: driver(cases, command, prelude),
    environment: { TZ: 'UTC', LC_ALL: 'C', ...environment },
  };
  const archive = await rootOf([BUSYBOX, ...programs], [symlink('/bin/sh', shell), ...files], needing);
  const here = split(inMachine(invocation, archive, spec), cases);
  let native = split(natively(invocation), cases);
  for (let run = 1; run < NATIVE_RUNS && native.some((output, n) => output !== here[n]); run++) {
    const again = split(natively(invocation), cases);
    native = native.map((output, n) => (output === here[n] ? output : again[n]!));
  }
  return cases.map((_, n) => ({ natively: native[n]!, inMachine: here[n]! }));
}
