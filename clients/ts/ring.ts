// An io_uring ring of a remote thread. Its calls execute on that thread, and can fail as those of RemoteThread do.

import { durationOf } from './duration.ts';
import type * as api from '../../src/gen/api.ts';
import type { Input } from '../../src/wire/encode.ts';
import type { CallOptions, UintrClient } from './client.ts';

interface RingCallOptions extends CallOptions {
  /** Makes a repeated call answer what the first one did, instead of doing it again. */
  readonly idempotencyKey?: string;
}

export interface RingSettings {
  /** 1 to 32768. */
  readonly entries: number;
  /** Of the completion ring; twice the entries if absent. */
  readonly cqEntries?: number;
  /** Further IORING_SETUP_* bits. */
  readonly setupFlags?: number;
  /** Profile rfc: a vector descriptor of the thread's process. */
  readonly uintrFd?: number;
}

export interface CompletionSettings {
  /** Answer when there are so many (1); 0 for those that are there, without waiting. */
  readonly least?: number;
  /** At most so many (all that are there); 1024 at most. */
  readonly most?: number;
  /** Virtual time; for ever if absent. */
  readonly timeoutNanoseconds?: bigint | number;
}

type Resources = Omit<Input<api.RegisterResourcesRequest>, 'ring' | 'request_id'>;

/** How WaitCompletions writes "do not wait". */
const NO_WAIT = 0xffff_ffff;

const key = (options: RingCallOptions): { readonly request_id: string } => ({ request_id: options.idempotencyKey ?? '' });

export class Ring {
  readonly client: UintrClient;
  /** projects/default/machines/{machine}/rings/{ring} */
  readonly name: string;
  /** As it was set up: sizes, IORING_SETUP_* and IORING_FEAT_* bits. */
  readonly description: api.Ring;

  constructor(client: UintrClient, description: api.Ring) {
    this.client = client;
    this.name = description.name;
    this.description = description;
  }

  static async setup(client: UintrClient, thread: string, settings: RingSettings, options: RingCallOptions = {}): Promise<Ring> {
    const { entries, cqEntries, setupFlags, uintrFd } = settings;
    const request = { thread, entries, cq_entries: cqEntries, setup_flags: setupFlags, uintr_fd: uintrFd, ...key(options) };
    const { ring } = await client.uring.SetupRing(request, options);
    return new Ring(client, ring!);
  }

  /** Fills submission entries (at most 1024) and calls io_uring_enter; answers how many the kernel took. */
  submit(entries: readonly Input<api.SubmissionEntry>[], options: RingCallOptions = {}): Promise<api.SubmitOpsResponse> {
    return this.client.uring.SubmitOps({ ring: this.name, entries, ...key(options) }, options);
  }

  /** Completions, in the ring's order; time passes until there are enough. */
  wait(settings: CompletionSettings = {}, options: RingCallOptions = {}): Promise<api.WaitCompletionsResponse> {
    const { least = 1, most, timeoutNanoseconds } = settings;
    return this.client.uring.WaitCompletions(
      {
        ring: this.name,
        min_completions: least === 0 ? NO_WAIT : least,
        max_completions: most,
        timeout: timeoutNanoseconds === undefined ? undefined : durationOf(timeoutNanoseconds),
        ...key(options),
      },
      options,
    );
  }

  /** Submits and waits for as many completions. Not for entries with CQE_SKIP_SUCCESS, which may bring none. */
  async run(entries: readonly Input<api.SubmissionEntry>[], options: RingCallOptions = {}): Promise<readonly api.CompletionEntry[]> {
    const { submitted } = await this.submit(entries, options);
    if (submitted === 0) return [];
    // The keys of both calls must differ.
    const { idempotencyKey, ...rest } = options;
    const wait = idempotencyKey === undefined ? rest : { ...rest, idempotencyKey: `${idempotencyKey}-wait` };
    return (await this.wait({ least: submitted }, wait)).completions;
  }

  /** IORING_OP_ASYNC_CANCEL. */
  cancel(target: Input<api.CancelOperation>, options: RingCallOptions = {}): Promise<api.CancelOpsResponse> {
    return this.client.uring.CancelOps({ ring: this.name, target, ...key(options) }, options);
  }

  /** -1 for an empty slot. */
  registerFiles(fds: readonly number[], options: RingCallOptions = {}): Promise<api.RegisterResourcesResponse> {
    return this.register({ files: { fds } }, options);
  }

  /** Bytes of each buffer, at most 1 MiB each. */
  registerBuffers(sizes: readonly number[], options: RingCallOptions = {}): Promise<api.RegisterResourcesResponse> {
    return this.register({ buffers: { sizes } }, options);
  }

  registerEventfd(fd: number, options: RingCallOptions = {}): Promise<api.RegisterResourcesResponse> {
    return this.register({ eventfd: fd }, options);
  }

  /** From now on completions arrive as user interrupts of this vector descriptor. */
  registerUintr(fd: number, options: RingCallOptions = {}): Promise<api.RegisterResourcesResponse> {
    return this.register({ uintr_fd: fd }, options);
  }

  unregister(kind: api.UnregisterKind, options: RingCallOptions = {}): Promise<api.RegisterResourcesResponse> {
    return this.register({ unregister: kind }, options);
  }

  /** Every operation, and whether the machine's kernel has it. */
  async probe(options: RingCallOptions = {}): Promise<readonly api.SupportedOpcode[]> {
    return (await this.register({ probe: true }, options)).opcodes;
  }

  /** Heads, tails, and the requests in flight with what each waits for. */
  state(options: CallOptions = {}): Promise<api.GetRingStateResponse> {
    return this.client.uring.GetRingState({ name: this.name }, options);
  }

  /** munmap and close. */
  close(options: RingCallOptions = {}): Promise<api.CloseRingResponse> {
    return this.client.uring.CloseRing({ name: this.name, ...key(options) }, options);
  }

  private register(resources: Resources, options: RingCallOptions): Promise<api.RegisterResourcesResponse> {
    return this.client.uring.RegisterResources({ ring: this.name, ...resources, ...key(options) }, options);
  }
}
