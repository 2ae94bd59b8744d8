// What a job's task takes of an agent: its own figures or the server's (chronos.md 2.1, 22.15).
import type { JobDefinition } from '../../model/job.ts';
import type { Demand } from './offer-resources.ts';

/** `--mesos_task_…`. */
export interface TaskDefaults {
  readonly mesosTaskCpu: number;
  readonly mesosTaskMem: number;
  readonly mesosTaskDisk: number;
}

/** cpus; mem and disk in MB. */
export interface Amounts {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
}

export function amountsOf({ cpus, mem, disk }: Amounts, defaults: TaskDefaults): Amounts {
  return {
    cpus: cpus > 0 ? cpus : defaults.mesosTaskCpu,
    mem: mem > 0 ? mem : defaults.mesosTaskMem,
    disk: disk > 0 ? disk : defaults.mesosTaskDisk,
  };
}

/** In thousandths, as resources are counted. */
export function demandOf(definition: JobDefinition, defaults: TaskDefaults): Demand {
  const { cpus, mem, disk } = amountsOf(definition, defaults);
  return { cpus: Math.round(cpus * 1000), mem: Math.round(mem * 1000), disk: Math.round(disk * 1000) };
}
