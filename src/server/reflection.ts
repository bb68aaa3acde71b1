// grpc.reflection v1 and v1alpha. @grpc/reflection does the answering; it and its indexes cost half a second to load, so they wait for
// the first call.

import { createRequire } from 'node:module';
import { DESCRIPTOR_SET } from '../gen/descriptors.ts';
import { REFLECTION } from './auth/permissions.ts';
import { RunningCall } from './running-call.ts';
import type * as ProtoLoader from '@grpc/proto-loader';
import type { PackageDefinition } from '@grpc/proto-loader';
import type * as Reflection from '@grpc/reflection';
import type { handleBidiStreamingCall, ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import type { Entrance } from './router.ts';
import type { CallHost } from './running-call.ts';

const SERVICES = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];
const METHOD = 'ServerReflectionInfo';

/** What the library would give the server for one of the services. */
interface Implementation {
  readonly deserialize: (bytes: Buffer) => unknown;
  readonly serialize: (message: unknown) => Buffer;
  readonly answer: (request: unknown) => unknown;
}

/** The library's own fields that we set right; its version is fixed in package.json, and the tests would notice. */
interface Internals {
  readonly files: Readonly<Record<string, object>>;
  readonly fileEncodings: Map<object, Uint8Array>;
  handleServerReflectionRequest(request: unknown): unknown;
  addToServer(server: { addService(definition: ServiceDefinition): void }): void;
}

/** The files of a FileDescriptorSet, as they are: repeated FileDescriptorProto file = 1. */
export function filesOf(set: Uint8Array): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = set[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < set.length) {
    if (varint() !== 0x0a) throw new Error('not a FileDescriptorSet');
    const end = varint() + at;
    const file = Buffer.from(set.subarray(at, end));
    // Its first field is its name.
    if (set[at++] !== 0x0a) throw new Error('a file without a name');
    const length = varint();
    files.set(Buffer.from(set.subarray(at, at + length)).toString(), file);
    at = end;
  }
  return files;
}

function load(): ReadonlyMap<string, Implementation> {
  const require = createRequire(import.meta.url);
  const loader = require('@grpc/proto-loader') as typeof ProtoLoader;
  const { ReflectionService } = require('@grpc/reflection') as typeof Reflection;
  const set = Buffer.from(DESCRIPTOR_SET, 'base64');
  const raw = filesOf(set);
  // The loader merges the files of a package into one and drops imports and options: the files as they are take their place.
  const definition = Object.fromEntries(
    Object.entries(loader.loadFileDescriptorSetFromBuffer(set, {})).map(([name, entry]) => [
      name,
      'fileDescriptorProtos' in entry ? { ...entry, fileDescriptorProtos: [...raw.values()] } : entry,
    ]),
  ) as PackageDefinition;
  const service = new ReflectionService(definition) as unknown as { readonly v1: Internals; readonly v1Alpha: Internals };
  const implementations = new Map<string, Implementation>();
  for (const [name, internals] of [
    [SERVICES[0]!, service.v1],
    [SERVICES[1]!, service.v1Alpha],
  ] as const) {
    // Nor is what the library has decoded encoded again: it knows no custom options.
    for (const [file, descriptor] of Object.entries(internals.files)) internals.fileEncodings.set(descriptor, raw.get(file)!);
    internals.addToServer({
      addService(methods) {
        const { requestDeserialize, responseSerialize } = methods[METHOD]!;
        implementations.set(name, {
          deserialize: requestDeserialize,
          serialize: responseSerialize,
          answer: (request) => internals.handleServerReflectionRequest(request),
        });
      },
    });
  }
  return implementations;
}

export function addReflection({ server, door }: Entrance, host: CallHost): void {
  let loaded: ReadonlyMap<string, Implementation> | undefined;
  const same = (bytes: Buffer): Buffer => bytes;
  for (const name of SERVICES) {
    const kind = { name: `${name}/${METHOD}`, method: METHOD, door, permission: REFLECTION };
    const handle: handleBidiStreamingCall<Buffer, Buffer> = (call: ServerDuplexStream<Buffer, Buffer>) => {
      const running = new RunningCall(host, kind, call);
      const fail = (error: unknown): void => void call.emit('error', running.fail(error));
      try {
        running.admit();
      } catch (error) {
        fail(error);
        return;
      }
      running.ending.addEventListener('abort', () => fail(running.ending.reason), { once: true });
      if (running.ending.aborted) return;
      call.on('data', (bytes: Buffer) => {
        if (running.ending.aborted) return;
        try {
          loaded ??= load();
          const { deserialize, answer, serialize } = loaded.get(name)!;
          if (!call.write(serialize(answer(deserialize(bytes))))) {
            call.pause();
            call.once('drain', () => call.resume());
          }
        } catch (error) {
          fail(error);
        }
      });
      call.on('end', () => {
        running.done();
        call.end();
      });
    };
    const definition = {
      [METHOD]: {
        path: `/${name}/${METHOD}`,
        requestStream: true,
        responseStream: true,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    } satisfies ServiceDefinition;
    server.addService(definition, { [METHOD]: handle });
  }
}
