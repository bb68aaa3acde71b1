// New settings take effect: what the line discipline must forget, and what a master in packet mode is told.

import {
  CREAD,
  CS8,
  CSIZE,
  EXTPROC,
  ICANON,
  IXON,
  PARENB,
  TIOCPKT_DOSTOP,
  TIOCPKT_IOCTL,
  TIOCPKT_NOSTOP,
  VSTART,
  VSTOP,
} from '../abi/termios.ts';
import type { Kernel } from '../kernel.ts';
import { startOutput } from './flow-control.ts';
import type { Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';

export function changeSettings(kernel: Kernel, terminal: Terminal, wanted: Settings): void {
  const old = terminal.settings;
  terminal.settings = { ...wanted, control: (wanted.control & ~(CSIZE | PARENB)) | CS8 | CREAD };
  tellMaster(kernel, terminal, old);
  if ((old.local ^ wanted.local) & (ICANON | EXTPROC)) {
    terminal.input.regroup(terminal.isLocal(ICANON));
    terminal.erasing = false;
    terminal.literalNext = false;
  }
  // What ^S has stopped would never start again.
  if (old.input & IXON && !(wanted.input & IXON)) startOutput(kernel, terminal);
  kernel.wake(terminal.writable);
  kernel.wake(terminal.readable);
}

/** ^S and ^Q stop and start output, so that the master may do it by itself. */
function usesFlowControl({ input, characters }: Settings): boolean {
  return (input & IXON) !== 0 && characters[VSTOP] === 19 && characters[VSTART] === 17;
}

function tellMaster(kernel: Kernel, terminal: Terminal, old: Settings): void {
  const uses = usesFlowControl(terminal.settings);
  const changes = uses !== usesFlowControl(old);
  const external = ((old.local | terminal.settings.local) & EXTPROC) !== 0;
  if (changes) terminal.line.report(kernel, terminal, uses ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP, TIOCPKT_DOSTOP | TIOCPKT_NOSTOP);
  if (external) terminal.line.report(kernel, terminal, TIOCPKT_IOCTL, 0);
}
