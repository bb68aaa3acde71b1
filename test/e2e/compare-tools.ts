// Declares the tests of a list of tools: each natively and in a machine.

import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PackedNode } from '../../clients/cli/pack/tar-writer.ts';
import { have, hostFile, symlink, which } from './beside.ts';
import { type Outcomes, runCases } from './cases.ts';
import type { Tools } from './tools.ts';

/** A file or a folder of this host, and what it is a link to; without what Python has compiled, and its own tests. */
function hostNodes(path: string): PackedNode[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) {
    const target = resolve(dirname(path), readlinkSync(path));
    return [symlink(path, target), ...hostNodes(target)];
  }
  if (found?.isFile()) return [hostFile(path)];
  if (!found?.isDirectory()) return [];
  return readdirSync(path)
    .filter((name) => name !== '__pycache__' && name !== 'test')
    .flatMap((name) => hostNodes(`${path}/${name}`));
}

export function compareTools(tools: readonly Tools[]): void {
  for (const { name, programs, data = [], command = '/bin/dash $1', spec = {}, cases } of tools)
    describe.runIf(have(name, '/bin/busybox', '/bin/dash', ...programs, ...data))(name, () => {
      let outcomes: Outcomes[];
      beforeAll(async () => {
        const paths = ['/bin/dash', ...programs.map((program) => which(program)!)];
        const files = data.flatMap(hostNodes);
        // Ahead of busybox's applets of the same names.
        const links = programs.map((program) => `busybox ln -sf ${which(program)!} $T/bin`).join('\n');
        outcomes = await runCases(cases, {
          command,
          spec,
          programs: paths,
          files,
          needing: files.filter(({ path }) => path.endsWith('.so')).map(({ path }) => `/${path}`),
          shell: 'dash',
          prelude: links,
        });
      });

      test.each(cases.map(([what], n) => [what, n] as const))('%s', (_what, n) => {
        expect(outcomes[n]!.inMachine).toBe(outcomes[n]!.natively);
        expect(outcomes[n]!.natively).not.toContain('no outcome');
      });
    });
}
