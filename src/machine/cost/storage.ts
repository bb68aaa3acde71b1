// Block devices a machine may have: how long a command takes, how many go on at once, how fast data moves. Each figure is a row of the
// cost table, DEVICE_PART. Times are real ones, not cycles of a core: another clock leaves them as they are.

export const STORAGES = ['none', 'nvme', 'disk'] as const;
export type Storage = (typeof STORAGES)[number];
export type Device = Exclude<Storage, 'none'>;

export type DeviceUnit = 'nanoseconds' | 'bytes_per_second' | 'commands' | 'bytes';

/** What a row may hold: integers from `least` to `most`, multiples of `multiple`. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly multiple: number;
  /** What else may be wanted, for who asks for something out of bounds. */
  readonly hint?: string;
}

interface DevicePart extends Bounds {
  readonly unit: DeviceUnit;
}

const MINUTE = 60_000_000_000;
const LATENCY: DevicePart = { unit: 'nanoseconds', least: 0, most: MINUTE, multiple: 1 };

const PARTS = {
  /** From a command to its first byte, and where it goes on behind the last one. */
  read_latency: LATENCY,
  write_latency: LATENCY,
  sequential_latency: LATENCY,
  /** Of the link, which all commands share. */
  bandwidth: { unit: 'bytes_per_second', least: 1000, most: 1_000_000_000_000, multiple: 1 },
  /** Commands the device takes at a time; others wait in the kernel. */
  depth: { unit: 'commands', least: 1, most: 65_535, multiple: 1 },
  /** Commands whose latencies overlap. */
  channels: { unit: 'commands', least: 1, most: 1024, multiple: 1 },
  /** Longest command; larger requests are cut. Whole pages. */
  command_bytes: { unit: 'bytes', least: 4096, most: 1 << 24, multiple: 4096 },
} satisfies Readonly<Record<string, DevicePart>>;

type Part = keyof typeof PARTS;
export type DeviceCostName = `${Device}_${Part}`;

export interface DeviceConstant extends DevicePart {
  readonly value: number;
  readonly source: string;
}

type Figures = Readonly<Record<Part, readonly [value: number, source: string]>>;

const NVME_SHEETS = 'assumed: as data sheets say of low-latency NVMe drives (storage-class memory) on PCIe 4.0 x4';
const DISK_SHEETS = 'assumed: as data sheets say of 7200 rpm disks';

const FIGURES: Readonly<Record<Device, Figures>> = {
  nvme: {
    read_latency: [10_000, `${NVME_SHEETS}: about 10 us to a page`],
    write_latency: [10_000, `${NVME_SHEETS}: about 10 us, as to read`],
    sequential_latency: [10_000, 'assumed: what comes next is as far away as anything else where nothing turns'],
    bandwidth: [7_000_000_000, `${NVME_SHEETS}: 7 GB/s`],
    depth: [64, 'assumed: a queue is deeper than channels so that they never run dry; more changes nothing here'],
    channels: [16, `${NVME_SHEETS}: 1.5 million reads of a page in a second are 16 at a time of 10 us`],
    command_bytes: [131_072, 'assumed: max_sectors_kb of drives that transfer at most 128 KiB by a command'],
  },
  disk: {
    read_latency: [8_000_000, `${DISK_SHEETS}: 8 ms of seek and half a turn`],
    write_latency: [8_000_000, `${DISK_SHEETS}: 8 ms, as to read`],
    sequential_latency: [0, 'assumed: the head is there, and the track has been read ahead'],
    bandwidth: [150_000_000, `${DISK_SHEETS}: 150 MB/s sustained`],
    depth: [1, 'assumed: a command at a time, without native queueing'],
    channels: [1, 'assumed: there is one arm'],
    command_bytes: [524_288, 'assumed: max_sectors_kb of SATA disks that take 512 KiB by a command'],
  },
};

export const DEVICE_CONSTANTS = Object.fromEntries(
  Object.entries(FIGURES).flatMap(([device, figures]) =>
    Object.entries(figures).map(([part, [value, source]]) => [`${device}_${part}`, { ...PARTS[part as Part], value, source }]),
  ),
) as unknown as Readonly<Record<DeviceCostName, DeviceConstant>>;

/** A device as a machine has it. */
export interface StorageModel {
  /** Its name under /dev. */
  readonly name: string;
  /** Major and minor number. */
  readonly numbers: readonly [major: number, minor: number];
  readonly driver: string;
  /** A medium that turns: requests are served one after another, so that what follows its predecessor finds the head there. */
  readonly rotational: boolean;
  readonly figures: Readonly<Record<Part, number>>;
}

export const DEVICE_IDENTITIES: Readonly<Record<Device, Omit<StorageModel, 'figures'>>> = {
  nvme: { name: 'nvme0n1', numbers: [259, 0], driver: 'blkext', rotational: false },
  disk: { name: 'sda', numbers: [8, 0], driver: 'sd', rotational: true },
};

/** The device that `storage` names, by the figures of a machine's costs. */
export function storageModel(storage: Storage, costs: Readonly<Record<DeviceCostName, number>>): StorageModel | null {
  if (storage === 'none') return null;
  const figures = Object.fromEntries((Object.keys(PARTS) as Part[]).map((part) => [part, costs[`${storage}_${part}`]]));
  return { ...DEVICE_IDENTITIES[storage], figures: figures as StorageModel['figures'] };
}
