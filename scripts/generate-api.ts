// Writes src/gen/api.ts (tables for src/wire, and types) from proto/. `--check` compares instead and fails if it differs.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { isMain } from './is-main.ts';

export const API_MODULE = new URL('../src/gen/api.ts', import.meta.url);
const PROTO = fileURLToPath(new URL('../proto/', import.meta.url));
const FILES = [
  'uintr/v1/access.proto',
  'uintr/v1/project.proto',
  'uintr/v1/audit.proto',
  'uintr/v1/lease.proto',
  'uintr/v1/lab.proto',
  'uintr/v1/machine.proto',
  'uintr/v1/artifact.proto',
  'uintr/v1/snapshot.proto',
  'uintr/v1/guest.proto',
  'uintr/v1/uintr.proto',
  'uintr/v1/uring.proto',
  'uintr/v1/event.proto',
  'uintr/v1/event_service.proto',
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
  'grpc/health/v1/health.proto',
];
const SCALARS: Readonly<Record<string, string>> = {
  uint32: 'number',
  int32: 'number',
  sint32: 'number',
  uint64: 'bigint',
  fixed64: 'bigint',
  int64: 'bigint',
  bool: 'boolean',
  string: 'string',
  bytes: 'Uint8Array',
};

const fullName = (object: protobuf.ReflectionObject): string => object.fullName.slice(1);
/** uintr.v1.Process.State -> ProcessState; google.rpc.Status -> RpcStatus. */
const typeName = (object: protobuf.ReflectionObject): string =>
  fullName(object)
    .replace(/^uintr\.v1\.|^google\.protobuf\.|^grpc\.health\.v1\./, '')
    .replace(/^google\.rpc\./, 'Rpc')
    .replaceAll('.', '');

const DESCRIPTOR = 'google/protobuf/descriptor.proto';
/** Needed to read the protos, but no part of the API. */
const OPTIONS_ONLY = [DESCRIPTOR, 'uintr/v1/rules.proto'];

/** The protos of proto/, read with all that they import. */
export function loadProtos(files: readonly string[] = FILES): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    target === DESCRIPTOR
      ? fileURLToPath(import.meta.resolve(`protobufjs/${DESCRIPTOR}`))
      : target.startsWith('google/protobuf/')
        ? target
        : PROTO + target;
  root.loadSync([...files], { keepCase: true });
  root.resolveAll();
  return root;
}

/** The rules of a message, as rows of a table; undefined if it has none. */
function rulesOf(type: protobuf.Type): string | undefined {
  const option = (object: protobuf.ReflectionObject, name: string): unknown =>
    object.parsedOptions?.find((parsed: Readonly<Record<string, unknown>>) => Object.hasOwn(parsed, name))?.[name];
  const text = (key: string, value: unknown): string => {
    const list = key === 'resource' || key === 'only' ? [value].flat() : undefined;
    const plain = (item: unknown): string =>
      typeof item === 'string' ? `'${item.replace(/^RESOURCE_KIND_|^FORMAT_/, '')}'` : String(item);
    return list ? `[${list.map(plain).join(', ')}]` : plain(value);
  };
  const rows = type.fieldsArray.flatMap((field) => {
    const rules = option(field, '(rules)') as Readonly<Record<string, unknown>> | undefined;
    if (!rules) return [];
    const members = Object.entries(rules).map(([key, value]) => `${key}: ${text(key, value)}`);
    return [`      ${field.name}: { ${members.join(', ')} },`];
  });
  const oneofs = type.oneofsArray.filter((oneof) => option(oneof, '(one_required)') === true).map(({ name }) => `'${name}'`);
  if (rows.length === 0 && oneofs.length === 0) return undefined;
  const fields = rows.length > 0 ? `{\n${rows.join('\n')}\n    }` : '{}';
  return `  '${fullName(type)}': {\n    fields: ${fields},\n    oneofs: [${oneofs.join(', ')}],\n  },`;
}

