// ProjectService: what machines and artifacts belong to.

import { MachineError } from '../../machine/errors.ts';
import { checkEtag } from '../etag.ts';
import { pageOf } from '../page.ts';
import { NO_QUOTA, projectEtag, QUOTA_FIELDS } from '../projects.ts';
import { toTimestamp } from '../timestamp.ts';
import { maskPaths } from '../update-mask.ts';
import { usageOf } from '../usage.ts';
import type { Project as ProjectMessage, ProjectService, Quota as QuotaMessage } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { Users } from '../auth/users.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Implementation } from '../call.ts';
import type { MachineRegistry } from '../machine-registry.ts';
import type { Project, Projects, Quota } from '../projects.ts';
import type { Quotas } from '../quota/quotas.ts';
import type { Removals } from '../retention/removals.ts';

const CHANGEABLE = ['display_name', 'labels', 'quota', ...QUOTA_FIELDS.map((field) => `quota.${field}`)];

const quotaFrom = (message: QuotaMessage | undefined): Quota =>
  message ? (Object.fromEntries(QUOTA_FIELDS.map((field) => [field, Number(message[field])])) as Quota) : NO_QUOTA;

export function projectService(
  projects: Projects,
  machines: MachineRegistry,
  artifacts: ArtifactStore,
  snapshots: SnapshotStore,
  users: Users,
  quotas: Quotas,
  removals: Removals,
): Implementation<ProjectService> {
  const toMessage = (project: Project): Input<ProjectMessage> => ({
    name: project.name,
    uid: project.uid,
    etag: projectEtag(project),
    create_time: toTimestamp(new Date(project.createTime)),
    display_name: project.displayName,
    labels: project.labels,
    quota: project.quota,
    usage: usageOf(project.name, machines, artifacts, snapshots, quotas),
  });

  return {
    CreateProject({ project_id, project }) {
      const { display_name: displayName = '', labels = {}, quota } = project ?? {};
      return { project: toMessage(projects.create(project_id, { displayName, labels, quota: quotaFrom(quota) })) };
    },

    GetProject: ({ name }) => ({ project: toMessage(projects.get(name)) }),

    ListProjects(request, { principal }) {
      const visible = projects.list().filter(({ name }) => principal.roles.in(name) > 0);
      const { items, next_page_token } = pageOf('projects', visible, ({ ordinal }) => ordinal, request);
      return { projects: items.map(toMessage), next_page_token };
    },

    UpdateProject({ project, update_mask }) {
      const { name, etag, display_name: displayName, labels } = project!;
      const before = projects.get(name);
      const paths = maskPaths(update_mask, CHANGEABLE);
      checkEtag(name, projectEtag(before), etag);
      const given = quotaFrom(project!.quota);
      const changed = QUOTA_FIELDS.filter((field) => paths.includes('quota') || paths.includes(`quota.${field}`));
      const quota = { ...before.quota, ...Object.fromEntries(changed.map((field) => [field, given[field]])) };
      const change = {
        ...(paths.includes('display_name') ? { displayName } : {}),
        ...(paths.includes('labels') ? { labels } : {}),
        quota,
      };
      const after = projects.update(name, change);
      quotas.changed(name);
      return { project: toMessage(after) };
    },

    async DeleteProject({ name, etag, force }) {
      checkEtag(name, projectEtag(projects.get(name)), etag);
      const [its, kept, captured] = [machines.in(name), artifacts.in(name), snapshots.in(name)];
      if (!force && its.length + kept.length + captured.length > 0)
        throw new MachineError(
          'WRONG_STATE',
          `${name} has ${its.length} machines, ${kept.length} artifacts and ${captured.length} snapshots: delete them, or use force`,
          {
            name,
          },
        );
      projects.delete(name);
      users.dropProject(name);
      // One at a time: others may be faster.
      for (let [next] = artifacts.in(name); next; [next] = artifacts.in(name)) await artifacts.delete(next.name);
      await Promise.all(its.map((handle) => machines.delete(handle)));
      await snapshots.deleteAll(name);
      removals.forgetProject(name);
      quotas.forget(name);
      return {};
    },
  };
}
