import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { printConfig, readConfig, settingsTable, usage } from '../../src/server/config.ts';
import { checkAddress, ConfigError, DEFAULT_LISTEN } from '../../src/server/settings.ts';

describe('where the daemon may listen', () => {
  it.each(['unix:/run/x.sock', 'unix:relative', '127.0.0.1:1', '127.9.8.7:65535', 'localhost:7420', '[::1]:7420', '127.0.0.1:0'])(
    '%s is fine',
    (address) => {
      expect(checkAddress(address)).toBe(address);
    },
  );

  it.each([
    ['127.0.0.1', /HOST:PORT/],
    ['127.0.0.1:99999', /HOST:PORT/],
    ['unix:', /path of the socket/],
  ])('%s is refused', (address, message) => {
    expect(() => checkAddress(address)).toThrow(ConfigError);
    expect(() => checkAddress(address)).toThrow(message);
  });

  const SECURE = ['--auth', '--data-dir', '/d', '--tls-cert', 'c', '--tls-key', 'k'];
  it.each(['0.0.0.0:7420', '[::]:7420', '192.168.1.2:7420', 'example.org:7420', '127.0.0.1.evil.org:7420', '128.0.0.1:7420', ':7420'])(
    '%s only with TLS and authentication, or if told so in plain words',
    (address) => {
      const read = (...flags: string[]) => readConfig(['--listen', 'unix:/s', '--listen', address, ...flags], {});
      expect(() => read()).toThrow(/others can reach it. It needs --auth and --tls-cert and --tls-key/);
      expect(() => read(...SECURE.slice(0, 3))).toThrow(/It needs --tls-cert/);
      expect(() => read(...SECURE.slice(3))).toThrow(/It needs --auth;/);
      expect(read(...SECURE)).toMatchObject({ listen: ['unix:/s', address], auth: true });
      expect(read('--allow-unprotected-network')).toMatchObject({ auth: false });
    },
  );

  it.each([
    [['--auth'], /--auth needs --data-dir/],
    [['--tls-cert', 'c'], /give both/],
    [['--tls-key', 'k'], /give both/],
    [['--auth', '--data-dir', '/d', '--tls-client-ca', 'ca'], /--tls-client-ca needs --tls-cert/],
    [['--tls-cert', 'c', '--tls-key', 'k', '--tls-client-ca', 'ca'], /--tls-client-ca needs --auth/],
    [[...SECURE, '--tls-require-client-cert'], /needs --tls-client-ca/],
    [['--metrics-listen', '0.0.0.0:9420'], /metrics are served without authentication/],
  ])('%j lacks something', (flags, message) => {
    expect(() => readConfig(flags, {})).toThrow(message);
  });
});

describe('settings', () => {
  it('come from flags, then variables, then defaults', () => {
    expect(readConfig([], {})).toMatchObject({
      listen: [DEFAULT_LISTEN],
      maxMessageBytes: 4 << 20,
      logLevel: 'info',
      exitWithStdin: false,
    });
    const environment = { UINTRD_LISTEN: 'unix:/a,127.0.0.1:1', UINTRD_MAX_MACHINES: '7', UINTRD_LOG_LEVEL: 'warn', UINTRD_WORKERS: '' };
    expect(readConfig([], environment)).toMatchObject({ listen: ['unix:/a', '127.0.0.1:1'], maxMachines: 7, logLevel: 'warn' });
    expect(readConfig(['--max-machines', '9', '--listen', 'unix:/b'], environment)).toMatchObject({ listen: ['unix:/b'], maxMachines: 9 });
  });

  it.each([
    [['--max-machines', 'many'], /--max-machines.*"many"/],
    [['--max-machines', '0'], /at least 1/],
    [['--workers', '-1'], /workers/],
    [['--log-level', 'loud'], /log-level.*loud/],
    [['--port', '1'], /--port/],
    [['extra'], /extra/],
  ])('%s is refused', (argv, message) => {
    expect(() => readConfig(argv, {})).toThrow(message);
  });

  it('a bad variable is refused like the flag', () => {
    expect(() => readConfig([], { UINTRD_MAX_MACHINES: 'x' })).toThrow(/--max-machines/);
  });

  it('every flag is in the usage text', () => {
    for (const flag of ['listen', 'workers', 'max-machines', 'max-message-bytes', 'drain-ms', 'log-level'])
      expect(usage()).toContain(`--${flag}`);
    expect(readConfig(['--help'], {})).toBe('help');
    expect(readConfig(['--version'], {})).toBe('version');
  });
});

describe('a configuration file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'uintrd-config-'));
  const path = join(directory, 'config.json');
  const withFile = (content: string, argv: readonly string[] = [], environment = {}) => {
    writeFileSync(path, content);
    return readConfig(['--config', path, ...argv], environment);
  };
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is below variables and flags, and above defaults', () => {
    const file = '{"max-machines": 3, "channelz": true, "listen": "unix:/f"}';
    expect(withFile(file)).toMatchObject({ maxMachines: 3, channelz: true, listen: ['unix:/f'], workers: expect.any(Number) as number });
    expect(withFile(file, [], { UINTRD_MAX_MACHINES: '4', UINTRD_CHANNELZ: 'false' })).toMatchObject({ maxMachines: 4, channelz: false });
    expect(withFile(file, ['--max-machines', '5', '--no-channelz'], { UINTRD_MAX_MACHINES: '4' })).toMatchObject({
      maxMachines: 5,
      channelz: false,
    });
  });

  it('is what --print-config prints', () => {
    const printed = readConfig(['--print-config', '--max-machines', '7'], {}) as { print: never };
    expect(withFile(printConfig(printed.print))).toEqual(printed.print);
  });

  it.each([
    ['{"max-machine": 3}', /"max-machine"; did you mean max-machines/],
    ['{"max-machines": "3"}', /"max-machines" in .*got "3"/],
    ['{"listen": ["0.0.0.0:1"]}', /others can reach it/],
    ['[]', /JSON object/],
    ['{', /--config/],
  ])('%s is refused', (content, message) => {
    expect(() => withFile(content)).toThrow(message);
  });

  it('and misspelt flags and variables: the setting that was meant is named', () => {
    expect(() => readConfig(['--max-machnes', '4'], {})).toThrow(/did you mean --max-machines/);
    expect(() => readConfig([], { UINTRD_MAX_MACHINE: '4' })).toThrow(/did you mean UINTRD_MAX_MACHINES/);
    expect(readConfig([], { UINTRD_ENDPOINT: 'x', UINTRD_BIN: 'y' })).toHaveProperty('workers');
  });
});

describe('docs/operations.md', () => {
  it('has the table of settings', () => {
    // The formatter pads the columns.
    const cells = (text: string): string =>
      text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').replaceAll('| --- ', '|---').replaceAll('--- |', '---|');
    expect(cells(readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8'))).toContain(cells(settingsTable()));
  });
});
