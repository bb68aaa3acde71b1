// What a worker has for its machines.

import type { StepModule } from '../cpu/step/step-module.ts';
import type { FileLayer } from '../durable/file-layer.ts';
import type { Post } from './outlet.ts';

export interface Surroundings {
  readonly stepModule: StepModule;
  readonly files: FileLayer;
  readonly post: Post;
  /** Whether a command has come that nobody has looked at. */
  readonly isAsked?: () => boolean;
  /** Of the inputs of each that are kept in memory, at most; journal.ts says how many otherwise. */
  readonly journalBytes?: number;
}
