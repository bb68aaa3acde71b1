// Every command that is a program on a remote thread.

import type { RemoteCommand } from '../remote-program.ts';
import { cancelOps } from './cancel-ops.ts';
import type { RemoteProgramKind, RemotePrograms } from './commands.ts';
import { waitCompletions } from './completions.ts';
import { executeSyscall } from './execute-syscall.ts';
import { registerResources } from './register-resources.ts';
import { closeRing, setupRing } from './setup-ring.ts';
import { submitOps } from './submit.ts';
import {
  createVectorFd,
  registerHandler,
  registerSender,
  returnFromInterrupt,
  sendUipis,
  setUserInterruptFlag,
  testUserInterruptFlag,
  unregisterHandler,
  unregisterSender,
} from './uintr-calls.ts';
import { waitForInterrupt } from './wait-interrupt.ts';

export const REMOTE_PROGRAMS: {
  readonly [K in RemoteProgramKind]: RemoteCommand<RemotePrograms[K]['fields'], RemotePrograms[K]['reply']>;
} = {
  register_handler: registerHandler,
  unregister_handler: unregisterHandler,
  create_vector_fd: createVectorFd,
  register_sender: registerSender,
  unregister_sender: unregisterSender,
  send_uipis: sendUipis,
  set_user_interrupt_flag: setUserInterruptFlag,
  test_user_interrupt_flag: testUserInterruptFlag,
  wait_for_interrupt: waitForInterrupt,
  return_from_interrupt: returnFromInterrupt,
  execute_syscall: executeSyscall,
  setup_ring: setupRing,
  register_resources: registerResources,
  submit_ops: submitOps,
  wait_completions: waitCompletions,
  cancel_ops: cancelOps,
  close_ring: closeRing,
};

/**
 * Those whose way depends on their fields and what they have been answered alone: they have written no books of rings before they wait, and
 * what they look at does not change meanwhile. The others are over soon.
 */
export const BEGIN_AGAIN: ReadonlySet<RemoteProgramKind> = new Set<RemoteProgramKind>([
  'register_handler',
  'unregister_handler',
  'create_vector_fd',
  'register_sender',
  'unregister_sender',
  'send_uipis',
  'set_user_interrupt_flag',
  'test_user_interrupt_flag',
  'wait_for_interrupt',
  'execute_syscall',
  'wait_completions',
]);
