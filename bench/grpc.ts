// Suite grpc: what the API costs. Calls beside a bare grpc-js server, and the stream of events, all against a daemon of its own.

import { connect, type UintrClient } from '../clients/ts/client.ts';
import { startLocalDaemon } from '../clients/ts/local-daemon.ts';
import { sendCalls, stateCalls } from './grpc-calls.ts';
import { GrpcDriver } from './grpc-driver.ts';
import { eventStreams, stalledReader } from './grpc-events.ts';
import type { SuiteOptions } from './main.ts';
import type { Row } from './row.ts';

type Case = (driver: GrpcDriver, client: UintrClient, endpoint: string, pid: number, options: SuiteOptions) => Promise<Row[]>;

const CASES: Readonly<Record<string, Case>> = {
  GetUintrState: stateCalls,
  SendUipi: sendCalls,
  events: eventStreams,
  stalled: stalledReader,
};

export async function grpcSuite(options: SuiteOptions): Promise<Row[]> {
  const driver = GrpcDriver.build(options.progress);
  if (!driver) return [];
  const rows: Row[] = [];
  try {
    for (const [name, measure] of Object.entries(CASES)) {
      if (!name.includes(options.only)) continue;
      // As an operator runs it: what it says at level "info" goes to a pipe.
      const daemon = await startLocalDaemon(['--log-level', 'info']);
      const client = connect(daemon.endpoint);
      try {
        rows.push(...(await measure(driver, client, daemon.endpoint, daemon.pid, options)));
      } finally {
        client.close();
        await daemon.stop();
      }
    }
  } finally {
    driver.remove();
  }
  return rows;
}
