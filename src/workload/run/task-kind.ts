// What all tasks of one JobSpec have in common, made ready once: the resources in the allocator's form, where they like to be.
import { Resources } from '../../mesos/resources.ts';
import type { JobSpec } from '../workload.ts';

export interface TaskKind {
  readonly spec: JobSpec;
  readonly resources: Resources;
  /** As Account counts. */
  readonly vector: Float64Array;
  /** Agents, by index, that are as good as each other; undefined: each task has its own, or does not care. */
  readonly preferred: ReadonlySet<number> | undefined;
  /** How many agents have the data of one task; 0: the task does not care, or `preferred` says it. */
  readonly replicas: number;
  readonly waitMs: number;
}

/** Scalars of these amounts. */
export function resourcesOf(amounts: Readonly<Record<string, number>>): Resources {
  return Resources.of(
    Object.entries(amounts)
      .filter(([, value]) => value > 0)
      .map(([name, value]) => ({ name, type: 'SCALAR', scalar: { value } })),
  );
}
