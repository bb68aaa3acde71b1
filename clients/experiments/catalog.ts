// The experiments there are.

import type { AnyExperiment } from './experiment.ts';
import { asyncIo } from './async-io/async-io.ts';
import { calibrate } from './calibrate/calibrate.ts';
import { ipc } from './ipc/ipc.ts';
import { latency } from './latency/latency.ts';

export const EXPERIMENTS: readonly AnyExperiment[] = [latency, ipc, asyncIo, calibrate];
