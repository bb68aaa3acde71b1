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
