// Strangers are turned away when their headers have come: without that, each of their calls could make the daemon hold a message of the
// largest size until it is whole and looked at.

import { ServerInterceptingCall } from '@grpc/grpc-js';
import { PERMISSIONS, REFLECTION } from './permissions.ts';
import { RunningCall, shortName } from '../running-call.ts';
import type { Metadata, ServerInterceptor } from '@grpc/grpc-js';
import type { AnyCall, CallHost } from '../running-call.ts';
import type { Caller, Door } from './door.ts';
import type { Permission } from './permissions.ts';
import type { Principal } from './principal.ts';

export interface EarlyDoor {
  /** As the door that it was made of; who has been let in is not asked again. */
  readonly door: Door;
  readonly interceptor: ServerInterceptor;
}

export function earlyDoor(door: Door, host: CallHost): EarlyDoor {
  const admitted = new WeakMap<Metadata, Principal>();
  return {
    door: (caller) => admitted.get(caller.metadata) ?? door(caller),
    interceptor(method, call) {
      const name = method.path.slice(1);
      const permission = permissionFor(name);
      if (permission.where === 'public') return new ServerInterceptingCall(call);
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata(metadata, pass) {
              const caller: Caller = { metadata, getPeer: () => call.getPeer(), getAuthContext: () => call.getAuthContext() };
              try {
                admitted.set(metadata, door(caller));
              } catch (error) {
                const kind = { name, method: shortName(name), door, permission };
                call.sendStatus(new RunningCall(host, kind, { ...caller, cancelled: false } as AnyCall).fail(error));
                return;
              }
              pass(metadata);
            },
          }),
      });
    },
  };
}

/** What is not in the table is other libraries', or nobody's. */
function permissionFor(name: string): Permission {
  const [service = '', method = ''] = name.split('/');
  const methods = Object.hasOwn(PERMISSIONS, service) ? PERMISSIONS[service]! : {};
  return Object.hasOwn(methods, method) ? methods[method]! : REFLECTION;
}
