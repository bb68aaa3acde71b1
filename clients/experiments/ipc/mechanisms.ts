// The mechanisms compared: which guest program does each (guests/ipc), how it can wait, and what one of its rounds is.

export type Waiting = 'spin' | 'block';
export type Placement = 'two vCPUs' | 'one vCPU';

export interface Mechanism {
  /** As the guest program and --mechanism name it. */
  readonly name: string;
  readonly title: string;
  readonly program: string;
  readonly waits: readonly Waiting[];
  /** What is between two readings of the TSC. */
  readonly round: 'round trip' | 'one way' | 'interrupt there, store back';
  /** Carries bytes, by itself or in memory beside it; else a message is the notification alone. */
  readonly carries: boolean;
  /** Name of the row of published figures, if there is one. */
  readonly published?: string;
  /** Of how each way of waiting is done. */
  readonly about: string;
}

const BOTH: readonly Waiting[] = ['spin', 'block'];
const SPIN: readonly Waiting[] = ['spin'];
const BLOCK: readonly Waiting[] = ['block'];

type Details = Partial<Pick<Mechanism, 'round' | 'carries' | 'published'>>;

function mechanism(
  program: string,
  name: string,
  title: string,
  waits: readonly Waiting[],
  about: string,
  { round = 'round trip', carries = true, published }: Details = {},
): Mechanism {
  return { name, title, program: `ipc/${program}`, waits, round, carries, about, ...(published === undefined ? {} : { published }) };
}

const UINTR = 'spin: a loop reads what the handler counts; block: uintr_wait, WAITING_RECEIVER';
const STREAM = 'spin: O_NONBLOCK reads; block: read';

export const MECHANISMS: readonly Mechanism[] = [
  mechanism('uintr.poc', 'uintr-thread', 'user interrupt, threads', BOTH, UINTR, { published: 'uintr (thread)' }),
  mechanism('uintr.poc', 'uintr-thread-sender', 'user interrupt, threads, WAITING_SENDER', BLOCK, 'uintr_wait; SENDUIPI traps'),
  mechanism('uintr.poc', 'uintr-fork', 'user interrupt, processes, inherited by fork', BOTH, `${UINTR}; descriptor and UITT inherited`, {
    published: 'uintr (process)',
  }),
  mechanism('uintr.poc', 'uintr-rights', 'user interrupt, processes, passed by SCM_RIGHTS', BOTH, `${UINTR}; descriptors passed`, {
    published: 'uintr (process)',
  }),
  mechanism('uintr.poc', 'uintr-uni', 'user interrupt one way, memory back', SPIN, 'a loop', {
    round: 'interrupt there, store back',
    published: 'uintr one way',
  }),
  mechanism('uintr.poc', 'uintr-self', 'user interrupt to itself', SPIN, 'a loop', { round: 'one way' }),
  mechanism('signal', 'signal-sigwait', 'signal, taken by a call', BOTH, 'spin: sigtimedwait of no time; block: sigwait', {
    carries: false,
    published: 'signal',
  }),
  mechanism('signal', 'signal-handler', 'signal, handler', BOTH, 'spin: a loop reads what the handler sets; block: sigsuspend', {
    carries: false,
    published: 'signal',
  }),
  mechanism('eventfd', 'eventfd-two', 'eventfd, one for each direction', BOTH, STREAM, { carries: false, published: 'eventfd' }),
  mechanism('eventfd', 'eventfd-one', 'eventfd, one for both directions (races with itself)', BOTH, STREAM, {
    carries: false,
    published: 'eventfd',
  }),
  mechanism('stream', 'pipe', 'pipe', BOTH, STREAM, { published: 'pipe' }),
  mechanism('stream', 'fifo', 'FIFO', BOTH, STREAM, { published: 'fifo' }),
  mechanism('stream', 'unix-stream', 'domain socket, stream', BOTH, STREAM, { published: 'domain socket' }),
  mechanism('stream', 'unix-dgram', 'domain socket, datagram', BOTH, STREAM),
  mechanism('stream', 'unix-seqpacket', 'domain socket, sequenced packets', BOTH, STREAM),
  mechanism('stream', 'tcp', 'TCP over loopback', BOTH, STREAM, { published: 'tcp' }),
  mechanism('queue', 'sysv-message', 'System V message queue', BOTH, 'spin: IPC_NOWAIT; block: msgrcv', {
    published: 'SysV message queue',
  }),
  mechanism('queue', 'sysv-semaphore', 'System V semaphores', BOTH, 'spin: IPC_NOWAIT; block: semop', { carries: false }),
  mechanism('queue', 'posix-queue', 'POSIX message queue', BOTH, 'spin: O_NONBLOCK; block: mq_receive'),
  mechanism('memory', 'futex', 'futex', BLOCK, 'FUTEX_WAIT; the payload is in shared memory'),
  mechanism('memory', 'shm', 'shared memory, polled', SPIN, 'a loop', { published: 'shm polling' }),
  mechanism('memory', 'mapped-file', 'mapped file, polled', SPIN, 'a loop', { published: 'mmap polling' }),
];

/** Everything else is compared with it. */
export const REFERENCE = 'uintr-thread';
