// The limits of System V and POSIX IPC that /proc/sys shows and root may change (sysvipc(7), mq_overview(7)).

import {
  MQ_BYTES_MAX,
  MQ_DEFAULT_BYTES,
  MQ_DEFAULT_MESSAGES,
  MQ_MESSAGES_MAX,
  MQ_QUEUES_MAX,
  MSGMAX,
  MSGMNB,
  MSGMNI,
  SEMMNI,
  SEMMNS,
  SEMMSL,
  SEMOPM,
  SHMALL,
  SHMMAX,
  SHMMNI,
} from '../abi/ipc.ts';

export class IpcLimits {
  /** Bytes of a segment, pages of all. */
  shmmax = SHMMAX;
  shmall = SHMALL;
  shmmni = SHMMNI;
  /** Not 0: segments go with the last attachment once their creator has ended, removed or not. */
  shmRmidForced = 0;
  msgmax = MSGMAX;
  msgmnb = MSGMNB;
  msgmni = MSGMNI;
  semmsl = SEMMSL;
  semmns = SEMMNS;
  semopm = SEMOPM;
  semmni = SEMMNI;
  /** fs.mqueue: of a queue that names no attributes, at most without CAP_SYS_RESOURCE, and queues. */
  mqDefaultMessages = MQ_DEFAULT_MESSAGES;
  mqDefaultBytes = MQ_DEFAULT_BYTES;
  mqMessagesMax = MQ_MESSAGES_MAX;
  mqBytesMax = MQ_BYTES_MAX;
  mqQueuesMax = MQ_QUEUES_MAX;
}
