// Lengths of virtual time as the API writes them.

/** 1_500_000_000 nanoseconds as { seconds: 1, nanos: 500000000 }. */
export function durationOf(nanoseconds: bigint | number): { readonly seconds: bigint; readonly nanos: number } {
  const exact = BigInt(nanoseconds);
  return { seconds: exact / 1_000_000_000n, nanos: Number(exact % 1_000_000_000n) };
}
