import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { complete } from '../../clients/cli/completion/candidates.ts';
import { checkContextName, checkEndpoint, contextPath, readContexts, writeContexts } from '../../clients/cli/context-file.ts';
import { isOrphan, ownLabels } from '../../clients/cli/owner.ts';
import { printable, printableJson } from '../../src/text/printable.ts';
import { progressOn } from '../../clients/cli/progress.ts';
import { parseCost } from '../../clients/cli/quantity.ts';
import { parseOperation, parseSyscallValue } from '../../clients/cli/request-words.ts';
import { targetOf } from '../../clients/cli/session.ts';
import { didYouMean, editDistance } from '../../clients/cli/suggest.ts';
import { UsageError } from '../../clients/cli/usage-error.ts';

describe('printable', () => {
  it.each([
    ['plain text, ünïcode 中', 'plain text, ünïcode 中'],
    ['\u001b[31mred\u0007\n\t\r', '\\e[31mred\\x07\\n\\t\\r'],
    ['\u009b31m\u007f', '\\x9b31m\\x7f'],
    ['a\u202eb\u2028', 'a\\u202eb\\u2028'],
  ])('%j', (text, expected) => expect(printable(text)).toBe(expected));

  it('leaves the value of JSON alone', () => {
    const json = printableJson(JSON.stringify({ text: '\u009b1m\u202e' }));
    expect(json).toBe('{"text":"\\u009b1m\\u202e"}');
    expect(JSON.parse(json)).toEqual({ text: '\u009b1m\u202e' });
  });
});

describe('costs', () => {
  it('are whole numbers of their unit', () => expect(parseCost('instruction=2')).toEqual(['instruction', 2]));

  it.each([
    ['instruction=0.05', '--cost instruction: "0.05" is not a whole number of at least 0', '0 asks for the estimate'],
    ['instruction=1/32', '--cost instruction: "1/32" is not a whole number of at least 0', '0 asks for the estimate'],
    ['uiret=-1', '--cost uiret: "-1" is not a whole number of at least 0', 'in the unit that "uintrctl cost show" names'],
    ['uiret', '--cost: "uiret" is not NAME=VALUE', 'NAME=VALUE'],
  ])('%s is refused', (text, ...parts) => {
    for (const part of parts) expect(() => parseCost(text)).toThrow(part);
    expect(() => parseCost(text)).toThrow(UsageError);
  });
});

describe('progress', () => {
  it('is for terminals alone, and cleared', () => {
    const lines: string[] = [];
    const write = (text: string): number => lines.push(text);
    const quiet = progressOn({ write });
    quiet.show('a');
    quiet.clear();
    expect(lines).toEqual([]);
    const shown = progressOn({ isTTY: true, columns: 5, write });
    shown.show('abcdefgh');
    shown.clear();
    shown.clear();
    expect(lines).toEqual(['\r\u001b[Kabcd', '\r\u001b[K']);
  });
});

describe('did you mean', () => {
  const choices = ['senduipi', 'uiret', 'poc', 'poc-stack-top'];
  it.each([
    ['senduip', ' (did you mean "senduipi"?)'],
    ['sendiupi', ' (did you mean "senduipi"?)'],
    ['POC', ' (did you mean "poc"?)'],
    ['zebra', ''],
    ['', ''],
  ])('%j', (text, expected) => expect(didYouMean(text, choices)).toBe(expected));

  it.each([
    ['', '', 0],
    ['ab', 'ba', 1],
    ['kitten', 'sitting', 3],
  ])('%j and %j', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));
});

