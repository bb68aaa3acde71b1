// Submission entries and cancel targets from their messages.

import { invalidField } from '../../machine/errors.ts';
import { nanoseconds } from '../timestamp.ts';
import { owned, terminated } from './remote-fields.ts';
import type { CancelOperation, SubmissionEntry } from '../../gen/api.ts';
import type { CommandFields } from '../../machine/protocol.ts';

type RingEntry = CommandFields<'submit_ops'>['entries'][number];
type RingOperation = RingEntry['operation'];
type CancelTarget = CommandFields<'cancel_ops'>['target'];
type OperationName = Exclude<keyof SubmissionEntry, 'user_data' | 'flags'>;
type Converter<N extends OperationName> = (operation: NonNullable<SubmissionEntry[N]>, field: string) => RingOperation;

const AT_FDCWD = -100;
const NO_BUFFER = -1;
const INT64_MAX = (1n << 63n) - 1n;

export function cancelTarget(field: string, { user_data, fd, any, all }: CancelOperation): CancelTarget {
  if (user_data !== undefined) return { by: 'user_data', userData: user_data, all };
  if (fd !== undefined) return { by: 'fd', fd, all };
  if (any === false) throw invalidField(`${field}.any`, 'is false: give it as true, or user_data, or fd');
  return { by: 'any', all };
}

/** By the name of the field that is set. */
const CONVERTERS: { readonly [N in OperationName]: Converter<N> } = {
  nop: () => ({ kind: 'nop' }),
  read: ({ fd, length, offset, buffer_index }) => ({ kind: 'read', fd, length, offset, bufferIndex: buffer_index ?? NO_BUFFER }),
  write: ({ fd, data, offset, buffer_index }) => ({ kind: 'write', fd, data: owned(data), offset, bufferIndex: buffer_index ?? NO_BUFFER }),
  readv: ({ fd, lengths, offset }) => ({ kind: 'readv', fd, lengths, offset }),
  writev: ({ fd, data, offset }) => ({ kind: 'writev', fd, data: data.map(owned), offset }),
  fsync: ({ fd, data_only }) => ({ kind: 'fsync', fd, dataOnly: data_only }),
  openat: ({ directory_fd, path, open_flags, mode }) => ({
    kind: 'openat',
    directoryFd: directory_fd ?? AT_FDCWD,
    path: terminated(path),
    openFlags: open_flags,
    mode,
  }),
  close: ({ fd }) => ({ kind: 'close', fd }),
  poll_add: ({ fd, events }) => ({ kind: 'poll_add', fd, events }),
  timeout({ duration, completions }, field) {
    const limit = duration === undefined ? 0n : nanoseconds(duration);
    if (limit < 0n || limit > INT64_MAX) throw invalidField(`${field}.duration`, 'must be from 0 to 292 years');
    return { kind: 'timeout', nanoseconds: limit, completions };
  },
  cancel: (target, field) => ({ kind: 'cancel', target: cancelTarget(field, target) }),
  raw: (bytes) => ({ kind: 'raw', bytes: owned(bytes) }),
};
const NAMES = Object.keys(CONVERTERS) as OperationName[];

export function ringEntry(entry: SubmissionEntry, at: number): RingEntry {
  const name = NAMES.find((candidate) => entry[candidate] !== undefined);
  if (name === undefined) throw invalidField(`entries[${at}].operation`, 'give one');
  const convert = CONVERTERS[name] as Converter<OperationName>;
  return { userData: entry.user_data, flags: entry.flags, operation: convert(entry[name] as never, `entries[${at}].${name}`) };
}
