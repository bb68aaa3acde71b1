// A machine from one worker to another, as it is, with the calls that are in flight.

import type { MachineIdentity } from '../machine-identity.ts';
import type { ProjectShare } from '../quota/project-share.ts';
import type { PushTarget, WorkerPort } from '../worker-port.ts';

/** What is carried: nobody else sends it anything meanwhile. */
export interface Carried extends PushTarget {
  readonly identity: MachineIdentity;
  readonly share: ProjectShare;
  readonly number: number;
  port: WorkerPort;
}

/** Throws MACHINE_BUSY, or what went wrong there, and it is where it was. */
export async function carry(machine: Carried, port: WorkerPort): Promise<void> {
  const { port: from, number, share, identity } = machine;
  const { image, life } = await from.send('leave_machine', number, {});
  const inFlight = [...life.waits, ...life.programs, ...(life.run ? [life.run] : [])].map(({ request }) => request);
  const { numbers, orphans } = port.takeOver(from, inFlight);
  from.targets.delete(number);
  // Should that worker be lost before it has the machine, nothing has happened to it.
  port.targets.set(number, { push: (push) => machine.push(push), workerLost: () => {} });
  machine.port = port;
  const coming = port.send('create_machine', number, {
    spec: identity.spec,
    account: share.cpu,
    image,
    moved: { life, requests: numbers },
  });
  for (const orphan of orphans) port.withdraw(number, orphan);
  try {
    await coming;
  } catch (error) {
    // It has not left yet. Its calls are lost with the place where it was going.
    port.targets.delete(number);
    from.targets.set(number, machine);
    machine.port = from;
    if (!from.alive) return machine.workerLost(from.lossError!);
    port.failAll(number, error as Error);
    await from.send('stay_machine', number, {});
    for (const request of inFlight) from.withdraw(number, request);
    throw error;
  }
  if (port.alive) port.targets.set(number, machine);
  else machine.workerLost(port.lossError!);
  await from.send('forget_machine', number, { frees: false }).catch(() => {});
}
