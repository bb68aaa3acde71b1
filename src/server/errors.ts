// The only map from what went wrong to a gRPC status, with the details of google.aip.dev/193 in grpc-status-details-bin.

import { Metadata, status } from '@grpc/grpc-js';
import { API } from '../gen/api.ts';
import { MachineError } from '../machine/errors.ts';
import { encodeMessage, WireError } from '../wire/encode.ts';
import { InvalidRequest } from './validator.ts';
import type { StatusObject } from '@grpc/grpc-js';
import type { MachineErrorCode } from '../machine/errors.ts';

/** The number of a status. */
export const UNAUTHENTICATED = status.UNAUTHENTICATED;
export const codeName = (code: number): string => status[code] ?? String(code);

export const ERROR_DOMAIN = 'uintrd.dev';

type Details = Readonly<Record<string, string>>;
interface Detail {
  readonly type: string;
  readonly value: object;
}
interface Mapping {
  readonly status: number;
  readonly detail?: (details: Details, message: string, error: MachineError) => Detail;
  readonly retry?: (details: Details) => Detail;
}

const badRequest = (details: Details, message: string, error: MachineError): Detail => ({
  type: 'google.rpc.BadRequest',
  value: {
    field_violations:
      error instanceof InvalidRequest
        ? error.violations
        : [{ field: details['field'] ?? '', description: details['description'] ?? message }],
  },
});
const resource =
  (type: string) =>
  (details: Details, message: string): Detail => ({
    type: 'google.rpc.ResourceInfo',
    value: { resource_type: `uintrd.dev/${type}`, resource_name: details['name'] ?? '', description: message },
  });
const precondition = (details: Details, message: string): Detail => ({
  type: 'google.rpc.PreconditionFailure',
  value: { violations: [{ type: 'STATE', subject: details['name'] ?? details['state'] ?? '', description: message }] },
});
const quota = (details: Details, message: string): Detail => ({
  type: 'google.rpc.QuotaFailure',
  value: { violations: [{ subject: details['subject'] ?? '', description: message }] },
});
const retry = (seconds: number) => (): Detail => ({ type: 'google.rpc.RetryInfo', value: { retry_delay: { seconds } } });
const retryLater = (details: Details): Detail => {
  const milliseconds = Number(details['retry_milliseconds'] ?? 0);
  const retry_delay = { seconds: Math.trunc(milliseconds / 1000), nanos: Math.round(milliseconds % 1000) * 1_000_000 };
  return { type: 'google.rpc.RetryInfo', value: { retry_delay } };
};

