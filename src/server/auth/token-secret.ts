// API tokens: "uintrd_", an id that finds the record, and 256 random bits. What is kept is their SHA-256: a guess of so many bits is
// hopeless, so a slow hash would protect nothing.

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const SHAPE = /^uintrd_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

export interface MintedToken {
  readonly id: string;
  /** Shown once. */
  readonly secret: string;
  /** Lower-case hexadecimal. */
  readonly hash: string;
}

const digest = (secret: string): Buffer => hash('sha256', secret, 'buffer');

export function mintToken(): MintedToken {
  const id = randomBytes(8).toString('hex');
  const secret = `uintrd_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, secret, hash: digest(secret).toString('hex') };
}

/** The id in a secret; undefined if it is none. */
export function tokenId(secret: string): string | undefined {
  return SHAPE.exec(secret)?.[1];
}

/** In a time that does not depend on either; of a record that is not there too, which is `undefined`. */
export function isSecretOf(secret: string, kept: string | undefined): boolean {
  return timingSafeEqual(digest(secret), kept === undefined ? NOTHING : Buffer.from(kept, 'hex')) && kept !== undefined;
}

const NOTHING = Buffer.alloc(32);
