// `--qos_controller`: which containers must go so that those with resources of their own do well (mesos-semantics.md 14).
import { invalidValue } from '../../serving/flags.ts';
import type { ModuleParameters, Modules } from './modules.ts';
import type { ContainerUsage } from './usage.ts';

/** Asked again and again. Only what uses revocable resources may be ended. */
export interface QosController {
  /** Those to be killed. */
  corrections(usages: readonly ContainerUsage[]): readonly ContainerUsage[];
}

/** Loads of the machine as `Host.loadAverage`, above which it is overloaded; at least one of them. */
interface LoadThresholds {
  readonly fiveMinutes: number;
  readonly fifteenMinutes: number;
}

/** Undefined when nobody is to be ended. `loadAverage` as `Host.loadAverage`. Throws FlagError. */
export function qosController(
  name: string | undefined,
  modules: Modules,
  loadAverage: () => readonly [number, number, number],
): QosController | undefined {
  if (name === undefined) return undefined;
  try {
    return loadController(thresholds(modules.get(name) ?? new Map()), loadAverage);
  } catch (cause) {
    throw invalidValue('qos_controller', name, cause);
  }
}

/** While the machine is overloaded everything with revocable resources is to go. */
function loadController(
  { fiveMinutes, fifteenMinutes }: LoadThresholds,
  loadAverage: () => readonly [number, number, number],
): QosController {
  return {
    corrections: (usages) => {
      const [, five, fifteen] = loadAverage();
      if (five <= fiveMinutes && fifteen <= fifteenMinutes) return [];
      return usages.filter(({ allocated }) => !allocated.revocable().isEmpty);
    },
  };
}

function thresholds(parameters: ModuleParameters): LoadThresholds {
  const [five, fifteen] = ['load_threshold_5min', 'load_threshold_15min'].map((key) => {
    const text = parameters.get(key);
    const value = text === undefined ? Number.POSITIVE_INFINITY : Number(text);
    if (text?.trim() === '' || Number.isNaN(value)) throw new Error(`its parameter '${key}' is no number: ${text}`);
    return value;
  });
  const [fiveMinutes = Number.POSITIVE_INFINITY, fifteenMinutes = Number.POSITIVE_INFINITY] = [five, fifteen];
  if (fiveMinutes === Number.POSITIVE_INFINITY && fifteenMinutes === Number.POSITIVE_INFINITY) {
    throw new Error(
      "its parameters 'load_threshold_5min' and 'load_threshold_15min' are both missing: give one with --modules",
    );
  }
  return { fiveMinutes, fifteenMinutes };
}
