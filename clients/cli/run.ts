// `uintrctl run`: a machine of its own for one program, with this process's standard streams, and its exit code at the end.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { constants as os } from 'node:os';
import { basename, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ApiError } from '../ts/api-error.ts';
import { uploadArtifact } from '../ts/upload.ts';
import { deathNote } from './death-note.ts';
import { flatEvent } from './event-line.ts';
import { GuestConsole, OutputClosed } from './guest-io.ts';
import { HostTerminal, hostWindow, requireTerminal, TerminalLeft } from './host-terminal.ts';
import { ownLabels } from './owner.ts';
import { progressOn } from './progress.ts';
import { parsePair, parseSize } from './quantity.ts';
import { linkOf, withLinks } from './program-link.ts';
import { quiescentReport } from './quiescent-report.ts';
import { type HostFileOption, packPrograms, rootArchive, type RootOptions } from './root-options.ts';
import { specFrom } from './spec-options.ts';
import { UsageError } from './usage-error.ts';
import type { Process, SpawnProcessRequest, WaitProcessResponse } from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { UintrClient } from '../ts/client.ts';
import type { SpecOptions } from './spec-options.ts';

/** As of timeout(1), env(1) and the shell. */
export const EXIT = { timeout: 124, failed: 125, notExecutable: 126, notFound: 127, signal: 128 } as const;

export interface RunOptions extends SpecOptions, RootOptions {
  readonly libsFromHost?: boolean;
  readonly file: readonly string[];
  readonly env: readonly string[];
  readonly events?: string;
  /** A terminal for the program. */
  readonly tty?: boolean;
}

/** Requests carry up to so much; what is larger goes as an artifact first. */
const INLINE_BYTES = 2 << 20;
const ORIGIN = 'uintrctl-run';
const DEFAULT_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: '/bin:/usr/bin', HOME: '/', TERM: 'dumb' };

const reasonExit: Readonly<Record<string, number>> = { NOT_EXECUTABLE: EXIT.notExecutable, PROGRAM_NOT_FOUND: EXIT.notFound };

/** The program as a shell would find it: a path, or a name in the current directory or PATH. */
export async function findProgram(program: string): Promise<string> {
  const candidates = program.includes('/')
    ? [program]
    : ['', ...(process.env['PATH'] ?? '').split(':')].map((directory) => join(directory, program));
  for (const path of candidates) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw new UsageError(`${path}: ${error.message}`, EXIT.notExecutable);
    });
    if (!info) continue;
    if (!info.isFile()) throw new UsageError(`${path}: not a file that can be executed`, EXIT.notExecutable);
    await access(path, constants.X_OK | constants.R_OK).catch(() => {
      throw new UsageError(`${path}: permission denied (it must be readable and executable: chmod +x)`, EXIT.notExecutable);
    });
    return path;
  }
  throw new UsageError(`${program}: not found`, EXIT.notFound);
}

export async function readProgram(program: string): Promise<Uint8Array> {
  return readFile(await findProgram(program));
}

