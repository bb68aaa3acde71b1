// The machines of this daemon, by name, and the caps on them.

import { randomUUID } from 'node:crypto';
import { MachineError } from '../machine/errors.ts';
import { MachineHandle } from './machine-handle.ts';
import { Checkpoints } from './durable/checkpoints.ts';
import type { KeptMachine, MachineKeeper } from './durable/machine-keeper.ts';
import { Recoveries } from './durable/recoveries.ts';
import { WayBack } from './durable/way-back.ts';
import type { EventFiles } from './events/event-files.ts';
import { notFound, type Reason, type Removals } from './retention/removals.ts';
import { noStreams } from './metrics-counts.ts';
import { machineName, ownerOf } from './resource-name.ts';
import type { MachineSpec } from '../machine/machine-spec.ts';
import type { CommandReply, MachineImage, Recording, RestoredMachine } from '../machine/protocol.ts';
import type { MachineIdentity, MachinePlace, ParkedState } from './machine-identity.ts';
import type { Quotas } from './quota/quotas.ts';
import type { Config } from './settings.ts';
import type { StoredImage } from './store/blobs/image-blobs.ts';
import type { WorkerPool } from './worker-pool.ts';

const NO_TAILS = { events: null, consoles: [] };
/** Milliseconds after which a machine that could not be saved at the end is saved again. */
const LAST_DELAYS = [250, 1000];
const NOT_LOADED = new Uint8Array(0);

/** What a new machine goes on from, if not from its spec. */
interface Origin {
  readonly image?: MachineImage;
  /** The same, where it is in the store already. */
  readonly stored?: StoredImage;
  /** Of a machine with an equal spec. */
  readonly place?: MachinePlace;
}

export class MachineRegistry {
  readonly counts = noStreams();
  private readonly byName = new Map<string, MachineHandle>();
  /** Names and specs of machines that are being made. */
  private readonly reserved = new Map<string, MachineSpec>();
  private readonly pool: WorkerPool;
  private readonly config: Config;
  private readonly quotas: Quotas;
  private readonly keeper: MachineKeeper | null;
  private readonly files: EventFiles | null;
  private readonly removals: Removals | null;
  /** Those that were there before the daemon was started. */
  readonly recoveries: Recoveries;
  readonly checkpoints = new Checkpoints((handle) => this.save(handle));
  /** Where machines outlive the daemon. */
  private readonly wayBack: WayBack | null;
  onCrash: (handle: MachineHandle) => void = () => {};
  private nextOrdinal = 1;
  private nextNumber = 1;

  /** `keeper`: they outlive the daemon. */
  constructor(
    pool: WorkerPool,
    config: Config,
    quotas: Quotas,
    keeper: MachineKeeper | null = null,
    files: EventFiles | null = null,
    removals: Removals | null = null,
  ) {
    this.removals = removals;
    this.files = files;
    this.quotas = quotas;
    this.pool = pool;
    this.config = config;
    this.keeper = keeper;
    this.recoveries = new Recoveries(pool.threads);
    this.wayBack = keeper && new WayBack(keeper, this.recoveries, () => this.place());
  }

  /** Parked machines that came back. */
  get wakes(): number {
    return this.wayBack?.wakes ?? 0;
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

  uidOf(name: string): string | undefined {
    return this.byName.get(name)?.identity.uid;
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
    if (!handle) throw notFound(this.removals, 'MACHINE_NOT_FOUND', 'machine', name);
    return handle;
  }

  /** A second one in the same state. Where it need not be kept, beside the first: then its RAM is copied once. */
  async fork(source: MachineHandle, id: string, labels: Readonly<Record<string, string>>): Promise<MachineHandle> {
    await source.awake();
    const { spec } = source.identity;
    const place = this.keeper ? null : source.place;
    if (place) return this.create(source.project, id, labels, spec, () => {}, { place });
    const { image } = await source.send('capture_machine', {});
    return this.create(source.project, id, labels, spec, () => {}, { image });
  }

  /** `onDelete` is called when the machine made is gone; with an image, or as a copy of what is at a place, it goes on from there. */
  async create(
    project: string,
    id: string,
    labels: Readonly<Record<string, string>>,
    spec: MachineSpec,
    onDelete: () => void = () => {},
    { image, stored, place: source }: Origin = {},
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
      this.removals?.forget(name);
      const identity = { name, uid, ordinal, createTime: new Date(), spec };
      const kept = await this.keeper?.add(identity, labels, stored ?? image);
      const { port, number } = this.place(undefined, source?.port);
      const handle = this.handle(identity, labels, { port, number }, onDelete);
      try {
        const journal = kept ? { journal: this.keeper!.journal(kept, false) } : {};
        const { restored } = await handle.send('create_machine', {
          spec,
          account: handle.share.cpu,
          ...(image ? { image } : {}),
          ...(source ? { source: source.number } : {}),
          ...journal,
        });
        if (image || source) handle.begin(restored);
      } catch (error) {
        port.targets.delete(number);
        await this.keeper?.remove(uid);
        throw error;
      }
      this.byName.set(name, handle);
      return handle;
    } finally {
      this.reserved.delete(name);
    }
  }

