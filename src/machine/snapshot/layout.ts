// Which images this version can make machines from: a sum over the classes and fields that may occur in them.

import { StateHasher } from '../state-hash.ts';
import { STATE_CLASSES } from './classes.ts';

/** Of graph-format.ts and of image.ts: changes when they do. */
const FORMAT_VERSION = 1;

let digest = '';

export function layout(): string {
  if (digest !== '') return digest;
  const hasher = new StateHasher();
  hasher.word(FORMAT_VERSION);
  for (const [key, [, fields]] of Object.entries(STATE_CLASSES)) hasher.text(`${key} ${fields}`);
  return (digest = hasher.digest());
}
