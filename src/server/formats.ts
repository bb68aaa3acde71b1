// What the formats of uintr/v1/rules.proto accept, and how to say what they want.

import type { Format } from '../wire/schema.ts';

export interface Violation {
  readonly field: string;
  readonly description: string;
}

const ID = /^[a-z][a-z0-9-]{0,62}$/;
const REQUEST_ID = /^[\x21-\x7e]{1,64}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const ENVIRONMENT = /^[^=\0]+=[^\0]*$/;
const LABEL_KEY = /^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$/;

const MOST_LABELS = 64;
const LONGEST_LABEL = 256;
const LONGEST_PATH = 4095;

interface StringFormat {
  readonly accepts: (text: string) => boolean;
  readonly wants: string;
}

export const STRING_FORMATS: Readonly<Record<Exclude<Format, 'LABELS'>, StringFormat>> = {
  ID: { accepts: (text) => ID.test(text), wants: 'must be 1 to 63 lower-case letters, digits and hyphens, first a letter' },
  REQUEST_ID: { accepts: (text) => REQUEST_ID.test(text), wants: 'must be 1 to 64 printable ASCII characters' },
  PATH: {
    accepts: (text) => text.startsWith('/') && !text.includes('\0') && Buffer.byteLength(text) <= LONGEST_PATH,
    wants: `must be an absolute path in the guest, of at most ${LONGEST_PATH} bytes and without NUL`,
  },
  TEXT: { accepts: (text) => !text.includes('\0'), wants: 'must not contain a NUL' },
  ENVIRONMENT: { accepts: (text) => ENVIRONMENT.test(text), wants: 'must be NAME=value, without NUL' },
  SHA256: { accepts: (text) => SHA256.test(text), wants: 'must be 64 lower-case hexadecimal digits' },
};

export function checkLabels(field: string, labels: Readonly<Record<string, string>>, found: Violation[]): void {
  const entries = Object.entries(labels);
  if (entries.length > MOST_LABELS) found.push({ field, description: `must have at most ${MOST_LABELS} labels, has ${entries.length}` });
  for (const [key, value] of entries.slice(0, MOST_LABELS)) {
    const at = `${field}["${key.slice(0, 80)}"]`;
    if (!LABEL_KEY.test(key)) found.push({ field: at, description: 'a key must be 1 to 63 lower-case letters, digits and ._/-' });
    if (value.length > LONGEST_LABEL)
      found.push({ field: at, description: `a value must have at most ${LONGEST_LABEL} characters, has ${value.length}` });
  }
}
