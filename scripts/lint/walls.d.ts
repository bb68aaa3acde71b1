export interface Wall {
  readonly from: string;
  readonly to: readonly string[];
}

export const WALLS: readonly Wall[];

/** Why `file` may not import `target` (both relative to the repository); undefined if it may. */
export function wallBetween(file: string, target: string): string | undefined;
