// Asks for a secret at the terminal without showing it.

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export async function promptSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const silence = new Writable({ write: (_bytes, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
