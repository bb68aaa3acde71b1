// Operations that are system calls: a row says which one and how the entry's fields are its arguments.

import { GivenArguments } from '../../kernel/syscalls/arguments.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { LENT_FD } from '../../kernel/vfs/fd-table.ts';
import type { OperationName } from '../abi/opcodes.ts';
import type { Sqe } from '../abi/sqe.ts';
import { LentArguments } from '../lent-arguments.ts';
import type { Request } from '../request.ts';
import { attempt, type IssueResult } from '../waiting.ts';
import { operation, type Operation, type Preparation } from './row.ts';

type Argument = number | bigint;

/** As the arguments of the call, or a negated errno. FILE stands for the file that `fd` names. */
export type ArgumentsOf = (sqe: Sqe, lent: LentArguments, preparation: Preparation) => readonly Argument[] | number;

export const FILE = LENT_FD;

interface CallParts {
  readonly name: OperationName;
  /** Of the system call. */
  readonly number: number;
  readonly needsFile?: boolean;
  /** Linux hands it to a worker always: it may have to sleep for a disk. */
  readonly onWorker?: boolean;
  readonly polls?: boolean;
  readonly waitsAside?: boolean;
  readonly unbounded?: boolean;
  readonly arguments: ArgumentsOf;
  /** What becomes of the result. */
  readonly then?: (kernel: Kernel, request: Request, result: IssueResult) => IssueResult;
}

export interface CallData {
  readonly arguments: readonly Argument[];
}

/** Runs a system call for a request, with the file it holds and the arguments it has copied. */
export function callFor(kernel: Kernel, request: Request, number: number, values: readonly Argument[]): IssueResult {
  const row = kernel.table.row(number)!;
  return attempt(kernel, request, (task) => row.handler!(kernel, task, new GivenArguments(...values)));
}

export function call(parts: CallParts): Operation {
  const { name, number, needsFile = false, polls = false, waitsAside = false, unbounded = polls, then } = parts;
  return operation<CallData>({
    name,
    needsFile,
    polls,
    waitsAside,
    unbounded,
    prepare: (sqe, preparation) => {
      const lent = new LentArguments(preparation.request);
      const values = parts.arguments(sqe, lent, preparation);
      if (typeof values === 'number') return values;
      if (lent.error < 0) return lent.error;
      lent.store();
      if (parts.onWorker) preparation.request.onWorker = true;
      return { arguments: values };
    },
    issue: (kernel, request, data) => {
      const result = callFor(kernel, request, number, data.arguments);
      return then ? then(kernel, request, result) : result;
    },
  });
}