export function apiModule(): string {
  const root = loadProtos();

  const messages: string[] = [];
  const enums: string[] = [];
  const services: string[] = [];
  const types: string[] = [];
  const rules: string[] = [];

  const valueType = (field: protobuf.Field): string => {
    if (!field.resolvedType) return SCALARS[field.type]!;
    return typeName(field.resolvedType);
  };

  const message = (type: protobuf.Type): void => {
    const rows: string[] = [];
    const members: string[] = [];
    for (const field of type.fieldsArray) {
      const target = field.resolvedType;
      const kind = target ? (target instanceof protobuf.Enum ? 'enum' : 'message') : field.type;
      if (!target && !(field.type in SCALARS)) throw new Error(`${type.fullName}.${field.name}: no support for ${field.type}`);
      const oneof = field.partOf?.name;
      rows.push(
        `    { name: '${field.name}', number: ${field.id}, type: '${kind}'${target ? `, of: '${fullName(target)}'` : ''}` +
          `${field.repeated ? ', repeated: true' : ''}${field.map ? ', map: true' : ''}${oneof ? `, oneof: '${oneof}'` : ''} },`,
      );
      const value = field.map
        ? `Readonly<Record<string, ${valueType(field)}>>`
        : field.repeated
          ? `readonly ${valueType(field)}[]`
          : valueType(field);
      const optional = oneof !== undefined || (kind === 'message' && !field.repeated && !field.map);
      members.push(`  readonly ${field.name}${optional ? '?' : ''}: ${value}${optional ? ' | undefined' : ''};`);
    }
    const ruled = rulesOf(type);
    if (ruled !== undefined) rules.push(ruled);
    messages.push(`  '${fullName(type)}': [${rows.length > 0 ? `\n${rows.join('\n')}\n  ` : ''}],`);
    types.push(`export interface ${typeName(type)} {${members.length > 0 ? `\n${members.join('\n')}\n` : ''}}`);
  };

  const visit = (object: protobuf.ReflectionObject): void => {
    if (
      OPTIONS_ONLY.some((file) => object.filename?.endsWith(file)) &&
      !(object instanceof protobuf.Namespace && object.constructor === protobuf.Namespace)
    )
      return;
    if (object instanceof protobuf.Type) message(object);
    if (object instanceof protobuf.Enum) {
      const values = Object.entries(object.values);
      enums.push(`  '${fullName(object)}': { ${values.map(([name, number]) => `${name}: ${number}`).join(', ')} },`);
      types.push(`export type ${typeName(object)} =\n${values.map(([name]) => `  | '${name}'`).join('\n')};`);
    }
    if (object instanceof protobuf.Service) {
      const rows = object.methodsArray.map(
        (method) =>
          `    { name: '${method.name}', request: '${fullName(method.resolvedRequestType!)}', response: '${fullName(method.resolvedResponseType!)}'` +
          `${method.requestStream ? ', requestStream: true' : ''}${method.responseStream ? ', responseStream: true' : ''} },`,
      );
      services.push(`  '${fullName(object)}': [\n${rows.join('\n')}\n  ],`);
      const members = object.methodsArray.map((method) => {
        const [request, response] = [typeName(method.resolvedRequestType!), typeName(method.resolvedResponseType!)];
        return (
          `  readonly ${method.name}: { readonly request: ${request}; readonly response: ${response}; ` +
          `readonly requestStream: ${method.requestStream ?? false}; readonly responseStream: ${method.responseStream ?? false} };`
        );
      });
      types.push(`export interface ${typeName(object)} {\n${members.join('\n')}\n}`);
    }
    if (object instanceof protobuf.Namespace && !fullName(object).startsWith('google.protobuf.compiler'))
      for (const nested of object.nestedArray) visit(nested);
  };
  visit(root);

  return `// Generated from proto/ by scripts/generate-api.ts: change the protos instead.

import type { ApiRules, ApiSchema } from '../wire/schema.ts';

export const API: ApiSchema = {
  messages: {
${messages.map((text) => text.replace(/^/gm, '  ')).join('\n')}
  },
  enums: {
${enums.map((text) => text.replace(/^/gm, '  ')).join('\n')}
  },
  services: {
${services.map((text) => text.replace(/^/gm, '  ')).join('\n')}
  },
};

/** Rules of request fields: uintr/v1/rules.proto says what they mean. */
export const RULES: ApiRules = {
${rules.join('\n')}
};

${types.join('\n\n')}
`;
}

if (isMain(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(API_MODULE, apiModule());
  else if (readFileSync(API_MODULE, 'utf8') !== apiModule()) {
    console.error('src/gen/api.ts differs from proto/: run scripts/generate-api.ts');
    process.exitCode = 1;
  }
}