describe('contexts', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'contexts-'));
    process.env['XDG_CONFIG_HOME'] = directory;
  });
  afterEach(() => {
    delete process.env['XDG_CONFIG_HOME'];
    rmSync(directory, { recursive: true });
  });
  const lab = { current: 'lab', contexts: { lab: { endpoint: 'lab:7420' }, near: { endpoint: 'unix:/run/uintrd' } } };

  it('are kept for the user alone, in XDG_CONFIG_HOME unless that is relative', () => {
    expect(readContexts()).toEqual({ current: '', contexts: {} });
    writeContexts(lab);
    expect(readContexts()).toEqual(lab);
    expect(statSync(contextPath()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(directory, 'uintrctl/config.json'), 'utf8'))).toEqual(lab);
    expect(contextPath({ XDG_CONFIG_HOME: 'relative', HOME: '/home/me' })).toBe('/home/me/.config/uintrctl/config.json');
  });

  it.each<[string, object, Record<string, string>, string]>([
    ['--endpoint', { endpoint: 'a:1' }, { UINTRCTL_ENDPOINT: 'b:2' }, 'a:1'],
    ['--context', { context: 'near' }, { UINTRCTL_ENDPOINT: 'b:2' }, 'unix:/run/uintrd'],
    ['UINTRCTL_ENDPOINT', {}, { UINTRCTL_ENDPOINT: 'b:2', UINTRD_ENDPOINT: 'c:3', UINTRCTL_CONTEXT: 'near' }, 'b:2'],
    ['UINTRD_ENDPOINT', {}, { UINTRCTL_ENDPOINT: '', UINTRD_ENDPOINT: 'c:3', UINTRCTL_CONTEXT: 'near' }, 'c:3'],
    ['UINTRCTL_CONTEXT', {}, { UINTRCTL_CONTEXT: 'near' }, 'unix:/run/uintrd'],
    ['the current one', {}, {}, 'lab:7420'],
  ])('%s decides', (_, options, environment, expected) => {
    writeContexts(lab);
    expect(targetOf(options, environment).endpoint).toBe(expected);
  });

  it('give way to the default where there is none', () => expect(targetOf({}, {})).toEqual({ endpoint: '127.0.0.1:7420', by: 'default' }));

  it('refuse what is wrong, and say what there is', () => {
    writeContexts(lab);
    expect(() => targetOf({ endpoint: 'a:1', context: 'lab' }, {})).toThrow('give one of them');
    expect(() => targetOf({ context: 'lob' }, {})).toThrow('there are: lab, near');
    expect(() => targetOf({ context: 'constructor' }, {})).toThrow('there is no context');
    for (const content of ['{', '[]', '{"contexts":{"a":{}}}', '{"contexts":[]}']) {
      writeFileSync(contextPath(), content);
      expect(() => readContexts()).toThrow(UsageError);
    }
  });

  it.each(['unix:', 'host', 'host:0', 'host:65536', ':7420', ''])('%j is no address', (text) =>
    expect(() => checkEndpoint('address', text)).toThrow(UsageError),
  );
  it.each(['unix:/run/x', 'host:1', '[::1]:7420', '127.0.0.1:65535'])('%j is one', (text) =>
    expect(checkEndpoint('address', text)).toBe(text),
  );
  it.each(['', '-x', 'a b', 'a/b', '__proto__'])('%j is no name', (text) => expect(() => checkContextName(text)).toThrow(UsageError));
});

describe('owners', () => {
  const mine = ownLabels('uintrctl-run');
  const other = (change: object): Record<string, string> => ({
    ...mine,
    owner: JSON.stringify({ ...JSON.parse(mine['owner']!), ...change }),
  });

  it.runIf(process.platform === 'linux')('are gone only if they certainly are', () => {
    expect(isOrphan(mine)).toBe(false);
    expect(isOrphan(other({ pid: 2 ** 30 }))).toBe(true);
    expect(isOrphan(other({ started: '1' }))).toBe(true);
    expect(isOrphan(other({ pid: 2 ** 30, host: 'elsewhere' }))).toBe(false);
    expect(isOrphan({ ...other({ pid: 2 ** 30 }), origin: 'somebody' })).toBe(false);
    expect(isOrphan({ origin: 'uintrctl-run' })).toBe(false);
    for (const owner of ['', 'null', '1', '{"pid":"1"}']) expect(isOrphan({ origin: 'uintrctl-run', owner })).toBe(false);
  });
});

