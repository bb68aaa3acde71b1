// A call that failed: the gRPC status with the details that came along (google.aip.dev/193).

import { API } from '../../src/gen/api.ts';
import { Decoder } from '../../src/wire/decode.ts';
import type { ServiceError } from '@grpc/grpc-js';
import type { RpcBadRequest, RpcErrorInfo, RpcRequestInfo, RpcStatus } from '../../src/gen/api.ts';

const decoder = new Decoder(API, false);

/** gRPC's status codes by number; here, so that a command that fails early need not load the library for their names. */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

export class ApiError extends Error {
  /** gRPC's name: "NOT_FOUND". */
  readonly status: string;
  /** ErrorInfo.reason: "MACHINE_NOT_FOUND"; empty where the status does not come from uintrd. */
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly fieldViolations: readonly { readonly field: string; readonly description: string }[];
  readonly requestId: string;

  constructor(error: ServiceError) {
    super(error.details || error.message);
    this.name = 'ApiError';
    this.status = STATUS_NAMES[error.code] ?? String(error.code);
    const details = unpack(error.metadata?.get('grpc-status-details-bin')[0]);
    const info = details.get('google.rpc.ErrorInfo') as RpcErrorInfo | undefined;
    this.reason = info?.reason ?? '';
    this.metadata = info?.metadata ?? {};
    this.fieldViolations = (details.get('google.rpc.BadRequest') as RpcBadRequest | undefined)?.field_violations ?? [];
    this.requestId = (details.get('google.rpc.RequestInfo') as RpcRequestInfo | undefined)?.request_id ?? '';
  }
}

function unpack(bytes: unknown): Map<string, unknown> {
  const details = new Map<string, unknown>();
  if (!(bytes instanceof Uint8Array)) return details;
  for (const { type_url, value } of (decoder.decode('google.rpc.Status', bytes) as RpcStatus).details) {
    const type = type_url.slice(type_url.lastIndexOf('/') + 1);
    if (type in API.messages) details.set(type, decoder.decode(type, value));
  }
  return details;
}
