// What can stand where the cursor is: read off the tree of commands, whatever commands there are.

import type { Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** Names that only a daemon or a file knows. `machine`: the one given before, for what is in it. */
export type Dynamic = { readonly kind: 'machines' | 'contexts' } | { readonly kind: 'processes' | 'threads'; readonly machine: string };

export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly dynamic?: Dynamic;
  /** Files of this host. */
  readonly files: boolean;
}

const NOTHING: Completion = { candidates: [], files: false };
/** Placeholders whose value is a file or folder of this host. */
const FILES = new Set(['file', 'files', 'folder', 'program', 'host:guest', 'path']);
/** All that stands behind the program is the program's. */
const HOST_PROGRAMS = new Set(['run']);

/** `words`: behind "uintrctl", up to the one that is being written, which may be ''. */
export function complete(
  program: Command,
  words: readonly string[],
  choices: Readonly<Record<string, readonly string[]>> = {},
): Completion {
  const before = joinEquals(words);
  const current = before.pop() ?? '';
  let command = program;
  const positionals: string[] = [];
  let ended = false;
  for (let at = 0; at < before.length; at++) {
    const word = before[at]!;
    if (HOST_PROGRAMS.has(command.name()) && positionals.length > 0) return { candidates: [], files: true };
    if (!ended && word === '--') ended = true;
    else if (!ended && word.startsWith('-') && word.length > 1) {
      const option = optionOf(command, word);
      if (!option || !takesValue(option) || word.includes('=')) continue;
      if (at === before.length - 1) return matching(valuesOf(option, choices), current);
      at++;
    } else {
      const child = positionals.length === 0 ? childOf(command, word) : undefined;
      if (child) command = child;
      else positionals.push(word);
    }
  }
  if (HOST_PROGRAMS.has(command.name()) && positionals.length > 0) return { candidates: [], files: true };
  if (!ended && current.startsWith('-')) return optionCandidates(command, current, choices);
  return matching(operands(command, positionals), current);
}

/** bash makes "--seed=1" three words. */
function joinEquals(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const [at, word] of words.entries()) {
    const apart = word === '=' && at > 0 && words[at - 1]!.startsWith('--');
    if (!apart) joined.push(word);
    else if (at === words.length - 1) joined.push('');
  }
  return joined;
}

const childOf = (command: Command, word: string): Command | undefined =>
  command.commands.find((child) => child.name() === word || child.aliases().includes(word));
const takesValue = (option: Option): boolean => option.required || option.optional;

function optionOf(command: Command, word: string): Option | undefined {
  const flag = word.split('=')[0];
  return command.options.find(({ long, short }) => flag === long || flag === short);
}

function optionCandidates(command: Command, current: string, choices: Readonly<Record<string, readonly string[]>>): Completion {
  const equals = current.indexOf('=');
  const option = equals > 0 ? optionOf(command, current) : undefined;
  if (option) {
    const flag = current.slice(0, equals + 1);
    const { candidates, ...rest } = matching(valuesOf(option, choices), current.slice(equals + 1));
    return { ...rest, candidates: candidates.map(({ value, about }) => ({ value: flag + value, about })) };
  }
  const flags = visibleOptions(command).flatMap(({ long, short, description }) =>
    [long, short].filter((flag) => flag !== undefined).map((value) => ({ value, about: description })),
  );
  return matching({ candidates: flags, files: false }, current);
}

const visibleOptions = (command: Command): Option[] => command.createHelp().visibleOptions(command);

/** What the option itself lists, or what its placeholder stands for. */
function valuesOf(option: Option, choices: Readonly<Record<string, readonly string[]>>): Completion {
  const placeholder =
    /<([^>]+)>|\[([^\]]+)\]/
      .exec(option.flags)
      ?.slice(1)
      .find((text) => text !== undefined) ?? '';
  if (option.argChoices) return listed(option.argChoices);
  if (option.attributeName() === 'context') return { ...NOTHING, dynamic: { kind: 'contexts' } };
  if (choices[placeholder]) return listed(choices[placeholder]);
  if (FILES.has(placeholder)) return { candidates: [], files: true };
  return placeholder === 'machine' ? { ...NOTHING, ...machines } : NOTHING;
}

const machines = { dynamic: { kind: 'machines' } } as const;
const listed = (values: readonly string[]): Completion => ({ candidates: values.map((value) => ({ value, about: '' })), files: false });

function operands(command: Command, positionals: readonly string[]): Completion {
  const help = command.createHelp();
  if (positionals.length === 0 && command.commands.length > 0)
    return {
      candidates: help.visibleCommands(command).map((child) => ({ value: child.name(), about: child.description() })),
      files: false,
    };
  const given = command.registeredArguments;
  const argument = given[positionals.length] ?? (given.at(-1)?.variadic ? given.at(-1) : undefined);
  if (!argument) return NOTHING;
  if (argument.argChoices) return listed(argument.argChoices);
  const name = argument.name();
  const machine = positionals[0] ?? '';
  if (command.parent?.name() === 'context' && (name === 'name' || name === 'names'))
    return command.name() === 'add' ? NOTHING : { ...NOTHING, dynamic: { kind: 'contexts' } };
  if (name === 'machine' || name === 'machines') return { ...NOTHING, ...machines };
  if (name === 'pid' && machine !== '') return { ...NOTHING, dynamic: { kind: 'processes', machine } };
  if (name === 'tid' && machine !== '') return { ...NOTHING, dynamic: { kind: 'threads', machine } };
  return FILES.has(name) ? { candidates: [], files: true } : NOTHING;
}

function matching(completion: Completion, current: string): Completion {
  return { ...completion, candidates: completion.candidates.filter(({ value }) => value.startsWith(current)) };
}
