// What an update names to be changed (google.aip.dev/134).

import { invalidField } from '../machine/errors.ts';

/** The paths, each of which must be one of these. */
export function maskPaths(mask: { readonly paths: readonly string[] } | undefined, known: readonly string[]): readonly string[] {
  const paths = mask?.paths ?? [];
  if (paths.length === 0) throw invalidField('update_mask', `must name what to change: ${known.map((path) => `"${path}"`).join(', ')}`);
  for (const [at, path] of paths.entries())
    if (!known.includes(path)) throw invalidField(`update_mask.paths[${at}]`, `"${path}" cannot be changed`);
  return paths;
}
