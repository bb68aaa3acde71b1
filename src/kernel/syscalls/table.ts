// All system calls of a machine by number: the groups' rows, the uintr calls of the profile, rows of other units, and a reason for each that is absent.

import type { Profile } from '../kernel.ts';
import { UNSUPPORTED_ROWS } from './unsupported.ts';
import { KERNEL_ROWS } from './rows.ts';
import type { SyscallRow } from './row.ts';
import { uintrSyscallRows } from './uintr.ts';

export class SyscallTable {
  /** By number, which are few and dense. */
  private readonly rows: (SyscallRow | undefined)[] = [];

  /** Later rows win over earlier ones: a profile's uintr calls over mainline's, a unit's over "absent". */
  constructor(profile: Profile, extraRows: readonly SyscallRow[]) {
    for (const row of [...UNSUPPORTED_ROWS, ...KERNEL_ROWS, ...uintrSyscallRows(profile), ...extraRows]) this.rows[row.number] = row;
  }

  row(number: number): SyscallRow | null {
    return this.rows[number] ?? null;
  }

  /** "openat"; "syscall_500" for a number nobody knows. */
  nameOf(number: number): string {
    return this.rows[number]?.name ?? `syscall_${number}`;
  }

  /** By number. */
  list(): SyscallRow[] {
    return this.rows.filter((row) => row !== undefined);
  }
}
