// A system call that an RPC stands for has failed: what was called, Linux's error, and what helps where that is known.

import { errorName } from '../../../kernel/abi/errno.ts';
import { MachineError } from '../../errors.ts';

const NO_PROFILE = 'the machine has no user interrupts: create one whose profile is poc, k518 or rfc';

/** By "call errno". */
const REMEDIES: Readonly<Record<string, string>> = {
  'uintr_register_handler EBUSY': 'the thread has a handler already: UnregisterHandler first',
  'uintr_register_handler EINVAL': 'this profile knows no blocked_receiver: leave it out, or wait with mode UINTR_WAIT',
  'uintr_register_handler ENOSYS': NO_PROFILE,
  'uintr_register_handler EOPNOTSUPP': NO_PROFILE,
  'uintr_unregister_handler EINVAL': 'the thread has no handler: RegisterHandler first',
  'uintr_vector_fd EINVAL': 'the thread has no handler: RegisterHandler first',
  'uintr_vector_fd EBUSY': 'the vector has a descriptor already: use that, or another vector',
  'uintr_register_sender EBADF': "the descriptor is not open in the sender's process: give the receiver's as vector_fd, and it is passed",
  'uintr_register_sender EOPNOTSUPP': 'the descriptor is not one of CreateVectorFd',
  'uintr_register_sender ESHUTDOWN': 'the receiver is gone: no interrupt can reach it',
  'uintr_register_sender EISCONN': 'the thread is connected to this descriptor already: use that UITT index',
  'uintr_register_sender ENOSPC': 'the UITT is full: UnregisterSender first',
  'uintr_unregister_sender EINVAL': 'the thread has no such connection: give what RegisterSender answered',
  'uintr_wait EOPNOTSUPP': 'the thread has no handler: RegisterHandler first',
  'io_uring_setup EINVAL': 'the entries or setup_flags are not ones that this kernel takes',
  'io_uring_enter EBADFD': 'the ring is disabled: IORING_REGISTER_ENABLE_RINGS by ExecuteSyscall',
  'io_uring_enter EINTR': 'an interrupt ended the wait: wait again',
  'io_uring_register EBUSY': 'something of the kind is registered already: unregister it first',
  'io_uring_register ENXIO': 'nothing of the kind is registered',
};

/** `result`: RAX, from -4095 to -1. */
export function syscallFailure(call: string, result: bigint): MachineError {
  const errno = errorName(Number(-result));
  const remedy = REMEDIES[`${call} ${errno}`] ?? '';
  return new MachineError('SYSCALL_FAILED', `${call} failed with ${errno}${remedy === '' ? '' : `: ${remedy}`}`, {
    syscall: call,
    errno,
    ...(remedy === '' ? {} : { remedy }),
  });
}

export const isError = (result: bigint): boolean => result < 0n && result >= -4095n;

/** The result as it is, or the failure. */
export function checked(call: string, result: bigint): bigint {
  if (isError(result)) throw syscallFailure(call, result);
  return result;
}
