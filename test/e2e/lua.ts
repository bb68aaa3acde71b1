// Scripts of ours for Lua, one a file.

import { readdirSync, readFileSync } from 'node:fs';
import type { Case } from './cases.ts';

const FOLDER = new URL('./lua/', import.meta.url);

export function luaScripts(): Case[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.lua'))
    .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]);
}
