// What the commands for developers (`npm run bench`, `npm run fuzz`) make of their arguments: wrong ones are named with their value and the
// remedy, and end the command with exit code 2.

/** Wrong arguments. */
export class UsageError extends Error {}

export interface NumberBounds {
  readonly least: number;
  readonly most?: number;
  /** It may have a fraction. */
  readonly fraction?: boolean;
}

/** The number that follows `--name`. */
export function numberOption(
  name: string,
  text: string,
  { least, most = Number.MAX_SAFE_INTEGER, fraction = false }: NumberBounds,
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most && (fraction || Number.isInteger(value))) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`--${name}: "${text}" is not a ${fraction ? '' : 'whole '}number ${range}`);
}

/** Exit code of `main`; 2 with a word on what is wrong and the `usage` where its arguments are no good. */
export async function exitCodeOf(main: () => Promise<number>, usage: string): Promise<number> {
  try {
    return await main();
  } catch (error) {
    const isUnknown = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!(error instanceof UsageError) && !isUnknown) throw error;
    console.error(`${error.message}\nusage: ${usage}`);
    return 2;
  }
}