  async reset(handle: MachineHandle): Promise<void> {
    await handle.awake();
    await this.orAsItWas(handle, () =>
      handle.reset(
        () => this.place(handle),
        async (segment) => {
          this.checkpoints.forget(handle);
          await this.keeper?.begin(handle.identity.uid, segment, handle.incarnation, null, NO_TAILS);
        },
      ),
    );
    await handle.log.history?.tidy();
  }

  /** `image` is of a machine with an equal spec, and `stored` the same in the store. */
  async restore(handle: MachineHandle, image: MachineImage, stored: StoredImage): Promise<void> {
    await handle.awake();
    await this.orAsItWas(handle, () =>
      handle.restore(
        image,
        () => this.place(handle),
        async (segment) => {
          try {
            await this.keeper?.begin(handle.identity.uid, segment, handle.incarnation, stored, NO_TAILS);
          } catch (error) {
            // A start of the daemon would not find it there, with all that is done to it from now on.
            await handle.giveUp();
            this.wayBack!.bringBack(handle, false);
            throw error;
          }
        },
      ),
    );
    await handle.log.history?.tidy();
  }

  /** A machine that begins anew. Where its worker is lost meanwhile, its journal says whether it has: whoever asked for it is told what to do. */
  private async orAsItWas(handle: MachineHandle, begin: () => Promise<void>): Promise<void> {
    const { incarnation } = handle;
    try {
      await begin();
    } catch (error) {
      if (!(error instanceof MachineError) || error.code !== 'WORKER_LOST' || !handle.isRecovering) throw error;
      const remedy = `it comes back as it was before the call, with incarnation ${incarnation}, unless its journal has the call already: look at it (GetMachine) and try again`;
      throw new MachineError('WORKER_LOST', `${error.message}; ${remedy}`, { name: handle.identity.name });
    }
  }

  /** Where its journal begins, its inputs since, and where it is now. */
  async record(handle: MachineHandle): Promise<Recording & { readonly image: MachineImage }> {
    const kept = this.keeper?.get(handle.identity.uid);
    const { recording } = await handle.send('record_machine', { segment: kept?.segment ?? 0 });
    const image = recording.image ?? (kept && (await this.keeper!.load(kept)).image);
    if (!image) throw new Error(`the journal of ${handle.identity.name} begins nowhere`);
    return { ...recording, image };
  }

  /** Labels have changed. */
  changed({ identity, labels, revision }: MachineHandle): void {
    this.keeper?.change(identity.uid, { labels, revision });
  }

  /** `why`: by retention. */
  async delete(handle: MachineHandle, why?: Reason): Promise<void> {
    await this.recoveries.back(handle.identity.name);
    await handle.delete();
    this.checkpoints.forget(handle);
    this.byName.delete(handle.identity.name);
    const { name, uid } = handle.identity;
    const note = (): void => {
      if (why) this.removals?.note(name, why);
    };
    if (this.keeper) await this.keeper.remove(uid, note);
    else note();
    await this.files?.remove(uid);
  }

  /**
   * Every machine of the keeper is there, and comes back as it was once `recoveries` begin, or is refused with a reason. `told` hears of each;
   * `hold` of the artifact that it was made with, and answers what to do when it is gone.
   */
  expectAll(
    told: (handle: MachineHandle, outcome: RestoredMachine | Error) => void,
    hold: (root: NonNullable<KeptMachine['spec']['root']>) => () => void = () => () => {},
  ): void {
    const { keeper, wayBack } = this;
    if (!keeper || !wayBack) return;
    wayBack.told = told;
    for (const kept of keeper.all()) {
      const { name, uid, ordinal, createTime, labels, revision, incarnation } = kept;
      const spec = { ...kept.spec, root: kept.spec.root && { ...kept.spec.root, archive: NOT_LOADED } };
      const identity = { name, uid, ordinal, createTime: new Date(createTime), spec };
      const handle = this.handle(identity, labels, this.place(), kept.spec.root ? hold(kept.spec.root) : () => {});
      Object.assign(handle, { revision, incarnation });
      if (kept.parked) handle.parkedAs(kept.parked);
      else handle.expected();
      this.byName.set(name, handle);
      this.nextOrdinal = Math.max(this.nextOrdinal, ordinal + 1);
      this.recoveries.add(name, () => wayBack.recover(handle, kept, false));
    }
  }

