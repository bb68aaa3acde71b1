// The daemon's settings as it was started: a flag, else a UINTRD_* variable, else the configuration file, else the default.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkAddress, checkTogether, ConfigError, fallbackText, nearest, SETTINGS, variableOf } from './settings.ts';
import type { Config, Setting } from './settings.ts';
import { UPKEEP } from './upkeep/commands.ts';

/** A value as it was found, and how to call the place it came from. */
interface Given {
  readonly value: unknown;
  readonly place: string;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

const FLAGS = SETTINGS.map(({ flag }) => flag);
/** Not settings: they say what to do, or where settings are. */
const OTHER_FLAGS = ['config', 'print-config', 'help', 'version'];

const suggestion = (name: string | undefined, prefix = ''): string => (name === undefined ? '' : `; did you mean ${prefix}${name}?`);

export function usage(): string {
  const row = (name: string, about: string): string => `  --${name.padEnd(24)} ${about}`;
  return [
    'Usage: uintrd [flags]',
    ...Object.values(UPKEEP).map(({ usage: its }) => `       uintrd ${its}`),
    '',
    ...SETTINGS.map((setting) => row(setting.flag, `${setting.about} (${fallbackText(setting)})`)),
    row('config FILE', 'read settings from a JSON file: {"max-machines": 10}'),
    row('print-config', 'print the settings as such a file and exit'),
    row('help, --version', 'say so and exit'),
    '',
    'A setting may come as a flag, as a variable (--max-machines as UINTRD_MAX_MACHINES) or in the file, in this order of precedence.',
    'In a variable, addresses are separated by commas, and what is on or off is true or false.',
  ].join('\n');
}

/** Of docs/operations.md. */
export function settingsTable(): string {
  const bounds = (setting: Setting): string =>
    setting.kind === 'integer'
      ? `, ${setting.minimum}${setting.maximum === undefined ? ' or more' : ` to ${setting.maximum}`}`
      : setting.kind === 'choice'
        ? `, one of ${setting.choices.join(', ')}`
        : '';
  return [
    '| flag, key | default | meaning |',
    '|---|---|---|',
    ...SETTINGS.map((setting) => `| \`${setting.flag}\` | ${fallbackText(setting)} | ${setting.about}${bounds(setting)} |`),
  ].join('\n');
}

export type Request = Config | 'help' | 'version' | { readonly print: Config };

export function readConfig(argv: readonly string[], environment: Environment): Request {
  const values = parseFlags(argv);
  if (values['help']) return 'help';
  if (values['version']) return 'version';
  refuseMisspelt(environment);
  const path = (values['config'] as string | undefined) ?? environment[variableOf('config')];
  const file = path ? readFile(path) : {};
  const config: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const given = find(setting, values, environment, file, path ?? '');
    config[setting.name] = given === undefined ? setting.fallback : check(setting, given);
  }
  checkTogether(config as unknown as Config);
  return values['print-config'] ? { print: config as unknown as Config } : (config as unknown as Config);
}

/** As a file that --config reads. */
export function printConfig(config: Config): string {
  return JSON.stringify(Object.fromEntries(SETTINGS.map(({ flag, name }) => [flag, config[name]])), null, 2);
}

function parseFlags(argv: readonly string[]): Values {
  const unknown = argv.find(
    (argument) => argument.startsWith('--') && argument !== '--' && !known(argument.slice(2).split('=', 1)[0]!.replace(/^no-/, '')),
  );
  if (unknown !== undefined) {
    const name = unknown.slice(2).split('=', 1)[0]!;
    throw new ConfigError(`there is no flag --${name}${suggestion(nearest(name, [...FLAGS, ...OTHER_FLAGS]), '--')}`);
  }
  try {
    return parseArgs({
      args: [...argv],
      allowNegative: true,
      options: {
        ...Object.fromEntries(
          SETTINGS.map(({ flag, kind }) => [
            flag,
            { type: kind === 'flag' ? ('boolean' as const) : ('string' as const), multiple: kind === 'addresses' },
          ]),
        ),
        config: { type: 'string' },
        'print-config': { type: 'boolean' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    }).values as Values;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

const known = (flag: string): boolean => FLAGS.includes(flag) || OTHER_FLAGS.includes(flag);

/** Programs around the daemon have UINTRD_ variables of their own, so only what looks like one of ours is refused. */
function refuseMisspelt(environment: Environment): void {
  const variables = [...FLAGS, 'config'].map(variableOf);
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('UINTRD_') || variables.includes(name)) continue;
    const meant = nearest(
      name.slice(7),
      variables.map((variable) => variable.slice(7)),
    );
    if (meant !== undefined && name !== 'UINTRD_ENDPOINT' && name !== 'UINTRD_BIN')
      throw new ConfigError(`there is no variable ${name}${suggestion(meant, 'UINTRD_')}`);
  }
}

function readFile(path: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`--config ${path}: ${(error as Error).message}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new ConfigError(`--config ${path}: must be a JSON object such as {"max-machines": 10}`);
  for (const key of Object.keys(parsed))
    if (!FLAGS.includes(key)) throw new ConfigError(`--config ${path}: there is no setting "${key}"${suggestion(nearest(key, FLAGS))}`);
  return parsed as Record<string, unknown>;
}

function find(
  { flag, kind }: Setting,
  values: Values,
  environment: Environment,
  file: Readonly<Record<string, unknown>>,
  path: string,
): Given | undefined {
  const given = values[flag];
  if (given !== undefined) return { value: kind === 'integer' ? number(given as string) : given, place: `--${flag}` };
  const variable = environment[variableOf(flag)];
  if (variable) {
    const value =
      kind === 'integer' ? number(variable) : kind === 'addresses' ? variable.split(',') : kind === 'flag' ? boolean(variable) : variable;
    return { value, place: `${variableOf(flag)} (--${flag})` };
  }
  const value = file[flag];
  if (value !== undefined)
    return { value: kind === 'addresses' && typeof value === 'string' ? [value] : value, place: `"${flag}" in ${path}` };
  return undefined;
}

const number = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);
const boolean = (text: string): boolean | string => ({ true: true, false: false, '1': true, '0': false })[text] ?? text;

function check(setting: Setting, { value, place }: Given): unknown {
  const wrong = (wanted: string): never => {
    throw new ConfigError(`${place}: must be ${wanted}, got ${JSON.stringify(value)}`);
  };
  switch (setting.kind) {
    case 'integer': {
      const { minimum, maximum = Number.MAX_SAFE_INTEGER } = setting;
      const wanted = setting.maximum === undefined ? `an integer of at least ${minimum}` : `an integer from ${minimum} to ${maximum}`;
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum || value > maximum) return wrong(wanted);
      return value;
    }
    case 'choice':
      return setting.choices.includes(value as string) ? value : wrong(`one of ${setting.choices.join(', ')}`);
    case 'flag':
      return typeof value === 'boolean' ? value : wrong('true or false');
    case 'path':
      return typeof value === 'string' ? value : wrong('a path');
    case 'address':
      if (typeof value !== 'string') return wrong('an address');
      return value === '' ? '' : checkAddress(value, place, true);
    case 'addresses':
      if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string'))
        return wrong('a list of addresses');
      return (value as string[]).map((address) => checkAddress(address, place));
  }
}
