// The users of this daemon and their roles.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../../machine/errors.ts';
import { KeptMap } from '../store/kept-map.ts';
import { userName } from '../resource-name.ts';
import { LOCAL_USER } from './principal.ts';
import { ADMIN, Roles } from './roles.ts';
import type { RoleBinding } from '../../gen/api.ts';
import type { Store } from '../store/store.ts';

export interface User {
  readonly name: string;
  readonly uid: string;
  /** Of creation in this daemon. */
  readonly ordinal: number;
  readonly createTime: number;
  readonly revision: number;
  readonly displayName: string;
  readonly roles: readonly RoleBinding[];
  readonly disabled: boolean;
}

export type UserChange = Partial<Pick<User, 'displayName' | 'roles' | 'disabled'>>;

export class Users {
  private readonly kept: KeptMap<User>;
  /** Of those in `kept`, ready to be asked. */
  private readonly roles = new Map<string, Roles>();

  constructor(store: Store) {
    this.kept = new KeptMap(store, 'users');
    for (const { name, roles } of this.list()) this.roles.set(name, Roles.of(roles));
  }

  list(): User[] {
    return this.kept.values();
  }

  find(name: string): User | undefined {
    return this.kept.get(name);
  }

  get(name: string): User {
    const user = this.kept.get(name);
    if (!user) throw new MachineError('USER_NOT_FOUND', `there is no user ${name}`, { name });
    return user;
  }

  /** Of a user that is there. */
  rolesOf(name: string): Roles {
    return this.roles.get(name)!;
  }

  create(id: string, { displayName = '', roles = [], disabled = false }: UserChange): User {
    const name = userName(id);
    if (name === LOCAL_USER || this.kept.get(name)) throw new MachineError('ALREADY_EXISTS', `there is a user ${name} already`, { name });
    const ordinal = Math.max(0, ...this.list().map((user) => user.ordinal)) + 1;
    return this.keep({ name, uid: randomUUID(), ordinal, createTime: Date.now(), revision: 1, displayName, roles, disabled });
  }

  update(name: string, change: UserChange): User {
    const before = this.get(name);
    const after = { ...before, ...change, revision: before.revision + 1 };
    if (isAdmin(before) && !isAdmin(after)) this.keepOneAdmin(name);
    return this.keep(after);
  }

  delete(name: string): void {
    if (isAdmin(this.get(name))) this.keepOneAdmin(name);
    this.forget(name);
  }

  /** A project is gone: one that is made later under its name is another one. */
  dropProject(project: string): void {
    for (const user of this.list()) {
      const roles = user.roles.filter((binding) => binding.project !== project);
      if (roles.length < user.roles.length) this.keep({ ...user, roles, revision: user.revision + 1 });
    }
  }

  /** Even the last administrator. */
  forget(name: string): void {
    this.kept.delete(name);
    this.roles.delete(name);
  }

  /** So that nobody locks everybody out. */
  private keepOneAdmin(name: string): void {
    if (this.list().some((user) => user.name !== name && isAdmin(user))) return;
    throw new MachineError('WRONG_STATE', `${name} is the last user with the role ADMIN in projects/-: give it to another one first`, {
      name,
    });
  }

  private keep(user: User): User {
    this.kept.set(user.name, user);
    this.roles.set(user.name, Roles.of(user.roles));
    return user;
  }
}

const isAdmin = ({ roles, disabled }: User): boolean => !disabled && Roles.of(roles).everywhere >= ADMIN;

export const userEtag = ({ uid, revision }: User): string => `"${uid.slice(0, 8)}-${revision}"`;
