// Whether two definitions of an app differ in more than their number of instances (marathon.md 12.2).
import type { App } from '../model/app.ts';

/** In order of how often they change, so that the common answers come soon. */
const CONFIGURATION = [
  'cmd',
  'env',
  'labels',
  'container',
  'cpus',
  'mem',
  'fetch',
  'args',
  'user',
  'disk',
  'gpus',
  'executor',
  'constraints',
  'networks',
  'portDefinitions',
  'requirePorts',
  'backoffSeconds',
  'backoffFactor',
  'maxLaunchDelaySeconds',
  'healthChecks',
  'check',
  'readinessChecks',
  'taskKillGracePeriodSeconds',
  'dependencies',
  'upgradeStrategy',
  'acceptedResourceRoles',
  'secrets',
  'unreachableStrategy',
  'killSelection',
  'tty',
  'role',
  'resourceLimits',
] as const satisfies readonly (keyof App)[];

const SETS: ReadonlySet<string> = new Set(['dependencies', 'acceptedResourceRoles']);

/** True when tasks of `before` are not what `after` wants; `executorResources`, too, do not matter for that. */
export function isConfigChange(before: App, after: App): boolean {
  if (before === after) return false;
  return CONFIGURATION.some((name) => {
    if (before[name] === after[name]) return false;
    return SETS.has(name) ? !isSameSet(before[name], after[name]) : !isSame(before[name], after[name]);
  });
}

function isSameSet(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) ? isSame(a.toSorted(), b.toSorted()) : isSame(a, b);
}

/** Structural equality of JSON-like values; the order of members does not matter. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && isSame(Reflect.get(a, name), Reflect.get(b, name)));
}
