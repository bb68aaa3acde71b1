// Set-user-ID and set-group-ID programs (execve(2)): whose rights a program runs with.

import { S_ISGID, S_ISUID } from '../abi/stat.ts';
import type { Credentials } from '../task/credentials.ts';
import type { Inode } from '../vfs/inode.ts';

export interface ProgramIdentity {
  readonly euid: number;
  readonly egid: number;
}

/** Set-group-ID without permission for the group to execute marks mandatory locking, and says nothing here. */
const SET_GROUP = S_ISGID | 0o010;

export function programIdentity({ mode, uid, gid }: Inode, who: Credentials): ProgramIdentity {
  return { euid: mode & S_ISUID ? uid : who.euid, egid: (mode & SET_GROUP) === SET_GROUP ? gid : who.egid };
}

/** AT_SECURE: the C library ignores what the environment says. */
export function isSecure(who: Credentials, { euid, egid }: ProgramIdentity): boolean {
  return euid !== who.uid || egid !== who.gid || euid !== who.euid || egid !== who.egid;
}
