// Calls by method: codes counted, time in buckets. Everything is laid out when a method is added, so a call costs a few additions; what
// prom-client offers would make a key of the labels at every call.

import { status } from '@grpc/grpc-js';
import type { Observe } from './running-call.ts';

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BOUNDS_MILLISECONDS = Float64Array.from(BOUNDS, (seconds) => seconds * 1000);
/** 0 to 16. */
const CODES = 17;

export interface CallCount {
  readonly service: string;
  readonly method: string;
  readonly code: string;
  readonly count: number;
}

class MethodTally {
  readonly service: string;
  readonly method: string;
  readonly codes = new Float64Array(CODES);
  /** One more than bounds: what took longer than all. */
  readonly buckets = new Float64Array(BOUNDS.length + 1);
  milliseconds = 0;

  constructor(service: string, method: string) {
    this.service = service;
    this.method = method;
  }

  readonly observe: Observe = (code, milliseconds) => {
    this.codes[code]! += 1;
    this.milliseconds += milliseconds;
    let bucket = 0;
    while (bucket < BOUNDS.length && milliseconds > BOUNDS_MILLISECONDS[bucket]!) bucket++;
    this.buckets[bucket]! += 1;
  };
}

export class CallMetrics {
  private readonly tallies: MethodTally[] = [];

  readonly observer = (service: string, method: string): Observe => {
    const tally = new MethodTally(service, method);
    this.tallies.push(tally);
    return tally.observe;
  };

  /** Codes that a method has not answered yet are left out, but for OK. */
  counts(): CallCount[] {
    return this.tallies.flatMap(({ service, method, codes }) =>
      Array.from(codes, (count, code) => ({ service, method, code: status[code]!, count })).filter(
        ({ count, code }) => count > 0 || code === 'OK',
      ),
    );
  }

  /** A histogram in the text format of Prometheus. */
  histogram(name: string, help: string): string {
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
    for (const { service, method, buckets, milliseconds } of this.tallies) {
      const labels = `service="${service}",method="${method}"`;
      let count = 0;
      for (const [at, inBucket] of buckets.entries()) {
        count += inBucket;
        lines.push(`${name}_bucket{${labels},le="${BOUNDS[at] ?? '+Inf'}"} ${count}`);
      }
      lines.push(`${name}_sum{${labels}} ${milliseconds / 1000}`, `${name}_count{${labels}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
