// One JavaScript reader of a machine's whole log, as a program that uses the client library would be.
// Arguments: ENDPOINT MACHINE EVENTS BATCH PASSES. Prints {"rate":[events/s of each pass],"processor_us":[of this process, an event]}.

import { connect } from '../clients/ts/client.ts';

const [endpoint, parent, count, batch, passes] = process.argv.slice(2);
const events = Number(count);
const client = connect(endpoint!);
const rate: number[] = [];
const microseconds: number[] = [];
// The first pass loads and compiles.
for (let pass = -1; pass < Number(passes); pass++) {
  const start = performance.now();
  const processor = process.cpuUsage();
  let [seen, last] = [0, 0n];
  for await (const response of client.events.StreamEvents({ parent: parent!, sequence: 1, max_batch_events: Number(batch) })) {
    for (const event of response.events) {
      if (event.sequence !== last + 1n) throw new Error(`event ${event.sequence} after ${last}`);
      last = event.sequence;
    }
    seen += response.events.length;
    if (seen >= events) break;
  }
  if (pass < 0) continue;
  const { user, system } = process.cpuUsage(processor);
  rate.push((seen / (performance.now() - start)) * 1000);
  microseconds.push((user + system) / seen);
}
client.close();
console.log(JSON.stringify({ rate, processor_us: microseconds }));