const MAPPINGS: Readonly<Record<MachineErrorCode, Mapping>> = {
  INVALID_FIELD: { status: status.INVALID_ARGUMENT, detail: badRequest },
  REQUEST_ID_REUSED: { status: status.INVALID_ARGUMENT, detail: badRequest },
  MACHINE_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Machine') },
  PROCESS_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Process') },
  THREAD_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Thread') },
  ARTIFACT_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Artifact') },
  SNAPSHOT_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Snapshot') },
  SERVICE_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Service') },
  PROGRAM_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('File') },
  RING_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Ring') },
  BREAKPOINT_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Breakpoint') },
  SYMBOL_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Symbol') },
  PROJECT_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Project') },
  USER_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('User') },
  TOKEN_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Token') },
  ALREADY_EXISTS: { status: status.ALREADY_EXISTS, detail: resource('') },
  WRONG_STATE: { status: status.FAILED_PRECONDITION, detail: precondition },
  NOT_EXECUTABLE: { status: status.FAILED_PRECONDITION, detail: precondition },
  FILE_ERROR: { status: status.FAILED_PRECONDITION, detail: precondition },
  BAD_SNAPSHOT: { status: status.FAILED_PRECONDITION, detail: precondition },
  BAD_JOURNAL: { status: status.FAILED_PRECONDITION, detail: precondition },
  BAD_ARCHIVE: { status: status.FAILED_PRECONDITION, detail: precondition },
  MEMORY_FAULT: { status: status.FAILED_PRECONDITION, detail: precondition },
  NOT_REMOTE: { status: status.FAILED_PRECONDITION, detail: precondition },
  THREAD_KILLED: { status: status.FAILED_PRECONDITION, detail: precondition },
  SYSCALL_FAILED: { status: status.FAILED_PRECONDITION, detail: precondition },
  THREAD_BUSY: { status: status.ABORTED, detail: retry(0) },
  THREAD_INTERRUPTED: { status: status.ABORTED },
  STDIN_CLOSED: { status: status.FAILED_PRECONDITION, detail: precondition },
  NO_TERMINAL: { status: status.FAILED_PRECONDITION, detail: precondition },
  MACHINE_BUSY: { status: status.ABORTED, detail: retry(0) },
  MACHINE_CRASHED: { status: status.FAILED_PRECONDITION, detail: precondition },
  ETAG_MISMATCH: { status: status.ABORTED },
  MACHINE_RESET: { status: status.ABORTED },
  LIMIT_EXCEEDED: { status: status.RESOURCE_EXHAUSTED, detail: quota },
  QUOTA_EXCEEDED: { status: status.RESOURCE_EXHAUSTED, detail: quota },
  RATE_LIMITED: { status: status.RESOURCE_EXHAUSTED, detail: quota, retry: retryLater },
  LEASED: { status: status.FAILED_PRECONDITION, detail: precondition },
  LEASE_NOT_FOUND: { status: status.NOT_FOUND, detail: resource('Lease') },
  LEASE_ENDED: { status: status.ABORTED },
  CHECKSUM_MISMATCH: { status: status.DATA_LOSS },
  HISTORY_GONE: { status: status.OUT_OF_RANGE },
  TOKEN_INVALID: { status: status.INVALID_ARGUMENT, detail: badRequest },
  MACHINE_RECOVERING: { status: status.UNAVAILABLE, detail: retry(1) },
  WORKER_LOST: { status: status.UNAVAILABLE },
  UNAUTHENTICATED: { status: status.UNAUTHENTICATED },
  TOO_MANY_ATTEMPTS: { status: status.RESOURCE_EXHAUSTED, detail: retryLater },
  PERMISSION_DENIED: { status: status.PERMISSION_DENIED },
  DRAINING: { status: status.UNAVAILABLE, detail: retry(1) },
  CANCELLED: { status: status.CANCELLED },
  DEADLINE_PASSED: { status: status.DEADLINE_EXCEEDED },
  UNSUPPORTED: { status: status.UNIMPLEMENTED },
  INTERNAL: { status: status.INTERNAL },
};

/** Anything thrown, as a MachineError; a stranger becomes INTERNAL, without its text, which belongs in the log. */
export function asMachineError(error: unknown): MachineError {
  if (error instanceof MachineError) return error;
  if (error instanceof WireError)
    return new MachineError('INVALID_FIELD', error.message, { field: error.field, description: error.description });
  return new MachineError('INTERNAL', 'internal error; the daemon log has the particulars under this request id');
}

const any = ({ type, value }: Detail): object => ({ type_url: `type.googleapis.com/${type}`, value: encodeMessage(API, type, value) });

export function toStatus(error: MachineError, requestId: string): StatusObject {
  const mapping = MAPPINGS[error.code];
  const details: Detail[] = [
    { type: 'google.rpc.ErrorInfo', value: { reason: error.code, domain: ERROR_DOMAIN, metadata: error.details } },
  ];
  if (mapping.detail) details.push(mapping.detail(error.details, error.message, error));
  if (mapping.retry) details.push(mapping.retry(error.details));
  details.push({ type: 'google.rpc.RequestInfo', value: { request_id: requestId } });
  const metadata = new Metadata();
  const encoded = encodeMessage(API, 'google.rpc.Status', { code: mapping.status, message: error.message, details: details.map(any) });
  metadata.set('grpc-status-details-bin', Buffer.from(encoded));
  return { code: mapping.status, details: error.message, metadata };
}
