// Messages, enums and services of the API as tables; src/gen/api.ts holds those of proto/, generated.

export type ScalarType = 'uint32' | 'int32' | 'sint32' | 'uint64' | 'int64' | 'fixed64' | 'bool' | 'string' | 'bytes';

export interface FieldSchema {
  readonly name: string;
  readonly number: number;
  readonly type: ScalarType | 'enum' | 'message';
  /** Full name, of an enum or message. */
  readonly of?: string;
  readonly repeated?: true;
  /** `type` is the value's; the key is a string. Decoded to a plain object. */
  readonly map?: true;
  readonly oneof?: string;
}

export interface MethodSchema {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly requestStream?: true;
  readonly responseStream?: true;
}

export interface ApiSchema {
  readonly messages: Readonly<Record<string, readonly FieldSchema[]>>;
  /** Name to number. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly services: Readonly<Record<string, readonly MethodSchema[]>>;
}

/** uintr.v1.FieldRules of one field, the prefixes of its enums' values left out. */
export interface FieldRules {
  readonly required?: true;
  readonly resource?: readonly ResourceKind[];
  readonly format?: Format;
  readonly min?: number;
  readonly max?: number;
  readonly multiple_of?: number;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly max_items?: number;
  readonly min_millis?: number;
  readonly max_millis?: number;
  readonly only?: readonly string[];
}

export type ResourceKind =
  | 'PROJECT'
  | 'EVERY_PROJECT'
  | 'MACHINE'
  | 'PROCESS'
  | 'THREAD'
  | 'RING'
  | 'BREAKPOINT'
  | 'DESCRIPTOR'
  | 'ARTIFACT'
  | 'SNAPSHOT'
  | 'LEASE'
  | 'USER'
  | 'TOKEN';
export type Format = 'ID' | 'REQUEST_ID' | 'PATH' | 'TEXT' | 'ENVIRONMENT' | 'SHA256' | 'LABELS';

export interface MessageRules {
  readonly fields: Readonly<Record<string, FieldRules>>;
  /** Of which one member must be set. */
  readonly oneofs: readonly string[];
}

/** Of the messages that have any. */
export type ApiRules = Readonly<Record<string, MessageRules>>;
