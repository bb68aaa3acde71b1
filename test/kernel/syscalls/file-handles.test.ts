// Files by handle: what name_to_handle_at gives, open_by_handle_at opens, for those who may.

import { expect, test } from 'vitest';
import { Bench } from '../file-bench.ts';

const [O_RDWR, O_CREAT] = [2, 0o100];
const CWD = -100;

test('a handle opens its file wherever it has gone, until it is removed', () => {
  const bench = new Bench();
  const root = bench.process();
  root.call('chdir', '/tmp');
  root.write(root.open('a', O_RDWR | O_CREAT), 'text');
  for (let fd = 0; fd < 10; fd++) root.call('close', fd);
  const handle = root.place(Uint8Array.of(128, ...new Uint8Array(135)));
  expect(root.call('name_to_handle_at', CWD, 'a', handle, root.space(4), 0)).toBe(0);
  root.call('mkdir', 'd', 0o755);
  root.call('rename', 'a', 'd/b');
  const place = root.open('/tmp');
  const fd = Number(root.call('open_by_handle_at', place, handle, 0));
  expect(root.read(fd)).toBe('text');
  root.call('close', fd);
  expect(root.call('open_by_handle_at', 99, handle, 0)).toBe('EBADF');
  expect(root.call('open_by_handle_at', root.open('/proc'), handle, 0)).toBe('ESTALE');
  expect(root.call('name_to_handle_at', CWD, '/proc/self', handle, root.space(4), 0)).toBe('EOPNOTSUPP');
  root.call('unlink', 'd/b');
  expect(root.call('open_by_handle_at', place, handle, 0)).toBe('ESTALE');
  const other = bench.process(1000);
  expect(other.call('open_by_handle_at', CWD, other.place(new Uint8Array(136)), 0)).toBe('EINVAL');
  expect(other.call('open_by_handle_at', CWD, other.place(Uint8Array.of(12, ...new Uint8Array(135))), 0)).toBe('EPERM');
});
