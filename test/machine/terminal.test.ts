// A program with a terminal of its own: what is typed and shown, its size, its end, and that all of it replays.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Machine } from '../../src/machine/machine.ts';
import { DEFAULT_SPEC } from '../../src/machine/machine-spec.ts';
import { finish, guest, newMachine, spawn, stepModule } from './run-guest.ts';

const terminal = { rows: 24, columns: 80 };

/** A person at the terminal of a program: types, and sees what has come when nothing moves any more. */
class Person {
  readonly machine = newMachine();
  readonly pid: number;

  constructor(image: Uint8Array, args: readonly string[], files: Readonly<Record<string, Uint8Array>> = {}) {
    const environment = ['PATH=/bin', 'TERM=dumb', 'PS1=$ ', 'HOME=/'];
    const guestFiles = Object.entries(files).map(([path, bytes]) => ({ path, bytes, mode: 0o755 }));
    this.pid = spawn(this.machine, image, { arguments: args, environment, terminal, files: guestFiles });
  }

  see(): string {
    const { stdout, stderr } = finish(this.machine, this.pid);
    expect(stderr).toBe('');
    return stdout;
  }

  type(text: string): string {
    this.machine.apply('write_stdin', { pid: this.pid, bytes: new TextEncoder().encode(text) });
    return this.see();
  }

  get status(): number | null {
    return finish(this.machine, this.pid).status;
  }
}

const program = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** Job control as it is typed; `seen` must come in that order. */
const JOBS: readonly (readonly [typed: string, ...seen: string[]])[] = [
  ['echo $((6*7))\n', 'echo $((6*7))\r\n', '42\r\n', '$ '],
  ['cat\n', 'cat\r\n'],
  ['one\x7f\x7fut\n', 'one\b \b\b \but\r\nout\r\n'],
  ['\x1a', '^Z', 'topped', 'cat', '$ '],
  ['jobs\n', 'topped', 'cat', '$ '],
  ['fg\n', 'cat\r\n'],
  ['again\n', 'again\r\nagain\r\n'],
  ['\x03', '^C', '$ '],
  ['cat &\n', '$ '],
  ['\n', 'topped', '$ '],
  ['fg\n', 'cat\r\n'],
  ['\x1c', '^\\', 'uit', '$ '],
  ['jobs; echo .\n', 'jobs; echo .\r\n.\r\n$ '],
  ['sleep 2 & \n', '$ '],
  ['wait\n', '$ '],
  ['cat\n', 'cat\r\n'],
  ['\x04', '$ '],
  ['exit 3\n', 'exit 3\r\n'],
];

const SHELLS: readonly (readonly [name: string, path: string, args: readonly string[]])[] = [
  ['busybox ash', '/bin/busybox', ['sh', '-i']],
  ['bash', '/bin/bash-static', ['bash', '--norc', '--noediting', '-i']],
];

describe.each(SHELLS)('job control of %s', (_, path, args) => {
  const isThere = existsSync(path) && existsSync('/bin/busybox');
  if (!isThere) console.warn(`SKIPPED: no ${path}`);
  test.runIf(isThere)('as it is typed', () => {
    const box = program('/bin/busybox');
    const person = new Person(program(path), args, { '/bin/cat': box, '/bin/sleep': box });
    expect(person.see()).toContain('$ ');
    for (const [typed, ...wanted] of JOBS) {
      const shown = person.type(typed);
      let from = 0;
      for (const text of wanted) {
        const at = shown.indexOf(text, from);
        expect({ typed, shown, text, isThere: at >= 0 }).toEqual({ typed, shown, text, isThere: true });
        from = at + text.length;
      }
    }
    expect(person.status).toBe(3);
  });
});

describe('a terminal of a machine', () => {
  const box = existsSync('/bin/busybox') ? program('/bin/busybox') : null;
  if (!box) console.warn('SKIPPED: no /bin/busybox');

  test.runIf(box)('has a name, a size and a session', () => {
    const person = new Person(box!, ['sh', '-c', 'busybox tty; busybox stty size; read x; busybox stty size; busybox ps -o tty,comm'], {
      '/bin/busybox': box!,
    });
    expect(person.see()).toBe('/dev/pts/0\r\n24 80\r\n');
    person.machine.apply('resize_terminal', { pid: person.pid, size: { rows: 50, columns: 132 } });
    expect(person.type('\n')).toMatch(/^\r\n50 132\r\nTT +COMMAND\r\n(.*\r\n)*136,0 +\S+\r\n/);
  });

  test('awaits what may be typed as long as it is open, whatever its program does', () => {
    const person = new Person(guest('hello'), ['hello']);
    expect(person.machine.consoles.awaitsInput()).toBe(true);
    expect(person.see()).toBe('Hello, world\r\n');
    expect(person.machine.consoles.awaitsInput()).toBe(false);
    expect(person.machine.consoles.takeEnded()).toEqual([person.pid]);
  });

  test.runIf(box)('hangs up when its input is closed', () => {
    const person = new Person(box!, ['sh', '-c', 'trap "echo hung up > /note" HUP; read x; echo $? >> /note']);
    person.see();
    person.machine.apply('close_stdin', { pid: person.pid });
    expect(person.status).not.toBe(null);
    expect(() => person.type('x')).toThrow(/closed/);
    expect(() => person.machine.apply('resize_terminal', { pid: person.pid, size: terminal })).toThrow(/closed/);
  });

  test('is refused to a program that did not ask', () => {
    const machine = newMachine();
    const pid = spawn(machine, guest('hello'), { stdin: 'stream' });
    expect(() => machine.apply('resize_terminal', { pid, size: terminal })).toThrow(/no terminal/);
  });

  test.runIf(box)('gets its number back when nobody uses it any more', () => {
    const machine = newMachine();
    for (let i = 0; i < 3; i++) {
      const pid = spawn(machine, box!, { arguments: ['tty'], terminal });
      expect(finish(machine, pid).stdout).toBe('/dev/pts/0\r\n');
    }
    const pids = [0, 1].map(() => spawn(machine, box!, { arguments: ['tty'], terminal }));
    finish(machine, pids[0]!);
    expect(machine.programs.size).toBe(5);
  });

  test.runIf(box)('replays: keys, sizes and the end', () => {
    const person = new Person(box!, ['sh', '-i'], { '/bin/cat': box! });
    person.see();
    for (const text of ['cat\n', 'li\x17line\n', '\x1a', 'fg\n', '\x03', 'echo $?\n']) person.type(text);
    person.machine.apply('resize_terminal', { pid: person.pid, size: { rows: 1, columns: 2 } });
    person.see();
    person.machine.apply('close_stdin', { pid: person.pid });
    person.see();
    const replayed = Machine.replay(DEFAULT_SPEC, stepModule(), person.machine.journal.entries);
    finish(replayed, person.pid);
    expect(replayed.hash()).toBe(person.machine.hash());
  });
});
