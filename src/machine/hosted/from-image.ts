// A machine from an image that somebody has sent: what is wrong with that is the sender's to hear.

import type { StepModule } from '../cpu/step/step-module.ts';
import { MachineError } from '../errors.ts';
import type { Machine } from '../machine.ts';
import type { MachineSpec } from '../machine-spec.ts';
import type { MachineImage } from '../protocol.ts';
import { GraphError } from '../snapshot/graph-reader.ts';
import { restore } from '../snapshot/image.ts';

/** Throws BAD_SNAPSHOT. */
export function fromImage(spec: MachineSpec, stepModule: StepModule, image: MachineImage): Machine {
  try {
    return restore(spec, stepModule, image);
  } catch (error) {
    throw badSnapshot(error);
  }
}

export function badSnapshot(error: unknown): unknown {
  if (!(error instanceof GraphError)) return error;
  return new MachineError('BAD_SNAPSHOT', `the snapshot ${error.message}`, { state: 'damaged' });
}
