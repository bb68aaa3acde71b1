// Where a breakpoint is to be: an address, or a symbol of the process's program with an offset.

import { TASK_SIZE } from '../../kernel/abi/layout.ts';
import type { Process } from '../../kernel/task/process.ts';
import { invalidField, MachineError } from '../errors.ts';

export function addressOf(process: Process, address: bigint | null, symbol: string): number {
  if (address !== null) {
    if (address >= TASK_SIZE) throw invalidField('address', `0x${address.toString(16)} is no address of user code`);
    return Number(address);
  }
  const match = /^([^+]+)(?:\+(0x[0-9a-f]{1,12}|\d{1,12}))?$/i.exec(symbol);
  if (!match) throw invalidField('symbol', `must be a name, or a name and an offset such as "handler+0x10"; got "${symbol.slice(0, 200)}"`);
  const base = process.symbols?.addressOf(match[1]!) ?? -1;
  if (base < 0) {
    const why = process.symbols?.length ? `has no symbol ${match[1]}` : 'has no symbols: give an address';
    throw new MachineError('SYMBOL_NOT_FOUND', `${process.executable} ${why}`, { symbol: match[1]!, pid: `${process.pid}` });
  }
  const target = base + Number(match[2] ?? 0);
  if (target >= TASK_SIZE) throw invalidField('symbol', `${symbol} is no address of user code`);
  return target;
}
