// The package as npm packs it, installed globally somewhere else under the Node that is there.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, leftBehind, ROOT, run } from './shell.ts';

test('npm pack gives a package that works when installed globally elsewhere', () => {
  const source = emptyFolder('source');
  expect(run(source, `git clone -q ${ROOT} . && npm ci --no-audit --no-fund`)).toMatchObject({ status: 0 });
  const packed = emptyFolder('packed');
  expect(run(source, `npm pack --pack-destination ${packed}`)).toMatchObject({ status: 0 });
  const [tarball] = readdirSync(packed).filter((name) => name.endsWith('.tgz'));
  const prefix = emptyFolder('global');
  expect(run(prefix, `npm install --global --prefix ${prefix} --no-audit --no-fund ${join(packed, tarball!)}`)).toMatchObject({
    status: 0,
  });

  const guests = join(prefix, 'lib/node_modules/uintrd/guests/bin');
  const uintrctl = join(prefix, 'bin/uintrctl');
  expect(run(prefix, `${uintrctl} run --local -- ${guests}/hello`)).toMatchObject({ status: 0, stdout: 'Hello, world\n', stderr: '' });
  expect(run(prefix, `${uintrctl} run --local --abi rfc -- ${guests}/uipi_sample.rfc`)).toMatchObject({ status: 0, stdout: 'Success\n' });
  expect(run(prefix, `${join(prefix, 'bin/uintrd')} --version`).stdout).toMatch(/\d+\.\d+\.\d+/);
  expect(leftBehind(prefix)).toEqual([]);
});
