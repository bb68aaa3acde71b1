// A wait for an interrupt in a machine in which nothing can happen any more: answered at once, however often it is asked.

import { expect, test } from 'vitest';
import { Rig } from '../control/rig.ts';

const WAIT = { mode: 'parked', timeoutNanoseconds: -1 } as const;

test.each(['LOCKSTEP', 'FREE_RUNNING'] as const)('%s: the second wait is answered as the first', (time_mode) => {
  const rig = new Rig({ time_mode });
  if (time_mode === 'FREE_RUNNING') rig.do('start_machine', {});
  const { tid } = rig.do('create_remote_thread', { pid: 0, name: 'client', park: 'spin', affinity: 0 });
  rig.do('register_handler', { tid, mode: 'automatic', blockedReceiver: 'none', keepMasked: false });
  for (let i = 0; i < 2; i++) {
    expect(rig.do('wait_for_interrupt', { tid, ...WAIT }).outcome).toBe('quiescent');
    expect(rig.hosted.state).toBe('quiescent');
  }
});
