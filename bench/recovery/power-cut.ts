// What a power cut does to the journals of a daemon that was killed: beyond what was synced, each keeps some, and that may be torn.

import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function cutPower(journals: string, random: () => number): number {
  let lost = 0;
  for (const entry of readdirSync(journals, { recursive: true }) as string[]) {
    if (!entry.endsWith('.journal')) continue;
    const path = join(journals, entry);
    const bytes = readFileSync(path);
    const synced = Math.min(bytes.length, syncedOf(path));
    const kept = synced + Math.floor(random() * (bytes.length - synced + 1));
    lost += bytes.length - kept;
    if (kept > synced && random() < 0.5) bytes.fill(0, synced + Math.floor(random() * (kept - synced)), kept);
    writeFileSync(path, bytes);
    truncateSync(path, kept);
  }
  return lost;
}

function syncedOf(path: string): number {
  try {
    return Number(readFileSync(`${path}.synced`, 'utf8'));
  } catch {
    return 0;
  }
}
