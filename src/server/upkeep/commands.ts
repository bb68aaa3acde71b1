// What uintrd does with a data directory instead of serving: `uintrd check` and the like. Exit codes: 0 all is well, 1 it is not, 2 it could
// not be done.

import { parseArgs } from 'node:util';
import { nearest } from '../settings.ts';
import { StoreError } from '../store/store-error.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

interface Upkeep {
  /** Of the command line. */
  readonly usage: string;
  readonly about: string;
  readonly options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;
  readonly required: readonly string[];
  /** Answers the exit code. */
  readonly run: (values: Values) => Promise<number>;
}

export const UPKEEP: Readonly<Record<string, Upkeep>> = {
  check: {
    usage: 'check --data DIR [--repair] [--json]',
    about: 'looks at every record, journal, snapshot and blob of a data directory that no daemon uses; --repair removes what nobody needs',
    options: { data: { type: 'string' }, repair: { type: 'boolean' }, json: { type: 'boolean' } },
    required: ['data'],
    async run({ data, repair, json }) {
      const [{ checkDirectory }, { reportText }] = await Promise.all([import('./check.ts'), import('./report.ts')]);
      const checked = checkDirectory(data as string, repair === true);
      console.log(json ? JSON.stringify(checked, null, 2) : reportText(checked));
      return checked.isSound ? 0 : 1;
    },
  },
  backup: {
    usage: 'backup --data DIR --to DIR|FILE.tar [--json]',
    about: 'copies a data directory as it is at one moment, also while a daemon uses it',
    options: { data: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean' } },
    required: ['data', 'to'],
    async run({ data, to, json }) {
      const [{ backUp }, { backupText }] = await Promise.all([import('./backup.ts'), import('./report.ts')]);
      const made = await backUp(data as string, to as string);
      console.log(json ? JSON.stringify(made, null, 2) : backupText(made));
      return made.faults.length === 0 ? 0 : 1;
    },
  },
  restore: {
    usage: 'restore --from DIR|FILE.tar --data DIR [--json]',
    about: 'makes a data directory from a backup and checks it; DIR must be empty or not there yet',
    options: { from: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
    required: ['from', 'data'],
    async run({ from, data, json }) {
      const [{ restore }, { reportText }] = await Promise.all([import('./restore.ts'), import('./report.ts')]);
      const checked = restore(from as string, data as string);
      console.log(json ? JSON.stringify(checked, null, 2) : reportText(checked));
      return checked.isSound ? 0 : 1;
    },
  },
};

/** The exit code; undefined if the arguments ask for the daemon. */
export async function runUpkeep([name, ...rest]: readonly string[]): Promise<number | undefined> {
  if (name === undefined || name.startsWith('-')) return undefined;
  const command = Object.hasOwn(UPKEEP, name) ? UPKEEP[name] : undefined;
  if (!command) {
    const meant = nearest(name, Object.keys(UPKEEP));
    return refuse(`there is no command ${name}; ${meant ? `did you mean ${meant}?` : `known are ${Object.keys(UPKEEP).join(', ')}`}`);
  }
  let values: Values;
  try {
    ({ values } = parseArgs({ args: rest, options: { ...command.options, help: { type: 'boolean' } } }));
  } catch (error) {
    return refuse(`${(error as Error).message}\nUsage: uintrd ${command.usage}`);
  }
  if (values['help']) {
    console.log(`Usage: uintrd ${command.usage}\n\n${name} ${command.about}.`);
    return 0;
  }
  const missing = command.required.find((option) => !values[option]);
  if (missing !== undefined) return refuse(`${name} needs --${missing}\nUsage: uintrd ${command.usage}`);
  try {
    return await command.run(values);
  } catch (error) {
    if (error instanceof StoreError || (error as NodeJS.ErrnoException).code !== undefined) return refuse((error as Error).message);
    throw error;
  }
}

function refuse(message: string): number {
  console.error(`uintrd: ${message}`);
  return 2;
}
