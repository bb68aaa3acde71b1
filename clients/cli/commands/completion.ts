// uintrctl completion SHELL, and the hidden command that its scripts ask.

import { Argument } from 'commander';
import { API } from '../../../src/gen/api.ts';
import { complete } from '../completion/candidates.ts';
import { ASK, SCRIPTS, SHELLS } from '../completion/scripts.ts';
import { readContexts } from '../context-file.ts';
import { machineName, useProject } from '../names.ts';
import { lastPart, word } from '../output.ts';
import { printable } from '../../../src/text/printable.ts';
import { accessOf, targetOf } from '../session.ts';
import { ABIS, CPU_LEVELS, STORAGES } from '../spec-options.ts';
import type { Command } from 'commander';
import type { Candidate, Dynamic } from '../completion/candidates.ts';
import type { Shell } from '../completion/scripts.ts';
import type { UintrClient } from '../../ts/client.ts';

/** Somebody waits at a prompt. */
const PATIENCE_MILLISECONDS = 1500;
/** By placeholder. */
const CHOICES = {
  kind: Object.keys(API.enums['uintr.v1.EventKind']!)
    .slice(1)
    .map((name) => name.slice('EVENT_KIND_'.length).toLowerCase()),
  profile: ABIS,
  level: CPU_LEVELS,
  device: STORAGES,
};

export function addCompletionCommands(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which').choices([...SHELLS]))
    .description('print a script that completes command lines')
    .addHelpText('after', '\nThe script says in its first lines how to load it.')
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell]));

  program
    .command(`${ASK} [words...]`, { hidden: true })
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const { candidates, dynamic, files } = complete(program, words, CHOICES);
      const current = words.at(-1) ?? '';
      // Wrong options on the line being written are not worth a word.
      const named = dynamic ? await namesOf(dynamic, words).catch(() => []) : [];
      for (const { value, about } of [...candidates, ...named.filter(({ value: name }) => name.startsWith(current))])
        console.log(about === '' ? value : `${value}\t${printable(about)}`);
      if (files) console.log(':files');
    });
}

async function namesOf(dynamic: Dynamic, words: readonly string[]): Promise<Candidate[]> {
  if (dynamic.kind === 'contexts')
    return Object.entries(readContexts().contexts).map(([value, { endpoint }]) => ({ value, about: endpoint }));
  if (words.includes('--local')) return [];
  const given = (flag: string): string | undefined => {
    const at = words.indexOf(flag);
    return at >= 0 ? words[at + 1] : words.find((text) => text.startsWith(`${flag}=`))?.slice(flag.length + 1);
  };
  const [endpoint, context] = [given('--endpoint'), given('--context')];
  const target = targetOf({ ...(endpoint === undefined ? {} : { endpoint }), ...(context === undefined ? {} : { context }) });
  const { connect } = await import('../../ts/client.ts');
  const client = connect(target.endpoint, accessOf(target));
  useProject(client.project);
  try {
    return await LISTS[dynamic.kind](client, 'machine' in dynamic ? machineName(dynamic.machine) : client.project);
  } finally {
    client.close();
  }
}

const call = { timeout: PATIENCE_MILLISECONDS };
const LISTS: Readonly<Record<Exclude<Dynamic['kind'], 'contexts'>, (client: UintrClient, parent: string) => Promise<Candidate[]>>> = {
  machines: async (client, parent) => {
    const { machines } = await client.machines.ListMachines({ parent, page_size: 1000 }, call);
    return machines.map(({ name, state }) => ({ value: lastPart(name), about: word(state, 'MACHINE_STATE_') }));
  },
  processes: async (client, parent) => {
    const { processes } = await client.guest.ListProcesses({ parent, page_size: 1000 }, call);
    return processes.map(({ pid, path }) => ({ value: String(pid), about: path }));
  },
  threads: async (client, parent) => {
    const { threads } = await client.guest.ListThreads({ parent, page_size: 1000 }, call);
    return threads.map(({ tid, comm }) => ({ value: String(tid), about: comm }));
  },
};
