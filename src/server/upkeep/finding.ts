// What is found in a data directory that is not as it should be.

export interface Finding {
  /**
   * damaged: bytes are lost or changed. foreign: whole, but not for this version, which will refuse it. leftover: of no use to anybody, as an
   * abrupt end leaves it.
   */
  readonly kind: 'damaged' | 'foreign' | 'leftover';
  /** Name of the machine or snapshot that suffers; '' if none does. */
  readonly owner: string;
  /** Below the data directory. */
  readonly path: string;
  /** Of the first byte that is wrong; null where that means nothing. */
  readonly offset: number | null;
  /** Continues a sentence that begins with the path. */
  readonly problem: string;
  readonly remedy: string;
}

/** What a leftover needs; `check --repair` does it. */
export const REMOVE = 'nothing needs it: uintrd check --repair removes it';
export const RESTORE = 'bring the data directory back from a backup (uintrd restore)';

export const isFault = ({ kind }: Finding): boolean => kind !== 'leftover';
