// Block devices a machine may have: how long a command takes, how many go on at once, how fast data moves. Times are real ones, not
// cycles of a core: another clock leaves them as they are.

export interface StorageModel {
  /** Its name under /dev. */
  readonly name: string;
  /** Major and minor number. */
  readonly numbers: readonly [major: number, minor: number];
  readonly driver: string;
  /** A medium that turns: what follows its predecessor costs no seek, and requests are served one after another. */
  readonly rotational: boolean;
  /** Nanoseconds from a command to its first byte, and where it goes on behind the last one. */
  readonly readLatency: number;
  readonly writeLatency: number;
  readonly sequentialLatency: number;
  /** Of the link, which all commands share. */
  readonly bytesPerSecond: number;
  /** Commands the device takes at a time; others wait in the kernel. */
  readonly depth: number;
  /** Commands whose latencies overlap. */
  readonly channels: number;
  /** Longest command; larger requests are cut. */
  readonly commandBytes: number;
  readonly source: string;
}

export const STORAGES = ['none', 'nvme', 'disk'] as const;
export type Storage = (typeof STORAGES)[number];

export const STORAGE_MODELS: Readonly<Record<Exclude<Storage, 'none'>, StorageModel>> = {
  nvme: {
    name: 'nvme0n1',
    numbers: [259, 0],
    driver: 'blkext',
    rotational: false,
    readLatency: 10_000,
    writeLatency: 10_000,
    sequentialLatency: 10_000,
    bytesPerSecond: 7_000_000_000,
    depth: 64,
    channels: 16,
    commandBytes: 131_072,
    source: 'assumed: as data sheets say of low-latency NVMe drives (storage-class memory) on PCIe 4.0 x4: 10 us, 7 GB/s, 1.5 million IOPS',
  },
  disk: {
    name: 'sda',
    numbers: [8, 0],
    driver: 'sd',
    rotational: true,
    readLatency: 8_000_000,
    writeLatency: 8_000_000,
    sequentialLatency: 0,
    bytesPerSecond: 150_000_000,
    depth: 1,
    channels: 1,
    commandBytes: 524_288,
    source: 'assumed: as data sheets say of 7200 rpm disks: 8 ms of seek and rotation, 150 MB/s, one command at a time',
  },
};
