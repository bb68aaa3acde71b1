// A receiver and a sender without any program in the machine: two remote threads, each call of theirs one RPC.

import { table } from '../../../src/text/table.ts';
import { hex } from '../output.ts';
import type { CallTimes } from '../../../src/gen/api.ts';
import type { UintrClient } from '../../ts/client.ts';

interface Line {
  readonly who: string;
  readonly call: string;
  readonly times: CallTimes | undefined;
  readonly answer: string;
}

export async function converse(client: UintrClient): Promise<void> {
  const { machine } = await client.machines.CreateMachine({
    parent: client.project,
    machine: { spec: { vcpus: 2, time_mode: 'TIME_MODE_LOCKSTEP' } },
  });
  const parent = machine!.name;
  const lines: Line[] = [];
  const say = (who: string, call: string, times: CallTimes | undefined, answer: string): number => lines.push({ who, call, times, answer });

  const receiver = (await client.guest.CreateRemoteThread({ parent, comm: 'receiver' })).thread!.name;
  const sender = (await client.guest.CreateRemoteThread({ parent, comm: 'sender' })).thread!.name;

  const handler = await client.uintr.RegisterHandler({ thread: receiver, mode: 'HANDLER_MODE_MANUAL' });
  say('receiver', 'RegisterHandler', handler.times, `handler at ${hex(handler.handler)}, UPID at ${hex(handler.upid_address)}`);
  const vector = await client.uintr.CreateVectorFd({ thread: receiver, vector: 3 });
  say('receiver', 'CreateVectorFd', vector.times, `vector 3 is fd ${vector.fd}`);
  const connection = await client.uintr.RegisterSender({ thread: sender, vector_fd: vector.vector_fd });
  say('sender', 'RegisterSender', connection.times, `UITT index ${connection.uitt_index}`);
  const sent = await client.uintr.SendUipi({ thread: sender, uitt_index: BigInt(connection.uitt_index) });
  say('sender', 'SendUipi', sent.times, `interrupt ${sent.interrupt}`);

  const { outcome, interrupt, cycle } = await client.uintr.WaitForInterrupt({ thread: receiver });
  if (outcome !== 'OUTCOME_INTERRUPT') throw new Error(`no interrupt came: ${outcome}`);
  const source = interrupt!.sources[0]!;
  say('receiver', 'WaitForInterrupt', undefined, `vector ${interrupt!.vector} at cycle ${cycle}, from thread ${source.sender_tid}`);
  const returned = await client.uintr.ReturnFromInterrupt({ thread: receiver });
  say('receiver', 'ReturnFromInterrupt', returned.times, `back to ${hex(returned.rip)}`);

  console.log(
    table<Line>(lines, [
      ['  THREAD', (row) => `  ${row.who}`],
      ['CALL', (row) => row.call],
      ['CYCLES', (row) => (row.times ? `${row.times.start_cycle} to ${row.times.end_cycle}` : '')],
      ['ANSWER', (row) => row.answer],
    ]),
  );
  console.log(`   From SENDUIPI to the handler: ${interrupt!.cycle - sent.times!.start_cycle} cycles.`);
  await client.machines.DeleteMachine({ name: parent });
}
