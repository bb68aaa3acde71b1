// uintrctl audit: what was changed, by whom.

import { projectName } from '../names.ts';
import { lastPart, printList } from '../output.ts';
import { parseCount } from '../quantity.ts';
import { timeText } from './access.ts';
import type { Command } from 'commander';
import type { AuditEntry } from '../../../src/gen/api.ts';
import type { WithSession } from '../program.ts';

interface AuditOptions {
  readonly all?: boolean;
  readonly filter: string;
  readonly limit: string;
}

export function addAuditCommand(program: Command, withSession: WithSession): void {
  program
    .command('audit')
    .description('what was changed in the project, by whom, from where and with what result, the newest first')
    .option('--all', 'in all projects, and what belongs to none')
    .option('--filter <text>', 'such as: user = "users/alice" AND method : "Delete" AND time > "2026-01-31T00:00:00Z"', '')
    .option('-n, --limit <entries>', 'so many', '50')
    .action(({ all, filter, limit }: AuditOptions) =>
      withSession(async ({ client, format }) => {
        const parent = all ? projectName('-') : client.project;
        const entries: AuditEntry[] = [];
        let page_token = '';
        for (let left = parseCount('--limit', limit, 1); left > 0; left -= 1000) {
          const page = await client.audit.ListAuditEntries({ parent, filter, page_size: Math.min(left, 1000), page_token });
          entries.push(...page.entries);
          page_token = page.next_page_token;
          if (page_token === '') break;
        }
        printList<AuditEntry>(format, 'uintr.v1.AuditEntry', entries, [
          ['TIME', ({ time }) => timeText(time!)],
          ['USER', ({ user }) => (user === '' ? '?' : lastPart(user))],
          ['FROM', ({ peer }) => (peer === '' ? 'socket' : peer)],
          ['METHOD', ({ method }) => method],
          ['RESOURCE', ({ resource }) => resource],
          ['CALLS', ({ count }) => count],
          ['RESULT', ({ code, reason }) => (reason === '' ? code : reason)],
        ]);
      }),
    );
}
