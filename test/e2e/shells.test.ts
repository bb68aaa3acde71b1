// Real shells, unmodified static binaries of the distribution, run natively and here with the same scripts: equal output and exit code.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finish, newMachine, spawn } from '../machine/run-guest.ts';

const BUSYBOX = '/bin/busybox';
const BASH = '/bin/bash-static';

/** Scripts name applets as `busybox NAME`, found in PATH on both sides. */
const BUSYBOX_SCRIPTS: readonly (readonly [name: string, script: string, stdin?: string])[] = [
  ['a loop of pipes and forks', 'for i in 1 2 3; do echo $i | busybox sed s/1/one/; done'],
  ['a long pipeline', 'busybox seq 1 500 | busybox grep 7 | busybox sort -rn | busybox head -n 5 | busybox tr 7 x'],
  ['exit codes and negation', 'busybox false || echo failed; ! busybox true || echo never; (exit 9); echo $?'],
  ['standard input', 'while read line; do echo "[$line]"; done', 'one\ntwo\nthree\n'],
  ['here documents and substitution', 'x=$(busybox cat <<END\nhello $((6 * 7))\nEND\n); echo "$x"'],
  ['background jobs', '(busybox sleep 1; echo late) & echo early; wait; echo done'],
  ['signals and traps', "trap 'echo caught' USR1; kill -USR1 $$; echo after; trap - TERM; kill -TERM $$"],
  ['files', 'cd $T; mkdir -p a/b; echo x > a/b/f; busybox cp -r a c; busybox find . | busybox sort; busybox rm -r a; ls c/b; cat c/b/f'],
  ['descriptors', 'cd $T; exec 3>f; echo to three >&3; exec 3>&-; busybox cat f; busybox wc -c < f'],
  ['a large pipe', 'busybox dd if=/dev/zero bs=64k count=32 2>/dev/null | busybox md5sum'],
  [
    'archives',
    'cd $T; busybox seq 1 2000 > n; busybox tar cf t.tar n; busybox gzip t.tar; busybox gunzip -c t.tar.gz | busybox tar tf -; busybox sha256sum n',
  ],
  ['awk and floating point', 'busybox awk \'BEGIN { for (i = 0; i < 5; i++) printf "%.6f %g\\n", sin(i), exp(i) }\''],
  ['stderr apart from stdout', 'echo out; echo err >&2; exit 3'],
];

const BASH_SCRIPTS: readonly (readonly [name: string, script: string, stdin?: string])[] = [
  ['arrays and arithmetic', 'a=(1 2 3); s=0; for i in "${a[@]}"; do ((s += i * i)); done; echo $s ${#a[@]}'],
  ['process substitution', 'read x < <(echo from a process); echo "$x"'],
  ['functions and recursion', 'fib() { (($1 < 2)) && echo $1 || echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); }; fib 9'],
  [
    'pattern matching',
    '[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"; x=a.b.c; echo ${x##*.} ${x%.*}',
  ],
  ['pipefail', 'set -o pipefail; echo x | while read l; do echo $l; false; done; echo $?'],
];

function native(program: string, argv: readonly string[], stdin: string): { stdout: string; stderr: string; status: number } {
  const directory = mkdtempSync(join(tmpdir(), 'shells-'));
  try {
    const result = spawnSync(program, argv.slice(1), {
      argv0: argv[0]!,
      input: stdin,
      encoding: 'utf8',
      env: { PATH: '/bin', T: directory },
    });
    const status = result.status ?? -{ SIGTERM: 15, SIGKILL: 9 }[result.signal as 'SIGTERM' | 'SIGKILL']!;
    return { stdout: result.stdout, stderr: result.stderr, status };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function here(program: string, argv: readonly string[], stdin: string): { stdout: string; stderr: string; status: number | null } {
  const machine = newMachine();
  const files = [{ path: BUSYBOX, bytes: new Uint8Array(readFileSync(BUSYBOX)), mode: 0o755 }];
  const image = new Uint8Array(readFileSync(program));
  machine.apply('write_file', { path: '/tmp/t/.keep', bytes: new Uint8Array(), mode: 0o600 });
  const pid = spawn(machine, image, { arguments: argv, environment: ['PATH=/bin', 'T=/tmp/t'], stdin, files });
  const { stdout, stderr, status } = finish(machine, pid);
  return { stdout, stderr, status };
}

function compare(program: string, shell: readonly string[], scripts: typeof BUSYBOX_SCRIPTS): void {
  for (const [name, script, stdin = ''] of scripts)
    test(`${shell[0]}: ${name}`, { timeout: 60_000 }, () => {
      const argv = [...shell, script];
      const expected = native(program, argv, stdin);
      // The hidden file that makes the machine's folder is not there natively.
      const actual = here(program, argv, stdin);
      expect({ ...actual, stdout: actual.stdout.replace('./.keep\n', '') }).toEqual(expected);
    });
}

const missing = [BUSYBOX, BASH].filter((path) => !existsSync(path));
if (missing.length > 0) console.warn(`SKIPPED: shells (not on this machine: ${missing.join(', ')})`);
if (existsSync(BUSYBOX)) compare(BUSYBOX, ['busybox', 'sh', '-c'], BUSYBOX_SCRIPTS);
if (existsSync(BUSYBOX) && existsSync(BASH)) compare(BASH, ['bash', '--norc', '-c'], BASH_SCRIPTS);
if (missing.length > 0) test.skipIf(true)('shells need busybox-static and bash-static', () => {});
