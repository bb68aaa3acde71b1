// uintrd backup beside a daemon that works, and uintrd restore elsewhere: every machine is as at the horizon that the backup names.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backup, backUp } from '../../../src/server/upkeep/backup.ts';
import { checkDirectory } from '../../../src/server/upkeep/check.ts';
import { restore } from '../../../src/server/upkeep/restore.ts';
import { readTar, TarWriter } from '../../../src/server/upkeep/tar-file.ts';
import { KilledDaemon } from '../durable/killed-daemon.ts';
import { newMachine } from '../harness.ts';
import { guestImage, newPair } from '../remote-harness.ts';
import type { UintrClient } from '../../../clients/ts/client.ts';
import type { Event } from '../../../src/gen/api.ts';

const base = mkdtempSync(join(tmpdir(), 'uintrd-backup-'));
const [daemon, elsewhere] = [new KilledDaemon(), new KilledDaemon()];
const SPEC = { ram_bytes: 32n << 20n };
afterAll(async () => {
  await daemon.remove();
  await elsewhere.remove();
  rmSync(base, { recursive: true, force: true });
});

async function runner(client: UintrClient, id: string): Promise<string> {
  const machine = await newMachine(client, { start: false, id, spec: SPEC });
  await client.guest.SpawnProcess({ parent: machine, path: '/bin/threads', image: guestImage('threads') });
  return machine;
}

const run = (client: UintrClient, name: string, until: bigint) => client.machines.RunMachine({ name, until_cycle: until });
const hashOf = async (client: UintrClient, name: string): Promise<string> =>
  (await client.machines.GetMachineStats({ name, include_state_hash: true })).state_hash;
const cycleOf = async (client: UintrClient, name: string): Promise<bigint> => (await client.machines.GetMachine({ name })).machine!.cycle;

async function eventsOf(client: UintrClient, parent: string): Promise<Event[]> {
  const events: Event[] = [];
  for (let page_token = ''; ; ) {
    const page = await client.events.ListEvents({ parent, page_size: 1000, page_token });
    events.push(...page.events);
    if (page.next_page_token === '') return events;
    page_token = page.next_page_token;
  }
}

