// Which fields of an object are state: all but those that its class names in `static transient`, which are wiring or follow from the others.
// The one definition that the hash and the snapshot go by, so that neither can forget what the other sees.

export function transientFields(value: object): readonly string[] {
  return (value.constructor as { transient?: readonly string[] } | undefined)?.transient ?? [];
}

/** In the order in which the object got them. */
export function stateFields(value: object): string[] {
  const transient = transientFields(value);
  const keys = Object.keys(value);
  return transient.length === 0 ? keys : keys.filter((key) => !transient.includes(key));
}
