// AuditService: what was changed, by whom.

import { invalidField } from '../../machine/errors.ts';
import { parseFilter } from '../filter/parse.ts';
import { toCondition } from '../filter/sql.ts';
import { EVERY_PROJECT } from '../resource-name.ts';
import { toTimestamp } from '../timestamp.ts';
import type { AuditEntry as EntryMessage, AuditService } from '../../gen/api.ts';
import type { Input } from '../../wire/encode.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { Implementation } from '../call.ts';
import type { ColumnType } from '../filter/sql.ts';
import type { Projects } from '../projects.ts';

const USUAL = 50;
const MOST = 1000;
const COLUMNS: Readonly<Record<string, ColumnType>> = {
  user: 'text',
  token: 'text',
  peer: 'text',
  method: 'text',
  resource: 'text',
  code: 'text',
  reason: 'text',
  request_id: 'text',
  count: 'number',
  time: 'time',
};

const toMessage = ({ time, last_time, ...entry }: AuditEntry): Input<EntryMessage> => ({
  ...entry,
  time: toTimestamp(new Date(time)),
  last_time: toTimestamp(new Date(last_time)),
});

function beforeOf(token: string): number {
  if (token === '') return Number.MAX_SAFE_INTEGER;
  const match = /^audit#(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString());
  if (!match) throw invalidField('page_token', 'is not a token of this list');
  return Number(match[1]);
}

export function auditService(audit: AuditLog, projects: Projects): Implementation<AuditService> {
  return {
    ListAuditEntries({ parent, filter, page_size, page_token }) {
      const project = parent === EVERY_PROJECT ? '' : projects.get(parent).name;
      const tree = parseFilter('filter', filter);
      const limit = page_size === 0 ? USUAL : Math.min(page_size, MOST);
      const entries = audit.read(project, tree && toCondition('filter', tree, COLUMNS), beforeOf(page_token), limit + 1);
      const page = entries.slice(0, limit);
      const next_page_token = entries.length > limit ? Buffer.from(`audit#${page.at(-1)!.id}`).toString('base64url') : '';
      return { entries: page.map(toMessage), next_page_token };
    },
  };
}
