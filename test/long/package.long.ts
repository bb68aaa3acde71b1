// The package as npm packs it, installed globally somewhere else under the Node that is there.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, leftBehind, ROOT, run } from './shell.ts';

const PYTHON = '/usr/bin/python3';

/** Starts the daemon that `bin` has, waits for its line, reads its reflection, and closes its standard input, which ends it. */
const reflect = (bin: string, folder: string): string => `
  mkfifo ${folder}/in ${folder}/out
  ${bin}/uintrd --listen unix:${folder}/socket --metrics-listen 127.0.0.1:0 --exit-with-stdin <${folder}/in >${folder}/out 2>/dev/null &
  exec 3>${folder}/in 4<${folder}/out
  read -r line <&4
  ${PYTHON} ${join(ROOT, 'test/server/reflection_client.py')} unix:${folder}/socket v1
  status=$?
  exec 3>&-
  wait
  exit $status`;
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

  if (existsSync(PYTHON) && run(prefix, `${PYTHON} -c 'import grpc, google.protobuf'`).status === 0) {
    const { status, stdout } = run(prefix, reflect(join(prefix, 'bin'), prefix));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ symbols: { 'uintr.v1.Machine': 'uintr/v1/machine.proto' } });
  } else console.warn(`SKIPPED: reflection of the package, for ${PYTHON} has no grpcio and protobuf`);
  expect(leftBehind(prefix)).toEqual([]);
});
