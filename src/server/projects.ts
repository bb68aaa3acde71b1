// The projects of this daemon. "default" is always there, so that whoever is alone need not know of them.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../machine/errors.ts';
import { DEFAULT_PROJECT, projectName } from './resource-name.ts';
import { KeptMap } from './store/kept-map.ts';
import type { Store } from './store/store.ts';

/** The fields of uintr.v1.Quota; 0 is no limit. */
export const QUOTA_FIELDS = [
  'machines',
  'vcpus',
  'ram_bytes',
  'artifact_bytes',
  'event_bytes',
  'streams',
  'requests_per_second',
  'cpu_shares',
  'snapshot_bytes',
] as const;
export type QuotaField = (typeof QUOTA_FIELDS)[number];
export type Quota = Readonly<Record<QuotaField, number>>;

export const NO_QUOTA = Object.fromEntries(QUOTA_FIELDS.map((field) => [field, 0])) as Quota;

export interface Project {
  readonly name: string;
  readonly uid: string;
  /** Of creation in this daemon. */
  readonly ordinal: number;
  readonly createTime: number;
  readonly revision: number;
  readonly displayName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly quota: Quota;
}

export type ProjectChange = Partial<Pick<Project, 'displayName' | 'labels' | 'quota'>>;

export class Projects {
  private readonly kept: KeptMap<Project>;

  constructor(store: Store) {
    this.kept = new KeptMap(store, 'projects');
    if (!this.kept.get(DEFAULT_PROJECT)) this.create('default', { displayName: 'Default' });
  }

  list(): Project[] {
    return this.kept.values();
  }

  find(name: string): Project | undefined {
    return this.kept.get(name);
  }

  get(name: string): Project {
    const project = this.kept.get(name);
    if (!project) throw new MachineError('PROJECT_NOT_FOUND', `there is no project ${name}`, { name });
    return project;
  }

  create(id: string, { displayName = '', labels = {}, quota = NO_QUOTA }: ProjectChange): Project {
    const name = projectName(id);
    if (this.kept.get(name)) throw new MachineError('ALREADY_EXISTS', `there is a project ${name} already`, { name });
    const ordinal = Math.max(0, ...this.list().map((project) => project.ordinal)) + 1;
    return this.keep({ name, uid: randomUUID(), ordinal, createTime: Date.now(), revision: 1, displayName, labels, quota });
  }

  update(name: string, change: ProjectChange): Project {
    const before = this.get(name);
    return this.keep({ ...before, ...change, revision: before.revision + 1 });
  }

  delete(name: string): void {
    if (name === DEFAULT_PROJECT) throw new MachineError('WRONG_STATE', `${name} is always there`, { name });
    this.kept.delete(name);
  }

  private keep(project: Project): Project {
    this.kept.set(project.name, project);
    return project;
  }
}

export const projectEtag = ({ uid, revision }: Project): string => `"${uid.slice(0, 8)}-${revision}"`;
