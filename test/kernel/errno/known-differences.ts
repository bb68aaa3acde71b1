// Where a machine answers otherwise than Linux 6.18, on purpose or for want of what the call is about. Calls that
// src/kernel/syscalls/unsupported.ts declares absent need no entry: they must answer what is declared there.

export interface KnownDifference {
  /** Matches whole rows: "read / 0 fd: closed". */
  readonly rows: RegExp;
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [];

/** Rows that depend on the host's configuration, where it is not the one that was recorded. */
export const HOST_DIFFERENCES: readonly KnownDifference[] = [];
