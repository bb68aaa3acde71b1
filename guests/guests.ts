// The guest programs: what is built from which source, and with what. A name is the file in guests/bin.

export interface Guest {
  readonly name: string;
  /** Relative to guests/. */
  readonly source: string;
  /** More sources of the same program. */
  readonly also?: readonly string[];
  readonly flags: readonly string[];
  /** Uses user interrupts, so that only a machine that has them can run it. */
  readonly uintr: boolean;
  /** Natively it says what is expected only as root. */
  readonly needsRoot?: boolean;
  /** It says what the Linux that is modelled says where others of before and after may say something else. */
  readonly release?: typeof MODELLED_RELEASE;
  /** It says what processors of this maker do where the manual leaves it open; as /proc/cpuinfo names the maker. */
  readonly maker?: 'AuthenticAMD';
}

/** The Linux whose behaviour is the kernel's model, as uname's release begins. */
export const MODELLED_RELEASE = '6.18.';

type Abi = 'poc' | 'k518' | 'rfc';

const ABI_FLAGS: Readonly<Record<Abi, readonly string[]>> = { poc: [], k518: ['-DUINTR_ABI_K518'], rfc: ['-DUINTR_ABI_RFC'] };

function plain(...names: string[]): Guest[] {
  return names.map((name) => ({ name, source: `plain/${name}.c`, flags: ['-O2'], uintr: false }));
}

/** Of one release of Linux: what it says natively is judged only there. */
function modelled(given: readonly Guest[]): Guest[] {
  return given.map((guest) => ({ ...guest, release: MODELLED_RELEASE }));
}

function bench(name: string, optimization: '-O0' | '-O2'): Guest {
  return { name: `bench/${name}${optimization === '-O0' ? '-O0' : ''}`, source: `bench/${name}.c`, flags: [optimization], uintr: false };
}

/** One file an ABI: NAME.poc, NAME.rfc. */
function uintr(source: string, abis: readonly Abi[], name = source, extra: readonly string[] = []): Guest[] {
  return abis.map((abi) => ({
    name: `${name}.${abi}`,
    source: `uintr/${source}.c`,
    flags: ['-O2', '-muintr', '-mgeneral-regs-only', '-minline-all-stringops', ...ABI_FLAGS[abi], ...extra],
    uintr: true,
  }));
}

/** musl-gcc has no kernel headers of its own: the compiler's are looked at last. */
const KERNEL_HEADERS = ['-idirafter', '/usr/include', '-idirafter', '/usr/include/x86_64-linux-gnu'];