  /** All of them, for a daemon that ends: no time passes any more. Those on their way come back first, so that nobody has to replay. */
  async saveAll(failed: (handle: MachineHandle, error: Error) => void): Promise<void> {
    if (!this.keeper) return;
    await this.recoveries.end();
    this.checkpoints.stop();
    await Promise.all(
      this.list()
        .filter(({ state, isParked }) => state !== 'crashed' && !isParked)
        .map((handle) => this.saveLast(handle).catch((error: unknown) => failed(handle, error as Error))),
    );
  }

  /** Somebody may be making room while a daemon with a full disk ends. */
  private async saveLast(handle: MachineHandle): Promise<void> {
    for (const delay of LAST_DELAYS)
      try {
        return await this.save(handle, true);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    await this.save(handle, true);
  }

  /** Its state to the store, and its memory given back. Throws WRONG_STATE, MACHINE_BUSY. */
  async park(handle: MachineHandle, idleSeconds: number): Promise<void> {
    const { keeper } = this;
    const { name } = handle.identity;
    if (!keeper)
      throw new MachineError('WRONG_STATE', `${name} cannot be parked: the daemon has no data directory (--data-dir) where it could be`, {
        name,
        state: handle.state,
        allowed: 'with a data directory',
      });
    await this.saving(handle, () =>
      handle.park(idleSeconds, async (saved) => {
        const { state, stateReason: reason, cycle, awaitingInput } = handle;
        await this.keep(handle, saved, { state, reason, cycle, awaitingInput });
      }),
    );
  }

  private async save(handle: MachineHandle, last = false): Promise<void> {
    await this.saving(handle, async () => this.keep(handle, await handle.send('save_machine', { last })));
  }

  /** Whether that works is known to the checkpoints. */
  private async saving(handle: MachineHandle, save: () => Promise<void>): Promise<void> {
    try {
      await save();
    } catch (error) {
      this.checkpoints.ended(handle, error as Error);
      throw error;
    }
    this.checkpoints.ended(handle, null);
  }

  /** From now on it comes back from there: what it had told by then is on the disk before. */
  private async keep(
    handle: MachineHandle,
    { image, segment }: CommandReply<'save_machine'>,
    parked: ParkedState | null = null,
  ): Promise<void> {
    const { log } = handle;
    await log.persist(image.position.emitted + 1);
    if (log !== handle.log) throw new MachineError('MACHINE_BUSY', `${handle.identity.name} was reset meanwhile`);
    const generation = log.history?.generation ?? null;
    await this.keeper!.begin(handle.identity.uid, segment, handle.incarnation, image, handle.tails(), parked, generation);
  }

  private handle(
    identity: MachineIdentity,
    labels: Readonly<Record<string, string>>,
    place: MachinePlace,
    onDelete: () => void = () => {},
  ): MachineHandle {
    const handle = new MachineHandle(identity, labels, place, {
      logBytes: this.config.eventLogBytes,
      counts: this.counts,
      files: this.files,
      share: this.quotas.shareOf(ownerOf(identity.name)),
      onDelete,
    });
    handle.onSaveWanted = () => this.checkpoints.want(handle);
    handle.onWake = async () => this.wayBack?.wake(handle);
    handle.onCrash = () => this.onCrash(handle);
    handle.comesBack = (isKnown) => this.wayBack?.comesBack(handle, isKnown) ?? false;
    return handle;
  }

  /** For a new machine, or for one whose worker was lost, whose journal begins anew. */
  private place(lost?: MachineHandle, port = this.pool.leastLoaded()): MachinePlace {
    const place = { port, number: this.nextNumber++ };
    const kept = lost && this.keeper?.get(lost.identity.uid);
    if (!kept) return place;
    return { ...place, journal: this.keeper!.journal({ ...kept, segment: kept.segment + 1, incarnation: lost.incarnation + 1 }, false) };
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