async function readHostFile(flag: string, path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${flag}: ${error.message}`, EXIT.failed);
  });
}

interface GuestFileRequest {
  readonly path: string;
  readonly mode: number;
  readonly data?: Uint8Array;
  readonly artifact?: string;
}

/** Uploads that are under way together, as one figure. */
class Uploads {
  private readonly client: UintrClient;
  private readonly progress = progressOn();
  private readonly sent = new Map<object, number>();
  private total = 0;

  constructor(client: UintrClient) {
    this.client = client;
  }

  async upload(bytes: Uint8Array): Promise<string> {
    this.total += bytes.length;
    const key = {};
    const artifact = await uploadArtifact(this.client, bytes, ownLabels(ORIGIN), (sent) => this.show(key, sent));
    this.show(key, bytes.length);
    return artifact;
  }

  done(): void {
    this.progress.clear();
  }

  private show(key: object, sent: number): void {
    this.sent.set(key, sent);
    const all = [...this.sent.values()].reduce((sum, one) => sum + one, 0);
    this.progress.show(`uploading: ${mebibytes(all)} of ${mebibytes(this.total)} MiB`);
  }
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

function fileOption(text: string): HostFileOption {
  const at = text.lastIndexOf(':');
  if (at < 1 || text[at + 1] !== '/') throw new UsageError(`--file: "${text}" is not HOST:GUEST with an absolute GUEST path`, EXIT.failed);
  return { host: text.slice(0, at), path: text.slice(at + 1) };
}

async function hostFiles(uploads: Uploads, options: readonly string[]): Promise<GuestFileRequest[]> {
  return Promise.all(
    options.map(fileOption).map(async ({ host, path }) => {
      const data = await readHostFile('--file', host);
      const mode = (await stat(host)).mode & 0o777;
      return data.length > INLINE_BYTES / 8 ? { path, mode, artifact: await uploads.upload(data) } : { path, mode, data };
    }),
  );
}

async function wholeStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Events to a file, one JSON object a line, until everything up to a sequence is there. */
class EventFile {
  private readonly stop = new AbortController();
  private target = Number.POSITIVE_INFINITY;
  private next = 1;
  private readonly done: Promise<void>;

  constructor(client: UintrClient, machine: string, path: string) {
    this.done = this.write(client, machine, path);
    // Told by finish(); until then it must not end the process.
    this.done.catch(() => {});
  }

  async finish(lastSequence: number): Promise<void> {
    this.target = lastSequence;
    if (this.next > lastSequence) this.stop.abort();
    await this.done;
  }

  private async write(client: UintrClient, machine: string, path: string): Promise<void> {
    const file = createWriteStream(path);
    const closed = finished(file);
    closed.catch(() => this.stop.abort());
    try {
      for await (const { events, next_sequence, dropped } of client.events.StreamEvents(
        { parent: machine, max_batch_events: 4096, heartbeat_interval: { nanos: 100_000_000 } },
        { signal: this.stop.signal },
      )) {
        if (dropped > 0n) process.stderr.write(`uintrctl: ${dropped} events are missing in ${path}: the log had dropped them\n`);
        for (const event of events) if (!file.write(`${JSON.stringify(flatEvent(event))}\n`)) await once(file, 'drain');
        this.next = Number(next_sequence);
        if (this.next > this.target) break;
      }
    } catch (error) {
      if (!this.stop.signal.aborted) throw error;
    }
    file.end();
    await closed.catch((error: Error) => {
      throw new UsageError(`--events: ${error.message}`, EXIT.failed);
    });
  }
}

export function exitCodeOf(process: Process): number {
  return process.signal === 0 ? process.exit_code : EXIT.signal + process.signal;
}

/** Signals that reach us go to the guest; the second of a kind ends us. */
function forwardSignals(client: UintrClient, name: string): () => void {
  const heard = new Set<string>();
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((signal) => {
    const handler = (): void => {
      if (heard.has(signal)) process.exit(EXIT.signal + os.signals[signal]);
      heard.add(signal);
      client.guest.SignalProcess({ name, signal: os.signals[signal] }).catch(() => process.exit(EXIT.signal + os.signals[signal]));
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  };
}

/** What shows the guest's terminal is ours. */
export function terminalEnvironment(): Readonly<Record<string, string>> {
  return { TERM: process.env['TERM'] || 'xterm' };
}

function streamTerminal(console: GuestConsole): () => void {
  const onData = (bytes: Buffer): void => void console.sendInput(bytes).catch(() => {});
  const onEnd = (): void => void console.closeInput().catch(() => {});
  process.stdin.on('data', onData);
  process.stdin.on('end', onEnd);
  return () => {
    process.stdin.removeListener('data', onData);
    process.stdin.removeListener('end', onEnd);
    process.stdin.pause();
  };
}

async function verdict(answer: WaitProcessResponse, options: RunOptions): Promise<number> {
  if (answer.reason === 'REASON_EXITED') return exitCodeOf(answer.process!);
  if (answer.reason === 'REASON_VIRTUAL_LIMIT') {
    process.stderr.write(`uintrctl: stopped at --timeout-virtual ${options.timeoutVirtual} (cycle ${answer.cycle})\n`);
    return EXIT.timeout;
  }
  process.stderr.write(quiescentReport(answer));
  return EXIT.failed;
}

/** What is to run, and with which files around it. */
interface Prepared {
  /** Where the program is in the machine: several places, if it is to be looked for there. */
  readonly paths: readonly string[];
  /** A program of this host; null if it is in the root file system. */
  readonly image: Uint8Array | null;
  /** The root file system, if there is one. */
  readonly root: Uint8Array | null;
}

async function prepare(
  connecting: Promise<UintrClient>,
  program: string,
  options: RunOptions,
  environment: Readonly<Record<string, string>>,
): Promise<Prepared> {
  const root = await rootArchive(connecting, options, parseSize('--ram', options.ram), EXIT.failed);
  if (root && options.libsFromHost)
    throw new UsageError(
      '--libs-from-host: with --root or --sysroot, the program and its libraries are those of the root file system',
      EXIT.failed,
    );
  if (root) {
    const path = environment['PATH'] || DEFAULT_ENVIRONMENT['PATH']!;
    const folders = program.includes('/') ? ['/'] : path.split(':').map((folder) => join('/', folder));
    return { paths: folders.map((folder) => join(folder, program)), image: null, root };
  }
  const path = await findProgram(program);
  if (!options.libsFromHost) return { paths: [`/bin/${basename(program)}`], image: await readFile(path), root: null };
  const packed = await packPrograms([path], options.file.map(fileOption), environment['LD_LIBRARY_PATH'] ?? '', EXIT.notExecutable);
  return { paths: [packed.path], image: null, root: packed.archive };
}

/** Spawns the first of `paths` that is there. */
async function spawnFirst(
  client: UintrClient,
  paths: readonly string[],
  request: Omit<Input<SpawnProcessRequest>, 'path'>,
): Promise<Process> {
  for (const path of paths.slice(0, -1)) {
    try {
      return (await client.guest.SpawnProcess({ ...request, path })).process!;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'PROGRAM_NOT_FOUND') throw error;
    }
  }
  return (await client.guest.SpawnProcess({ ...request, path: paths.at(-1)! })).process!;
}

/** Runs to the end and returns the exit code. The machine is gone afterwards. */
export async function run(connecting: Promise<UintrClient>, argv: readonly string[], options: RunOptions): Promise<number> {
  if (options.tty) requireTerminal('run', EXIT.failed);
  const environment = {
    ...DEFAULT_ENVIRONMENT,
    ...(options.tty ? terminalEnvironment() : {}),
    ...Object.fromEntries(options.env.map((text) => parsePair('--env', text))),
  };
  const terminal = process.stdin.isTTY === true;
  // The daemon starts while files are read.
  const [{ paths, image, root }, stdin, client] = await Promise.all([
    prepare(connecting, argv[0]!, options, environment),
    terminal ? null : wholeStdin(),
    connecting,
  ]);
  const small = (image?.length ?? 0) + (stdin?.length ?? 0) <= INLINE_BYTES;
  const uploads = new Uploads(client);
  const [spec, files, artifact, stdinArtifact, rootArtifact] = await Promise.all([
    specFrom(client, options),
    hostFiles(uploads, options.file),
    small || image === null ? null : uploads.upload(image),
    small || stdin === null ? null : uploads.upload(stdin),
    root === null ? null : uploads.upload(root),
  ]).finally(() => uploads.done());

  let name = '';
  const drop = async (): Promise<void> => {
    if (name !== '') await client.machines.DeleteMachine({ name }).catch(() => {});
    const artifacts = [artifact, stdinArtifact, rootArtifact, ...files.map((file) => file.artifact ?? null)].filter(
      (item) => item !== null,
    );
    await Promise.all(artifacts.map((item) => client.artifacts.DeleteArtifact({ name: item }).catch(() => {})));
  };
  try {
    const { machine } = await client.machines.CreateMachine({
      parent: client.project,
      machine: { labels: ownLabels(ORIGIN), spec: { ...spec, ...(rootArtifact === null ? {} : { root: { artifact: rootArtifact } }) } },
    });
    ({ name } = machine!);
    const links = image === null ? [] : linkOf(argv[0]!, paths[0]!);
    const request: Omit<Input<SpawnProcessRequest>, 'path' | 'files'> = {
      parent: name,
      ...(image === null ? {} : artifact === null ? { image } : { artifact }),
      arguments: argv,
      environment: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      ...(options.tty
        ? { terminal: hostWindow() }
        : stdin === null
          ? { stdin_stream: true }
          : stdinArtifact === null
            ? { stdin_data: stdin }
            : { stdin_artifact: stdinArtifact }),
    };
    const spawned = await withLinks(links, (some) => spawnFirst(client, paths, { ...request, files: [...files, ...some] }));
    const console = new GuestConsole(client, spawned.name);
    const eventFile = options.events === undefined ? undefined : new EventFile(client, name, options.events);
    const following = console.follow();
    const stopSignals = forwardSignals(client, spawned.name);
    const host = options.tty ? new HostTerminal(console) : null;
    const stopTerminal = host ? () => host.stop() : stdin === null ? streamTerminal(console) : () => {};
    try {
      host?.start();
      const waiting = client.guest.WaitProcess({ name: spawned.name, until_quiescent: true });
      const starting = Promise.race([console.attached, following]).then(() => client.machines.StartMachine({ name }));
      // Output that cannot be written ends the run; output that has ended does not.
      const ends = [waiting, Promise.all([starting, following]).then(() => waiting)];
      const answer = await Promise.race(host ? [...ends, host.left] : ends);
      await starting;
      console.finish(answer);
      await following;
      stopTerminal();
      if (eventFile) {
        const { events } = await client.machines.GetMachineStats({ name });
        await eventFile.finish(Number(events));
      }
      if (answer.process) process.stderr.write(await deathNote(client, name, answer.process).catch(() => ''));
      return await verdict(answer, options);
    } finally {
      stopSignals();
      stopTerminal();
    }
  } catch (error) {
    if (error instanceof TerminalLeft) throw new UsageError('left by ctrl-] three times; the machine is removed', EXIT.failed);
    if (error instanceof OutputClosed) return EXIT.signal + os.signals.SIGPIPE;
    if (error instanceof ApiError && error.reason in reasonExit) throw new UsageError(error.message, reasonExit[error.reason]!);
    throw error;
  } finally {
    await drop();
  }
}
