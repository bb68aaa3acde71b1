// Files of /proc and /sys have the form they have on this host's own kernel: the same names in the same order, the same shapes of values.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { release } from 'node:os';
import { describe, expect, test } from 'vitest';
import { Bench, readAll } from '../file-bench.ts';

/** Older kernels lack names that this one has. */
const [major = 0, minor = 0] = release().split('.').map(Number);
const isLinux = process.platform === 'linux' && existsSync('/proc/self/stat') && (major > 6 || (major === 6 && minor >= 6));
if (!isLinux) console.warn('SKIPPED: this host has no /proc of Linux 6.6 or later to compare with');

const host = (path: string): string => readFileSync(path, 'latin1');

/** What a value looks like: numbers and hexadecimal words by their kind, the rest as it is. */
function shape(value: string): string {
  return value
    .replace(/0x[0-9a-f]+/g, '0xH')
    .replace(/\b[0-9a-f]{16}\b/g, 'H16')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{8}\b/g, 'RANGE')
    .replace(/-?\b\d+\b/g, 'N');
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
/** "Name:   value" or "name value". */
const named = (text: string): [string, string][] =>
  lines(text).map((line) => {
    const at = line.search(/[:\s]/);
    return [line.slice(0, at), line.slice(at)];
  });

/** `names` in the order in which `all` has them. */
function inOrder(names: readonly string[], all: readonly string[]): string[] {
  return [...names].sort((a, b) => all.indexOf(a) - all.indexOf(b));
}

