// How much each project may have (Quota in project.proto). Whoever is about to make something asks here in the same turn.

import { MOST_ACCOUNTS } from '../../machine/cpu-accounts.ts';
import { MachineError } from '../../machine/errors.ts';
import { lastPart } from '../resource-name.ts';
import { EventBudget } from './event-budget.ts';
import { RequestRate } from './request-rate.ts';
import { Turnstile } from './turnstile.ts';
import type { CpuAccounts, HostClocks } from '../../machine/cpu-accounts.ts';
import type { MachineSpec } from '../../machine/machine-spec.ts';
import type { Projects, Quota, QuotaField } from '../projects.ts';
import type { ProjectShare } from './project-share.ts';

/** What of a project is counted as it goes. */
interface Account extends ProjectShare {
  readonly rate: RequestRate;
  streams: number;
}

const CLOCKS: HostClocks = {
  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000_000 + nanoseconds / 1000;
  },
  processor() {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  },
};

export class Quotas {
  private readonly projects: Projects;
  private readonly cpu: CpuAccounts;
  readonly turnstile: Turnstile;
  private readonly accounts = new Map<string, Account>();
  private readonly freeAccounts = Array.from({ length: MOST_ACCOUNTS - 1 }, (_unused, at) => MOST_ACCOUNTS - 1 - at);

  constructor(projects: Projects, cpu: CpuAccounts) {
    this.projects = projects;
    this.cpu = cpu;
    this.turnstile = new Turnstile(cpu, CLOCKS);
  }

  /** Where its processor time is counted; a project that is not there has the one of nobody. */
  processorAccount(project: string): number {
    return this.accounts.get(project)?.cpu ?? (this.projects.find(project) ? this.shareOf(project).cpu : 0);
  }

  /** `present`: of the machines that the project has, those that are being made included. */
  checkMachine(project: string, spec: MachineSpec, present: readonly MachineSpec[]): void {
    const { quota } = this.projects.get(project);
    const sum = (figure: (spec: MachineSpec) => number): number => present.reduce((total, its) => total + figure(its), 0);
    check(project, quota, 'machines', present.length, 1);
    check(
      project,
      quota,
      'vcpus',
      sum(({ vcpus }) => vcpus),
      spec.vcpus,
    );
    check(
      project,
      quota,
      'ram_bytes',
      sum(({ ram_bytes: bytes }) => bytes),
      spec.ram_bytes,
    );
  }

  checkArtifact(project: string, present: number, more: number): void {
    check(project, this.projects.get(project).quota, 'artifact_bytes', present, more);
  }

  /** `present`: what its snapshots count (snapshots/snapshot-charges.ts). */
  checkSnapshot(project: string, present: number, more: number): void {
    check(project, this.projects.get(project).quota, 'snapshot_bytes', present, more);
  }

  /** A call names the project. */
  countRequest(project: string): void {
    const perSecond = this.projects.find(project)?.quota.requests_per_second ?? 0;
    if (perSecond === 0) return;
    const delay = this.account(project).rate.take(perSecond);
    if (delay === 0) return;
    throw new MachineError('RATE_LIMITED', `${project} may make ${perSecond} requests a second: try again in ${Math.ceil(delay)} ms`, {
      subject: project,
      quota: 'requests_per_second',
      limit: String(perSecond),
      retry_milliseconds: String(Math.ceil(delay)),
    });
  }

  /** A call streams or waits; returns what to do when it ends. */
  holdStream(project: string): () => void {
    const quota = this.projects.find(project)?.quota;
    if (!quota) return () => {};
    const account = this.account(project);
    check(project, quota, 'streams', account.streams, 1);
    account.streams++;
    return () => void account.streams--;
  }

  streamsOf(project: string): number {
    return this.accounts.get(project)?.streams ?? 0;
  }

  /** Of what the project's machines share. */
  shareOf(project: string): ProjectShare {
    const account = this.account(project);
    const { event_bytes: bytes, cpu_shares: shares } = this.projects.get(project).quota;
    account.events.limit = bytes || Number.POSITIVE_INFINITY;
    if (account.cpu > 0) this.cpu.setShares(account.cpu, shares);
    return account;
  }

  /** The quota of a project has changed. */
  changed(project: string): void {
    this.shareOf(project);
  }

  /** A project is gone, with all that it had. */
  forget(project: string): void {
    const account = this.accounts.get(project);
    this.accounts.delete(project);
    if (account && account.cpu > 0) this.freeAccounts.push(account.cpu);
  }

  private account(project: string): Account {
    let account = this.accounts.get(project);
    if (!account) {
      // Those beyond the last one share the first.
      const cpu = this.freeAccounts.pop() ?? 0;
      account = { events: new EventBudget(), cpu, rate: new RequestRate(), streams: 0 };
      this.accounts.set(project, account);
    }
    return account;
  }
}

function check(project: string, quota: Quota, field: QuotaField, present: number, more: number): void {
  const limit = quota[field];
  if (limit === 0 || present + more <= limit) return;
  throw new MachineError(
    'QUOTA_EXCEEDED',
    `${project} may have ${limit} ${field}: it has ${present}, and ${more} more are asked for. Free some, or have an administrator allow more (uintrctl project set ${lastPart(project)} --quota ${field}=${present + more})`,
    { subject: project, quota: field, limit: String(limit), present: String(present), asked: String(more) },
  );
}
