// A newcomer's first minute: a fresh clone, and the README's command.

import { expect, test } from 'vitest';
import { emptyFolder, leftBehind, ROOT, run } from './shell.ts';

test('the demo in a fresh clone sets itself up, shows every leg, and leaves nothing running', () => {
  const folder = emptyFolder('clone');
  expect(run(folder, `git clone -q ${ROOT} uintrd`)).toMatchObject({ status: 0 });
  const demo = run(`${folder}/uintrd`, 'npm run demo');
  expect(demo.stderr).not.toMatch(/Error/);
  expect(demo).toMatchObject({ status: 0 });
  expect(demo.stdout.match(/^Success$/gm)).toHaveLength(6);
  for (const profile of ['rfc', 'poc']) expect(demo.stdout).toContain(`profile ${profile}`);
  for (const leg of ['SENDUIPI', 'PIR post', 'IPI sent', 'IPI arrives', 'notification', 'recognition', 'delivery', 'handler', 'UIRET'])
    expect(demo.stdout).toContain(leg);
  expect(leftBehind(folder)).toEqual([]);
  expect(run(`${folder}/uintrd`, 'git status --porcelain')).toMatchObject({ stdout: '' });

  const hello = run(`${folder}/uintrd`, 'npx uintrctl run --local -- guests/bin/hello');
  expect(hello).toMatchObject({ status: 0, stdout: 'Hello, world\n' });
});