describe.runIf(isLinux)('against this host', () => {
  const caller = new Bench().process();

  /** Every name is one of the host's, in its order. Values that have a unit or columns have the same. */
  test.each([
    [
      '/proc/self/status',
      ['Name', 'State', 'Groups', 'THP_enabled', 'SigQ', 'Cpus_allowed', 'Cpus_allowed_list', 'Mems_allowed', 'Mems_allowed_list'],
    ],
    ['/proc/meminfo', []],
    ['/proc/vmstat', []],
    ['/proc/self/io', []],
    ['/proc/self/smaps_rollup', []],
  ] as const)('%s has the same names with values of the same kind', (path, own) => {
    const [ours, theirs] = [named(readAll(caller, path)), new Map(named(host(path)))];
    // Addresses stand for names in the heading of smaps_rollup.
    const compared = ours.filter(([name]) => !/^[0-9a-f]+-/.test(name));
    expect(compared.length).toBeGreaterThan(5);
    const names = compared.map(([name]) => name);
    expect(names.filter((name) => !theirs.has(name))).toEqual([]);
    if (path !== '/proc/vmstat') expect(names).toEqual(inOrder(names, [...theirs.keys()]));
    for (const [name, value] of compared) {
      if ((own as readonly string[]).includes(name)) continue;
      expect([name, shape(value).replace(/\s+/g, ' ')]).toEqual([name, shape(theirs.get(name)!).replace(/\s+/g, ' ')]);
    }
  });

  /** So many words a line. */
  test.each(['/proc/self/stat', '/proc/self/statm', '/proc/uptime', '/proc/loadavg', '/proc/self/schedstat'])(
    '%s has as many fields',
    (path) => {
      const [ours, theirs] = [readAll(caller, path), host(path)].map((text) => shape(text.replace(/\(.*\)/, '(NAME)')));
      expect(ours!.split(' ').length).toBe(theirs!.split(' ').length);
      if (path !== '/proc/self/stat') expect(ours).toBe(theirs);
    },
  );

  test('/proc/stat has the rows of the host, and columns', () => {
    const rows = (text: string): string[] =>
      lines(text).map((line) => (line.startsWith('intr') ? 'intr N' : shape(line.replace(/^cpu\d+/, 'cpuN'))).replace(/ +/g, ' '));
    expect([...new Set(rows(readAll(caller, '/proc/stat')))]).toEqual([...new Set(rows(host('/proc/stat')))]);
  });

  test('/proc/self/smaps has the rows of the host for every mapping', () => {
    const rows = (text: string): string[] =>
      lines(text)
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => line.replace(/ +\d+ kB$/, ' N kB'));
    const names = (text: string): string[] => rows(text).map((line) => line.slice(0, line.indexOf(':')));
    const [ours, theirs] = [readAll(caller, '/proc/self/smaps'), host('/proc/self/smaps')].map(names);
    const one = ours!.slice(0, ours!.indexOf('VmFlags') + 1);
    const itsOwn = theirs!.slice(0, theirs!.indexOf('VmFlags') + 1);
    expect(one.filter((name) => !itsOwn.includes(name))).toEqual([]);
    expect(one).toEqual(inOrder(one, itsOwn));
    expect(ours!.length % one.length).toBe(0);
  });

  test.each([
    ['/proc/self/maps', /^[0-9a-f]+-[0-9a-f]+ [r-][w-][x-][ps] [0-9a-f]{8,} [0-9a-f]{2}:[0-9a-f]{2} \d+( +\S.*| )$/],
    ['/proc/self/mountinfo', /^\d+ \d+ \d+:\d+ \/\S* \/\S* \S+( shared:\d+| master:\d+)* - \S+ \S+ \S+$/],
    ['/proc/mounts', /^\S+ \/\S* \S+ \S+ 0 0$/],
    ['/proc/self/mountstats', /^device \S+ mounted on \/\S* with fstype \S+( .*)?$/],
    ['/proc/filesystems', /^(nodev)?\t\S+$/],
    ['/proc/tty/drivers', /^\S+ +\/dev\/\S+ +\d+ +[\d-]+ (\S+)?$/],
    ['/proc/tty/ldiscs', /^\S+ +\d+$/],
    ['/proc/consoles', /^\S+ +[RWU-]{3} \([A-Za-z ]+\) +\d+:\d+$/],
    ['/proc/self/limits', /^(Limit|Max [a-z ]+\S) +\S.*$/],
    ['/proc/self/fdinfo/0', /^\S+:\s.*$/],
    ['/proc/version', /^Linux version \S+ \(.*\) #\d+ .*$/],
  ])('%s has lines of the same form', (path, form) => {
    for (const text of [host(path), readAll(caller, path.replace('fdinfo/0', `fdinfo/${caller.open('/etc/passwd')}`))])
      for (const line of lines(text)) expect(line).toMatch(form);
  });

  test.each(['/proc/self/limits', '/proc/swaps', '/proc/partitions', '/proc/net/arp', '/proc/self/uid_map', '/proc/execdomains'])(
    '%s begins as on the host',
    (path) => {
      const [ours, theirs] = [lines(readAll(caller, path)), lines(host(path))];
      expect(ours[0]!.trimEnd()).toBe(theirs[0]!.trimEnd());
      if (path.endsWith('limits')) expect(ours.map((line) => line.slice(0, 26))).toEqual(theirs.map((line) => line.slice(0, 26)));
    },
  );

  test('/proc/net/dev has the columns of the host', () => {
    const [ours, theirs] = [lines(readAll(caller, '/proc/net/dev')), lines(host('/proc/net/dev'))];
    expect(ours.slice(0, 2)).toEqual(theirs.slice(0, 2));
    const columns = (rows: readonly string[]): number =>
      rows
        .find((line) => /^ *lo:/.test(line))!
        .trim()
        .split(/[\s:]+/).length;
    expect(columns(ours)).toBe(columns(theirs));
  });

  test('/proc/self and its threads have no names that the host does not have', () => {
    for (const directory of ['/proc/self', '/proc/self/task/SELF']) {
      const own = directory.replace('SELF', `${caller.task.tid}`);
      const theirs = readdirSync(directory.replace('SELF', `${process.pid}`));
      const missing = theirs.filter((name) => caller.call('access', `${own}/${name}`, 0) === 'ENOENT');
      // What is absent here, each for a reason: tracing, memory control, namespaces, security modules.
      expect(missing.sort()).toEqual(
        expect.arrayContaining(['attr', 'clear_refs', 'mem', 'ns', 'numa_maps', 'pagemap'].filter((name) => theirs.includes(name))),
      );
      for (const name of ['stat', 'status', 'maps', 'smaps', 'fd', 'auxv', 'io', 'comm', 'mountinfo', 'oom_score_adj', 'syscall', 'wchan'])
        expect(missing).not.toContain(name);
    }
  });

  test.each(['online', 'possible', 'present', 'kernel_max'])('/sys/devices/system/cpu/%s', (name) => {
    const path = `/sys/devices/system/cpu/${name}`;
    if (!existsSync(path)) return;
    const list = /^\d+([-,]\d+)*\n$/;
    expect(host(path)).toMatch(list);
    expect(readAll(caller, path)).toMatch(list);
  });
});

describe('what can be written', () => {
  test('the name of a thread', () => {
    const caller = new Bench().process();
    const fd = caller.open('/proc/self/comm', 1);
    caller.write(fd, 'a much longer name than fits');
    expect(readAll(caller, '/proc/self/comm')).toBe('a much longer n\n');
    expect(caller.task.name).toBe('a much longer n');
  });

  test('how likely the process is to be killed', () => {
    const caller = new Bench().process();
    for (const [text, result] of [
      ['500', 3],
      ['-1000', 5],
      ['1001', 'EINVAL'],
      ['many', 'EINVAL'],
    ] as const) {
      const fd = caller.open('/proc/self/oom_score_adj', 1);
      expect(caller.call('write', fd, text, text.length)).toBe(result);
    }
    expect(readAll(caller, '/proc/self/oom_score_adj')).toBe('-1000\n');
  });
});
