// etag (google.aip.dev/154): a caller that says which version it has seen is refused if there is another by now.

import { MachineError } from '../machine/errors.ts';

/** `given` '': the caller does not care. */
export function checkEtag(name: string, actual: string, given: string): void {
  if (given !== '' && given !== actual)
    throw new MachineError('ETAG_MISMATCH', `${name} has changed: its etag is ${actual}, not ${given}`, { name, etag: actual });
}
