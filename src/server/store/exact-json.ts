// JSON with big integers: {"$big": "18446744073709551615"}.

export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? { $big: item.toString() } : item));
}

export function fromExactJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    const digits = typeof item === 'object' && item !== null ? (item as { $big?: unknown }).$big : undefined;
    return typeof digits === 'string' && /^-?\d{1,40}$/.test(digits) ? BigInt(digits) : item;
  });
}
