// Writes docs/compatibility.md from the table of system calls. `--check` compares instead and fails if it differs.

import { readFileSync, writeFileSync } from 'node:fs';
import { errorName, ERRNO } from '../src/kernel/abi/errno.ts';
import type { Profile } from '../src/kernel/kernel.ts';
import type { SyscallRow } from '../src/kernel/syscalls/row.ts';
import { SyscallTable } from '../src/kernel/syscalls/table.ts';
import { Uring } from '../src/uring/uring.ts';
import { isMain } from './is-main.ts';

export const COMPATIBILITY = new URL('../docs/compatibility.md', import.meta.url);

const PROFILES: readonly Profile[] = ['poc', 'poc-stack-top', 'k518', 'rfc'];

/** As a machine of this profile has it, the rings included. */
export function completeTable(profile: Profile): SyscallTable {
  return new SyscallTable(profile, new Uring().rows(profile));
}

function state(row: SyscallRow): string {
  if (!row.handler) return `absent (${errorName(row.error ?? ERRNO.ENOSYS)}): ${row.unsupported ?? ''}`;
  return row.deviation === undefined ? 'complete' : `complete, but: ${row.deviation}`;
}

function line(row: SyscallRow): string {
  return `| ${row.number} | \`${row.name}\` | ${state(row)} |`;
}

/** Rows that a profile adds to those of "none", or puts in their place. */
function added(profile: Profile): SyscallRow[] {
  const common = completeTable('none');
  return completeTable(profile)
    .list()
    .filter((row) => common.row(row.number)?.name !== row.name);
}

export function compatibility(): string {
  const rows = completeTable('none').list();
  const complete = rows.filter((row) => row.handler);
  const profiles = PROFILES.map((profile) => {
    const own = added(profile);
    const hidden = own.flatMap((row) => completeTable('none').row(row.number)?.name ?? []);
    const instead = hidden.length > 0 ? `\n\nIn their places Linux has ${hidden.map((name) => `\`${name}\``).join(', ')}.` : '';
    return `### Profile ${profile}

| Number | Call | State |
| -----: | ---- | ----- |
${own.map(line).join('\n')}${instead}`;
  });
  return `<!-- Generated from the table of system calls by scripts/generate-compatibility.ts: change src/kernel/syscalls/ instead. -->

# System calls

Of ${rows.length} system calls of Linux for x86-64 a machine has ${complete.length}. "Complete" means: every errno that
\`test/kernel/errno/\` could provoke with wrong arguments is the one that Linux 6.18 answers to an unprivileged user, in Linux's order of
checks, but for the differences that \`test/kernel/errno/known-differences.ts\` lists with their reasons. A call that is absent answers
the error given here and is named in a \`syscall_unsupported\` event; so does every number that no call has (ENOSYS).

| Number | Call | State |
| -----: | ---- | ----- |
${rows.map(line).join('\n')}

## User interrupts

The profile of a machine (\`--abi\`) decides which calls of user interrupts it has; [uintr.md](uintr.md) describes them. With \`none\` there
are none.

${profiles.join('\n\n')}
`;
}

if (isMain(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(COMPATIBILITY, compatibility());
  else if (readFileSync(COMPATIBILITY, 'utf8') !== compatibility()) {
    console.error('docs/compatibility.md differs from the table of system calls: run scripts/generate-compatibility.ts');
    process.exitCode = 1;
  }
}
