// The machines of this daemon, by name, and the caps on them.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../machine/errors.ts';
import { MachineHandle } from './machine-handle.ts';
import { noStreams } from './metrics-counts.ts';
import { machineName, ownerOf } from './resource-name.ts';
import type { MachineSpec } from '../machine/machine-spec.ts';
import type { MachineImage } from '../machine/protocol.ts';
import type { MachinePlace } from './machine-handle.ts';
import type { Quotas } from './quota/quotas.ts';
import type { Config } from './settings.ts';
import type { WorkerPool } from './worker-pool.ts';

export class MachineRegistry {
  readonly counts = noStreams();
  private readonly byName = new Map<string, MachineHandle>();
  /** Names and specs of machines that are being made. */
  private readonly reserved = new Map<string, MachineSpec>();
  private readonly pool: WorkerPool;
  private readonly config: Config;
  private readonly quotas: Quotas;
  private nextOrdinal = 1;
  private nextNumber = 1;

  constructor(pool: WorkerPool, config: Config, quotas: Quotas) {
    this.quotas = quotas;
    this.pool = pool;
    this.config = config;
  }

  get count(): number {
    return this.byName.size + this.reserved.size;
  }

  get ramBytes(): number {
    let sum = 0;
    for (const handle of this.byName.values()) sum += handle.identity.spec.ram_bytes;
    for (const { ram_bytes: bytes } of this.reserved.values()) sum += bytes;
    return sum;
  }

  get workers(): WorkerPool {
    return this.pool;
  }

  list(): MachineHandle[] {
    return [...this.byName.values()];
  }

  /** Of one project. */
  in(project: string): MachineHandle[] {
    return this.list().filter(({ project: its }) => its === project);
  }

  /** Of the machines of a project, those that are being made included. */
  specsIn(project: string): MachineSpec[] {
    const making = [...this.reserved].filter(([name]) => ownerOf(name) === project).map(([, spec]) => spec);
    return [...this.in(project).map(({ identity }) => identity.spec), ...making];
  }

  find(name: string): MachineHandle | undefined {
    return this.byName.get(name);
  }

  get(name: string): MachineHandle {
    const handle = this.byName.get(name);
    if (!handle) throw new MachineError('MACHINE_NOT_FOUND', `there is no machine ${name}`, { name });
    return handle;
  }

  /** `onDelete` is called when the machine made is gone; with an image it goes on from there. */
  async create(
    project: string,
    id: string,
    labels: Readonly<Record<string, string>>,
    spec: MachineSpec,
    onDelete: () => void = () => {},
    image?: MachineImage,
  ): Promise<MachineHandle> {
    const ordinal = this.nextOrdinal++;
    const uid = randomUUID();
    const name = machineName(project, id === '' ? `m-${uid.slice(0, 8)}` : id);
    if (this.byName.has(name) || this.reserved.has(name))
      throw new MachineError('ALREADY_EXISTS', `there is a machine ${name} already`, { name });
    this.quotas.checkMachine(project, spec, this.specsIn(project));
    this.checkCaps(spec);
    this.reserved.set(name, spec);
    try {
      const port = this.pool.leastLoaded();
      const number = this.nextNumber++;
      const share = this.quotas.shareOf(project);
      const handle = new MachineHandle(
        { name, uid, ordinal, createTime: new Date(), spec },
        labels,
        port,
        number,
        this.config.eventLogBytes,
        this.counts,
        onDelete,
        share,
      );
      try {
        const { restored } = await handle.send('create_machine', { spec, account: share.cpu, ...(image ? { image } : {}) });
        if (restored) handle.begin(restored);
      } catch (error) {
        port.targets.delete(number);
        throw error;
      }
      this.byName.set(name, handle);
      return handle;
    } finally {
      this.reserved.delete(name);
    }
  }

  reset(handle: MachineHandle): Promise<void> {
    return handle.reset(() => this.place());
  }

  /** `image` is of a machine with an equal spec. */
  restore(handle: MachineHandle, image: MachineImage): Promise<void> {
    return handle.restore(image, () => this.place());
  }

  private place(): MachinePlace {
    return { port: this.pool.leastLoaded(), number: this.nextNumber++ };
  }

  async delete(handle: MachineHandle): Promise<void> {
    await handle.delete();
    this.byName.delete(handle.identity.name);
  }

  private checkCaps(spec: MachineSpec): void {
    const { maxMachines, maxMachineRamBytes } = this.config;
    if (this.count >= maxMachines)
      throw new MachineError('LIMIT_EXCEEDED', `there are ${this.count} machines, and ${maxMachines} is the most this daemon allows`, {
        subject: 'machines',
        limit: String(maxMachines),
      });
    if (this.ramBytes + spec.ram_bytes > maxMachineRamBytes)
      throw new MachineError(
        'LIMIT_EXCEEDED',
        `all machines together may have ${maxMachineRamBytes} bytes of RAM; ${this.ramBytes} are taken and ${spec.ram_bytes} asked for`,
        {
          subject: 'machine_ram_bytes',
          limit: String(maxMachineRamBytes),
        },
      );
  }
}
