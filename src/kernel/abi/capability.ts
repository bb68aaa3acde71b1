// Capabilities and the bits that say what root means (include/uapi/linux/capability.h, securebits.h).

export const CAP = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  DAC_READ_SEARCH: 2,
  FOWNER: 3,
  FSETID: 4,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  SETPCAP: 8,
  LINUX_IMMUTABLE: 9,
  NET_BIND_SERVICE: 10,
  NET_ADMIN: 12,
  NET_RAW: 13,
  IPC_LOCK: 14,
  IPC_OWNER: 15,
  SYS_CHROOT: 18,
  SYS_PTRACE: 19,
  SYS_ADMIN: 21,
  SYS_NICE: 23,
  SYS_RESOURCE: 24,
  SYS_TIME: 25,
  SYS_TTY_CONFIG: 26,
  MKNOD: 27,
  LEASE: 28,
  MAC_OVERRIDE: 32,
  CHECKPOINT_RESTORE: 40,
} as const;

/** CAP_CHECKPOINT_RESTORE. */
export const LAST_CAPABILITY = 40;
export const ALL_CAPABILITIES = (1n << BigInt(LAST_CAPABILITY + 1)) - 1n;

export function capabilityBit(capability: number): bigint {
  return 1n << BigInt(capability);
}

/** Those that come and go with the file-system user id. */
export const FILE_CAPABILITIES = [
  CAP.CHOWN,
  CAP.DAC_OVERRIDE,
  CAP.DAC_READ_SEARCH,
  CAP.FOWNER,
  CAP.FSETID,
  CAP.LINUX_IMMUTABLE,
  CAP.MKNOD,
  CAP.MAC_OVERRIDE,
].reduce((mask, capability) => mask | capabilityBit(capability), 0n);

export const SECURE_NOROOT = 1;
export const SECURE_NO_SETUID_FIXUP = 4;
export const SECURE_KEEP_CAPS = 16;
export const SECURE_KEEP_CAPS_LOCKED = 32;
export const SECURE_NO_CAP_AMBIENT_RAISE = 64;
/** Each bit with its lock. */
export const SECURE_ALL_BITS = 0xfff;
export const SECURE_ALL_LOCKS = 0xaaa;
/** SECBIT_EXEC_RESTRICT_FILE and SECBIT_EXEC_DENY_INTERACTIVE, advice to interpreters, and their locks. */
export const SECURE_UNPRIVILEGED = 0xf00;