const uring: readonly Guest[] = [
  { name: 'uring/features', source: 'uring/features.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false },
  { name: 'uring/sent_stamps', source: 'uring/sent_stamps.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false, release: MODELLED_RELEASE },
  { name: 'uring/storage', source: 'uring/storage.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false },
  { name: 'uring/operations', source: 'uring/operations.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false },
  { name: 'uring/lifetimes', source: 'uring/lifetimes.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false },
  { name: 'uring/workers', source: 'uring/workers.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false },
  { name: 'uring/least_waits', source: 'uring/least_waits.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false },
  ...uintr('uring_uintr', ['poc', 'k518', 'rfc']).map((guest) => ({
    ...guest,
    name: `uring/${guest.name}`,
    source: 'uring/uring_uintr.c',
    flags: [...guest.flags, ...KERNEL_HEADERS],
  })),
];

/** Calls every system call with wrong arguments; test/kernel/errno/ compares what it prints. */
const errno: Guest = {
  name: 'errno',
  source: 'errno/main.c',
  also: [
    'run',
    'rows',
    'contents',
    'environment',
    'families',
    'files',
    'paths',
    'memory',
    'processes',
    'signals',
    'events',
    'sockets',
    'system',
    'situations',
  ].map((name) => `errno/${name}.c`),
  flags: ['-O2', ...KERNEL_HEADERS],
  uintr: false,
};

/** The parties of the experiments on inter-process communication. */
const ipc: readonly Guest[] = [
  ...['stream', 'eventfd', 'signal', 'memory', 'queue'].map((name) => ({
    name: `ipc/${name}`,
    source: `ipc/${name}.c`,
    flags: ['-O2', ...KERNEL_HEADERS],
    uintr: false,
  })),
  { ...uintr('uintr', ['poc'])[0]!, name: 'ipc/uintr.poc', source: 'ipc/uintr.c' },
];
/** Processes, signals and futexes. Those that change users or priorities can only be judged where they run as root. */
const processes: readonly Guest[] = [
  ...plain('signal_frames', 'process_rules', 'pthreads', 'thread_groups'),
  ...plain('signal_rules', 'clone_rules', 'futex_rules', 'limits', 'credentials', 'pidfds').map((guest) => ({ ...guest, needsRoot: true })),
];

/** What the cost model is held against. */
const calibrate: readonly Guest[] = [
  { name: 'calibrate/primitives', source: 'calibrate/primitives.c', flags: ['-O2', ...KERNEL_HEADERS], uintr: false },
  { ...uintr('preemption', ['poc'])[0]!, name: 'calibrate/preemption.poc', source: 'calibrate/preemption.c' },
];

/** Reads and computations by blocking calls, a polled ring and user interrupts. The first two run on any Linux. */
const asyncIo: Guest = {
  name: 'async-io/async_io.poc',
  source: 'async-io/async_io.c',
  also: ['async-io/normal.c', 'async-io/rings.c'],
  flags: ['-O2', '-muintr', '-mgeneral-regs-only', '-minline-all-stringops', ...KERNEL_HEADERS],
  uintr: true,
};

/** Sockets, judged by what they do on Linux. */
const sockets: readonly Guest[] = [
  'unix_streams',
  'unix_packets',
  'unix_rights',
  'tcp',
  'udp',
  'multicast',
  'socket_options',
  'socket_waits',
  'interfaces',
].map((name) => ({
  name,
  source: `plain/${name}.c`,
  flags: ['-O2', ...KERNEL_HEADERS],
  uintr: false,
}));

/** Faults and traps of single instructions. */
const instructions: readonly Guest[] = [
  ...plain('traps', 'segments'),
  ...plain('alignment', 'x87_state', 'xsave_areas').map((guest): Guest => ({ ...guest, maker: 'AuthenticAMD' })),
];

export const guests: readonly Guest[] = [
  ...plain('raw_sockets').map((guest) => ({ ...guest, needsRoot: true })),
  ...instructions,
  ...plain('hello', 'threads', 'fork_wait', 'pipes', 'signals', 'memory', 'high_memory', 'futex', 'files', 'clocks', 'numbers', 'fault'),
  ...modelled(
    plain(
      'tty',
      'tty_jobs',
      'tmpfs',
      'text_busy',
      'exhaust',
      'mappings',
      'locks',
      'pipe_details',
      'descriptors',
      'close_in_use',
      'inotify',
      'xattrs',
      'shared_memory',
      'message_queues',
      'semaphores',
      'posix_queues',
      'proc_ipc',
      'epoll',
      'timers',
      'event_files',
      'timestamping',
    ),
  ),
  ...uintr('uipi_sample', ['poc', 'k518', 'rfc']),
  ...uintr('uipi_sample', ['poc', 'rfc'], 'uipi_spin', ['-DSPIN']),
  ...uintr('uipi_descheduled', ['poc', 'rfc']),
  ...['multi_vector', 'processes', 'self', 'nested', 'errors', 'fatal', 'quiescent', 'ping_pong', 'remote_peer'].flatMap((name) =>
    uintr(name, ['poc', 'rfc']),
  ),
  ...uintr('waiting', ['poc', 'k518', 'rfc']),
  ...uintr('missed_wait', ['poc', 'k518', 'rfc']),
  ...['alt_stack', 'ipi_fd'].flatMap((name) => uintr(name, ['poc'])),
  { ...uintr('latency', ['poc'])[0]!, source: 'latency/latency.c' },
  ...['mul', 'sieve', 'matmul', 'sha256', 'vm', 'strings', 'getppid', 'imul', 'memcpy', 'floats', 'sort', 'collatz', 'hash', 'x87'].map(
    (name) => bench(name, '-O2'),
  ),
  ...['mul', 'sieve', 'matmul', 'sha256', 'vm', 'strings', 'memcpy', 'floats', 'sort'].map((name) => bench(name, '-O0')),
  ...['kernel', 'uring', 'storage'].map((name) => ({ ...bench(name, '-O2'), flags: ['-O2', ...KERNEL_HEADERS] })),
  ...modelled(processes),
  ...modelled(sockets),
  errno,
  ...['syscalls', 'uring'].map((name) => ({
    name: `fuzz/${name}`,
    source: `fuzz/${name}.c`,
    flags: ['-O2', ...KERNEL_HEADERS],
    uintr: false,
  })),
  ...uring,
  ...ipc,
  ...calibrate,
  asyncIo,
];
