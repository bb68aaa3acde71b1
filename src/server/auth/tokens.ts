// The tokens of all users: hashes, never secrets.

import { MachineError } from '../../machine/errors.ts';
import { KeptMap } from '../store/kept-map.ts';
import { ownerOf, tokenName } from '../resource-name.ts';
import { mintToken } from './token-secret.ts';
import type { RoleBinding } from '../../gen/api.ts';
import type { Store } from '../store/store.ts';

export interface Token {
  readonly name: string;
  /** Of creation in this daemon. */
  readonly ordinal: number;
  readonly hash: string;
  readonly createTime: number;
  readonly expireTime: number;
  /** 0 if it never was. */
  readonly lastUseTime: number;
  readonly displayName: string;
  readonly scope: readonly RoleBinding[];
}

const DEFAULT_TTL = 90 * 24 * 3_600_000;
/** The time of last use is written so often. */
const USE_RESOLUTION = 60_000;
const MOST_PER_USER = 100;

export class Tokens {
  private readonly kept: KeptMap<Token>;
  private readonly byId = new Map<string, Token>();
  private nextOrdinal: number;

  constructor(store: Store) {
    this.kept = new KeptMap(store, 'tokens');
    const all = this.kept.values();
    for (const token of all) this.byId.set(idOf(token.name), token);
    this.nextOrdinal = Math.max(0, ...all.map(({ ordinal }) => ordinal)) + 1;
  }

  of(user: string): Token[] {
    return this.kept.values().filter(({ name }) => ownerOf(name) === user);
  }

  withId(id: string): Token | undefined {
    return this.byId.get(id);
  }

  get(name: string): Token {
    const token = this.kept.get(name);
    if (!token) throw new MachineError('TOKEN_NOT_FOUND', `there is no token ${name}`, { name });
    return token;
  }

  /** `ttl` in milliseconds. */
  create(user: string, displayName = '', scope: readonly RoleBinding[] = [], ttl = DEFAULT_TTL): { token: Token; secret: string } {
    if (this.of(user).length >= MOST_PER_USER)
      throw new MachineError('LIMIT_EXCEEDED', `${user} has ${MOST_PER_USER} tokens, which is the most: revoke some`, {
        subject: 'tokens',
        limit: String(MOST_PER_USER),
      });
    const { id, secret, hash } = mintToken();
    const now = Date.now();
    const token: Token = {
      name: tokenName(user, id),
      ordinal: this.nextOrdinal++,
      hash,
      createTime: now,
      expireTime: now + ttl,
      lastUseTime: 0,
      displayName,
      scope,
    };
    this.keep(token);
    return { token, secret };
  }

  /** Of interest, not of weight: a store that cannot be written keeps nobody out. */
  used(token: Token, now: number): void {
    if (now - token.lastUseTime < USE_RESOLUTION) return;
    const used = { ...token, lastUseTime: now };
    try {
      this.keep(used);
    } catch {
      this.byId.set(idOf(token.name), used);
    }
  }

  delete(name: string): void {
    this.kept.delete(this.get(name).name);
    this.byId.delete(idOf(name));
  }

  deleteOf(user: string): void {
    for (const { name } of this.of(user)) this.delete(name);
  }

  private keep(token: Token): void {
    this.kept.set(token.name, token);
    this.byId.set(idOf(token.name), token);
  }
}

const idOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
