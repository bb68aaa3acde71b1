// The one error shape of the API side: what was wrong, as a closed code, a sentence, and facts for machines to read.
// src/server/errors.ts maps a code to its gRPC status; nothing else does.

export const MACHINE_ERROR_CODES = [
  'INVALID_FIELD', // details.field: path in the request; details.description
  'REQUEST_ID_REUSED',
  'MACHINE_NOT_FOUND',
  'PROCESS_NOT_FOUND',
  'THREAD_NOT_FOUND',
  'ARTIFACT_NOT_FOUND',
  'SERVICE_NOT_FOUND',
  'PROJECT_NOT_FOUND',
  'USER_NOT_FOUND',
  'TOKEN_NOT_FOUND',
  'ALREADY_EXISTS',
  'WRONG_STATE', // details.state: the state now; details.allowed: those the call needs
  'ETAG_MISMATCH',
  'PROGRAM_NOT_FOUND', // no file at the program's path
  'NOT_EXECUTABLE', // the file is there, and no program for this machine: truncated, hostile, not x86-64, dynamic, ...
  'RING_NOT_FOUND',
  'BREAKPOINT_NOT_FOUND',
  'SYMBOL_NOT_FOUND', // details.symbol
  'MEMORY_FAULT', // details.address: the first byte that is not there
  'NOT_REMOTE', // the thread was not made by CreateRemoteThread
  'THREAD_BUSY', // a remote thread executes another call: details.call
  'THREAD_INTERRUPTED', // it entered a handler of mode MANUAL before the call began: details.vector
  'THREAD_KILLED', // details.signal, details.fault: what ended the thread in this call
  'SYSCALL_FAILED', // details.syscall, details.errno, as in "EBUSY"
  'FILE_ERROR', // details.errno: what Linux answers, as in "EISDIR"
  'SNAPSHOT_NOT_FOUND',
  'BAD_SNAPSHOT', // damaged, or of another version or machine
  'BAD_JOURNAL', // details.path: damaged, or of another engine
  'BAD_ARCHIVE', // details.entry: the entry that is refused, or ''
  'STDIN_CLOSED',
  'NO_TERMINAL', // the process was not spawned with a terminal
  'LIMIT_EXCEEDED', // details.subject, details.limit
  'QUOTA_EXCEEDED', // of a project: details.subject, details.quota, details.limit, details.present, details.asked
  'RATE_LIMITED', // details.subject, details.limit, details.retry_milliseconds
  'LEASED', // by others: details.name, details.lease, details.holder, details.until
  'LEASE_NOT_FOUND',
  'LEASE_ENDED', // ends the calls that depended on it
  'CHECKSUM_MISMATCH',
  'MACHINE_RESET', // ends streams of the incarnation that is gone
  'HISTORY_GONE', // details.oldest_sequence
  'TOKEN_INVALID',
  'MACHINE_CRASHED', // the emulator failed inside this machine
  'MACHINE_BUSY', // it is in the middle of something that cannot be moved
  'MACHINE_RECOVERING', // details.name: the daemon was started, and has not brought it back yet
  'WORKER_LOST', // the thread that ran the machine died or hung
  'UNAUTHENTICATED', // who calls is not known, or not any more
  'TOO_MANY_ATTEMPTS', // details.retry_milliseconds
  'PERMISSION_DENIED', // details.user, details.resource; details.role: the least that is needed
  'DRAINING',
  'CANCELLED',
  'DEADLINE_PASSED', // before the call began
  'UNSUPPORTED',
  'INTERNAL',
] as const;

export type MachineErrorCode = (typeof MACHINE_ERROR_CODES)[number];

export class MachineError extends Error {
  readonly code: MachineErrorCode;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: MachineErrorCode, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'MachineError';
    this.code = code;
    this.details = details;
  }
}

/** INVALID_FIELD for one field of a request. */
export function invalidField(field: string, description: string): MachineError {
  return new MachineError('INVALID_FIELD', `${field}: ${description}`, { field, description });
}
