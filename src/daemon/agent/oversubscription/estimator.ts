// `--resource_estimator`: how much of the agent's resources may be offered a second time, revocable (mesos-semantics.md 14).
import { Resources } from '../../../mesos/resources.ts';
import { invalidValue } from '../../serving/flags.ts';
import type { Modules } from './modules.ts';
import type { ContainerUsage } from './usage.ts';

/** Asked again and again; everything that it answers is revocable. */
export interface ResourceEstimator {
  /** What may be oversubscribed beyond what is so already. Without allocation roles. */
  oversubscribable(usages: readonly ContainerUsage[]): Resources;
}

/** Undefined when nothing is to be oversubscribed. Throws FlagError. */
export function resourceEstimator(name: string | undefined, modules: Modules): ResourceEstimator | undefined {
  if (name === undefined) return undefined;
  const text = modules.get(name)?.get('resources');
  try {
    if (text === undefined) throw new Error("its parameter 'resources' is missing: give it with --modules");
    return fixedEstimator(Resources.parse(text));
  } catch (cause) {
    throw invalidValue('resource_estimator', name, cause);
  }
}

/** The same amount always; what is used of it is not there twice. */
export function fixedEstimator(amount: Resources): ResourceEstimator {
  const revocable = Resources.of(amount.toMessages().map((resource) => ({ ...resource, revocable: {} })));
  return { oversubscribable: (usages) => revocable.minusAllocated(revocableIn(usages)) };
}

/** What of the usages may be taken back. */
export function revocableIn(usages: readonly ContainerUsage[]): Resources {
  return Resources.sum(usages.map(({ allocated }) => allocated.revocable()));
}
