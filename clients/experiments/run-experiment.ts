// Runs one experiment and completes its result: what ran it, when, and how long it took.

import type { AnyExperiment, ExperimentContext, Result } from './experiment.ts';

export async function runExperiment(experiment: AnyExperiment, context: ExperimentContext): Promise<Result> {
  const started = new Date();
  const begin = performance.now();
  const { rows, checks, spec } = await experiment.run(context);
  const { version, node_version } = await context.client.lab.GetServerInfo({}, { signal: context.signal });
  return {
    name: experiment.name,
    rows,
    checks,
    spec,
    versions: { uintrd: version, node: node_version },
    wall_seconds: Math.round(performance.now() - begin) / 1000,
    started_at: started.toISOString(),
  };
}
