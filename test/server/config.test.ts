import { describe, expect, it } from 'vitest';
import { readConfig, usage } from '../../src/server/config.ts';
import { checkAddress, ConfigError, DEFAULT_LISTEN } from '../../src/server/settings.ts';

describe('where the daemon may listen', () => {
  it.each(['unix:/run/x.sock', 'unix:relative', '127.0.0.1:1', '127.9.8.7:65535', 'localhost:7420', '[::1]:7420', '127.0.0.1:0'])(
    '%s is fine',
    (address) => {
      expect(checkAddress(address)).toBe(address);
    },
  );

  it.each([
    ['0.0.0.0:7420', /no authentication.*loopback/],
    ['[::]:7420', /no authentication/],
    ['192.168.1.2:7420', /no authentication/],
    ['example.org:7420', /no authentication/],
    ['127.0.0.1.evil.org:7420', /no authentication/],
    ['128.0.0.1:7420', /no authentication/],
    [':7420', /no authentication/],
    ['127.0.0.1', /HOST:PORT/],
    ['127.0.0.1:99999', /HOST:PORT/],
    ['unix:', /path of the socket/],
  ])('%s is refused', (address, message) => {
    expect(() => checkAddress(address)).toThrow(ConfigError);
    expect(() => checkAddress(address)).toThrow(message);
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
