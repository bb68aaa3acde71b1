// uintrctl project create | ls | inspect | set | rm

import { API } from '../../../src/gen/api.ts';
import { everyPage, projectName } from '../names.ts';
import { lastPart, printList, printObject } from '../output.ts';
import { parseChoice, parsePair, parseSize } from '../quantity.ts';
import { collect } from '../spec-options.ts';
import { UsageError } from '../usage-error.ts';
import type { Command } from 'commander';
import type { Project, Quota } from '../../../src/gen/api.ts';
import type { WithSession } from '../program.ts';

const QUOTAS = API.messages['uintr.v1.Quota']!.map(({ name }) => name);

interface ProjectOptions {
  readonly displayName?: string;
  readonly quota: readonly string[];
}

function quotaFrom(given: readonly string[]): Partial<Quota> {
  return Object.fromEntries(
    given.map((text) => {
      const [name, value] = parsePair('--quota', text);
      return [parseChoice('--quota', name, QUOTAS), parseSize('--quota', value)];
    }),
  );
}

/** "3 of 10", or "3" where there is no limit. */
const used = (amount: number | bigint, limit: number | bigint): string => (Number(limit) === 0 ? String(amount) : `${amount} of ${limit}`);
const usedMebibytes = (amount: bigint, limit: bigint): string => `${used(amount >> 20n, limit >> 20n)} MiB`;

const addQuotaOption = (command: Command): Command =>
  command.option('--quota <name=amount>', `the most it may have, 0 for no limit: ${QUOTAS.join(', ')}; may be repeated`, collect, []);

export function addProjectCommands(program: Command, withSession: WithSession): void {
  const project = program.command('project').description('what machines and artifacts belong to');

  addQuotaOption(project.command('create <id>').description('make a project').option('--display-name <text>', 'for people')).action(
    (id: string, { displayName = '', quota }: ProjectOptions) =>
      withSession(async ({ client, format }) => {
        const request = { project_id: id, project: { display_name: displayName, quota: quotaFrom(quota) } };
        const { project: made } = await client.projects.CreateProject(request);
        if (format === 'table') console.log(lastPart(made!.name));
        else printObject(format, 'uintr.v1.Project', made!);
      }),
  );

  project
    .command('ls')
    .description('list the projects in which you have a role, and what they use')
    .action(() =>
      withSession(async ({ client, format }) => {
        const projects = await everyPage(
          (page_token) => client.projects.ListProjects({ page_token }),
          (page) => page.projects,
        );
        printList<Project>(format, 'uintr.v1.Project', projects, [
          ['NAME', ({ name }) => lastPart(name)],
          ['MACHINES', ({ usage, quota }) => used(usage!.machines, quota!.machines)],
          ['VCPUS', ({ usage, quota }) => used(usage!.vcpus, quota!.vcpus)],
          ['RAM', ({ usage, quota }) => usedMebibytes(usage!.ram_bytes, quota!.ram_bytes)],
          ['ARTIFACTS', ({ usage, quota }) => usedMebibytes(usage!.artifact_bytes, quota!.artifact_bytes)],
          ['SNAPSHOTS', ({ usage, quota }) => usedMebibytes(usage!.snapshot_bytes, quota!.snapshot_bytes)],
          ['EVENTS', ({ usage, quota }) => usedMebibytes(usage!.event_bytes, quota!.event_bytes)],
          ['DISPLAY NAME', ({ display_name }) => display_name],
        ]);
      }),
    );

  project
    .command('inspect <project>')
    .description('show a project with its quota and what it uses')
    .action((id: string) =>
      withSession(async ({ client, format }) => {
        const { project: found } = await client.projects.GetProject({ name: projectName(id) });
        printObject(format, 'uintr.v1.Project', found!);
      }),
    );

  addQuotaOption(
    project
      .command('set <project>')
      .description('change a project; what it has above a new quota stays')
      .option('--display-name <text>', 'for people'),
  ).action((id: string, { displayName, quota }: ProjectOptions) =>
    withSession(async ({ client, format }) => {
      const limits = quotaFrom(quota);
      const paths = [...Object.keys(limits).map((name) => `quota.${name}`), ...(displayName === undefined ? [] : ['display_name'])];
      if (paths.length === 0) throw new UsageError('project set: say what to change, --quota or --display-name');
      const { project: after } = await client.projects.UpdateProject({
        project: { name: projectName(id), quota: limits, ...(displayName === undefined ? {} : { display_name: displayName }) },
        update_mask: { paths },
      });
      printObject(format, 'uintr.v1.Project', after!);
    }),
  );

  project
    .command('rm <projects...>')
    .description('remove projects')
    .option('--force', 'with their machines and artifacts')
    .action((ids: string[], { force = false }: { readonly force?: boolean }) =>
      withSession(async ({ client }) => {
        for (const id of ids) await client.projects.DeleteProject({ name: projectName(id), force });
      }),
    );
}
