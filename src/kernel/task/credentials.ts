// User and group identities and capabilities of a task (credentials(7), capabilities(7)). Immutable: a change makes a new object, so
// that sharing is safe. Not modelled: user namespaces, capabilities of files.

import {
  ALL_CAPABILITIES,
  CAP,
  capabilityBit,
  FILE_CAPABILITIES,
  SECURE_KEEP_CAPS,
  SECURE_NO_SETUID_FIXUP,
  SECURE_NOROOT,
} from '../abi/capability.ts';

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
  /** Sets of capabilities as masks: bit n for capability n. */
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly inheritable: bigint;
  readonly bounding: bigint;
  readonly ambient: bigint;
  /** SECBIT_*. */
  readonly secureBits: number;
}

export function credentialsOf(uid: number, gid: number): Credentials {
  const held = uid === 0 ? ALL_CAPABILITIES : 0n;
  return {
    uid,
    euid: uid,
    suid: uid,
    fsuid: uid,
    gid,
    egid: gid,
    sgid: gid,
    fsgid: gid,
    groups: [],
    permitted: held,
    effective: held,
    inheritable: 0n,
    bounding: ALL_CAPABILITIES,
    ambient: 0n,
    secureBits: 0,
  };
}

export function isCapable(credentials: Credentials, capability: number): boolean {
  return (credentials.effective & capabilityBit(capability)) !== 0n;
}

/** CAP_SYS_ADMIN: whatever has no capability of its own. */
export function isPrivileged(credentials: Credentials): boolean {
  return isCapable(credentials, CAP.SYS_ADMIN);
}

/** After set*uid: capabilities come with user 0 and go with it. */
export function withUsers(old: Credentials, users: Partial<Pick<Credentials, 'uid' | 'euid' | 'suid' | 'fsuid'>>): Credentials {
  const next = { ...old, ...users };
  if (old.secureBits & SECURE_NO_SETUID_FIXUP) return next;
  const wasRoot = old.uid === 0 || old.euid === 0 || old.suid === 0;
  const isRoot = next.uid === 0 || next.euid === 0 || next.suid === 0;
  let { permitted, effective, ambient } = old;
  if (wasRoot && !isRoot) {
    if (!(old.secureBits & SECURE_KEEP_CAPS)) permitted = effective = 0n;
    ambient = 0n;
  }
  if (old.euid === 0 && next.euid !== 0) effective = 0n;
  if (old.euid !== 0 && next.euid === 0) effective = permitted;
  return { ...next, permitted, effective, ambient };
}

/** After setfsuid. */
export function withFileUser(old: Credentials, fsuid: number): Credentials {
  const next = { ...old, fsuid };
  if (old.secureBits & SECURE_NO_SETUID_FIXUP) return next;
  if (old.fsuid === 0 && fsuid !== 0) return { ...next, effective: old.effective & ~FILE_CAPABILITIES };
  if (old.fsuid !== 0 && fsuid === 0) return { ...next, effective: old.effective | (old.permitted & FILE_CAPABILITIES) };
  return next;
}

/** What execve makes of them; `euid` and `egid` are those of a set-user-ID or set-group-ID program. */
export function afterExecution(old: Credentials, euid: number, egid: number): Credentials {
  const changesIdentity = euid !== old.euid || egid !== old.egid;
  const rootMatters = (old.secureBits & SECURE_NOROOT) === 0;
  const ambient = changesIdentity ? 0n : old.ambient;
  let [permitted, effective] = [ambient, ambient];
  if (rootMatters && (euid === 0 || old.uid === 0)) {
    permitted = old.bounding | old.inheritable;
    if (euid === 0) effective = permitted;
  }
  const secureBits = old.secureBits & ~SECURE_KEEP_CAPS;
  return { ...old, euid, suid: euid, fsuid: euid, egid, sgid: egid, fsgid: egid, permitted, effective, ambient, secureBits };
}

/** True if a change from `old` makes the process one that others of its user may no longer look into. */
export function concealsProcess(old: Credentials, next: Credentials): boolean {
  const changes = old.euid !== next.euid || old.egid !== next.egid || old.fsuid !== next.fsuid || old.fsgid !== next.fsgid;
  return changes || (next.permitted & ~old.permitted) !== 0n;
}