describe('completion', () => {
  const program = new Command('uintrctl').enablePositionalOptions().option('--context <name>', 'which').option('--local', 'own');
  const machine = program.command('machine').description('machines');
  machine.command('rm <machines...>');
  machine.command('create [id]').option('--kind <kind>', 'k').option('--json <file>', 'j').option('-v, --verbose', 'more');
  program.command('logs <machine> [pid]');
  program.command('run <program> [args...]').option('--seed <n>', 's').passThroughOptions();
  program.command('secret', { hidden: true });
  const values = (words: string[]): string[] =>
    complete(program, words, { kind: ['uiret', 'senduipi'] }).candidates.map(({ value }) => value);

  it.each([
    [['ma'], ['machine']],
    [[''], ['machine', 'logs', 'run', 'help']],
    [['machine', 'cr'], ['create']],
    [['machine', 'create', '--k'], ['--kind']],
    [['machine', 'create', '--kind', 'u'], ['uiret']],
    [['machine', 'create', '--kind=s'], ['--kind=senduipi']],
    [['machine', 'create', '--kind', '=', 's'], ['senduipi']],
    [
      ['machine', 'create', '--kind', '='],
      ['uiret', 'senduipi'],
    ],
    [['--local', 'mach'], ['machine']],
    [['--context', 'x', 'mach'], ['machine']],
    [['nonsense', ''], []],
    [['run', 'prog', '--se'], []],
    [[], ['machine', 'logs', 'run', 'help']],
  ])('%j', (words, expected) => expect(values(words)).toEqual(expected));

  it.each([
    [['machine', 'rm', 'a', ''], { kind: 'machines' }],
    [['logs', ''], { kind: 'machines' }],
    [['logs', 'm1', ''], { kind: 'processes', machine: 'm1' }],
    [['--context', ''], { kind: 'contexts' }],
  ])('%j asks for names', (words, expected) => expect(complete(program, words).dynamic).toEqual(expected));

  it.each([[['run', '']], [['run', 'prog', 'x']], [['machine', 'create', '--json', '']]])('%j is a file', (words) =>
    expect(complete(program, words).files).toBe(true),
  );
});

describe('words of requests', () => {
  it.each<[string, object]>([
    ['nop', { nop: {} }],
    ['nop,user_data=7,flags=0x4', { user_data: 7n, flags: 4, nop: {} }],
    ['read,fd=3,length=64,offset=-1', { read: { fd: 3, length: 64, offset: 0xffff_ffff_ffff_ffffn } }],
    ['timeout,duration=1ms,completions=2', { timeout: { duration: { seconds: 0n, nanos: 1_000_000 }, completions: 2 } }],
    ['fsync,fd=3,data_only', { fsync: { fd: 3, data_only: true } }],
    ['readv,fd=3,lengths=4+5', { readv: { fd: 3, lengths: [4, 5] } }],
    ['raw=00ff', { raw: Uint8Array.of(0, 255) }],
  ])('%s', (words, expected) => expect(parseOperation(words)).toEqual(expected));

  it('takes text, hexadecimal digits and lists for bytes', () => {
    expect(Buffer.from(parseOperation('write,fd=1,data=hi').write!.data as Uint8Array).toString()).toBe('hi');
    expect(parseOperation('write,fd=1,data=hex:ff').write!.data).toEqual(Uint8Array.of(255));
    expect(parseOperation('writev,fd=1,data=a+b').writev!.data).toHaveLength(2);
  });

  it.each([
    ['rea', 'did you mean "read"?'],
    ['read,fdd=3', 'did you mean "fd"?'],
    ['read,fd=x', 'is not an integer'],
    ['fsync,data_only=maybe', 'neither true nor false'],
    ['raw=f', 'hexadecimal'],
    ['', 'is none of'],
  ])('%j is refused', (words, message) => expect(() => parseOperation(words)).toThrow(message));

  it.each<[string, unknown]>([
    ['12', 12n],
    ['-100', -100n],
    ['0xff', 255n],
    ['text:a:b', 'a:b'],
    ['hex:00', Uint8Array.of(0)],
    ['space:390', { space: 390 }],
  ])('the value %s', (words, expected) => expect(parseSyscallValue(words)).toEqual(expected));

  it.each(['', 'twelve', 'hex:0', 'space:x', '@/no/such/file'])('the value %j is refused', (words) =>
    expect(() => parseSyscallValue(words)).toThrow(UsageError),
  );
});
