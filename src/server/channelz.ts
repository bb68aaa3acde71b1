// grpc.channelz.v1, which the library answers; only who may manage the daemon sees the connections of all.

import { getChannelzHandlers, getChannelzServiceDefinition } from '@grpc/grpc-js';
import { authorizer } from './auth/authorizer.ts';
import { CHANNELZ } from './auth/permissions.ts';
import { RunningCall } from './running-call.ts';
import type { handleUnaryCall, sendUnaryData, ServerUnaryCall, UntypedHandleCall } from '@grpc/grpc-js';
import type { Entrance } from './router.ts';
import type { CallHost } from './running-call.ts';

type Answer = handleUnaryCall<Buffer, Buffer>;

export function addChannelz({ server, door }: Entrance, host: CallHost): void {
  const authorize = authorizer(CHANNELZ);
  const guarded = Object.entries(getChannelzHandlers()).map(([name, answer]): [string, UntypedHandleCall] => {
    const kind = { name: `grpc.channelz.v1.Channelz/${name}`, method: `Channelz.${name}`, door, permission: CHANNELZ };
    const handle = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const running = new RunningCall(host, kind, call);
      try {
        running.admit();
        authorize(running.principal, []);
      } catch (error) {
        callback(running.fail(error));
        return;
      }
      running.done();
      (answer as Answer)(call, callback);
    };
    return [name, handle as UntypedHandleCall];
  });
  server.addService(getChannelzServiceDefinition(), Object.fromEntries(guarded));
}