describe('under load', () => {
  let [folder, tar]: (Backup | undefined)[] = [];
  let machine: string;
  let pair: Awaited<ReturnType<typeof newPair>>;
  let acknowledged: { cycle: bigint; sent: number };
  let events: Event[];

  beforeAll(async () => {
    await daemon.start();
    const { client } = daemon;
    machine = await runner(client, 'one');
    await run(client, machine, 10_000n);
    pair = await newPair(client);
    let sent = 0;
    let isOver = false;
    const load = [
      async () => {
        await client.uintr.SendUipi({ thread: pair.sender, uitt_index: pair.index });
        await client.uintr.WaitForInterrupt({ thread: pair.receiver });
        sent++;
      },
      async () => void (await run(client, machine, (await cycleOf(client, machine)) + 1000n)),
      // Blobs come and go.
      async () => {
        const { snapshot } = await client.snapshots.CreateSnapshot({ machine: pair.machine });
        await client.snapshots.DeleteSnapshot({ name: snapshot!.name });
      },
      async () => {
        const made = await newMachine(client, { start: false, spec: SPEC });
        await client.machines.DeleteMachine({ name: made });
      },
    ].map(async (work) => {
      while (!isOver) await work();
    });
    while (sent < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    acknowledged = { cycle: await cycleOf(client, machine), sent };
    folder = await backUp(daemon.data, join(base, 'folder'));
    tar = await backUp(daemon.data, join(base, 'backup.tar'));
    isOver = true;
    await Promise.all(load);
    events = await eventsOf(client, pair.machine);
    await daemon.end('SIGKILL');
  }, 60_000);

  test('nothing of it is left in the directory, which is sound', () => {
    expect(readdirSync(daemon.data).filter((name) => name.startsWith('backup'))).toEqual([]);
    expect(checkDirectory(daemon.data)).toMatchObject({ isSound: true });
  });

  test('a folder is restored', () => {
    expect(folder!.faults).toEqual([]);
    expect(restore(folder!.path, join(base, 'from-folder'))).toMatchObject({ isSound: true, findings: [] });
  });

  test('an archive is restored: equal hashes at the horizon, what was acknowledged is there, and it goes on', async () => {
    const made = tar!;
    expect(made.faults).toEqual([]);
    const checked = restore(made.path, elsewhere.data);
    expect(checked).toMatchObject({ isSound: true, findings: [] });
    const horizon = made.list.machines.find(({ name }) => name === machine)!.horizon;
    expect(checked.machines.find(({ name }) => name === machine)).toMatchObject({ condition: 'whole', horizon, torn: 0 });
    await elsewhere.start();
    const { client } = elsewhere;
    // Answered when it is back; it goes on if it was in the middle of a run.
    const { state_hash: hash, cycle } = await client.machines.GetMachineStats({ name: machine, include_state_hash: true });
    expect(Number(cycle)).toBeGreaterThanOrEqual(Math.floor(horizon));
    expect(cycle).toBeGreaterThanOrEqual(acknowledged.cycle);
    // A machine that was never saved, killed or copied.
    const control = await runner(client, 'control');
    await run(client, control, cycle);
    expect(hash).toBe(await hashOf(client, control));
    const told = await eventsOf(client, pair.machine);
    expect(told).toEqual(events.slice(0, told.length));
    expect(told.filter(({ user_interrupt_delivered: delivered }) => delivered).length).toBeGreaterThanOrEqual(acknowledged.sent);
    await client.uintr.SendUipi({ thread: pair.sender, uitt_index: pair.index });
    await elsewhere.end('SIGKILL');
    expect(checkDirectory(elsewhere.data)).toMatchObject({ isSound: true });
  });
});

describe('a backup', () => {
  const directory = join(base, 'data');
  beforeAll(async () => {
    cpSync(daemon.data, directory, { recursive: true });
    await backUp(directory, join(base, 'good'));
  });
  let copies = 0;
  const copy = (damage: (path: string) => void): string => {
    const path = join(base, `bad${++copies}`);
    cpSync(join(base, 'good'), path, { recursive: true });
    damage(path);
    return path;
  };
  const aFile = (path: string, folder: string): string => {
    const name = (readdirSync(join(path, folder), { recursive: true }) as string[]).sort().find((its) => /\.(journal|zst)$/.test(its));
    return join(path, folder, name!);
  };
  const flip = (path: string): void => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
  };
  const edit = (path: string, change: (list: Record<string, unknown>) => void): void => {
    const list = JSON.parse(readFileSync(join(path, 'backup.json'), 'utf8')) as Record<string, unknown>;
    change(list);
    writeFileSync(join(path, 'backup.json'), JSON.stringify(list));
  };

  test.each<[what: string, damage: (path: string) => void, message: RegExp]>([
    [
      'a store that was changed',
      (path) => flip(join(path, 'uintrd.sqlite')),
      /uintrd\.sqlite is damaged: it has another sha256; take another copy/,
    ],
    ['a journal that was changed', (path) => flip(aFile(path, 'journals')), /\.journal is damaged: it has another sha256/],
    ['a journal that is missing', (path) => rmSync(aFile(path, 'journals')), /\.journal is missing; take another copy/],
    ['a list that is missing', (path) => rmSync(join(path, 'backup.json')), /is no whole backup of uintrd: it has no backup\.json/],
    ['a list that is none', (path) => writeFileSync(join(path, 'backup.json'), '{'), /backup\.json is damaged: it is no JSON/],
    [
      'another format',
      (path) => edit(path, (list) => (list['format'] = 9)),
      /has version 9 of the format, and this version of uintrd reads 1; use the/,
    ],
    ['a blob less', (path) => edit(path, (list) => (list['blobs'] = 99)), /has \d+ blobs of 99/],
    ['a stranger', (path) => writeFileSync(join(path, 'x'), ''), /is no backup of uintrd: it has "x"/],
  ])('with %s is refused, and nothing is left of it', (_what, damage, message) => {
    const target = join(base, 'target');
    expect(() => restore(copy(damage), target)).toThrow(message);
    expect([existsSync(target), existsSync(`${target}.partial`)]).toEqual([false, false]);
  });

  test('goes nowhere where something is, nor into its own directory, nor comes from nothing', async () => {
    mkdirSync(join(base, 'taken'));
    writeFileSync(join(base, 'taken', 'mine'), '');
    writeFileSync(join(base, 'taken.tar'), '');
    await expect(backUp(directory, join(base, 'taken'))).rejects.toThrow(/is there already; name another place/);
    await expect(backUp(directory, join(base, 'taken.tar'))).rejects.toThrow(/is there already/);
    await expect(backUp(directory, join(directory, 'inside'))).rejects.toThrow(/lies in the data directory itself/);
    await expect(backUp(join(base, 'nothing'), join(base, 'b'))).rejects.toThrow(/is no data directory of uintrd/);
    expect(() => restore(join(base, 'nothing'), join(base, 'c'))).toThrow(/is not there/);
    expect(() => restore(join(base, 'good'), join(base, 'taken'))).toThrow(/is there already/);
    expect(readFileSync(join(base, 'taken', 'mine'), 'utf8')).toBe('');
  });

  test('of a directory with a damaged blob is made, and says so', async () => {
    const damaged = join(base, 'damaged');
    cpSync(directory, damaged, { recursive: true });
    // What is copied is a journal: damage in the middle is told, too.
    flip(aFile(damaged, 'journals'));
    const made = await backUp(damaged, join(base, 'with-damage'));
    expect(made.faults).toMatchObject([{ kind: 'damaged', path: expect.stringMatching(/\.journal$/) as string }]);
    expect(restore(made.path, join(base, 'restored-damage'))).toMatchObject({ isSound: false });
  });
});

test('a tar archive has what was put into it, and one that is cut off or changed is refused', () => {
  const path = join(base, 'x.tar');
  const tar = new TarWriter(path);
  const contents = { empty: '', 'a/b': 'hello', 'c/d': 'x'.repeat(3000) };
  for (const [name, text] of Object.entries(contents)) tar.add(name, text.length, [Buffer.from(text)]);
  tar.end();
  const read = () => Object.fromEntries([...readTar(path)].map(({ name, pieces }) => [name, pieces]));
  const whole: Record<string, string> = {};
  for (const { name, pieces } of readTar(path)) whole[name] = Buffer.concat([...pieces]).toString();
  expect(whole).toEqual(contents);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, 1400));
  expect(() => {
    for (const { pieces } of readTar(path)) for (const _piece of pieces);
  }).toThrow(/ends early, at byte 1\d\d\d; copy the backup again/);
  bytes[3]! ^= 1;
  writeFileSync(path, bytes);
  expect(read).toThrow(/is damaged or no backup of uintrd, at byte 0/);
});
