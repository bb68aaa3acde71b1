import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MACHINE_ERROR_CODES } from '../../src/machine/errors.ts';
import { EXPERIMENT, ROOT, run, snippets } from './snippets.ts';

const PYTHON = '/usr/bin/python3';
const answers = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const hasGrpc = answers(PYTHON, '-c', 'import grpc, google.protobuf');
const hasProtoc = answers('protoc', '--version') && spawnSync('grpc_python_plugin', [], { input: '' }).error === undefined;
if (!hasGrpc) console.warn(`SKIPPED: the Python client is not tested, because ${PYTHON} has no grpcio (Debian: python3-grpcio)`);
if (!hasProtoc) console.warn('SKIPPED: the Python stubs are not compared with proto/, because protoc or grpc_python_plugin is missing');

const python = (...args: string[]) =>
  run(PYTHON, ['-B', ...args], {
    environment: { PYTHONPATH: `${ROOT}clients/python`, PATH: `${process.execPath.replace(/\/node$/, '')}:${process.env['PATH']}` },
  });

describe('the Python package', () => {
  it('has an exception for each reason', () => {
    const text = readFileSync(`${ROOT}clients/python/uintrd/errors.py`, 'utf8');
    const reasons = [...text.matchAll(/^ {4}REASON = "(\w+)"$/gm)].map(([, reason]) => reason!);
    expect(reasons.toSorted()).toEqual([...MACHINE_ERROR_CODES].sort());
  });

  it.runIf(hasProtoc && hasGrpc)('has stubs that are those of proto/', async () => {
    expect(await python('clients/python/generate.py', '--check')).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('differs'),
    });
  });

  it.runIf(hasGrpc)('passes its own tests', { timeout: 180_000 }, async () => {
    const { code, stderr } = await python('-m', 'unittest', 'discover', 'clients/python/tests');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/\nOK\n$/) });
  });

  it.runIf(hasGrpc)('runs the programs of the documentation', async () => {
    const [experiment, second, ...rest] = snippets('python');
    expect(rest).toEqual([]);
    expect(await python('-c', experiment!)).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(EXPERIMENT) });
    expect(await python('-c', second!)).toEqual({
      code: 0,
      stderr: '',
      stdout: 'NOT_FOUND projects/default/machines/none\n1 created\n2 running\n',
    });
  });
});
