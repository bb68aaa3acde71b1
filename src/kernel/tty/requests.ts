// What ioctl asks of a terminal, by number (tty_ioctl(4)). Of a master, requests about the terminal itself mean its slave.

import { ERRNO } from '../abi/errno.ts';
import {
  FIONREAD,
  TCFLSH,
  TCGETA,
  TCGETS,
  TCGETS2,
  TCSBRK,
  TCSBRKP,
  TCSETA,
  TCSETAF,
  TCSETAW,
  TCSETS,
  TCSETS2,
  TCSETSF,
  TCSETSF2,
  TCSETSW,
  TCSETSW2,
  TCXONC,
  TIOCCBRK,
  TIOCEXCL,
  TIOCGDEV,
  TIOCGETD,
  TIOCGEXCL,
  TIOCGSOFTCAR,
  TIOCGWINSZ,
  TIOCNXCL,
  TIOCOUTQ,
  TIOCSBRK,
  TIOCSETD,
  TIOCSSOFTCAR,
  TIOCSTI,
  TIOCSWINSZ,
  TIOCVHANGUP,
} from '../abi/ioctl.ts';
import { SIGNAL } from '../abi/signal.ts';
import { CLOCAL, DISABLED_CHARACTER, VSTART, VSTOP } from '../abi/termios.ts';
import type { Kernel } from '../kernel.ts';
import { isPrivileged } from '../task/credentials.ts';
import { putBytes, putUint32 } from '../vfs/user-memory.ts';
import { changeSettings } from './change-settings.ts';
import { startOutput, stopOutput } from './flow-control.ts';
import { hangUp } from './hang-up.ts';
import { checkForeground } from './job-control.ts';
import { MASTER_REQUESTS } from './master-requests.ts';
import { isLineMode } from './read.ts';
import { flushInput, receive } from './receive.ts';
import { realTerminal, type TerminalRequest } from './request.ts';
import { SESSION_REQUESTS } from './session-requests.ts';
import { decodeSettings, encodeSettings, SETTINGS_BYTES, type SettingsLayout } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { decodeWindow, encodeWindow, resize } from './window.ts';

const getSettings =
  (layout: SettingsLayout): TerminalRequest =>
  (_kernel, task, file, argument) =>
    putBytes(task, argument, encodeSettings(realTerminal(file).settings, layout));

/** Output is never behind, so that TCSETSW waits for nothing; TCSETSF drops input first. */
const setSettings =
  (layout: SettingsLayout, flushes = false): TerminalRequest =>
  (kernel, task, file, argument) => {
    const terminal = realTerminal(file);
    const denied = checkForeground(kernel, task, terminal, SIGNAL.SIGTTOU);
    if (denied < 0) return denied;
    const raw = task.mm.user.copyIn(argument, SETTINGS_BYTES[layout]);
    if (!raw) return -ERRNO.EFAULT;
    if (flushes) flushInput(kernel, terminal);
    changeSettings(kernel, terminal, decodeSettings(raw, layout, terminal.settings));
    return 0;
  };

/** Breaks do not exist on these lines; asking for one is still a change of the terminal. */
const asChange: TerminalRequest = (kernel, task, { terminal }) => checkForeground(kernel, task, terminal, SIGNAL.SIGTTOU);

const TCIFLUSH = 0;
const TCOFLUSH = 1;
const TCIOFLUSH = 2;

const flush: TerminalRequest = (kernel, task, { terminal }, queue) => {
  const drops = queue === TCIFLUSH || queue === TCIOFLUSH;
  if (drops) terminal.line.dropWaiting(terminal);
  const denied = checkForeground(kernel, task, terminal, SIGNAL.SIGTTOU);
  if (denied < 0) return denied;
  if (!drops && queue !== TCOFLUSH) return -ERRNO.EINVAL;
  if (drops) flushInput(kernel, terminal);
  if (queue !== TCIFLUSH) terminal.line.flushOutput(kernel, terminal);
  return 0;
};

const TCOOFF = 0;
const TCOON = 1;
const TCIOFF = 2;
const TCION = 3;

const controlFlow: TerminalRequest = (kernel, task, { terminal }, action) => {
  const denied = checkForeground(kernel, task, terminal, SIGNAL.SIGTTOU);
  if (denied < 0) return denied;
  if (action === TCOOFF) {
    stopOutput(kernel, terminal);
    terminal.stoppedByCall = true;
  } else if (action === TCOON) {
    if (!terminal.stoppedByCall) return 0;
    terminal.stoppedByCall = false;
    startOutput(kernel, terminal);
  } else if (action === TCIOFF || action === TCION) sendControl(kernel, terminal, terminal.character(action === TCIOFF ? VSTOP : VSTART));
  else return -ERRNO.EINVAL;
  return 0;
};

