// ioctls about network interfaces (netdevice(7)), which any socket answers. Interfaces are as they are: what would change one is EPERM.

import { ERRNO } from '../abi/errno.ts';
import {
  ARPHRD_LOOPBACK,
  IFF_LOOPBACK,
  IFF_RUNNING,
  IFF_UP,
  IFNAMSIZ,
  IFREQ_BYTES,
  SIOCADDRT,
  SIOCDARP,
  SIOCDELRT,
  SIOCETHTOOL,
  SIOCGARP,
  SIOCGIFADDR,
  SIOCGIFBRDADDR,
  SIOCGIFCONF,
  SIOCGIFDSTADDR,
  SIOCGIFFLAGS,
  SIOCGIFHWADDR,
  SIOCGIFINDEX,
  SIOCGIFMAP,
  SIOCGIFMETRIC,
  SIOCGIFMTU,
  SIOCGIFNAME,
  SIOCGIFNETMASK,
  SIOCGIFTXQLEN,
  SIOCSARP,
  SIOCSIFLINK,
} from '../abi/interface.ts';
import { AF_INET } from '../abi/socket.ts';
import type { Kernel } from '../kernel.ts';
import type { Task } from '../task/task.ts';
import { bytesOf } from '../vfs/byte-streams.ts';
import { putBytes } from '../vfs/user-memory.ts';
import { LOOPBACK } from './loopback.ts';

type Fill = (union: DataView) => void;

/** A sockaddr_in of an address. */
const address =
  (host: number): Fill =>
  (union) => {
    union.setUint16(0, AF_INET, true);
    union.setUint32(4, host);
  };
const int32 =
  (value: number): Fill =>
  (union) =>
    union.setInt32(0, value, true);

/** What is put behind the name in struct ifreq; an error for what "lo" does not have. */
const QUERIES = new Map<number, Fill>([
  [SIOCGIFFLAGS, (union) => union.setUint16(0, IFF_UP | IFF_LOOPBACK | IFF_RUNNING, true)],
  [SIOCGIFADDR, address(0x7f00_0001)],
  [SIOCGIFDSTADDR, address(0x7f00_0001)],
  [SIOCGIFBRDADDR, address(0)],
  [SIOCGIFNETMASK, address(0xff00_0000)],
  [SIOCGIFMETRIC, int32(0)],
  [SIOCGIFMTU, int32(LOOPBACK.mtu)],
  [SIOCGIFHWADDR, (union) => union.setUint16(0, ARPHRD_LOOPBACK, true)],
  [SIOCGIFINDEX, int32(LOOPBACK.index)],
  [SIOCGIFTXQLEN, int32(LOOPBACK.queueLength)],
  [SIOCGIFMAP, () => {}],
]);

/** Requests that are known and refused. */
const REFUSED = new Map<number, number>([
  [SIOCADDRT, ERRNO.EPERM],
  [SIOCDELRT, ERRNO.EPERM],
  [SIOCSARP, ERRNO.EPERM],
  [SIOCDARP, ERRNO.EPERM],
  [SIOCGARP, ERRNO.ENXIO],
  [SIOCETHTOOL, ERRNO.EOPNOTSUPP],
]);
const LAST_REQUEST = 0x89ff;

/** The call's result; null for a request about something else. */
export function interfaceRequest(_kernel: Kernel, task: Task, request: number, argument: number): number | null {
  if (request === SIOCGIFCONF) return listAddresses(task, argument);
  const refused = REFUSED.get(request);
  if (refused !== undefined) return -refused;
  const fill = QUERIES.get(request);
  const isOther = request < SIOCGIFNAME || request > LAST_REQUEST;
  if (isOther && !fill) return null;
  const raw = task.mm.user.copyIn(argument, IFREQ_BYTES);
  if (!raw) return -ERRNO.EFAULT;
  const union = new DataView(raw.buffer, IFNAMSIZ);
  if (request === SIOCGIFNAME) {
    if (union.getInt32(0, true) !== LOOPBACK.index) return -ERRNO.ENODEV;
    raw.fill(0, 0, IFNAMSIZ);
    raw.set(bytesOf(LOOPBACK.name));
    return putBytes(task, argument, raw);
  }
  if (!fill) return request > SIOCSIFLINK && request <= 0x8948 ? -ERRNO.EPERM : null;
  raw[IFNAMSIZ - 1] = 0;
  const end = raw.indexOf(0);
  if (String.fromCharCode(...raw.subarray(0, end)) !== LOOPBACK.name) return -ERRNO.ENODEV;
  raw.fill(0, IFNAMSIZ, IFNAMSIZ + (request === SIOCGIFMAP ? 24 : request === SIOCGIFFLAGS ? 2 : 16));
  fill(union);
  return putBytes(task, argument, raw);
}

/** struct ifconf {length, buffer}: with no buffer, only the length that would be needed. */
function listAddresses(task: Task, argument: number): number {
  const [room, buffer] = [task.mm.user.readInt32(argument), task.mm.user.readNumber(argument + 8)];
  if (room === null || buffer === null) return -ERRNO.EFAULT;
  let used: number = IFREQ_BYTES;
  if (buffer !== 0 && room < IFREQ_BYTES) used = 0;
  else if (buffer !== 0) {
    const raw = new Uint8Array(IFREQ_BYTES);
    raw.set(bytesOf(LOOPBACK.name));
    address(0x7f00_0001)(new DataView(raw.buffer, IFNAMSIZ));
    if (!task.mm.user.copyOut(buffer, raw)) return -ERRNO.EFAULT;
  }
  return task.mm.user.write32(argument, used) ? 0 : -ERRNO.EFAULT;
}
