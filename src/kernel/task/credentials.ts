// User and group identities of a task (credentials(7)). Immutable: a change makes a new object, so that sharing is safe.

export interface Credentials {
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly fsuid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
}

export function credentialsOf(uid: number, gid: number): Credentials {
  return { uid, euid: uid, suid: uid, fsuid: uid, gid, egid: gid, sgid: gid, fsgid: gid, groups: [] };
}

/** The kernel knows one privilege: effective user 0. */
export function isPrivileged(credentials: Credentials): boolean {
  return credentials.euid === 0;
}
