// Calls at random: messages made from the API's tables, some of them damaged, names and files learnt from answers, some given up early.

import { API } from '../../src/gen/api.ts';
import { Decoder } from '../../src/wire/decode.ts';
import { encodeMessage } from '../../src/wire/encode.ts';
import { KnownNames, RandomMessages } from '../random-message.ts';
import { METHODS, methodNamed } from './methods.ts';
import type { ApiError } from '../../clients/ts/api-error.ts';
import type { ResourceKind } from '../../src/wire/schema.ts';
import type { Choices } from '../random.ts';
import type { Attempt, Method } from './methods.ts';

/** What makes or finds what a method may need, in the order in which it needs it. */
const MAKERS: readonly (readonly [ResourceKind, readonly Method[]])[] = [
  ['MACHINE', ['MachineService/CreateMachine', 'MachineService/ListMachines']],
  ['THREAD', ['MachineService/StartMachine', 'GuestService/CreateRemoteThread']],
  ['DESCRIPTOR', ['UintrService/RegisterHandler', 'UintrService/CreateVectorFd']],
  ['RING', ['UringService/SetupRing']],
  ['PROCESS', ['GuestService/SpawnProcess']],
  ['BREAKPOINT', ['MachineService/CreateBreakpoint']],
  ['SNAPSHOT', ['SnapshotService/CreateSnapshot']],
  ['ARTIFACT', ['ArtifactService/UploadArtifact']],
  ['USER', ['UserService/CreateUser']],
  ['TOKEN', ['TokenService/CreateToken']],
  ['LEASE', ['LeaseService/CreateLease']],
].map(([kind, names]) => [kind as ResourceKind, (names as string[]).map((name) => methodNamed(`/uintr.v1.${name}`))]);
const ENDS = /^(?:Delete|Reset|Restore|Release|Revoke|Close|Unregister|UpdateProject)/;
const MOST_KEPT = 4;
const LARGEST_FILE = 4 << 20;
const decoder = new Decoder(API, false);
const messageBytes = (type: string, message: object): Buffer => Buffer.from(encodeMessage(API, type, message));

export interface Listener {
  readonly answered: (bytes: Buffer) => void;
  readonly ended: (error: ApiError | undefined) => void;
}

export class Attempts {
  private readonly choices: Choices;
  private readonly names = new KnownNames();
  private readonly random: RandomMessages;
  private readonly secrets: string[] = [];
  /** Snapshots that were exported, in their chunks. */
  private readonly exported: (readonly Uint8Array[])[] = [];

  constructor(choices: Choices, images: readonly Uint8Array[]) {
    this.choices = choices;
    this.random = new RandomMessages(choices, this.names, images);
  }

  next(): Attempt {
    const { choices } = this;
    const method = this.method();
    return {
      method,
      messages: this.messages(method),
      secret: choices.chance(0.1) ? this.secrets[choices.below(this.secrets.length)] : undefined,
      cancelAfter: choices.chance(method.responseStream ? 0.3 : 0.1) ? choices.below(40) : undefined,
    };
  }

  /** Takes what an answer tells. */
  listener({ method }: Attempt): Listener {
    const chunks: Uint8Array[] = [];
    let size = 0;
    return {
      answered: (bytes) => {
        const message = decoder.decode(method.response, bytes) as Readonly<Record<string, unknown>>;
        this.names.learn(message);
        if (typeof message.secret === 'string') keep(this.secrets, message.secret);
        if (message.chunk instanceof Uint8Array && size < LARGEST_FILE) {
          chunks.push(message.chunk);
          size += message.chunk.length;
        }
      },
      ended: (error) => {
        if (error?.status === 'NOT_FOUND') this.names.forgetThose(Object.values(error.metadata));
        if (!error && method.name === 'ExportSnapshot' && chunks.length > 0 && size < LARGEST_FILE) keep(this.exported, chunks);
      },
    };
  }

  /** Any, but first what others need, and seldom what ends things. */
  private method(): Method {
    const { choices } = this;
    for (const [kind, makers] of MAKERS) if (!this.names.has(kind) && choices.chance(0.1)) return choices.of(makers);
    for (;;) {
      const method = choices.of(METHODS);
      if (!ENDS.test(method.name) || choices.chance(0.1)) return method;
    }
  }

  private messages(method: Method): Buffer[] {
    const { choices } = this;
    const { request } = method;
    const one = (only?: readonly string[]): Buffer => {
      const tame = choices.chance(0.6);
      const bytes = messageBytes(request, this.random.message(request, tame, only));
      return !tame && choices.chance(0.1) ? damaged(bytes, choices) : bytes;
    };
    if (!method.requestStream) return [one()];
    const file = choices.chance(0.7) ? this.exported[choices.below(this.exported.length)] : undefined;
    if (method.name === 'ImportSnapshot' && file) {
      const parts = file.map((chunk) =>
        messageBytes(request, { chunk: choices.chance(0.3) ? damaged(Buffer.from(chunk), choices) : chunk }),
      );
      return [one(['header']), ...parts];
    }
    // What a stream begins with is a member of its own, the first one.
    const [first, ...others] = API.messages[request]!.map(({ name }) => [name]);
    const more = Array.from({ length: choices.below(3) }, () => one(choices.chance(0.9) ? choices.of(others) : undefined));
    return [one(choices.chance(0.9) ? first : undefined), ...more];
  }
}

function keep<T>(list: T[], item: T): void {
  list.unshift(item);
  list.length = Math.min(list.length, MOST_KEPT);
}

function damaged(bytes: Buffer, choices: Choices): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0 || choices.chance(0.2)) return Buffer.concat([copy, choices.bytes(1 + choices.below(12))]);
  if (choices.chance(0.3)) return copy.subarray(0, choices.below(copy.length));
  copy[choices.below(copy.length)] = choices.below(256);
  return copy;
}
