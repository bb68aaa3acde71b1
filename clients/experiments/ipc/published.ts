// What the report measured with its mechanisms, emulated and on a processor. None of it is measured here.

export interface PublishedRow {
  readonly name: string;
  /** Messages a second at sizes 1 and 4096. */
  readonly emulated?: readonly [number, number | null];
  readonly physical?: readonly [number, number | null];
  /** Average and minimum microseconds at size 1, physical. */
  readonly microseconds?: readonly [average: number, minimum: number | null];
}

export const PUBLISHED: readonly PublishedRow[] = [
  { name: 'uintr (thread)', emulated: [28935, 23305], physical: [191868, 116340], microseconds: [4.366, 4.096] },
  { name: 'uintr (process)', emulated: [34392, 22662], physical: [377670, 347037] },
  { name: 'uintr one way', microseconds: [2.035, 1.792] },
  { name: 'uintr with shared memory', microseconds: [1.934, null] },
  { name: 'signal', emulated: [6286, null], physical: [31798, null], microseconds: [97.7, 7.9] },
  { name: 'eventfd', emulated: [6649, null], physical: [26630, null], microseconds: [37.3, 11.5] },
  { name: 'pipe', emulated: [2858, 2256], physical: [9436, 14011], microseconds: [105, 25] },
  { name: 'fifo', emulated: [2782, 2674], physical: [25544, 16527], microseconds: [38.6, 22.5] },
  { name: 'domain socket', emulated: [4835, 2781], physical: [11183, 19758], microseconds: [88.6, 16.6] },
  { name: 'SysV message queue', microseconds: [126.6, 20] },
  { name: 'tcp', microseconds: [170.7, 36.9] },
  { name: 'shm polling', microseconds: [1.568, 1.28] },
  { name: 'mmap polling', microseconds: [1.314, 1.024] },
];

/** What to know before a published figure is compared with one here. */
export const FLAWS: readonly string[] = [
  'Their averages of what goes through the kernel are dominated by idle states: compare minima and ratios.',
  'Their user interrupts spin while the others block. Here each mechanism spins and blocks where both make sense, and both are printed.',
  'Their eventfd test shares one eventfd for both directions and races with itself. Here it is run with one, which counts how often a party read its own message, and with two.',
  'Their clock was a double of nanoseconds since the epoch, in steps of 256 ns. Here the guest reads the TSC.',
  'Their two-process test exchanged numbers of descriptors instead of descriptors, so each process very likely interrupted itself. Here the descriptor is inherited by fork or passed by SCM_RIGHTS, and no round ends without the other party.',
];

const EMULATED_SIZES = [1, 4096];

/** Messages a second that were published for a mechanism at a size; null where there is none. */
export function publishedRate(name: string | undefined, where: 'emulated' | 'physical', size: number): number | null {
  const at = EMULATED_SIZES.indexOf(size);
  return (at >= 0 ? PUBLISHED.find((row) => row.name === name)?.[where]?.[at] : null) ?? null;
}
