// The members of an app that were given: from their JSON to the model, each on its own.

import type { FetchUri, ResourceLimits, UnreachableStrategy } from '../../model/app.ts';
import { type PathId, pathError, resolvePath } from '../../model/path-id.ts';
import type { AppFields } from '../update.ts';
import type { AppShape } from './app-shape.ts';
import { checkOf, healthChecksOf, readinessCheckOf } from './checks.ts';
import { constraintsOf } from './constraints.ts';
import { containerOf, networkOf, portDefinitionOf } from './container.ts';
import type { CurrentShape } from './deprecated.ts';
import type { Report } from './report.ts';

const AS_GIVEN = [
  'cmd',
  'args',
  'user',
  'env',
  'instances',
  'cpus',
  'mem',
  'disk',
  'gpus',
  'executor',
  'requirePorts',
  'backoffSeconds',
  'backoffFactor',
  'maxLaunchDelaySeconds',
  'taskKillGracePeriodSeconds',
  'upgradeStrategy',
  'labels',
  'role',
  'killSelection',
  'secrets',
  'tty',
] as const satisfies readonly (keyof CurrentShape & keyof AppFields)[];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** `group`: what relative dependencies are relative to. */
export function fieldsOf(shape: CurrentShape, group: PathId, report: Report): Partial<AppFields> {
  const fields: Partial<Writable<AppFields>> = {};
  for (const name of AS_GIVEN) copy(name, shape, fields);
  if (shape.resourceLimits) fields.resourceLimits = limitsOf(shape.resourceLimits, report);
  if (shape.executorResources) fields.executorResources = { cpus: 0.1, mem: 32, disk: 10, ...shape.executorResources };
  if (shape.constraints) fields.constraints = constraintsOf(shape.constraints, report);
  if (shape.fetch) fields.fetch = shape.fetch.map(fetchOf);
  if (shape.container)
    fields.container = containerOf(shape.container, (path, error) => report(['container', ...path], error));
  if (shape.networks) fields.networks = shape.networks.map(networkOf);
  if (shape.portDefinitions) fields.portDefinitions = shape.portDefinitions.map(portDefinitionOf);
  if (shape.healthChecks) fields.healthChecks = healthChecksOf(shape.healthChecks, report);
  const check = shape.check && checkOf(shape.check, report);
  if (check) fields.check = check;
  if (shape.readinessChecks) fields.readinessChecks = shape.readinessChecks.map(readinessCheckOf);
  if (shape.dependencies) fields.dependencies = dependenciesOf(shape.dependencies, group, report);
  if (shape.acceptedResourceRoles) fields.acceptedResourceRoles = [...new Set(shape.acceptedResourceRoles)];
  if (shape.unreachableStrategy) fields.unreachableStrategy = unreachableStrategyOf(shape.unreachableStrategy);
  return fields;
}

function copy<K extends (typeof AS_GIVEN)[number]>(
  name: K,
  from: Partial<Pick<AppFields, K>>,
  to: Partial<Writable<AppFields>>,
): void {
  const value = from[name];
  if (value !== undefined) to[name] = value as AppFields[K];
}

function fetchOf(shape: NonNullable<AppShape['fetch']>[number]): FetchUri {
  return { extract: true, executable: false, cache: false, ...shape };
}

function limitsOf(shape: NonNullable<AppShape['resourceLimits']>, report: Report): ResourceLimits {
  const limits: Writable<ResourceLimits> = {};
  for (const name of ['cpus', 'mem'] as const) {
    const given = shape[name];
    if (given === undefined) continue;
    if (typeof given === 'number' || given === 'unlimited') limits[name] = given;
    else
      report(['resourceLimits', name], `'${given}' is an invalid resource limit. It must be 'unlimited' or a number`);
  }
  return limits;
}

function dependenciesOf(paths: readonly string[], group: PathId, report: Report): PathId[] {
  for (const [i, path] of paths.entries()) {
    const error = pathError(path, group);
    if (error !== undefined) report(['dependencies', i], error);
  }
  return [...new Set(paths.map((path) => resolvePath(path, group)))];
}

function unreachableStrategyOf(shape: NonNullable<AppShape['unreachableStrategy']>): UnreachableStrategy {
  return shape === 'disabled' ? shape : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0, ...shape };
}