/** Past output that is stopped. */
function sendControl(kernel: Kernel, terminal: Terminal, byte: number): void {
  if (byte !== DISABLED_CHARACTER) terminal.line.send(kernel, terminal, Uint8Array.of(byte));
}

/** A byte as if it had been typed (kernel.legacy_tiocsti is off: for the privileged alone). */
const typeByte: TerminalRequest = (kernel, task, { terminal }, argument) => {
  if (!isPrivileged(task.credentials)) return -ERRNO.EIO;
  const byte = task.mm.user.copyIn(argument, 1);
  if (!byte) return -ERRNO.EFAULT;
  receive(kernel, terminal, byte, false);
  return 0;
};

function readableBytes(terminal: Terminal): number {
  const { input } = terminal;
  if (!isLineMode(terminal)) return input.length;
  let count = 0;
  for (let place = input.tail; place < input.lines; place++) if (!input.isEnd(place) || input.at(place) !== DISABLED_CHARACTER) count++;
  return count;
}

const setWindow: TerminalRequest = (kernel, task, file, argument) => {
  const raw = task.mm.user.copyIn(argument, 8);
  if (!raw) return -ERRNO.EFAULT;
  resize(kernel, realTerminal(file), decodeWindow(raw));
  return 0;
};

const setDiscipline: TerminalRequest = (kernel, task, { terminal }, argument) => {
  const denied = checkForeground(kernel, task, terminal, SIGNAL.SIGTTOU);
  if (denied < 0) return denied;
  const wanted = task.mm.user.readInt32(argument);
  if (wanted === null) return -ERRNO.EFAULT;
  // N_TTY is the only one there is.
  return wanted === 0 ? 0 : -ERRNO.EINVAL;
};

const setExclusive =
  (on: boolean): TerminalRequest =>
  (_kernel, _task, { terminal }) => {
    terminal.exclusive = on;
    return 0;
  };

const setCarrier: TerminalRequest = (_kernel, task, file, argument) => {
  const local = task.mm.user.readInt32(argument);
  if (local === null) return -ERRNO.EFAULT;
  const terminal = realTerminal(file);
  const control = local ? terminal.settings.control | CLOCAL : terminal.settings.control & ~CLOCAL;
  terminal.settings = { ...terminal.settings, control };
  return 0;
};

export const TERMINAL_REQUESTS: ReadonlyMap<number, TerminalRequest> = new Map<number, TerminalRequest>([
  [TCGETS, getSettings('termios')],
  [TCGETS2, getSettings('termios2')],
  [TCGETA, getSettings('termio')],
  [TCSETS, setSettings('termios')],
  [TCSETSW, setSettings('termios')],
  [TCSETSF, setSettings('termios', true)],
  [TCSETS2, setSettings('termios2')],
  [TCSETSW2, setSettings('termios2')],
  [TCSETSF2, setSettings('termios2', true)],
  [TCSETA, setSettings('termio')],
  [TCSETAW, setSettings('termio')],
  [TCSETAF, setSettings('termio', true)],
  [TCSBRK, asChange],
  [TCSBRKP, asChange],
  [TIOCSBRK, asChange],
  [TIOCCBRK, asChange],
  [TCFLSH, flush],
  [TCXONC, controlFlow],
  [TIOCSTI, typeByte],
  [FIONREAD, (_kernel, task, { terminal }, argument) => putUint32(task, argument, readableBytes(terminal))],
  [TIOCOUTQ, (_kernel, task, _file, argument) => putUint32(task, argument, 0)],
  [TIOCGWINSZ, (_kernel, task, file, argument) => putBytes(task, argument, encodeWindow(realTerminal(file).window))],
  [TIOCSWINSZ, setWindow],
  [TIOCGETD, (_kernel, task, _file, argument) => putUint32(task, argument, 0)],
  [TIOCSETD, setDiscipline],
  [TIOCEXCL, setExclusive(true)],
  [TIOCNXCL, setExclusive(false)],
  [TIOCGEXCL, (_kernel, task, { terminal }, argument) => putUint32(task, argument, Number(terminal.exclusive))],
  [TIOCGDEV, (_kernel, task, file, argument) => putUint32(task, argument, realTerminal(file).device)],
  [
    TIOCGSOFTCAR,
    (_kernel, task, file, argument) => putUint32(task, argument, Number((realTerminal(file).settings.control & CLOCAL) !== 0)),
  ],
  [TIOCSSOFTCAR, setCarrier],
  [
    TIOCVHANGUP,
    (kernel, task, { terminal }) => {
      if (!isPrivileged(task.credentials)) return -ERRNO.EPERM;
      hangUp(kernel, terminal);
      return 0;
    },
  ],
  ...SESSION_REQUESTS,
  ...MASTER_REQUESTS,
]);
