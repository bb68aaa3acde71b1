// The shape of the operation table. A row says what an opcode is called and demands, how its entry is read, and what it does;
// or why nobody does it.

import type { Kernel } from '../../kernel/kernel.ts';
import type { OperationName } from '../abi/opcodes.ts';
import type { Sqe } from '../abi/sqe.ts';
import type { Request } from '../request.ts';
import type { IssueResult } from '../waiting.ts';

/** What preparation sees beside the entry. */
export interface Preparation {
  readonly kernel: Kernel;
  readonly request: Request;
  /** The entry before it in the link that is being read; null where it leads. */
  readonly previous: Request | null;
}

export interface Operation {
  readonly name: OperationName;
  /** `fd` is a file, which the request holds from its beginning to its end. */
  readonly needsFile: boolean;
  /** The ioprio field means something. */
  readonly ioprio: boolean;
  /** The kernel may choose its buffer (IOSQE_BUFFER_SELECT). */
  readonly selectsBuffers: boolean;
  /** May be used on a ring whose completions are polled for (IORING_SETUP_IOPOLL). */
  readonly iopoll: boolean;
  /** A worker does not sleep in it where its file can be polled, as Linux does not for pollin and pollout. */
  readonly polls: boolean;
  /** It waits in a list of its own: nobody sleeps in it. */
  readonly waitsAside: boolean;
  /** What it waits for is for others to do: not to be done by bounded workers. */
  readonly unbounded: boolean;
  /** A write to a file: workers do those of one file one after the other. */
  readonly serializes: boolean;
  /** Takes the entry apart and checks it: plain data for `issue`, or a negated errno. Nothing reads the entry afterwards. */
  readonly prepare: (sqe: Sqe, preparation: Preparation) => object | number;
  /** A result, or WAITS. Without `resume`, runs again whenever what it waits for may have come. */
  readonly issue: (kernel: Kernel, request: Request) => IssueResult;
  /** What it does after a wait. */
  readonly resume?: (kernel: Kernel, request: Request) => IssueResult;
  /** Why it is absent; its entries fail with `error`. */
  readonly absent?: string;
}

interface OperationParts<D extends object> {
  readonly name: OperationName;
  readonly needsFile?: boolean;
  readonly ioprio?: boolean;
  readonly selectsBuffers?: boolean;
  readonly iopoll?: boolean;
  readonly polls?: boolean;
  readonly waitsAside?: boolean;
  readonly unbounded?: boolean;
  readonly serializes?: boolean;
  readonly prepare: (sqe: Sqe, preparation: Preparation) => D | number;
  readonly issue: (kernel: Kernel, request: Request, data: D) => IssueResult;
  readonly resume?: (kernel: Kernel, request: Request, data: D) => IssueResult;
}

/** A row whose issue gets what its own prepare made. */
export function operation<D extends object>(parts: OperationParts<D>): Operation {
  const { name, needsFile = false, ioprio = false, selectsBuffers = false, iopoll = false, prepare, issue, resume } = parts;
  const { polls = false, waitsAside = false, unbounded = polls, serializes = false } = parts;
  const attributes = { name, needsFile, ioprio, selectsBuffers, iopoll, polls, waitsAside, unbounded, serializes };
  const row = { ...attributes, prepare, issue: (kernel: Kernel, request: Request) => issue(kernel, request, request.data as D) };
  return resume ? { ...row, resume: (kernel, request) => resume(kernel, request, request.data as D) } : row;
}

export function absent(name: OperationName, reason: string, error: number): Operation {
  return {
    name,
    needsFile: false,
    ioprio: true,
    selectsBuffers: true,
    iopoll: true,
    polls: false,
    waitsAside: false,
    unbounded: false,
    serializes: false,
    prepare: () => -error,
    issue: () => -error,
    absent: reason,
  };
}
