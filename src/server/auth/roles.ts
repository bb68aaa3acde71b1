// What somebody may do, by project: a role in each, and one in all of them. Values are those of uintr.v1.Role; 0 is no role.

import { API } from '../../gen/api.ts';
import { EVERY_PROJECT } from '../resource-name.ts';
import type { Role as RoleName, RoleBinding } from '../../gen/api.ts';

const NUMBERS = API.enums['uintr.v1.Role']! as Readonly<Record<RoleName, number>>;
export const VIEWER = NUMBERS.ROLE_VIEWER;
export const OPERATOR = NUMBERS.ROLE_OPERATOR;
export const ADMIN = NUMBERS.ROLE_ADMIN;

export const roleName = (role: number): RoleName => (Object.keys(NUMBERS) as RoleName[])[role]!;

export class Roles {
  /** In every project and in the daemon itself. */
  readonly everywhere: number;
  private readonly byProject: ReadonlyMap<string, number>;

  private constructor(byProject: ReadonlyMap<string, number>) {
    this.byProject = byProject;
    this.everywhere = byProject.get(EVERY_PROJECT) ?? 0;
  }

  /** Where a project has several, the highest holds. */
  static of(bindings: readonly RoleBinding[]): Roles {
    const byProject = new Map<string, number>();
    for (const { project, role } of bindings) byProject.set(project, Math.max(byProject.get(project) ?? 0, NUMBERS[role]));
    return new Roles(byProject);
  }

  in(project: string): number {
    return Math.max(this.everywhere, this.byProject.get(project) ?? 0);
  }

  /** What both allow. */
  within(other: Roles): Roles {
    const projects = new Set([...this.byProject.keys(), ...other.byProject.keys(), EVERY_PROJECT]);
    return new Roles(new Map([...projects].map((project) => [project, Math.min(this.in(project), other.in(project))])));
  }

  /** Whether `other` allows nothing that these do not. */
  cover(other: Roles): boolean {
    return this.everywhere >= other.everywhere && [...other.byProject].every(([project, role]) => this.in(project) >= role);
  }

  bindings(): RoleBinding[] {
    return [...this.byProject].filter(([, role]) => role > 0).map(([project, role]) => ({ project, role: roleName(role) }));
  }
}

export const EVERYTHING = Roles.of([{ project: EVERY_PROJECT, role: 'ROLE_ADMIN' }]);
