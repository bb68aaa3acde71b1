// A graph of plain objects as bytes: objects are numbered in the order in which they are met, breadth first. First come the heads of all
// objects, which say what to make, then their contents, which refer to others by number; so nothing recurses, whatever refers to what.

/** First byte of a value. */
export const VALUE = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** zigzag varint of a safe integer, but for -0. */
  integer: 4,
  /** 8 bytes, IEEE 754, little endian. */
  double: 5,
  /** Number of bytes, magnitude from its lowest byte. */
  positiveBig: 6,
  negativeBig: 7,
  /** Number of a text. */
  text: 8,
  /** Number of an object. */
  object: 9,
} as const;

/** First byte of a head. */
export const HEAD = {
  /** Number of a shape; contents: a value a field. */
  object: 0,
  /** Length; contents: a value an element. */
  array: 1,
  /** Size; contents: key and value of each entry, in their order. */
  map: 2,
  set: 3,
  /** Kind of view, number of a buffer, offset in it, length in elements. No contents. */
  view: 4,
  /** Text: an object that every machine of this engine has, such as a default. No contents. */
  constant: 5,
  /** Text, number of a shape: an object that a new machine has already; contents as of an object. */
  anchor: 6,
} as const;

/** Views by their numbers in a head. */
export const VIEWS = [
  Uint8Array,
  DataView,
  Uint32Array,
  Int32Array,
  Float64Array,
  Uint16Array,
  BigUint64Array,
  Int8Array,
  Int16Array,
  Float32Array,
  BigInt64Array,
] as const;

export const BYTES_PER_ELEMENT = VIEWS.map((view) => (view === DataView ? 1 : (view as Uint8ArrayConstructor).BYTES_PER_ELEMENT));

/** Class and field names of an object; the class is '' for a plain one. */
export interface Shape {
  readonly key: string;
  readonly fields: readonly string[];
}

/** What the graph does not contain, but refers to by name. */
export interface KnownObjects {
  readonly constants: ReadonlyMap<string, object>;
  /** Of one machine; filled in place. */
  readonly anchors: ReadonlyMap<string, object>;
  /** Its content is no part of the graph. */
  readonly ram: ArrayBufferLike;
}
