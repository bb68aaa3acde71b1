// `uintrctl run -t` at a real terminal: script(1) makes one, we type. The terminal must be as before when it is over.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/uintrctl.js', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'uintrd-tty-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const canRun = process.platform === 'linux' && existsSync('/bin/busybox') && spawnSync('script', ['--version']).status === 0;
if (!canRun) console.warn('SKIPPED: no script(1) or no /bin/busybox');

/** Types each text when what it waits for has been shown; resolves to all that was. */
async function session(command: string, steps: readonly (readonly [shown: string, typed: string])[]): Promise<string> {
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: temporary,
    env: { ...process.env, TMPDIR: temporary, TERM: 'dumb', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let [shown, from] = ['', 0];
  const waiting = [...steps];
  for await (const data of child.stdout) {
    shown += String(data);
    for (let step = waiting[0]; step; step = waiting[0]) {
      const at = shown.indexOf(step[0], from);
      if (at < 0) break;
      from = at + step[0].length;
      child.stdin.write(step[1]);
      waiting.shift();
    }
  }
  expect(waiting).toEqual([]);
  return shown;
}

const uintrctl = (args: string): string => `${process.execPath} ${BIN} ${args}`;
const AFTER = "; echo code $?; stty -a | grep -oE -- '-?(icanon|opost|echo|isig)\\b' | tr '\\n' ' '";

describe.runIf(canRun)('uintrctl run -t', () => {
  it("lends the terminal and takes it back, with the window's size", async () => {
    const command = uintrctl(
      "run --local -t --file /bin/busybox:/bin/stty --file /bin/busybox:/bin/cat /bin/busybox sh -c 'stty size; cat; exit 7'",
    );
    const shown = await session(`stty rows 31 cols 99; ${command}${AFTER}`, [
      ['31 99\r\n', 'wrong\x7f\x7f\x7f\x7fight\n'],
      ['wight\r\n', '\x03'],
      ['^C', ''],
    ]);
    expect(shown).toContain('code 130\r\n');
    expect(shown).toMatch(/isig icanon opost echo |opost isig icanon echo /);
  });

  it('ends by ctrl-] three times', async () => {
    const shown = await session(
      `${uintrctl('run --local -t /bin/busybox sh -c \'trap "" INT QUIT TSTP; echo ready; while :; do read x; done\'')}${AFTER}`,
      [['ready', '\x03\x1d\x1d\x1d']],
    );
    expect(shown).toContain('left by ctrl-] three times');
    expect(shown).toContain('code 125\r\n');
    expect(shown).toMatch(/isig icanon opost echo |opost isig icanon echo /);
  });

  it('wants a terminal', () => {
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'run', '--local', '-t', '/bin/busybox', 'true'], {
      encoding: 'utf8',
      input: '',
      env: { ...process.env, TMPDIR: temporary },
    });
    expect({ status, stderr }).toEqual({ status: 125, stderr: expect.stringContaining('standard input is no terminal') });
  });
});
