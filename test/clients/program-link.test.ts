import { expect, it, vi } from 'vitest';
import { linkOf, withLinks } from '../../clients/cli/program-link.ts';
import { ApiError } from '../../clients/ts/api-error.ts';

it.each([
  ['./a.out', '/bin/a.out', '/a.out'],
  ['build/test', '/bin/test', '/build/test'],
  ['../../x', '/bin/x', '/x'],
  ['/home/me/x', '/bin/x', '/home/me/x'],
  ['/devices/x', '/bin/x', '/devices/x'],
])('%s is found where its argument 0 says', (program, path, link) => {
  expect(linkOf(program, path)).toEqual([{ path: link, symlink: path }]);
});

it.each(['x', '/bin/x', '/proc/self/exe', '/dev/shm/x', '/sys/x'])('%s needs no link, or can have none', (program) => {
  expect(linkOf(program, '/bin/x')).toEqual([]);
});

const refusal = (reason: string): ApiError => Object.assign(Object.create(ApiError.prototype) as ApiError, { reason });
const links = linkOf('./bin', '/bin/bin');

it('a name that is taken does without the link', async () => {
  const spawn = vi.fn((some: readonly unknown[]) => (some.length > 0 ? Promise.reject(refusal('FILE_ERROR')) : Promise.resolve(7)));
  expect(await withLinks(links, spawn)).toBe(7);
  expect(spawn.mock.calls).toEqual([[links], [[]]]);
});

it('whatever else is wrong is told', async () => {
  for (const error of [refusal('PROGRAM_NOT_FOUND'), new Error('lost')])
    await expect(withLinks(links, () => Promise.reject(error))).rejects.toBe(error);
  await expect(withLinks([], () => Promise.reject(refusal('FILE_ERROR')))).rejects.toMatchObject({ reason: 'FILE_ERROR' });
});
