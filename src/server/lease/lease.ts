// A lease as it is kept.

export interface Lease {
  readonly name: string;
  readonly uid: string;
  /** Of creation: in the queue, the smaller one of equal priority is served first. */
  readonly ordinal: number;
  /** Times in milliseconds since the epoch. */
  readonly createTime: number;
  readonly machine: string;
  /** So that a later machine of the same name is another one. */
  readonly machineUid: string;
  readonly holder: string;
  readonly sharedWith: readonly string[];
  readonly displayName: string;
  readonly priority: number;
  /** Milliseconds. */
  readonly ttl: number;
  readonly state: 'queued' | 'active';
  /** 0 while it is queued. */
  readonly startTime: number;
  /** When it ends, or gives up waiting. */
  readonly expireTime: number;
}

export type LeaseWish = Pick<Lease, 'machine' | 'machineUid' | 'holder' | 'sharedWith' | 'displayName' | 'priority' | 'ttl'> & {
  /** '' for one of our choosing. */
  readonly id: string;
  readonly queueTtl: number;
};

export const isAllowed = ({ holder, sharedWith }: Lease, user: string): boolean => user === holder || sharedWith.includes(user);
