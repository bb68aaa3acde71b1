import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalDaemon } from '../../clients/ts/local-daemon.ts';
import { EXPERIMENT, ROOT, run, snippets } from '../clients/snippets.ts';
import type { LocalDaemon } from '../../clients/ts/local-daemon.ts';

const TOOLS: readonly (readonly [string, ...string[]])[] = [
  ['g++', '--version'],
  ['protoc', '--version'],
  ['pkg-config', '--exists', 'grpc++', 'protobuf'],
  ['sh', '-c', 'command -v grpc_cpp_plugin'],
];
const missing = TOOLS.filter(([command, ...args]) => spawnSync(command, args).status !== 0);
if (missing.length > 0)
  console.warn(`SKIPPED: the C++ client is not tested; not here: ${missing.map((tool) => tool.join(' ')).join(', ')}`);

const COMMANDS = snippets('sh');
const version = (): string => String(spawnSync('protoc', ['--version']).stdout);

/** The folder with the compiled stubs, made by the commands of the documentation; kept for as long as the protos stay as they are. */
async function stubs(): Promise<string> {
  const hash = createHash('sha256').update(version()).update(COMMANDS[0]!);
  for (const file of globSync('proto/**/*.proto', { cwd: ROOT }).sort()) hash.update(file).update(readFileSync(join(ROOT, file)));
  const folder = join(ROOT, '.cache', 'cpp', hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  rmSync(dirname(folder), { recursive: true, force: true });
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  expect(await run('sh', ['-ec', COMMANDS[0]!], { cwd: work, environment: { UINTRD: ROOT } })).toMatchObject({ code: 0 });
  renameSync(work, folder);
  return folder;
}

describe.runIf(missing.length === 0)('C++', () => {
  let daemon: LocalDaemon;
  let folder: string;
  beforeAll(async () => {
    folder = await stubs();
    daemon = await startLocalDaemon();
  }, 400_000);
  afterAll(() => daemon?.stop());

  /** Compiles a program as the documentation says, and runs it. */
  async function compileAndRun(name: string): Promise<unknown> {
    const command = COMMANDS[1]!.replaceAll('experiment', name);
    expect(await run('sh', ['-ec', command], { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
    return run(join(folder, name), [daemon.endpoint]);
  }

  it('runs the experiment of the documentation', { timeout: 200_000 }, async () => {
    const [experiment, ...rest] = snippets('cpp');
    expect(rest).toEqual([]);
    writeFileSync(join(folder, 'experiment.cc'), experiment!);
    expect(await compileAndRun('experiment')).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(EXPERIMENT) });
  });

  it('runs the smoke client', { timeout: 200_000 }, async () => {
    copyFileSync(join(ROOT, 'clients/cpp/smoke.cc'), join(folder, 'smoke.cc'));
    expect(await compileAndRun('smoke')).toEqual({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^reason MACHINE_NOT_FOUND\nvector 63 after \d+ cycles\nevents without a gap\n$/),
    });
  });
});
