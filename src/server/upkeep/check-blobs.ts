// Every blob of a data directory: that its content is what its name says, that those who need it have it, and that somebody does.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blobContent } from '../store/blobs/blobs.ts';
import type { StoreError } from '../store/store-error.ts';
import { type Finding, REMOVE, RESTORE } from './finding.ts';
import type { Records } from './records.ts';

export interface CheckedBlobs {
  readonly count: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

const NAME = /^([0-9a-f]{64})(\.zst)?$/;
const ANOTHER = 'move it elsewhere: it is no file of uintrd';

/** `base`: the data directory. */
export function checkBlobs(base: string, { needs, uses, findings: problems }: Records): CheckedBlobs {
  const findings: Finding[] = [];
  const ownersOf = new Map<string, string[]>();
  for (const { owner, blobs } of needs) for (const blob of new Set(blobs)) ownersOf.set(blob, [...(ownersOf.get(blob) ?? []), owner]);
  // Where records could not be read, what needs which blob is not known.
  const isKnown = problems.every(({ kind }) => kind === 'leftover');
  const present = new Set<string>();
  let bytes = 0;
  for (const path of filesBelow(base, 'blobs')) {
    const [folder, file] = path.split('/').slice(1);
    const match = NAME.exec(file ?? '');
    if (!match || folder !== match[1]!.slice(0, 2) || path.split('/').length !== 3) {
      findings.push(
        /^[0-9a-f]{64}(\.zst)?\.new$/.test(file ?? '')
          ? { kind: 'leftover', owner: '', path, offset: null, problem: 'was not written to its end', remedy: REMOVE }
          : { kind: 'leftover', owner: '', path, offset: null, problem: 'has no name of a blob', remedy: ANOTHER },
      );
      continue;
    }
    const [, name, compressed] = match as unknown as [string, string, string | undefined];
    present.add(name);
    const owners = ownersOf.get(name) ?? [];
    let problem = '';
    try {
      const stored = readFileSync(join(base, path));
      bytes += stored.length;
      blobContent(name, { compressed: compressed !== undefined, bytes: stored });
    } catch (error) {
      problem = (error as Partial<StoreError>).problem ?? `cannot be read: ${(error as Error).message}`;
    }
    if (owners.length === 0 && isKnown)
      findings.push({ kind: 'leftover', owner: '', path, offset: null, problem: 'is a blob that nothing uses', remedy: REMOVE });
    else if (problem !== '') for (const owner of owners.length > 0 ? owners : ['']) findings.push(lost(owner, path, problem));
  }
  for (const [name, owners] of ownersOf)
    if (!present.has(name)) for (const owner of owners) findings.push(lost(owner, `blobs/${name.slice(0, 2)}/${name}`, 'is missing'));
  return { count: present.size, bytes, findings: [...findings, ...(isKnown ? checkUses(needs, uses) : [])] };
}

/** Whether what the store notes of who uses which blob is what the records say. */
function checkUses(needs: Records['needs'], uses: Records['uses']): Finding[] {
  const noted = new Set(uses.map(({ user, blob }) => `${user}\n${blob}`));
  const needed = new Set(needs.flatMap(({ user, blobs }) => blobs.map((blob) => `${user}\n${blob}`)));
  const missing = needs.flatMap(({ user, owner, blobs }) =>
    [...new Set(blobs)]
      .filter((blob) => !noted.has(`${user}\n${blob}`))
      .map(
        (blob): Finding => ({
          kind: 'damaged',
          owner,
          path: 'uintrd.sqlite',
          offset: null,
          problem: `does not note that blob ${blob} is used, so it could be removed`,
          remedy: 'uintrd check --repair notes it',
        }),
      ),
  );
  const stale = uses
    .filter(({ user, blob }) => !needed.has(`${user}\n${blob}`))
    .map(
      ({ user, blob }): Finding => ({
        kind: 'leftover',
        owner: '',
        path: 'uintrd.sqlite',
        offset: null,
        problem: `notes that blob ${blob} is used by "${user}", which is not so`,
        remedy: REMOVE,
      }),
    );
  return [...missing, ...stale];
}

const WITHOUT: readonly (readonly [RegExp, string])[] = [
  [/\/snapshots\//, ', or delete the snapshot'],
  [/\/artifacts\//, ', or delete the artifact and upload it again'],
  [/\/machines\//, ', or reset the machine'],
];

const lost = (owner: string, path: string, problem: string): Finding => ({
  kind: 'damaged',
  owner,
  path,
  offset: null,
  problem,
  remedy: `${RESTORE}${WITHOUT.find(([kind]) => kind.test(owner))?.[1] ?? ''}`,
});

/** Paths below the data directory, sorted. */
export function filesBelow(base: string, folder: string): string[] {
  let names;
  try {
    names = readdirSync(join(base, folder), { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(base.length + 1))
    .sort();
}
