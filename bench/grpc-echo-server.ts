// The peer of the suite grpc: grpc-js alone, one unary method that answers every request with the same bytes.
// Arguments: ADDRESS RESPONSE_BYTES. Says one line when it listens, ends with its standard input.

import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';

const [address, size] = process.argv.slice(2);
const response = Buffer.alloc(Number(size), 1);
const same = (bytes: Buffer): Buffer => bytes;
const server = new Server();
server.addService(
  {
    Echo: {
      path: '/bench.Echo/Echo',
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  },
  { Echo: (_call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => callback(null, response) },
);
await new Promise<void>((resolve, reject) =>
  server.bindAsync(address!, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())),
);
console.log('listens');
process.stdin.on('end', () => process.exit(0)).resume();
