// Flags that every command takes, before its name or behind it.

import { Option } from 'commander';
import { FORMATS } from './output.ts';
import { DEFAULT_ENDPOINT } from './session.ts';
import type { Command } from 'commander';
import type { GlobalOptions } from './session.ts';

const NAMES = ['endpoint', 'context', 'local', 'project', 'output'] as const;

function options(): Option[] {
  return [
    new Option('--endpoint <address>', `the daemon: unix:PATH or HOST:PORT (UINTRCTL_ENDPOINT, UINTRD_ENDPOINT, ${DEFAULT_ENDPOINT})`),
    new Option('--context <name>', 'the daemon of this name (UINTRCTL_CONTEXT, the current one of "uintrctl context")'),
    new Option('--local', 'a private daemon for this command'),
    new Option('--project <project>', 'whose machines short names are (UINTRCTL_PROJECT, that of the context, default)'),
    new Option('-o, --output <format>', 'of results')
      .choices([...FORMATS])
      .env('UINTRCTL_OUTPUT')
      .default('table'),
  ];
}

export function addGlobalOptions(program: Command): void {
  for (const option of options()) program.addOption(option);
}

/** Behind a command's name too; a flag that a command has for something else stays its own. */
export function inheritGlobalOptions(command: Command): void {
  for (const child of command.commands) {
    for (const option of options())
      if (!child.options.some(({ short, long }) => long === option.long || (short !== undefined && short === option.short)))
        child.addOption(option);
    inheritGlobalOptions(child);
  }
}

/** What was given, the innermost first. `command`: the one that was invoked. */
export function globalOptions(command: Command): GlobalOptions {
  const merged: Record<string, unknown> = {};
  for (let at: Command | null = command; at; at = at.parent)
    for (const name of NAMES) {
      const own = at.options.some((option) => option.attributeName() === name && isGlobal(option));
      const source = at.getOptionValueSource(name);
      const given = source === 'cli' || (merged[name] === undefined && source !== undefined && at.parent === null);
      if (own && given && merged[name] === undefined) merged[name] = at.getOptionValue(name);
    }
  return merged as unknown as GlobalOptions;
}

/** Not a command's own flag of the same name. */
function isGlobal(option: Option): boolean {
  return option.long !== '--output' || option.argChoices?.[0] === FORMATS[0];
}
