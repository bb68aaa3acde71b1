// The file half of the system-call table.

import { attributeRows } from './attributes.ts';
import { descriptorRows } from './descriptors.ts';
import { directoryRows } from './directories.ts';
import { EPOLL_ROWS } from './epoll.ts';
import { eventRows } from './events.ts';
import { extendedAttributeRows } from './extended-attributes.ts';
import { fileHandleRows } from './file-handles.ts';
import { fileSpaceRows } from './file-space.ts';
import { inotifyRows } from './inotify.ts';
import { fileTransferRows } from './files.ts';
import { ioctlRows } from './ioctl.ts';
import { listingRows } from './listing.ts';
import { metadataRows } from './metadata.ts';
import { mountRows } from './mounts.ts';
import { openingRows } from './opening.ts';
import { pipeRows } from './pipes.ts';
import { pollRows } from './poll.ts';
import type { SyscallRow } from './row.ts';
import { socketMessageRows } from './socket-messages.ts';
import { socketRows } from './sockets.ts';
import { transferRows } from './transfers.ts';

export const fileRows: readonly SyscallRow[] = [
  ...fileTransferRows,
  ...openingRows,
  ...descriptorRows,
  ...directoryRows,
  ...ioctlRows,
  ...listingRows,
  ...metadataRows,
  ...attributeRows,
  ...extendedAttributeRows,
  ...fileSpaceRows,
  ...fileHandleRows,
  ...pipeRows,
  ...EPOLL_ROWS,
  ...eventRows,
  ...inotifyRows,
  ...pollRows,
  ...transferRows,
  ...socketRows,
  ...socketMessageRows,
  ...mountRows,
];
