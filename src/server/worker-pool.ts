// A fixed number of worker threads, started when needed; a machine lives on the one with the fewest.

import { CpuAccounts } from '../machine/cpu-accounts.ts';
import { LiveRegions } from '../machine/cpu/region/live-regions.ts';
import { WORKER_MODULE, WorkerPort } from './worker-port.ts';
import type { Config } from './settings.ts';
import type { WorkerPortOptions } from './worker-port.ts';

export class WorkerPool {
  private readonly ports: WorkerPort[] = [];
  private readonly size: number;
  private readonly options: Omit<WorkerPortOptions, 'index' | 'onLost'>;
  private nextIndex = 0;
  /** Of processor time, by project. */
  readonly accounts = new CpuAccounts();
  /** Of compiled code, by worker. */
  private readonly regions = new LiveRegions();
  onLost: WorkerPortOptions['onLost'] = () => {};

  constructor(config: Config, module = WORKER_MODULE) {
    this.size = config.workers;
    this.options = {
      accounts: this.accounts.memory,
      regions: this.regions.memory,
      module,
      heapMebibytes: config.workerHeapMebibytes,
      journalBytes: config.journalBytes,
      nice: config.workerNice,
      heartbeatMilliseconds: config.heartbeatMilliseconds,
    };
  }

  get threads(): number {
    return this.size;
  }

  /** Those that were started and live. */
  list(): readonly WorkerPort[] {
    return this.ports;
  }

  /** So that the first machines, or so many of them, need not wait for their threads. */
  warm(threads = 1): void {
    while (this.ports.length < Math.min(threads, this.size)) this.start();
  }

  /** The port for one more machine, or for a command that needs none: that which replays least, then that with the fewest machines. */
  leastLoaded(): WorkerPort {
    const living = this.ports.filter((port) => port.alive);
    const least = living.toSorted((a, b) => a.replays - b.replays || a.targets.size - b.targets.size)[0];
    return least && (least.targets.size === 0 || living.length >= this.size) ? least : this.start();
  }

  /** Of all workers, those that have not been started yet included. */
  indexes(): number[] {
    const started = this.ports.map(({ index }) => index);
    const others = Array.from({ length: this.size - started.length }, (_unused, at) => this.nextIndex + at);
    return [...started, ...others];
  }

  /** One of indexes(), started if need be. */
  port(index: number): WorkerPort | undefined {
    if (!this.indexes().includes(index)) return undefined;
    while (this.nextIndex <= index) this.start();
    return this.ports.find((port) => port.index === index);
  }

  async terminate(): Promise<void> {
    await Promise.all(this.ports.map((port) => port.terminate()));
  }

  private start(): WorkerPort {
    const port = new WorkerPort({
      ...this.options,
      index: this.nextIndex++,
      onLost: (lost, reason) => {
        this.ports.splice(this.ports.indexOf(lost), 1);
        this.regions.forget(lost.index);
        this.onLost(lost, reason);
      },
    });
    this.ports.push(port);
    return port;
  }
}
